"""Those who wait to write to a platform: one after the other, the urgent first."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from heapq import heappop, heappush
from itertools import count

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


class Line(ABC):
    """Hands out turns over all chats: one at a time, the urgent first.

    A subclass says when one more may go, in ``_come``.
    """

    def __init__(self, clock: Clock, sleep: Sleep) -> None:
        self._clock, self._sleep = clock, sleep
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._order = count()
        self._pump: asyncio.Task[None] | None = None
        self._closed = False

    async def turn(self, *, urgent: bool) -> None:
        """Return when one more message may be sent. Whoever is cancelled takes no turn."""
        if self._closed:
            raise asyncio.CancelledError
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (not urgent, next(self._order), turn))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._let_through())
        await turn

    async def close(self) -> None:
        """Give up; those who still wait, or come later, are cancelled."""
        self._closed = True
        for _, _, turn in self._waiting:
            turn.cancel()
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)

    @abstractmethod
    async def _come(self) -> None:
        """Return when one more may go."""

    async def _let_through(self) -> None:
        while self._anybody():
            await self._come()
            if self._anybody():  # perhaps somebody more urgent than who waited at first
                heappop(self._waiting)[2].set_result(None)

    def _anybody(self) -> bool:
        """Whether somebody waits; those who have given up are passed over."""
        while self._waiting and self._waiting[0][2].done():
            heappop(self._waiting)
        return bool(self._waiting)
