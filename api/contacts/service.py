"""What staff do with contacts. Everything needs a writing session (``Database.write``).

Refusals are exceptions of ``api.errors`` with their status.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record, record_once
from api.contacts import queries, records
from api.contacts.deadlines import climb
from api.contacts.holding import (
    LEASE,
    claim,
    expire_leases,
    held,
    next_contact,
    put_back,
    release,
    renew,
    tell,
)
from api.contacts.tables import Contact, Message, Note
from api.contacts.values import OUTCOMES, ContactView, QueueItem, StaffRef
from api.counters import last_number
from api.crypto import Vault
from api.errors import InvalidOutcome, InvalidReply
from api.times import to_ms

__all__ = [
    "LEASE",
    "OUTCOMES",
    "changes",
    "claim",
    "climb",
    "close",
    "expire_leases",
    "next_contact",
    "put_back",
    "queue",
    "read",
    "release",
    "renew",
    "reply",
]

LONGEST_REPLY = 4000
_ONE_READING = timedelta(minutes=10)


def queue(session: Session, vault: Vault, *, now: datetime) -> list[QueueItem]:
    """Waiting and claimed contacts, the most urgent first, then the longest wait."""
    contacts = queries.open_contacts(session)
    steps = queries.steps_of(session, contacts)
    unanswered = queries.unanswered(session, contacts)
    return [
        records.item_of(
            vault, contact, steps=steps.get(contact.id, ()), unanswered=contact.id in unanswered
        )
        for contact in contacts
    ]


def read(
    session: Session, vault: Vault, contact_id: str, *, staff_id: int, now: datetime
) -> ContactView:
    """The whole contact. The read is itself recorded; a page kept open counts as one."""
    contact = queries.get(session, contact_id)
    record_once(
        session,
        vault,
        who=f"staff:{staff_id}",
        what="contact.read",
        about=contact_id,
        now=now,
        within=_ONE_READING,
    )
    steps = queries.steps_of(session, [contact]).get(contact_id, ())
    unanswered = contact_id in queries.unanswered(session, [contact])
    return ContactView(
        item=records.item_of(vault, contact, steps=steps, unanswered=unanswered),
        limits=records.limits_of(vault, contact),
        messages=tuple(
            records.message_of(vault, row) for row in queries.messages_of(session, contact_id)
        ),
        notes=tuple(records.note_of(vault, row) for row in queries.notes_of(session, contact_id)),
        events=tuple(
            records.event_of(vault, row) for row in queries.events_of(session, contact_id)
        ),
        earlier=tuple(f"K-{number}" for number in queries.earlier_numbers(session, contact)),
    )


def reply(
    session: Session,
    vault: Vault,
    contact_id: str,
    *,
    staff: StaffRef,
    text: str,
    key: str,
    now: datetime,
) -> int:
    """Send words to the child, and return the number of the event that carries them.

    The recipient is the contact's own and cannot be chosen. The same ``key`` again sends
    nothing and returns the same number. Raises ``NotYourContact``, ``ContactClosed``,
    ``InvalidReply``.
    """
    contact = held(session, contact_id, staff_id=staff.id)
    sent = select(col(Message.event_seq)).where(
        col(Message.contact_id) == contact_id, col(Message.key) == key
    )
    if (before := session.execute(sent).scalar_one_or_none()) is not None:
        return before
    if not text.strip() or len(text) > LONGEST_REPLY:
        raise InvalidReply(f"1 to {LONGEST_REPLY} characters")
    message_id = str(uuid.uuid4())
    seq = tell(
        session,
        vault,
        contact,
        "message.sent",
        now=now,
        message_id=message_id,
        name=staff.name,
        text=text,
    )
    _store_reply(session, vault, contact, staff, text, key, message_id, seq, now)
    if contact.first_reply_at is None:
        contact.first_reply_at = to_ms(now)
    record(
        session, vault, who=f"staff:{staff.id}", what="contact.replied", about=contact_id, now=now
    )
    return seq


def close(
    session: Session,
    vault: Vault,
    contact_id: str,
    *,
    staff: StaffRef,
    outcome: str,
    note: str,
    now: datetime,
) -> None:
    """Close one's contact with an outcome and a note for staff (may be empty).

    Raises ``InvalidOutcome``, ``NotYourContact``, ``ContactClosed``.
    """
    if outcome not in OUTCOMES:
        raise InvalidOutcome()
    contact = held(session, contact_id, staff_id=staff.id)
    contact.state = "closed"
    contact.closed_at = to_ms(now)
    contact.outcome = records.sealed(vault, contact_id, "outcome", outcome)
    contact.lease_until = None
    if note.strip():
        _store_note(session, vault, contact_id, staff, note, now)
    tell(session, vault, contact, "contact.closed", now=now, name=staff.name, outcome=outcome)
    record(
        session, vault, who=f"staff:{staff.id}", what="contact.closed", about=contact_id, now=now
    )


def changes(session: Session) -> int:
    """A number that grows with everything an open console shows; compare and look again."""
    return last_number(session, "changes")


def next_place(session: Session, contact_id: str) -> int:
    """The place of the next message within a contact."""
    places = select(func.max(col(Message.place))).where(col(Message.contact_id) == contact_id)
    return (session.execute(places).scalar_one_or_none() or 0) + 1


def _store_reply(
    session: Session,
    vault: Vault,
    contact: Contact,
    staff: StaffRef,
    text: str,
    key: str,
    message_id: str,
    seq: int,
    now: datetime,
) -> None:
    row = vault.row("messages", records.message_row(contact.id, message_id))
    values = {
        "contact_id": contact.id,
        "id": message_id,
        "place": next_place(session, contact.id),
        "direction": "out",
        "at": to_ms(now),
        "kind": row.seal("kind", "text"),
        "text": row.seal("text", text),
        "severity": row.seal("severity", "none"),
        "evidence": row.seal("evidence", "[]"),
        "name": row.seal("name", staff.name),
        "staff_id": staff.id,
        "key": key,
        "event_seq": seq,
        "status": "queued",
    }
    session.execute(insert(Message), [values])


def _store_note(
    session: Session, vault: Vault, contact_id: str, staff: StaffRef, text: str, now: datetime
) -> None:
    note_id = str(uuid.uuid4())
    row = vault.row("notes", note_id)
    values = {
        "id": note_id,
        "contact_id": contact_id,
        "at": to_ms(now),
        "staff_id": staff.id,
        "name": row.seal("name", staff.name),
        "text": row.seal("text", text),
    }
    session.execute(insert(Note), [values])
