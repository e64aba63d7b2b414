"""Telling the platform where we are, as often as needed and no more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.channels.base import ChannelError, Held

_log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0  # seconds between two tries
LEASE_PAUSE = 60.0


class Hook:
    """Sets the webhook until it is taken, and again when the platform has lost it."""

    def __init__(
        self, set_it: Callable[[], Awaitable[None]], pause: Callable[[float], Awaitable[None]]
    ) -> None:
        self._set, self._pause = set_it, pause
        self._wanted = asyncio.Event()

    def again(self) -> None:
        """The platform says that it does not know where we are."""
        self._wanted.set()

    async def run(self, held: Held | None = None) -> None:
        """Set it, once this process holds the lease; then whenever it is wanted again."""
        while held is not None and not self._wanted.is_set() and not await _holds(held):
            await self._pause(LEASE_PAUSE)
        while True:
            self._wanted.clear()
            await self._until_set()
            await self._wanted.wait()

    async def _until_set(self) -> None:
        """The platform calls us before it answers: while our server is not there, it refuses."""
        wait = FIRST_PAUSE
        while True:
            try:
                return await self._set()
            except ChannelError as error:
                _log.warning("viber: webhook not set (%s)", error)
            await self._pause(wait)
            wait = min(2 * wait, LONGEST_PAUSE)


async def _holds(held: Held) -> bool:
    try:
        return await held()
    except Exception as error:  # a database that is away must not end this
        _log.error("viber: lease not known (%s)", type(error).__name__)
        return False
