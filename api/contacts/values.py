"""Values of a contact, as the console shows them. All times are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

OUTCOMES = (
    "advice",
    "referred_police",
    "referred_child_protection",
    "referred_other",
    "no_reply",
    "test",
    "other",
)
SEVERITIES = ("none", "concern", "disclosure", "emergency")


@dataclass(frozen=True, slots=True)
class StaffRef:
    """A member of staff: id, and the name that children see."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Climb:
    """A step of escalation: ``all_on_duty``, ``supervisor`` or ``outside``."""

    contact_id: str
    number: str
    step: str
    minutes: int
    at: datetime


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One contact as the queue shows it; ``left`` is how the child left, or empty.

    ``steps`` are the steps of escalation of the present wait. ``unanswered`` says that
    the last words are the child's, ``unanswered_since`` when the first of them came.
    ``had`` is who had the contact before it came back to the queue; ``entered`` says that
    staff wrote it down (phone, visit), so that no words can go to the child from here.
    """

    contact_id: str
    number: str
    state: str
    severity: str
    category: str
    score: float
    urgency: int
    reason: str
    channel: str
    language: str
    band: str
    role: str
    country: str
    wants_reply: bool
    opened_at: datetime
    waiting_since: datetime
    claimed_at: datetime | None
    closed_at: datetime | None
    holder: StaffRef | None
    lease_until: datetime | None
    left: str
    left_at: datetime | None
    outcome: str
    steps: tuple[str, ...]
    unanswered: bool
    ended_at: datetime | None = None
    offered: StaffRef | None = None
    looking: tuple[Looking, ...] = ()
    had: StaffRef | None = None
    unanswered_since: datetime | None = None
    entered: bool = False


@dataclass(frozen=True, slots=True)
class Looking:
    """Somebody who has a contact open now; ``typing`` in the last few seconds."""

    staff: StaffRef
    typing: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the reply field, and who wrote it."""

    text: str
    staff_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class EarlierView:
    """Another contact of the same child."""

    contact_id: str
    number: str
    state: str
    severity: str
    category: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticeView:
    """Something that a supervisor must know of."""

    notice_id: str
    at: datetime
    kind: str
    contact_id: str
    report_id: str
    number: str
    staff_id: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class BlockView:
    """A sender who is blocked until then."""

    until: datetime
    by: int
    reason: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Which words on the limits of confidentiality the child was told, and when."""

    version: str
    language: str
    told_at: datetime


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """What the triage saw in a message: the words, and the rule they met."""

    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message. ``direction``: ``in`` (child), ``out`` (counsellor), ``note`` (the bot).

    ``status`` of an outgoing message: ``queued``, ``sent``, ``delivered``, ``seen`` or
    ``failed``, as the channel told; empty for the child's.
    """

    message_id: str
    direction: str
    at: datetime
    kind: str
    text: str
    severity: str
    evidence: tuple[EvidenceView, ...]
    name: str
    status: str
    status_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoteView:
    """What a member of staff wrote for staff."""

    at: datetime
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class EventView:
    """Something that happened to the contact; ``words`` is a name, a step or an outcome.

    ``by`` is who did it, empty for the clock and the child. ``seq`` is below zero for what
    the bot is not told.
    """

    seq: int
    at: datetime
    type: str
    words: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class ContactView:
    """A whole contact. ``earlier`` are the same child's other contacts, the newest first.

    ``helped`` is what the child said on being asked: ``yes``, ``some``, ``no`` or empty.
    """

    item: QueueItem
    limits: Limits | None
    messages: tuple[MessageView, ...]
    notes: tuple[NoteView, ...]
    events: tuple[EventView, ...]
    earlier: tuple[EarlierView, ...]
    draft: Draft | None = None
    helped: str = ""
    block: BlockView | None = None
