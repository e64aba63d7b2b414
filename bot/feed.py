"""Waits for what happens at the helpline and hands it to the runner, in order."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from bot.alarms import Alarms
from bot.engine.events import (
    AnyEvent,
    ContactClimbed,
    CounsellorJoined,
    CounsellorLeft,
    CounsellorWrote,
    ReportMoved,
)
from bot.helpline import (
    Duty,
    Helpline,
    HelplineError,
    contact_number_of,
    plan_of,
    update_of,
)
from bot.known import KnownHelpline, utcnow
from bot.leases import Lease
from bot.receipts import update_id_of
from bot.store.database import StoreUnavailable, millis, moment
from bot.store.marks import get_mark, put_mark

log = logging.getLogger(__name__)

CURSOR, KNOWN = "feed", "helpline"  # names of marks
WAIT = 25.0  # seconds that the helpline holds a question without an answer
FOLLOW = 1.0
BEAT = 0.2  # seconds between two looks while somebody types: words may follow at once
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
CLIMBED = "contact.climbed"
STEPS = ("all_on_duty", "supervisor", "outside")
Found = TypeVar("Found")


class Door(Protocol):
    """What the feed needs of the runner."""

    async def handle_event(self, conversation: str, event: AnyEvent, *, update_id: str) -> bool: ...

    async def ask(self, what: Callable[[Connection], Found]) -> Found: ...


class Feed:
    """Follows the helpline's events from a stored place on; no error ends it.

    Of several processes the one that holds the lease asks, and the others learn from the
    store who is on duty. The place is stored after the events are, so a crash repeats
    events, and the runner knows a repeat by its id. ``typing`` is told in which conversations
    a person is writing.
    """

    def __init__(
        self,
        helpline: Helpline,
        door: Door,
        known: KnownHelpline,
        lease: Lease,
        alarms: Alarms,
        *,
        typing: Callable[[Sequence[str]], None] = lambda _conversations: None,
        now: Callable[[], datetime] = utcnow,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._helpline, self._door, self.known = helpline, door, known
        self._lease, self._alarms, self._typing = lease, alarms, typing
        self._now, self._pause = now, pause
        self._place: int | None = None  # None: this process has to find out again
        self._failures = 0

    async def run(self) -> None:
        """Follow for ever; ended by cancelling it, at any moment, which frees the lease."""
        try:
            while True:
                await self._pause(await self.turn())
        finally:
            with suppress(StoreUnavailable):  # it runs out by itself
                await self._lease.release()

    async def recall(self) -> None:
        """Before the first answer: what any process heard a moment ago holds for this one.

        Without it a child who wrote while the bot was restarted would be told that nobody
        can be reached.
        """
        with suppress(StoreUnavailable):  # then nothing is known, and nothing is promised
            await self._follow()

    async def turn(self) -> float:
        """Ask once and hand on what came; return the seconds to pause before the next turn."""
        try:
            if not await self._lease.held():
                await self._follow()
                return FOLLOW
            pause = await self._ask()
        except StoreUnavailable as error:
            return self._failed("store", error)
        except HelplineError as error:
            return self._failed("helpline_feed", error)
        if self._failures:
            log.info("feed: answered again after %d failures", self._failures)
        self._failures = 0
        return pause

    async def _ask(self) -> float:
        try:
            return await self._take()
        except HelplineError:
            await self._lost()
            raise

    async def _take(self) -> float:
        place = self._place if self._place is not None else await self._begin()
        loop = asyncio.get_running_loop()
        asked = loop.time()
        news = await self._helpline.events(place, WAIT)
        waited = loop.time() - asked
        self.known.answered()
        for item in without_overtaken(news.events):
            await self._tell(item)
        await self._keep(news.next)
        self._typing(news.typing)
        if news.events or waited >= FOLLOW:
            return 0.0
        return BEAT if news.typing else FOLLOW  # one that cannot wait

    async def _begin(self) -> int:
        """Where the last holder stopped, and who is on duty now."""
        mark = await self._door.ask(lambda c: get_mark(c, CURSOR))
        self.known.answered(await self._helpline.duty())
        place = int(mark[0]) if mark else 0
        await self._keep(place)  # the other processes need not wait for news
        return place

    async def _tell(self, item: Mapping[str, object]) -> None:
        """Hand on one event. A malformed one is passed over, so that it blocks no other."""
        try:
            if item.get("type") == "duty.changed":
                self.known.answered(_duty(item))
                return
            told = event_of(item)
        except (KeyError, TypeError, ValueError):
            self._alarms.sound("feed_event", seq=str(item.get("seq"))[:20])
            return
        if told is not None:
            conversation, seq, event = told
            reply = isinstance(event, CounsellorWrote)
            update_id = update_id_of(seq, event.at, reply=reply)
            if isinstance(event, ReportMoved):  # the hours of now count, not those of then
                event = replace(event, at=self._now())
            await self._door.handle_event(conversation, event, update_id=update_id)

    async def _keep(self, place: int) -> None:
        known, at = self.known.to_mark(), millis(self._now())

        def keep(connection: Connection) -> None:
            put_mark(connection, CURSOR, str(place), at=at)
            put_mark(connection, KNOWN, known, at=at)

        await self._door.ask(keep)
        self._place = place

    async def _lost(self) -> None:
        """No process may go on saying that somebody is there."""
        self.known.lost()
        if not self._failures:
            at = millis(self._now())
            await self._door.ask(lambda c: put_mark(c, KNOWN, self.known.to_mark(), at=at))

    async def _follow(self) -> None:
        """Learn from the store what the process that asks has heard."""
        self._place = None
        mark = await self._door.ask(lambda c: get_mark(c, KNOWN))
        if mark is not None:
            self.known.from_mark(mark[0], moment(mark[1]))

    def _failed(self, alarm: str, error: Exception) -> float:
        """Say it once, wait longer each time, and begin anew afterwards."""
        self._place = None
        if not self._failures:
            self._alarms.sound(alarm, reason=str(error))
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self._failures, 10))
        self._failures += 1
        return pause * random.uniform(0.8, 1.2)


def without_overtaken(items: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """The items, without climbs that a further climb of the same contact follows.

    After a clock was away, or a contact was raised, several steps are due at once; the
    child is told how far it has come, not each step on the way.
    """
    last = {item.get("contact_id"): item for item in items if item.get("type") == CLIMBED}
    return [
        item
        for item in items
        if item.get("type") != CLIMBED or item is last[item.get("contact_id")]
    ]


def event_of(item: Mapping[str, object]) -> tuple[str, int, AnyEvent] | None:
    """The conversation, the number and the event that an item of the feed tells of.

    None for a type that this bot does not know. Raises ``KeyError``, ``TypeError`` or
    ``ValueError`` for a known type in another form than the contract's.
    """
    kind = item.get("type")
    build = _EVENTS.get(kind) if isinstance(kind, str) else None
    if build is None:
        return None
    at = datetime.fromisoformat(_text(item, "at"))
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return _text(item, "conversation"), _number(item, "seq"), build(at, item)


def _joined(at: datetime, item: Mapping[str, object]) -> AnyEvent:
    return CounsellorJoined(
        at=at,
        contact_id=_text(item, "contact_id"),
        name=_text(item, "name"),
        contact=_contact(item),
    )


def _wrote(at: datetime, item: Mapping[str, object]) -> AnyEvent:
    return CounsellorWrote(
        at=at,
        contact_id=_text(item, "contact_id"),
        name=_text(item, "name"),
        text=_text(item, "text"),
    )


def _left(at: datetime, item: Mapping[str, object]) -> AnyEvent:
    return CounsellorLeft(
        at=at,
        contact_id=_text(item, "contact_id"),
        name=_text(item, "name"),
        closed=item["type"] == "contact.closed",
        contact=_contact(item),
        by_hand=item.get("by_hand") is True,
    )


def _climbed(at: datetime, item: Mapping[str, object]) -> AnyEvent:
    step = _text(item, "step")
    if step not in STEPS:
        raise ValueError("an unknown step")
    return ContactClimbed(
        at=at,
        contact_id=_text(item, "contact_id"),
        step=step,
        minutes=_number(item, "minutes"),
        contact=_contact(item),
    )


def _moved(at: datetime, item: Mapping[str, object]) -> AnyEvent:
    updates = item["updates"]
    if not isinstance(updates, list):
        raise TypeError("updates")
    return ReportMoved(at=at, updates=tuple(update_of(update) for update in updates))


_EVENTS: Mapping[str, Callable[[datetime, Mapping[str, object]], AnyEvent]] = {
    "contact.claimed": _joined,
    "contact.returned": _left,
    "contact.closed": _left,
    CLIMBED: _climbed,
    "message.sent": _wrote,
    "report.news": _moved,
}


def _duty(item: Mapping[str, object]) -> Duty:
    duty = item["duty"]
    if not isinstance(duty, dict):
        raise TypeError("duty")
    usual = None if duty["usual_minutes"] is None else _number(duty, "usual_minutes")
    return Duty(_number(duty, "on_duty"), usual, plan_of(duty))


def _contact(item: Mapping[str, object]) -> int:
    return contact_number_of(_text(item, "conversation"), _text(item, "contact_id"))


def _text(item: Mapping[str, object], name: str) -> str:
    value = item[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def _number(item: Mapping[str, object], name: str) -> int:
    value = item[name]
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(name)
    return value
