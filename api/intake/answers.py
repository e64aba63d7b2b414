"""Answers of the contract. Every field is always present, save in an event."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class ClosedMessage(BaseModel):
    """The helpline's own words for children while it is closed, to be shown as they are."""

    sq: str
    en: str


class Duty(BaseModel):
    """Who is there. ``usual_minutes`` is the usual wait, null when too few are known.

    ``opens_at`` is the next opening while the plan says closed (RFC 3339, UTC); null while
    it says open and where there is no plan. ``message`` is null where none was written.
    """

    on_duty: int
    usual_minutes: int | None
    opens_at: str | None
    message: ClosedMessage | None


class ContactStored(BaseModel):
    """The contact as the helpline knows it now."""

    contact_id: str
    number: str
    state: str
    duty: Duty


class MessagesStored(BaseModel):
    """How many messages were new."""

    contact_id: str
    state: str
    accepted: int


class ReportUpdate(BaseModel):
    """Something that a reporter may know. ``to`` is who was told, ``next`` when somebody looks
    again (RFC 3339, UTC)."""

    at: str
    state: Literal[
        "submitted",
        "assessing",
        "signposted",
        "police",
        "filed",
        "notice",
        "removed",
        "refused",
        "gone",
        "moved",
        "again",
        "there",
        "working",
        "closed",
    ]
    to: Literal["isigurt", "iwf", "ncmec", "police", "aksk", "platform", ""]
    next: str | None


class Event(BaseModel):
    """Something that happened; what is present beside ``seq``, ``at`` and ``type`` follows it.

    `contact.claimed`: name. `contact.returned`: name, and whether it was put back `by_hand`
    or a line broke. `contact.closed`: name, outcome.
    `contact.climbed`: step, minutes. `message.sent`: message_id, name, text (a counsellor's
    words). `duty.changed`: duty, and no contact. `report.news`: report_id, updates (those
    since the last telling), and no contact.
    """

    seq: int
    at: str
    type: Literal[
        "contact.claimed",
        "contact.returned",
        "contact.closed",
        "contact.climbed",
        "message.sent",
        "duty.changed",
        "report.news",
    ]
    contact_id: str = ""
    conversation: str = ""
    name: str = ""
    by_hand: bool = False
    outcome: str = ""
    step: Literal["all_on_duty", "supervisor", "outside", ""] = ""
    minutes: int = 0
    message_id: str = ""
    text: str = ""
    duty: Duty | None = None
    report_id: str = ""
    updates: list[ReportUpdate] = []


class Events(BaseModel):
    """What happened, in order of ``seq``; ask again with ``after`` = ``next``.

    ``typing`` are the conversations whose counsellor typed in the last seconds.
    """

    events: list[Event]
    next: int
    typing: list[str]


class PublicKey(BaseModel):
    """The X25519 key to which the bot seals, base64."""

    key_id: str
    public_key: str


class ReportStored(BaseModel):
    """``receipt`` is shown this once (null when the report was stored before)."""

    number: str
    receipt: str | None


class ReportState(BaseModel):
    """What the holder of a receipt may know.

    ``updates`` are in order of time, the newest last. ``others``: somebody else reported one
    of its addresses too. ``open``: additions are still read. ``signpost`` are kinds of
    services to which it belongs, where it was not one for the helpline.
    """

    updates: list[ReportUpdate]
    others: bool
    open: bool
    wants_news: bool
    signpost: list[str]


class AdditionStored(BaseModel):
    """``accepted``: it is new."""

    accepted: bool


class ProblemDetails(BaseModel):
    """RFC 9457. ``instance`` names the request in the helpline's log."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
