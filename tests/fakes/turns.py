"""Turns for a channel that is alone: no database, and a clock of the test."""

from __future__ import annotations

import asyncio
import time

from bot.channels.line import Clock, Line, Sleep


class OwnPace(Line):
    """The turns of a process that is alone: ``per_second``, evenly, none saved up."""

    def __init__(
        self, per_second: float, *, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        super().__init__(clock, sleep)
        self._step = 1 / per_second
        self._next = clock()

    async def _come(self) -> None:
        while (wait := self._next - self._clock()) > 0:
            await self._sleep(wait)
        self._next = self._clock() + self._step
