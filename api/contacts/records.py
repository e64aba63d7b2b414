"""Between sealed rows and plain values: the one place that opens a contact."""

from __future__ import annotations

import json
from typing import Any

from api.contacts.tables import Contact, Message, Note
from api.contacts.values import (
    SEVERITIES,
    EarlierView,
    EventView,
    EvidenceView,
    Limits,
    Looking,
    MessageView,
    NoteView,
    QueueItem,
    StaffRef,
)
from api.crypto import Vault
from api.intake.events import payload_of
from api.intake.tables import EventRow
from api.times import from_ms, maybe_from_ms

_REASON_RANK = {
    **{"emergency": 4, "disclosure": 3, "asked": 2, "safe_word": 2},
    **{"duty_of_care": 1, "protecting": 1},
}
_SEVERITY_RANK = {"emergency": 4, "disclosure": 3, "concern": 1, "none": 0}


def urgency(severity: str, reason: str) -> int:
    """The rank by which the queue is ordered and deadlines run; doubt raises it.

    4 emergency, 3 disclosure, 2 a person was asked for, 1 concern, 0 nothing found.
    """
    return max(_SEVERITY_RANK[severity], _REASON_RANK.get(reason, 0))


def graver(one: str, other: str) -> str:
    """The graver of two severities."""
    return max(one, other, key=SEVERITIES.index)


def shown_number(contact: Contact) -> str:
    """The number that staff and the bot see."""
    return f"K-{contact.number}"


def read(vault: Vault, contact: Contact, column: str) -> str:
    """One sealed column of a contact."""
    return vault.open(getattr(contact, column), table="contacts", column=column, row=contact.id)


def sealed(vault: Vault, contact_id: str, column: str, text: str) -> bytes:
    """One column of a contact, as it is stored."""
    return vault.seal(text, table="contacts", column=column, row=contact_id)


def holder_of(vault: Vault, contact: Contact) -> StaffRef | None:
    """Who has the contact, if anyone."""
    if contact.holder_id is None or contact.holder_name is None:
        return None
    return StaffRef(contact.holder_id, read(vault, contact, "holder_name"))


def offered_of(vault: Vault, contact: Contact) -> StaffRef | None:
    """To whom the contact is offered, if to anyone."""
    if contact.offered_id is None or contact.offered_name is None:
        return None
    return StaffRef(contact.offered_id, read(vault, contact, "offered_name"))


def had_of(vault: Vault, contact: Contact) -> StaffRef | None:
    """Who had the contact before, if anyone."""
    if contact.had_id is None or contact.had_name is None:
        return None
    return StaffRef(contact.had_id, read(vault, contact, "had_name"))


def item_of(
    vault: Vault,
    contact: Contact,
    *,
    steps: tuple[str, ...] = (),
    unanswered_since: int | None = None,
    looking: tuple[Looking, ...] = (),
) -> QueueItem:
    """The contact as the queue shows it."""

    def text(column: str) -> str:
        return read(vault, contact, column)

    return QueueItem(
        contact_id=contact.id,
        number=shown_number(contact),
        state=contact.state,
        severity=text("severity"),
        category=text("category"),
        score=float(text("score")),
        urgency=contact.urgency,
        reason=text("reason"),
        channel=text("channel"),
        language=text("language"),
        band=text("band"),
        role=text("role"),
        country=text("country"),
        wants_reply=text("wants_reply") == "yes",
        opened_at=from_ms(contact.opened_at),
        waiting_since=from_ms(contact.waiting_since),
        claimed_at=maybe_from_ms(contact.claimed_at),
        closed_at=maybe_from_ms(contact.closed_at),
        holder=holder_of(vault, contact),
        lease_until=maybe_from_ms(contact.lease_until),
        left=text("left"),
        left_at=maybe_from_ms(contact.left_at),
        outcome=text("outcome"),
        steps=steps,
        unanswered=unanswered_since is not None,
        ended_at=maybe_from_ms(contact.ended_at),
        offered=offered_of(vault, contact),
        looking=looking,
        had=had_of(vault, contact),
        unanswered_since=maybe_from_ms(unanswered_since),
        entered=contact.entered_by is not None,
    )


def helped_of(vault: Vault, contact: Contact) -> str:
    """What the child said on being asked whether it felt helped, or nothing."""
    return "" if contact.helped is None else read(vault, contact, "helped")


def earlier_of(vault: Vault, contact: Contact) -> EarlierView:
    """Another contact of the same child, in short."""
    return EarlierView(
        contact_id=contact.id,
        number=shown_number(contact),
        state=contact.state,
        severity=read(vault, contact, "severity"),
        category=read(vault, contact, "category"),
        opened_at=from_ms(contact.opened_at),
        closed_at=maybe_from_ms(contact.closed_at),
    )


def limits_of(vault: Vault, contact: Contact) -> Limits | None:
    """What the child was told of the limits of confidentiality."""
    told: dict[str, Any] | None = json.loads(read(vault, contact, "limits"))
    if told is None:
        return None
    return Limits(told["version"], told["language"], from_ms(told["told_at"]))


def message_of(vault: Vault, message: Message) -> MessageView:
    """A message, opened."""
    row = vault.row("messages", message_row(message.contact_id, message.id))
    evidence = json.loads(row.open("evidence", message.evidence))
    return MessageView(
        message_id=message.id,
        direction=message.direction,
        at=from_ms(message.at),
        kind=row.open("kind", message.kind),
        text=row.open("text", message.text),
        severity=row.open("severity", message.severity),
        evidence=tuple(EvidenceView(rule, words) for rule, words in evidence),
        name=row.open("name", message.name),
        status=message.status,
        status_at=maybe_from_ms(message.status_at),
    )


def message_row(contact_id: str, message_id: str) -> str:
    """The row that a message's seals are bound to."""
    return f"{contact_id}/{message_id}"


def note_of(vault: Vault, note: Note) -> NoteView:
    """A note, opened."""
    row = vault.row("notes", note.id)
    return NoteView(from_ms(note.at), row.open("name", note.name), row.open("text", note.text))


def event_of(vault: Vault, event: EventRow) -> EventView:
    """An event of a contact's life, for its history."""
    payload = payload_of(vault, event)
    name = str(payload.get("name") or "")
    words = str(payload.get("step") or name)
    return EventView(event.seq, from_ms(event.at), event.type, words, by=name)
