"""Contacts entered by hand: a call, a visit, a letter. They count like any other.

Such a contact has no conversation and nothing is sent; it is over when it is entered, and
its form is open. It belongs to no earlier contact unless a case joins them.
"""

from __future__ import annotations

import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.audit.service import record
from api.console.amounts import HERE
from api.console.words import WORDS
from api.contacts import records
from api.contacts.tables import Contact
from api.contacts.values import SEVERITIES, StaffRef
from api.counters import next_number, touch
from api.crypto import Vault
from api.forms.refusals import InvalidEntry
from api.locale.catalogue import LANGUAGES
from api.times import to_ms

CHANNELS = ("phone", "visit", "letter", "elsewhere")
CHOICES = {
    "channel": CHANNELS,
    "language": LANGUAGES,
    "role": tuple(WORDS["role"]),
    "band": tuple(WORDS["band"]),
    "country": tuple(WORDS["country"]),
    "severity": SEVERITIES,
    "category": tuple(WORDS["category"]),
}
_LONGEST = 24 * 60
_MINUTES = re.compile(r"\d{1,4}")


class NotComplete(InvalidEntry):
    """An entry that cannot stand; ``fault`` is a word of the kind form_fault."""

    def __init__(self, fault: str) -> None:
        super().__init__()
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Entry:
    """A contact as somebody enters it; every text is one of ``CHOICES``."""

    contact_id: str
    began: datetime
    minutes: int
    chosen: dict[str, str]


def read_entry(
    contact_id: str, *, day: str, hour: str, minutes: str, chosen: dict[str, str], now: datetime
) -> Entry:
    """An entry from a form, its time that of Albania; raises ``NotComplete``."""
    if any(chosen.get(name) not in known for name, known in CHOICES.items()):
        raise NotComplete("choice")
    began = _moment(day, hour)
    if began > now:
        raise NotComplete("when-future")
    if (minutes and not _MINUTES.fullmatch(minutes)) or int(minutes or 0) > _LONGEST:
        raise NotComplete("minutes")
    return Entry(_id(contact_id), began, int(minutes or 0), chosen)


def enter(session: Session, vault: Vault, entry: Entry, *, staff: StaffRef, now: datetime) -> str:
    """Store the contact, ended and held by who entered it; the same entry again is one.

    Needs a writing session; returns the contact's id.
    """
    if session.get(Contact, entry.contact_id) is None:
        session.execute(insert(Contact), [_values(session, vault, entry, staff, now)])
        who = f"staff:{staff.id}"
        record(session, vault, who=who, what="contact.entered", about=entry.contact_id, now=now)
        touch(session)
    return entry.contact_id


def _values(
    session: Session, vault: Vault, entry: Entry, staff: StaffRef, now: datetime
) -> dict[str, object]:
    texts = {
        **entry.chosen,
        **{"conversation": "", "score": "0", "reason": "entered", "wants_reply": "no"},
        **{"limits": "null", "left": "", "outcome": "", "holder_name": staff.name},
    }
    began = to_ms(entry.began)
    over = min(entry.began + timedelta(minutes=entry.minutes), now)
    return {
        "id": entry.contact_id,
        "number": next_number(session, "contacts"),
        "state": "ended",
        "urgency": records.urgency(entry.chosen["severity"], "entered"),
        "opened_at": began,
        "received_at": to_ms(now),
        "waiting_since": began,
        "ended_at": to_ms(over),
        "holder_id": staff.id,
        "entered_by": staff.id,
        "same_child": secrets.token_hex(16),  # of nobody: only a case joins it to others
        **{
            column: records.sealed(vault, entry.contact_id, column, text)
            for column, text in texts.items()
        },
    }


def _moment(day: str, hour: str) -> datetime:
    try:
        moment = datetime.fromisoformat(f"{day}T{hour}")
    except ValueError:
        raise NotComplete("when-missing") from None
    return moment.replace(tzinfo=HERE)


def _id(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise InvalidEntry() from None
