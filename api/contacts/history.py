"""What staff did with a contact, for its history; events that the bot hears are elsewhere."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.contacts.tables import Contact, Happening
from api.contacts.values import EventView
from api.counters import next_number, touch
from api.crypto import Vault
from api.times import from_ms, to_ms


def happened(
    session: Session,
    vault: Vault,
    contact: Contact,
    what: str,
    *,
    now: datetime,
    by: str = "",
    words: str = "",
) -> None:
    """Add to the history of a contact, and wake the open consoles."""
    number = next_number(session, "happenings")
    row = vault.row("happenings", number)
    values = {
        "number": number,
        "contact_id": contact.id,
        "at": to_ms(now),
        "what": what,
        "by": row.seal("by", by),
        "words": row.seal("words", words),
    }
    session.execute(insert(Happening), [values])
    touch(session)


def as_event(vault: Vault, happening: Happening) -> EventView:
    """A happening, opened; its number stands below zero, where no event of the bot is."""
    row = vault.row("happenings", happening.number)
    return EventView(
        seq=-happening.number,
        at=from_ms(happening.at),
        type=happening.what,
        words=row.open("words", happening.words),
        by=row.open("by", happening.by),
    )
