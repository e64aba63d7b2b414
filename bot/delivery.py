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
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

from sqlalchemy import Connection

from bot.alarms import Alarms
from bot.channels.base import (
    Capabilities,
    Channel,
    ChannelBusy,
    ChannelDown,
    ChannelRefused,
    ChatGone,
    Progress,
    Shown,
)
from bot.crypto import Sealer
from bot.engine.events import (
    AnyEvent,
    ChatHidden,
    ChatLost,
    ContactArrived,
    ContactDelayed,
    ReportDelayed,
    ReportNews,
    ReportStored,
)
from bot.helpline import Helpline, HelplineRefused, HelplineUnavailable, ReportState
from bot.jobs import PLAIN, Settle
from bot.parcels import Parcel, open_all
from bot.runner import Runner
from bot.store import outbox, shown
from bot.store.database import StoreUnavailable, millis
from bot.store.outbox import ASK_REPORT, CHANNEL, CONTACT, HELPLINE, HIDE, LEASE_MS, REPORT, SAYS
from bot.store.shown import Standing
from bot.traces import place_of, placed, standing

log = logging.getLogger(__name__)

AT_ONCE = {CHANNEL: 256, HELPLINE: 8}  # of each channel: a rest within a chat holds a place
LOOK = 64  # rows taken at one look
ROOM = 2_000  # parcels held in memory
REST = 0.5  # seconds between two looks
GRACE = 5.0  # seconds that sends on their way have when the service stops
LONGEST_WAIT = {CHANNEL: 300.0, HELPLINE: 15.0}
PATIENCE = timedelta(hours=24)  # of the channel lane; contacts are never given up

_REFUSALS = {404: "unknown", 429: "slowed"}  # of a question about a report

Fate = Literal["sent", "failed"]
Told = Callable[[str, Fate], Awaitable[None]]


@dataclass(slots=True)
class _Lane:
    """Parcels that wait for their turn, most urgent first, and how many are on their way."""

    limit: int
    waiting: list[tuple[int, int, Parcel]] = field(default_factory=list)
    active: int = 0


class _Kept(Progress):
    """How far a parcel has come, and what of it stands in the chat: kept with its row."""

    def __init__(self, runner: Runner, parcel: Parcel, note: Callable[[Shown], Standing]) -> None:
        super().__init__(parcel.done)
        self._runner, self._parcel, self._note = runner, parcel, note
        self._stored = 0  # of ``shown``

    def rows(self) -> tuple[Standing, ...]:
        """What was accepted and is not stored yet."""
        fresh = self.shown[self._stored :]
        return tuple(self._note(item) for item in fresh if shown.is_id(item.message))

    async def accepted(self, done: int) -> None:
        """Store it; while the database is away it is known here alone."""
        self.done = done
        known, rows, row = len(self.shown), self.rows(), self._parcel.id
        try:
            await self._runner.ask(lambda connection: _keep(connection, row, done, rows))
            self._stored = known
        except StoreUnavailable as gone:
            log.warning("row %d came to part %d, not stored: %s", row, done, gone)


@dataclass(slots=True)
class _Held:
    """A parcel that this process answers for."""

    parcel: Parcel
    kept: _Kept
    leased_at: int
    under_way: bool = False


