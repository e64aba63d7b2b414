"""How fast the platform may be written to: by chat and overall, the grave words first."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from heapq import heappop, heappush
from itertools import count

_REMEMBERED = 10_000  # chats, before those that have rested are forgotten


class Pace:
    """Hands out turns. A chat that must wait keeps no other chat waiting.

    In one chat ``burst`` messages may follow each other, then one each ``rest`` seconds;
    over all chats ``per_second``. When all must wait, the urgent go first.
    """

    def __init__(
        self,
        *,
        per_second: float = 30.0,
        burst: int = 3,
        rest: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._chats = _Bucket(rest, (burst - 1) * rest)
        self._all = _Bucket(1 / per_second, 1 - 1 / per_second)
        self._clock, self._sleep = clock, sleep
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._order = count()
        self._pump: asyncio.Task[None] | None = None

    async def turn(self, chat: str, *, urgent: bool = False) -> None:
        """Return when a message may be sent to this chat."""
        wait = self._chats.take(chat, self._clock())
        if wait > 0:
            await self._sleep(wait)
        if not self._waiting and self._all.wait("", self._clock()) <= 0:
            self._all.take("", self._clock())
            return
        await self._queue(urgent)

    async def close(self) -> None:
        """Give up; those who still wait are cancelled."""
        for _, _, turn in self._waiting:
            turn.cancel()
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)

    async def _queue(self, urgent: bool) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (not urgent, next(self._order), turn))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._let_through())
        await turn

    async def _let_through(self) -> None:
        while self._waiting:
            wait = self._all.wait("", self._clock())
            if wait > 0:
                await self._sleep(wait)
                continue  # someone more urgent may have come meanwhile
            turn = heappop(self._waiting)[2]
            if not turn.done():
                self._all.take("", self._clock())
                turn.set_result(None)


class _Bucket:
    """Turns by name: one each ``interval`` seconds, with ``slack`` seconds of credit."""

    def __init__(self, interval: float, slack: float) -> None:
        self._interval, self._slack = interval, slack
        self._next: dict[str, float] = {}

    def wait(self, name: str, now: float) -> float:
        """Return the seconds until the next turn, without taking it."""
        return self._next.get(name, now) - self._slack - now

    def take(self, name: str, now: float) -> float:
        """Take the next turn and return the seconds until it begins, zero or less: now."""
        if len(self._next) > _REMEMBERED:
            self._next = {name: due for name, due in self._next.items() if due > now}
        wait = self.wait(name, now)
        self._next[name] = max(self._next.get(name, now), now) + self._interval
        return wait
