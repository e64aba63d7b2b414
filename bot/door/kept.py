"""What is kept of a form: the state of its conversation, read for its pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from bot.channels.base import Inbound
from bot.crypto import Sealer
from bot.engine.state import State
from bot.store import conversations

CHANNEL = "door"
Found = TypeVar("Found")


class Runs(Protocol):
    """What the form needs of the runner."""

    async def handle(self, inbound: Inbound) -> bool: ...

    async def ask(self, what: Callable[[Connection], Found]) -> Found: ...

    def conversation_id(self, channel: str, address: str) -> str: ...


class Forms:
    """Hands over what pages bring, and reads what became of it."""

    def __init__(self, runner: Runs, sealer: Sealer) -> None:
        self._runner = runner
        self._sealer = sealer

    async def take(self, inbound: Inbound) -> State:
        """Store it, once; return the state after it. Raises ``StoreUnavailable``."""
        await self._runner.handle(inbound)
        return await self.state(inbound.address)

    async def state(self, address: str) -> State:
        """How the form of this browser stands; a new one where nothing is kept."""
        which = self._runner.conversation_id(CHANNEL, address)
        found = await self._runner.ask(lambda c: conversations.load(c, [which]).get(which))
        if found is None:
            return State.new()
        plain = self._sealer.open(found.state, table="conversations", column="state", row=which)
        return State.from_dict(json.loads(plain))

    async def forget(self, address: str) -> None:
        """Drop the conversation itself, unless something of it has still to leave."""
        which = self._runner.conversation_id(CHANNEL, address)
        await self._runner.ask(lambda c: conversations.forget_idle(c, CHANNEL, [which]))