class Delivery:
    """Carries parcels.

    ``told`` hears what became of each row, by its key, before the row is forgotten; it may
    hear it again, and may raise ``StoreUnavailable``. ``left_out`` counts notices that were
    not sent because nobody had written for too long.
    """

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
        self._channels = channels
        self._helpline = helpline
        self._sealer = sealer
        self._alarms = alarms
        self._now = now
        self._chance = chance
        self._helpline_lane = _Lane(AT_ONCE[HELPLINE])
        self._channel_lanes: dict[str, _Lane] = {}
        self._held: dict[str, _Held] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._helpline_down = False
        self._probes: set[str] = set()
        self._bell = asyncio.Event()
        self._stopping = False
        self._more = False  # the last look left rows behind
        self.told: Told | None = None
        self.left_out = 0

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

    def _hold(self, parcel: Parcel) -> _Held:
        now = millis(self._now())
        note = partial(standing, parcel=parcel, sealer=self._sealer)
        kept = _Kept(self._runner, parcel, lambda item: note(item, at=millis(self._now())))
        return _Held(parcel, kept, now)

    def _lane_of(self, parcel: Parcel) -> _Lane:
        if parcel.lane == HELPLINE:
            return self._helpline_lane
        if parcel.channel not in self._channel_lanes:
            self._channel_lanes[parcel.channel] = _Lane(AT_ONCE[CHANNEL])
        return self._channel_lanes[parcel.channel]

    def forget(self, keys: Collection[str]) -> None:
        """These were dropped; what is already on its way cannot be called back."""
        for key in keys:
            held = self._held.get(key)
            if held is not None and held.under_way:
                continue
            self._held.pop(key, None)
            if self.told is not None:
                self._start(self._stored(partial(self._tell, key, "failed")))

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
        self._probes.update(parcel.key for parcel in parcels if parcel.lane == HELPLINE)
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
        return placed(connection, opened, self._sealer, self._able, now=now)

    def _letters(self) -> int:
        """While the helpline is down, one row at a time finds out whether it is back."""
        most = 1 if self._helpline_down else LOOK
        return most - len(self._helpline_lane.waiting)

    def _able(self, name: str) -> Capabilities:
        channel = self._channels.get(name)
        return channel.capabilities if channel else PLAIN

    # Carrying

    def _pump(self, lane: _Lane) -> None:
        while lane.waiting and lane.active < lane.limit and not self._stopping:
            _, _, parcel = heapq.heappop(lane.waiting)
            held = self._held.get(parcel.key)
            if held is None:  # dropped while it waited
                continue
            held.under_way = True
            lane.active += 1
            self._start(self._carry(lane, parcel))
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

    async def _carry(self, lane: _Lane, parcel: Parcel) -> None:
        try:
            conclude = await self._try(parcel)
        finally:
            lane.active -= 1
            self._pump(lane)
        try:
            await self._stored(conclude)
        finally:
            self._held.pop(parcel.key, None)
            self._probes.discard(parcel.key)

    async def _stored(self, conclude: Callable[[], Awaitable[None]]) -> None:
        """What became of a parcel must not be lost while the database is away."""
        wait = 0.1
        while True:
            try:
                return await conclude()
            except StoreUnavailable as gone:
                log.warning("an outcome waits for the database: %s", gone)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)

    async def _try(self, parcel: Parcel) -> Callable[[], Awaitable[None]]:
        """Send once; return what is left to store. Never raises for what a send may do."""
        if parcel.lane == HELPLINE:
            return await self._try_helpline(parcel)
        if self._unasked(parcel):
            return lambda: self._left_out(parcel)
        try:
            left = await self._send(parcel)
        except ChannelBusy as busy:
            wait = busy.retry_after
            return lambda: self._later(parcel, wait)
        except ChatGone:
            return lambda: self._gone(parcel)
        except ChannelRefused:
            return lambda: self._failed(parcel, "channel_refused")
        except ChannelDown:
            return lambda: self._down(parcel)
        except Exception as error:  # a bug of an adapter must not cost the child an answer
            self._alarms.sound("channel_bug", row=parcel.id, error=type(error).__name__)
            return lambda: self._down(parcel)
        if parcel.kind == SAYS:
            return lambda: self._sent(parcel)
        return lambda: self._removed(parcel, left)

    async def _send(self, parcel: Parcel) -> int:
        """Do the errand; return how many messages could not be removed. Raises what a send may."""
        channel = self._channels[parcel.channel]
        if parcel.kind != SAYS:
            messages = [row.message for row in parcel.traces]
            return await channel.take_back(parcel.address, messages) if messages else 0
        await channel.send(
            parcel.address,
            parcel.errand.says,
            key=parcel.key,
            progress=self._held[parcel.key].kept,
            place=place_of(parcel),
        )
        return 0

    def _unasked(self, parcel: Parcel) -> bool:
        """Whether it would be written to somebody who wrote too long ago, with no person behind.

        The platform takes money for that, or does not take it at all.
        """
        session, says = self._able(parcel.channel).session, parcel.errand.says
        if session is None or not says or parcel.heard_at >= millis(self._now() - session):
            return False
        return all(say.notice and not say.name for say in says)

    async def _try_helpline(self, parcel: Parcel) -> Callable[[], Awaitable[None]]:
        if parcel.kind == ASK_REPORT:
            return await self._try_question(parcel)
        if self._helpline_down and parcel.key not in self._probes:
            return lambda: self._delayed(parcel)
        try:
            answer = await self._helpline.post(
                parcel.kind, parcel.body, key=parcel.key, contact_id=parcel.contact_id
            )
        except HelplineRefused as refused:
            status = refused.status
            return lambda: self._refused(parcel, status)
        except HelplineUnavailable:
            self._went_down()
            return lambda: self._delayed(parcel)
        except Exception as error:  # as long as we do not know, the contact is kept
            self._alarms.sound("helpline_bug", row=parcel.id, error=type(error).__name__)
            return lambda: self._delayed(parcel)
        return lambda: self._arrived(parcel, answer)

    async def _try_question(self, parcel: Parcel) -> Callable[[], Awaitable[None]]:
        """Somebody waits for this answer: without one it is said so at once."""
        found, state = "known", ReportState(())
        try:
            state = await self._helpline.report(parcel.letter.decode())
        except HelplineRefused as refused:
            found = _REFUSALS.get(refused.status, "unreachable")
        except HelplineUnavailable:
            found = "unreachable"
        except Exception as error:
            self._alarms.sound("helpline_bug", row=parcel.id, error=type(error).__name__)
            found = "unreachable"
        event = ReportNews(at=self._now(), found=found, states=state.states)
        return lambda: self._news(parcel, event)

    # What became of it

    async def _sent(self, parcel: Parcel) -> None:
        await self._tell(parcel.key, "sent")
        await self._runner.settle(self._settled(parcel, "accepted", free_at=self._free_at(parcel)))

    async def _left_out(self, parcel: Parcel) -> None:
        await self._runner.settle(self._settled(parcel, "accepted"))
        self.left_out += 1

    async def _removed(self, parcel: Parcel, left: int) -> None:
        removed = tuple(row.id for row in parcel.traces)
        settle = self._settled(parcel, "accepted", removed=removed)
        if parcel.kind != HIDE:
            return await self._runner.settle(settle)
        await self._runner.handle_event(
            parcel.conversation,
            ChatHidden(at=self._now(), left=left + parcel.left),
            update_id=f"hidden:{parcel.key}",
            settle=settle,
        )

    def _free_at(self, parcel: Parcel) -> int:
        """When the chat may be written to again, if that is later than planned."""
        rest = int(self._able(parcel.channel).rest * 1000)
        again = millis(self._now()) + rest
        return again if rest and again > parcel.errand.free_at + rest // 2 else 0

    async def _failed(self, parcel: Parcel, why: str, **ids: int) -> None:
        await self._tell(parcel.key, "failed")
        await self._runner.settle(self._settled(parcel, "failed"))
        self._alarms.sound(why, row=parcel.id, **ids)

    async def _refused(self, parcel: Parcel, status: int) -> None:
        """A person must mend something; a child whose contact it is has to know meanwhile."""
        await self._not_arrived(parcel, self._settled(parcel, "failed"))
        self._alarms.sound("helpline_refused", row=parcel.id, status=status)

    async def _later(self, parcel: Parcel, seconds: float) -> None:
        await self._runner.settle(self._settled(parcel, "later", self._in(seconds)))

    async def _down(self, parcel: Parcel) -> None:
        if millis(self._now() - PATIENCE) > parcel.created_at:
            return await self._failed(parcel, "channel_undelivered")
        await self._later(parcel, self._wait(parcel))

    async def _gone(self, parcel: Parcel) -> None:
        await self._tell(parcel.key, "failed")
        await self._runner.handle_event(
            parcel.conversation,
            ChatLost(at=self._now()),
            update_id=f"gone:{parcel.key}",
            settle=self._settled(parcel, "accepted"),
        )

    async def _delayed(self, parcel: Parcel) -> None:
        await self._not_arrived(
            parcel, self._settled(parcel, "later", self._in(self._wait(parcel)))
        )

    async def _not_arrived(self, parcel: Parcel, settle: Settle) -> None:
        """The person is told once that the helpline could not be reached with it."""
        event: AnyEvent
        if parcel.kind == CONTACT:
            event = ContactDelayed(at=self._now(), contact_id=parcel.contact_id)
        elif parcel.kind == REPORT:
            event = ReportDelayed(at=self._now())
        else:
            return await self._runner.settle(settle)
        await self._runner.handle_event(
            parcel.conversation, event, update_id=f"delayed:{parcel.key}", settle=settle
        )

    async def _arrived(self, parcel: Parcel, answer: Mapping[str, object]) -> None:
        if parcel.kind == CONTACT:
            minutes = _usual_minutes(answer)
            contact_id = parcel.contact_id
            await self._news(
                parcel, ContactArrived(at=self._now(), contact_id=contact_id, minutes=minutes)
            )
        elif parcel.kind == REPORT:
            receipt = answer.get("receipt")
            await self._news(
                parcel, ReportStored(at=self._now(), receipt=str(receipt) if receipt else "")
            )
        else:
            await self._runner.settle(self._settled(parcel, "accepted"))
        await self._came_up()

    async def _news(self, parcel: Parcel, event: AnyEvent) -> None:
        await self._runner.handle_event(
            parcel.conversation,
            event,
            update_id=f"arrived:{parcel.key}",
            settle=self._settled(parcel, "accepted"),
        )

    def _went_down(self) -> None:
        if not self._helpline_down:
            self._helpline_down = True
            self._alarms.sound("helpline_unavailable")

    async def _came_up(self) -> None:
        """After an outage, what was put off leaves at once, in its order of urgency."""
        if not self._helpline_down:
            return
        self._helpline_down = False
        now = millis(self._now())
        await self._runner.ask(lambda asked: outbox.lane_is_up(asked, HELPLINE, now=now))
        log.info("the helpline answers again")
        self._bell.set()

    async def _tell(self, key: str, status: Fate) -> None:
        if self.told is not None:
            await self.told(key, status)

    def _settled(
        self,
        parcel: Parcel,
        how: Literal["accepted", "later", "failed"],
        due_at: int = 0,
        *,
        removed: tuple[int, ...] = (),
        free_at: int = 0,
    ) -> Settle:
        pair, rows = (parcel.lane, parcel.conversation), self._held[parcel.key].kept.rows()
        return Settle(parcel.id, pair, how, due_at, rows, removed, free_at)

    def _wait(self, parcel: Parcel) -> float:
        """Doubles with every try; chance keeps rows of one outage from coming all at once."""
        longest: float = min(LONGEST_WAIT[parcel.lane], 2.0 ** min(parcel.attempts, 16))
        return longest * (1 + self._chance()) / 2

    def _in(self, seconds: float) -> int:
        """The time in so many seconds, never a millisecond earlier."""
        return millis(self._now() + timedelta(seconds=seconds)) + 1


def _keep(connection: Connection, row: int, done: int, rows: Sequence[Standing]) -> None:
    outbox.progress(connection, row, done)
    shown.note_said(connection, rows)


def _usual_minutes(answer: Mapping[str, object]) -> int | None:
    duty = answer.get("duty")
    minutes = duty.get("usual_minutes") if isinstance(duty, Mapping) else None
    return minutes if isinstance(minutes, int) else None
