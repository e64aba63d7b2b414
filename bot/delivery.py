"""From the outbox to the channels and to the helpline; retried until accepted or seen to fail.

What was committed a moment ago is handed over in memory; the rest (put off, left by a
process that died, refused for want of room) is found by looking for due rows. Each chat
waits only for itself, and each channel has places of its own. What leaves for the
helpline leaves most urgent first.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import random
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection

from bot.alarms import Alarms
from bot.carried import Books, Conclusion, Held, Kept, Told
from bot.channels.base import Channel
from bot.crypto import Sealer
from bot.errands import Errands
from bot.helpline import Helpline
from bot.letters import Letters
from bot.parcels import Parcel, open_all
from bot.runner import Runner
from bot.store import outbox
from bot.store.database import StoreUnavailable, millis
from bot.store.outbox import CHANNEL, HELPLINE, LEASE_MS
from bot.traces import placed, standing

log = logging.getLogger(__name__)

AT_ONCE = {CHANNEL: 256, HELPLINE: 8}  # of each channel: a rest within a chat holds a place
LOOK = 64  # rows taken at one look
ROOM = 2_000  # parcels held in memory
REST = 0.5  # seconds between two looks
GRACE = 5.0  # seconds that sends on their way have when the service stops


@dataclass(slots=True)
class _Lane:
    """Parcels that wait for their turn, most urgent first, and how many are on their way."""

    limit: int
    waiting: list[tuple[int, int, Parcel]] = field(default_factory=list)
    active: int = 0


class Delivery:
    """Carries parcels: errands into chats, letters to the helpline."""

    def __init__(
        self,
        runner: Runner,
        channels: Mapping[str, Channel],
        helpline: Helpline,
        sealer: Sealer,
        alarms: Alarms,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._runner = runner
        self._sealer = sealer
        self._alarms = alarms
        self._now = now
        self._bell = asyncio.Event()
        self._books = Books(runner, alarms, now=now, chance=chance)
        self.errands = Errands(channels, self._books)
        self.letters = Letters(helpline, runner, self._books, bell=self._bell)
        self._helpline_lane = _Lane(AT_ONCE[HELPLINE])
        self._channel_lanes: dict[str, _Lane] = {}
        self._held: dict[str, Held] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._more = False  # the last look left rows behind

    def tells(self, told: Told) -> None:
        """Let ``told`` hear what became of each row, by its key, before the row is forgotten.

        It may hear it again, and may raise ``StoreUnavailable``.
        """
        self._books.told = told

    @property
    def left_out(self) -> int:
        """Notices that were not sent because nobody had written for too long."""
        return self.errands.left_out

    # The runner's side

    def has_room(self) -> bool:
        """Whether fresh parcels may be leased to this process."""
        return len(self._held) < ROOM and not self._stopping

    def take(self, parcels: Sequence[Parcel]) -> None:
        """Carry these; they are stored and leased to this process."""
        lanes: dict[int, _Lane] = {}
        for parcel in parcels:
            if parcel.key in self._held:
                continue
            self._held[parcel.key] = self._hold(parcel)
            lane = self._lane_of(parcel)
            heapq.heappush(lane.waiting, (parcel.priority, parcel.id, parcel))
            lanes[id(lane)] = lane
        for lane in lanes.values():
            self._pump(lane)

    def _hold(self, parcel: Parcel) -> Held:
        now = millis(self._now())
        note = partial(standing, parcel=parcel, sealer=self._sealer)
        kept = Kept(self._runner, parcel, lambda item: note(item, at=millis(self._now())))
        return Held(parcel, kept, now)

    def _lane_of(self, parcel: Parcel) -> _Lane:
        if parcel.lane == HELPLINE:
            return self._helpline_lane
        if parcel.channel not in self._channel_lanes:
            self._channel_lanes[parcel.channel] = _Lane(AT_ONCE[CHANNEL])
        return self._channel_lanes[parcel.channel]

    def forget(self, keys: Collection[str]) -> None:
        """These were dropped; of what is on its way the bubble just sent is the last."""
        for key in keys:
            if self._let_go(key):
                self._start(self._stored(partial(self._books.tell, key, "failed")))

    def recall(self, keys: Collection[str]) -> None:
        """These are held elsewhere now, so nothing is told of them; else as ``forget``."""
        for key in keys:
            self._let_go(key)

    def _let_go(self, key: str) -> bool:
        """False: it is on its way, and ends with the bubble just sent."""
        held = self._held.get(key)
        if held is not None and held.under_way:
            held.kept.dropped = True
            return False
        self._held.pop(key, None)
        return True

    # Looking for rows that are due

    async def run(self) -> None:
        """Look for due rows until cancelled."""
        while True:
            self._bell.clear()
            try:
                await self.look()
            except StoreUnavailable as gone:
                log.warning("the outbox cannot be read: %s", gone)
            await self._rest()

    async def look(self) -> None:
        """Renew what is held and take what is due, most urgent first.

        Raises ``StoreUnavailable``.
        """
        now = millis(self._now())
        old = [held for held in self._held.values() if now - held.leased_at > LEASE_MS // 3]
        ids = [held.parcel.id for held in old]
        letters = self._letters()
        full = {name for name, lane in self._channel_lanes.items() if len(lane.waiting) >= LOOK}
        parcels = await self._runner.ask(lambda asked: self._due(asked, now, ids, letters, full))
        for held in old:
            held.leased_at = now
        self.letters.probe(parcel.key for parcel in parcels if parcel.lane == HELPLINE)
        self._more = len(parcels) >= LOOK
        self.take(parcels)

    async def quiet(self) -> None:
        """Return when nothing is on its way and nothing waits in memory."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self) -> None:
        """Let what is on its way arrive, then give back what is held."""
        self._stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE)
        for task in self._tasks:
            task.cancel()
        ids = [held.parcel.id for held in self._held.values()]
        try:
            await self._runner.ask(lambda connection: outbox.renew(connection, ids, until=0))
        except StoreUnavailable as gone:
            log.warning("leases could not be given back, they run out: %s", gone)

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._bell.wait(), REST)
        except TimeoutError:
            return

    def _due(
        self,
        connection: Connection,
        now: int,
        ids: Sequence[int],
        letters: int,
        full: Collection[str],
    ) -> list[Parcel]:
        """Runs in the writer's thread, perhaps twice: it reads and changes nothing of ours."""
        outbox.renew(connection, ids, until=now + LEASE_MS)
        taken = outbox.take_due(connection, CHANNEL, now=now, limit=LOOK, without=full)
        if letters > 0:
            taken += outbox.take_due(connection, HELPLINE, now=now, limit=letters)
        opened = open_all(connection, taken, self._sealer)
        return placed(connection, opened, self._sealer, self.errands.able, now=now)

    def _letters(self) -> int:
        """While the helpline is down, one row at a time finds out whether it is back."""
        most = 1 if self.letters.down else LOOK
        return most - len(self._helpline_lane.waiting)

    # Carrying

    def _pump(self, lane: _Lane) -> None:
        while lane.waiting and lane.active < lane.limit and not self._stopping:
            _, _, parcel = heapq.heappop(lane.waiting)
            held = self._held.get(parcel.key)
            if held is None:  # dropped while it waited
                continue
            held.under_way = True
            lane.active += 1
            self._start(self._carry(lane, held))
        if self._more and not lane.waiting:
            self._bell.set()

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._alarms.sound("delivery_bug", error=type(error).__name__)

    async def _carry(self, lane: _Lane, held: Held) -> None:
        way = self.letters if held.parcel.lane == HELPLINE else self.errands
        try:
            conclude = await way.attempt(held)
        finally:
            lane.active -= 1
            self._pump(lane)
        try:
            await self._stored(conclude)
        finally:
            self._held.pop(held.parcel.key, None)
            self.letters.forget(held.parcel.key)

    async def _stored(self, conclude: Conclusion) -> None:
        """What became of a parcel must not be lost while the database is away."""
        wait = 0.1
        while True:
            try:
                return await conclude()
            except StoreUnavailable as gone:
                log.warning("an outcome waits for the database: %s", gone)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)
