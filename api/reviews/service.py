"""Reviews of closed contacts: of the work, for the one who did it; never a ranking of people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record, record_once
from api.contacts import queries
from api.contacts.tables import Contact, Message
from api.contacts.values import StaffRef
from api.counters import touch
from api.crypto import Vault
from api.reviews import records
from api.reviews.refusals import InvalidReview, NotClosed, OwnContact
from api.reviews.tables import Review
from api.reviews.values import ANSWERS, LONGEST_WORDS, QUESTIONS, ReviewPanel
from api.rights.gate import RULES
from api.staff.sessions import Person
from api.times import to_ms

_ONE_READING = timedelta(minutes=10)


def write(
    session: Session,
    vault: Vault,
    contact_id: str,
    *,
    answers: Mapping[str, str],
    words: str,
    staff: StaffRef,
    now: datetime,
) -> None:
    """Keep a person's review of a closed contact; a second one replaces the first.

    Raises ``ContactUnknown``, ``NotClosed``, ``OwnContact``, ``InvalidReview``.
    """
    contact = queries.get(session, contact_id)
    if contact.state != "closed":
        raise NotClosed()
    if is_own(session, contact, staff.id):
        raise OwnContact()
    _check(answers, words)
    sealed = records.sealed(vault, contact_id, staff, answers, words.strip())
    session.merge(Review(contact_id=contact_id, staff_id=staff.id, at=to_ms(now), **sealed))
    who = f"staff:{staff.id}"
    record(session, vault, who=who, what="review.written", about=contact_id, now=now)
    touch(session)


def is_own(session: Session, contact: Contact, staff_id: int) -> bool:
    """Whether this person had the contact, wrote in it or entered it."""
    if staff_id in (contact.holder_id, contact.entered_by):
        return True
    wrote = select(col(Message.id)).where(
        col(Message.contact_id) == contact.id, col(Message.staff_id) == staff_id
    )
    return session.execute(wrote.limit(1)).first() is not None


def panel(
    session: Session, vault: Vault, person: Person, contact_id: str, *, now: datetime
) -> dict[str, ReviewPanel | None]:
    """What the contact's page shows of reviews; reading them is recorded.

    They are for whoever had the contact, and for those who may review. Needs a writing
    session.
    """
    contact = queries.get(session, contact_id)
    own = is_own(session, contact, person.id)
    may = RULES["review.write"].allows(person.roles)
    if not own and not may:
        return {"review": None}
    found = records.of_contact(session, vault, contact_id)
    if found:
        _note_reading(session, vault, person, contact_id, now)
    return {
        "review": ReviewPanel(
            reviews=found,
            writes=may and not own and contact.state == "closed",
            own=next((one for one in found if one.staff.id == person.id), None),
        )
    }


def _check(answers: Mapping[str, str], words: str) -> None:
    known = set(answers) == set(QUESTIONS) and set(answers.values()) <= set(ANSWERS)
    if not known or len(words) > LONGEST_WORDS:
        raise InvalidReview()


def _note_reading(
    session: Session, vault: Vault, person: Person, contact_id: str, now: datetime
) -> None:
    record_once(
        session,
        vault,
        who=f"staff:{person.id}",
        what="review.read",
        about=contact_id,
        now=now,
        within=_ONE_READING,
    )
