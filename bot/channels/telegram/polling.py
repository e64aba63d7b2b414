"""Asking the platform for updates, for where it cannot reach us.

An update is confirmed by asking for the one after it, and that is done only when every
update before has been committed: killed in between, the platform repeats it, and the
runner knows a repeat by its id.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime

from telegram.error import Conflict, RetryAfter, TelegramError

from bot.channels.base import Held, Inbound, Malformed
from bot.channels.body import Json
from bot.channels.telegram.faults import cause, seconds_of
from bot.channels.telegram.reading import chat_of, read_update, update_id

_log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
LEASE_PAUSE = 2.0

Fetch = Callable[[int | None], Awaitable[Sequence[Json]]]
Handle = Callable[[Inbound], Awaitable[bool]]


class Poller:
    """One process asks at a time; ``held`` says whether it is this one.

    ``prepare`` is run before the first request and after each conflict (a webhook still
    set, another poller); ``seen`` is called with each update as it comes in.
    """

    def __init__(
        self,
        *,
        fetch: Fetch,
        handle: Handle,
        prepare: Callable[[], Awaitable[None]],
        seen: Callable[[Json], None],
        held: Held,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._fetch, self._handle, self._prepare = fetch, handle, prepare
        self._seen, self._held, self._pause, self._now = seen, held, pause, now
        self._offset: int | None = None
        self._ready = False
        self._failures = 0

    async def run(self) -> None:
        """Ask for ever. No error ends this; it is ended by cancelling it, at any moment."""
        while True:
            if await holds(self._held):
                await self._turn()
            else:
                self._offset = None
                await self._pause(LEASE_PAUSE)

    async def _turn(self) -> None:
        try:
            whole = await self._round()
        except RetryAfter as error:
            await self._pause(seconds_of(error))
        except TelegramError as error:
            self._ready = self._ready and not isinstance(error, Conflict)
            await self._fail(cause(error))
        else:
            await self._settle(whole)

    async def _round(self) -> bool:
        """Fetch and handle one batch; False when part of it could not be committed."""
        if not self._ready:
            await self._prepare()
            self._ready = True
        batch = await self._fetch(self._offset)
        lost = await asyncio.gather(*(self._line(line) for line in lines_of(batch)))
        unstored = [number for number in lost if number is not None]
        ids = [update_id(raw) for raw in batch]
        if ids:
            self._offset = min(unstored, default=max(ids) + 1)
        return not unstored

    async def _line(self, line: Sequence[Json]) -> int | None:
        """Handle one chat's updates in order; return the id of the first that failed."""
        for raw in line:
            if not await self._one(raw):
                return update_id(raw)
        return None

    async def _one(self, raw: Json) -> bool:
        self._seen(raw)
        inbound = read_update(raw, self._now())
        if inbound is None:
            return True
        try:
            await self._handle(inbound)
        except Exception as error:  # whatever it was: not stored, so not confirmed
            _log.error("telegram: update %s not stored (%s)", update_id(raw), type(error).__name__)
            return False
        return True

    async def _settle(self, whole: bool) -> None:
        if not whole:
            await self._fail("not stored")
        elif self._failures:
            _log.info("telegram: updates come again after %d failures", self._failures)
            self._failures = 0

    async def _fail(self, what: str) -> None:
        """Wait longer from failure to failure; tell of the first and of each tenth."""
        if self._failures % 10 == 0:
            _log.warning("telegram: no updates at try %d (%s)", self._failures + 1, what)
        longest = min(FIRST_PAUSE * 2 ** min(self._failures, 10), LONGEST_PAUSE)
        self._failures += 1
        await self._pause(longest * random.uniform(0.5, 1.0))


async def holds(held: Held) -> bool:
    """Whether this process has the lease; not as long as nobody can tell."""
    try:
        return await held()
    except Exception as error:  # a database that is away must not end what runs for ever
        _log.error("telegram: lease not known (%s)", type(error).__name__)
        return False


def lines_of(batch: Iterable[Json]) -> list[list[Json]]:
    """Group updates by chat, each chat's in order of their ids; what has none is alone."""
    lines: dict[object, list[Json]] = {}
    for raw in sorted(batch, key=update_id):
        chat = chat_of(raw)
        lines.setdefault(("other", update_id(raw)) if chat is None else chat, []).append(raw)
    return list(lines.values())


def updates_in(answer: object) -> list[Json]:
    """Return what of an answer is an update; the rest could never be handled or confirmed."""
    return [raw for raw in answer if _is_update(raw)] if isinstance(answer, list) else []


def _is_update(raw: object) -> bool:
    if not isinstance(raw, dict):
        return False
    try:
        update_id(raw)
    except Malformed:
        return False
    return True
