"""What staff write for staff. Nothing here knows a way to a child."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.audit.service import record
from api.contacts import queries
from api.contacts.refusals import InvalidNote
from api.contacts.tables import Note
from api.contacts.values import StaffRef
from api.counters import touch
from api.crypto import Vault
from api.times import to_ms

LONGEST_NOTE = 8000


def add_note(
    session: Session, vault: Vault, contact_id: str, *, staff: StaffRef, text: str, now: datetime
) -> None:
    """Write a note on a contact, open or closed, one's own or another's.

    Raises ``ContactUnknown`` or ``InvalidNote``.
    """
    queries.get(session, contact_id)
    store_note(session, vault, contact_id, staff=staff, text=text, now=now)
    who = f"staff:{staff.id}"
    record(session, vault, who=who, what="contact.noted", about=contact_id, now=now)


def store_note(
    session: Session, vault: Vault, contact_id: str, *, staff: StaffRef, text: str, now: datetime
) -> None:
    """Keep a note that belongs to another deed. Raises ``InvalidNote``."""
    if not text.strip() or len(text) > LONGEST_NOTE:
        raise InvalidNote(f"1 to {LONGEST_NOTE} characters")
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
    touch(session)
