"""What staff do with contacts. Everything needs a writing session (``Database.write``).

Refusals are exceptions of ``api.errors`` with their status.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

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
from api.contacts.replying import LONGEST_REPLY, reply
from api.contacts.tables import Note
from api.contacts.values import OUTCOMES, ContactView, QueueItem, StaffRef
from api.counters import last_number
from api.crypto import Vault
from api.errors import InvalidOutcome
from api.times import to_ms

__all__ = [
    "LEASE",
    "LONGEST_REPLY",
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
        earlier=tuple(records.earlier_of(vault, row) for row in queries.earlier(session, contact)),
    )


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
