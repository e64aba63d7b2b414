"""How fast a platform may be written to: in one chat, and over all chats and processes."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Connection

from bot.channels.joined import Turns
from bot.channels.line import Clock, Line, Sleep
from bot.leases import Asked
from bot.store.paces import reserve

log = logging.getLogger(__name__)

REMEMBERED = 10_000  # chats, before those that have rested are forgotten
LATE = 0.1  # seconds after its moment in which a slot may still be used
HELD = 0.25  # seconds' worth of slots that one process holds at most
PATIENCE = 1.0  # seconds that a reservation may take; then it is tried again as often
SHARE = 4  # while the database is away a process sends this fraction of the whole
LEAST_WAIT = 0.001


@dataclass(slots=True)
class _Chat:
    """Who writes to a chat now, how many want to, and when it has rested."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    free_at: float = 0.0


class Pace:
    """Turns by chat: at least ``rest`` seconds between two of one chat.

    A chat that rests keeps no other chat waiting. Within a chat turns go by who asked
    first; over all chats as ``turns`` hands them out.
    """

    def __init__(
        self,
        turns: Turns,
        *,
        rest: float = 1.0,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._turns, self._rest = turns, rest
        self._clock, self._sleep = clock, sleep
        self._chats: defaultdict[str, _Chat] = defaultdict(_Chat)

    async def turn(self, chat: str, *, urgent: bool = False) -> None:
        """Return when a message may be sent to this chat."""
        self._tidy()
        here = self._chats[chat]
        here.users += 1
        try:
            async with here.turn:
                await self._rested(here)
                await self._turns.turn(urgent=urgent)
                here.free_at = self._clock() + self._rest
        finally:
            here.users -= 1

    async def _rested(self, chat: _Chat) -> None:
        while (wait := chat.free_at - self._clock()) > 0:
            await self._sleep(wait)

    def _tidy(self) -> None:
        if len(self._chats) < REMEMBERED:
            return
        now = self._clock()
        for name, chat in list(self._chats.items()):
            if not chat.users and chat.free_at <= now:
                del self._chats[name]


class SharedPace(Line):
    """At most ``per_second`` messages in any second, over all processes that ask the same.

    A process reserves as many slots as wait, at most ``HELD`` seconds' worth, so that none
    hoards and an urgent message waits behind one block of each other process at most. A
    slot that is not used in time is lost. Slots lie so far apart that those of one second
    and the late ones of before are never too many together.

    Times in the database are wall clock, which the processes' machines must share to a
    fraction of a second; a clock that is put back costs at most ``AHEAD_MS``, and what
    is reserved is kept by a clock that nobody puts. While the database does not answer,
    the process goes on with a share of the pace: what it holds in memory may be a child's
    answer, and whether others are as cut off nobody can ask.
    """

    def __init__(
        self,
        ask: Asked,
        name: str,
        per_second: float,
        *,
        clock: Clock = time.monotonic,
        wall: Clock = time.time,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(clock, sleep)
        self._ask, self._name, self._wall = ask, name, wall
        self._step = (1 + LATE) / per_second
        self._alone_step = SHARE / per_second
        self._block = max(1, int(per_second * HELD))
        self._slots: deque[float] = deque()  # the moments that are ours, by our clock
        self._gone: deque[float] = deque([-math.inf], maxlen=max(1, int(per_second)))
        self._asking: asyncio.Task[None] | None = None
        self._asked_at = self._ask_again = -math.inf
        self._lead = 0.0  # how much later than in time the last answer came
        self._away = False

    async def close(self) -> None:
        """Give up; those who still wait are cancelled."""
        await super().close()
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _come(self) -> None:
        while not self._take():
            self._reserve()
            await self._something()

    def _take(self) -> bool:
        """Take a turn, if there is one now."""
        now = self._clock()
        while self._slots and self._slots[0] + LATE <= now:
            self._slots.popleft()
        if self._due(now) > now:
            return False
        if self._slots:
            self._slots.popleft()
        self._gone.append(now)
        return True

    def _due(self, now: float) -> float:
        """When the next turn is, or when not to wait for the database any longer."""
        full = len(self._gone) == self._gone.maxlen
        room = self._gone[0] + 1.0 if full else now  # whatever the database and its clock say
        if self._slots:
            return max(self._slots[0], room)
        patient = self._asked_at + PATIENCE if self._busy else math.inf
        if self._away or patient <= now:
            return max(self._gone[-1] + self._alone_step, room)
        return patient

    async def _something(self) -> None:
        """Return when there may be a turn."""
        now = self._clock()
        nap = asyncio.ensure_future(self._sleep(max(self._due(now) - now, LEAST_WAIT)))
        waits = {nap, self._asking} if self._asking and self._busy else {nap}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            nap.cancel()

    @property
    def _busy(self) -> bool:
        return self._asking is not None and not self._asking.done()

    def _reserve(self) -> None:
        """Ask for what is missing, in time before the last slot has been used."""
        missing = min(self._block, len(self._waiting)) - len(self._slots)
        enough = missing <= 0 or len(self._slots) > self._block // 2
        if enough or self._busy or self._clock() < self._ask_again:
            return
        self._asked_at = self._clock()
        self._asking = asyncio.create_task(self._fetch(missing))

    async def _fetch(self, count: int) -> None:
        try:
            asked_at, first = await self._ask(partial(self._reserved, count))
        except Exception as error:  # whatever it is, words to children must go on leaving
            self._went_away(error)
            return
        self._away = False
        self._lead = min(max(self._clock() - asked_at - LATE / 2, 0.0), PATIENCE)
        self._slots.extend(first + place * self._step for place in range(count))

    def _reserved(self, count: int, connection: Connection) -> tuple[float, float]:
        """Runs in another thread: when it was, and when the first slot is, by our clock."""
        now, wall = self._clock(), self._wall()
        earliest = int((wall + self._lead) * 1000)
        span = math.ceil(count * self._step * 1000)
        first = reserve(connection, self._name, now=earliest, span=span)
        return now, now + first / 1000 - wall

    def _went_away(self, error: Exception) -> None:
        if not self._away:
            log.warning("%s: no common pace, %s", self._name, type(error).__name__)
        self._away = True
        self._ask_again = self._clock() + PATIENCE


class Paces:
    """Makes the pace of each platform; all of them end together."""

    def __init__(self, ask: Asked) -> None:
        self._ask = ask
        self._made: list[SharedPace] = []

    def __call__(self, name: str, per_second: float) -> SharedPace:
        """The pace of a platform, to be made once in a process."""
        pace = SharedPace(self._ask, name, per_second)
        self._made.append(pace)
        return pace

    async def close(self) -> None:
        """Give up; those who still wait are cancelled."""
        for pace in self._made:
            await pace.close()
