"""That a person is writing: carried from the helpline to the chat, and kept nowhere.

A sign is worth a few seconds. It is never stored and never tried again; one that fails is
counted.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from bot.channels.base import Channel, ChannelError, ShowsTyping
from bot.crypto import Sealer
from bot.engine.flows.presence import typing_shows
from bot.engine.state import State
from bot.known import utcnow
from bot.parcels import UNREADABLE, open_address
from bot.store import conversations
from bot.store.conversations import Stored
from bot.store.database import StoreUnavailable

LASTS = 4.0  # seconds before the same sign is worth showing again
AT_ONCE = 64  # signs on their way; more are left out
FAULTS = (ChannelError, StoreUnavailable, *UNREADABLE)
Found = TypeVar("Found")


class Asks(Protocol):
    """What is needed of the runner."""

    async def ask(self, what: Callable[[Connection], Found]) -> Found: ...


class TypingSigns:
    """Shows them in chats whose channel can, while the talk there stands open."""

    def __init__(
        self,
        runner: Asks,
        channels: Mapping[str, Channel],
        sealer: Sealer,
        *,
        now: Callable[[], datetime] = utcnow,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._runner, self._channels, self._sealer = runner, channels, sealer
        self._now, self._clock = now, clock
        self._shown: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.failed = 0

    def show(self, conversation_ids: Collection[str]) -> None:
        """Begin to show that a person is writing in these; nothing waits for it."""
        fresh = self._fresh(conversation_ids)
        if not fresh:
            return
        task = asyncio.ensure_future(self._show(fresh))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def quiet(self) -> None:
        """Return when nothing is on its way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Give up what is on its way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _fresh(self, conversation_ids: Collection[str]) -> list[str]:
        """Those not shown just now, as many as there is room for."""
        at = self._clock()
        self._shown = {which: last for which, last in self._shown.items() if at - last < LASTS}
        room = max(0, AT_ONCE - len(self._shown))
        fresh = [which for which in dict.fromkeys(conversation_ids) if which not in self._shown]
        self._shown |= dict.fromkeys(fresh[:room], at)
        return fresh[:room]

    async def _show(self, conversation_ids: Sequence[str]) -> None:
        try:
            found = await self._runner.ask(lambda c: conversations.load(c, conversation_ids))
        except StoreUnavailable:
            self.failed += 1
            return
        await asyncio.gather(*map(self._show_in, found.values()))

    async def _show_in(self, stored: Stored) -> None:
        channel = self._channels.get(stored.channel)
        if not isinstance(channel, ShowsTyping) or not stored.reachable:
            return
        try:
            if name := typing_shows(self._state(stored), self._now()):
                await channel.typing(open_address(self._sealer, stored.id, stored.address), name)
        except FAULTS:
            self.failed += 1

    def _state(self, stored: Stored) -> State:
        place = {"table": "conversations", "column": "state", "row": stored.id}
        return State.from_dict(json.loads(self._sealer.open(stored.state, **place)))
