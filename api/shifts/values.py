"""What the pages of a shift show. All times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api.contacts.values import StaffRef

THEN = ("duty", "break", "sign-out")


@dataclass(frozen=True, slots=True)
class InHand:
    """A contact that keeps its holder from going: urgent, or the child's words wait."""

    contact_id: str
    number: str
    urgency: int
    unanswered: bool
    offered: StaffRef | None


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody carried: hard contacts today, in seven days, and in a row until now.

    ``taken`` are all contacts that they took today. ``since`` is when the person last began
    work after a rest; None when not on duty.
    """

    today: int
    week: int
    in_a_row: int
    taken: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Nudge:
    """A kind word to take a break, and why: ``long`` or ``hard``."""

    why: str
    hours: int
    count: int
    on_break: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """Somebody planned for a span; ``there`` when that person is on duty now."""

    planned_id: str
    staff_id: int
    name: str
    begins: datetime
    ends: datetime
    there: bool


@dataclass(frozen=True, slots=True)
class RotaDay:
    """The plan of one day: what is open, and who is planned."""

    day: date
    hours: str
    holiday: str
    planned: tuple[Planned, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """One thing that a hand-over names: what, its number and link, and when it is due.

    ``kind``: ``urgent``, ``form``, ``promise``, ``follow_up``, ``notice`` or ``offer``.
    ``detail`` is a word of that kind: a rank, a kind of notice, a name.
    """

    kind: str
    number: str
    path: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HandoverView:
    """A hand-over: who wrote what and when, what was open then, who confirmed it."""

    handover_id: str
    at: datetime
    by: StaffRef
    words: str
    left: tuple[Left, ...]
    confirmed_at: datetime | None
    confirmed_by: StaffRef | None


@dataclass(frozen=True, slots=True)
class Held:
    """A contact in somebody's hands: how long, and until when an answer is due."""

    contact_id: str
    number: str
    urgency: int
    since: datetime
    unanswered: bool


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody on duty or on break, with what they have in hand."""

    staff: StaffRef
    since: datetime
    on_break: bool
    holds: tuple[Held, ...]
    load: Load
    last_break: datetime | None
    tired: bool
    planned: bool


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of a ladder: taken at, or due at."""

    step: str
    at: datetime
    taken: bool


@dataclass(frozen=True, slots=True)
class Ladder:
    """A waiting contact and its steps, those that come included."""

    contact_id: str
    number: str
    urgency: int
    since: datetime
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class Risk:
    """A deadline that comes near: ``wait`` for the first answer, with the time it falls due."""

    contact_id: str
    number: str
    urgency: int
    holder: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Waits:
    """First answers of one rank today: within the goal, of all that should be there by now.

    ``hours`` and ``before`` are medians in minutes per hour of the day, today and on the
    same weekday a week ago; an hour without an answer is not in them.
    """

    urgency: int
    goal: int
    counted: int
    within: int
    median: timedelta | None
    longest: timedelta | None
    hours: Mapping[int, float]
    before: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One channel today: contacts that came, and what became of our answers in it."""

    channel: str
    contacts: int
    sent: int
    delivered: int
    failed: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Watch:
    """The shift as it stands."""

    urgent_alone: int
    urgent_since: datetime | None
    waiting: int
    waiting_since: datetime | None
    talking: int
    forms: int
    undelivered: int
    median: timedelta | None
    per_hour: Mapping[int, Mapping[int, int]]
    total: int
    total_before: int
    ladders: tuple[Ladder, ...]
    risks: tuple[Risk, ...]
    waits: tuple[Waits, ...]
    lines: tuple[Line, ...]
