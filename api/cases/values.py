"""Values of a case, as pages show them, and the moves it can make. Times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.contacts.values import EarlierView, StaffRef

OPEN, CLOSED, REOPENED = "open", "closed", "reopened"

# From where to where; out of `closed` leads only re-opening, which is a supervisor's.
MOVES: Mapping[str, tuple[str, ...]] = {
    "open": ("in_progress", "awaiting", "monitoring", "closed"),
    "in_progress": ("awaiting", "monitoring", "closed"),
    "awaiting": ("in_progress", "monitoring", "closed"),
    "monitoring": ("in_progress", "awaiting", "closed"),
    "closed": (),
    "reopened": ("in_progress", "awaiting", "monitoring", "closed"),
}
STATUSES = tuple(MOVES)
LIFE = ("open", "in_progress", "awaiting", "monitoring", "closed")

IDENTITY_KINDS = ("name", "phone", "address", "school", "guardian", "account", "other")
UNLOCK_MINUTES = (15, 60, 240, 480, 1440)
WISH_LASTS = timedelta(days=1)  # what nobody decided on by then is no longer open


@dataclass(frozen=True, slots=True)
class CaseRef:
    """A case in short."""

    case_id: str
    number: str
    status: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as the list shows it; ``severity`` is the gravest of its contacts."""

    ref: CaseRef
    severity: str
    lead: StaffRef
    opened_at: datetime
    changed_at: datetime
    follow_up_at: datetime | None
    promise_at: datetime | None
    contacts: int
    hold: bool


@dataclass(frozen=True, slots=True)
class PromiseDue:
    """A promise to a child that is to be kept by ``due``."""

    case_id: str
    number: str
    part_id: str
    words: str
    due: datetime
    lead: str


@dataclass(frozen=True, slots=True)
class FollowUpDue:
    """A case to look into again on the day that begins at ``due``."""

    case_id: str
    number: str
    words: str
    due: datetime
    lead: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """A part as somebody wrote it; ``fields`` by their names, empty ones included."""

    version: int
    at: datetime
    staff: StaffRef
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of a case with its versions, the newest last."""

    part_id: str
    kind: str
    state: str
    due_at: datetime | None
    versions: tuple[VersionView, ...]

    @property
    def first(self) -> VersionView:
        """As it was begun."""
        return self.versions[0]

    @property
    def now(self) -> VersionView:
        """As it stands."""
        return self.versions[-1]


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Somebody of staff who is named in the case."""

    conflict_id: str
    staff: StaffRef
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class EventView:
    """Something that was done with the case; ``words`` by their names."""

    at: datetime
    kind: str
    name: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IdentityView:
    """Something a child told of who it is."""

    at: datetime
    name: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class UnlockView:
    """A wish to read the identity. ``reads`` are the times at which it was read under it."""

    unlock_id: str
    state: str
    minutes: int
    asker: StaffRef
    asked_at: datetime
    reason: str
    decider: StaffRef | None
    decided_at: datetime | None
    answer: str
    until: datetime | None
    reads: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A whole case, but what the child told of who it is: of that only how much there is."""

    line: CaseLine
    closed_at: datetime | None
    follow_up: str
    team: tuple[StaffRef, ...]
    named: tuple[ConflictView, ...]
    contacts: tuple[EarlierView, ...]
    offered: tuple[EarlierView, ...]
    parts: tuple[PartView, ...]
    events: tuple[EventView, ...]
    identities: int
    unlocks: tuple[UnlockView, ...]
    unlocked_until: datetime | None

    def of(self, kind: str) -> tuple[PartView, ...]:
        """The parts of one kind, in the order in which they were begun."""
        return tuple(part for part in self.parts if part.kind == kind)
