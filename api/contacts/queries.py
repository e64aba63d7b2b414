"""Named queries on contacts; every one works on SQLite and PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.contacts.tables import ClimbDone, Contact, Happening, Message, Note
from api.errors import ContactUnknown
from api.intake.tables import EventRow

Steps = dict[str, tuple[str, ...]]


def get(session: Session, contact_id: str) -> Contact:
    """The contact; raises ``ContactUnknown``."""
    contact = session.get(Contact, contact_id)
    if contact is None:
        raise ContactUnknown()
    return contact


def open_contacts(session: Session) -> Sequence[Contact]:
    """Waiting and claimed, the most urgent first, then the longest wait."""
    return in_states(session, "waiting", "claimed")


def in_states(session: Session, *states: str) -> Sequence[Contact]:
    """Contacts in one of these states, in the same order."""
    return (
        session.execute(
            select(Contact)
            .where(col(Contact.state).in_(states))
            .order_by(col(Contact.urgency).desc(), col(Contact.waiting_since), col(Contact.number))
        )
        .scalars()
        .all()
    )


def waiting(session: Session) -> Sequence[Contact]:
    """Those that nobody has, in the order of ``open_contacts``."""
    return [contact for contact in open_contacts(session) if contact.state == "waiting"]


def held_until(session: Session, moment: int) -> Sequence[Contact]:
    """Claimed contacts whose lease ended at that moment or before."""
    return (
        session.execute(
            select(Contact)
            .where(col(Contact.state) == "claimed", col(Contact.lease_until) <= moment)
            .order_by(col(Contact.number))
        )
        .scalars()
        .all()
    )


def held_by(session: Session, staff_id: int) -> Sequence[Contact]:
    """What a member of staff has claimed."""
    return (
        session.execute(
            select(Contact).where(
                col(Contact.state) == "claimed", col(Contact.holder_id) == staff_id
            )
        )
        .scalars()
        .all()
    )


def messages_of(session: Session, contact_id: str) -> Sequence[Message]:
    """In the order in which they were written (R3).

    A platform may bring a child's messages late and swapped. Between two answers they
    stand by the platform's time, which may be whole seconds; the answers stay in place.
    """
    stored = session.execute(
        select(Message).where(col(Message.contact_id) == contact_id).order_by(col(Message.place))
    ).scalars()
    runs = groupby(stored, key=lambda message: message.direction == "out")
    return [message for _, run in runs for message in sorted(run, key=lambda item: item.at)]


def next_place(session: Session, contact_id: str) -> int:
    """The place of the next message within a contact."""
    places = select(func.max(col(Message.place))).where(col(Message.contact_id) == contact_id)
    return (session.execute(places).scalar_one_or_none() or 0) + 1


def notes_of(session: Session, contact_id: str) -> Sequence[Note]:
    """The oldest first."""
    return (
        session.execute(
            select(Note)
            .where(col(Note.contact_id) == contact_id)
            .order_by(col(Note.at), col(Note.id))
        )
        .scalars()
        .all()
    )


def events_of(session: Session, contact_id: str) -> Sequence[EventRow]:
    """What happened to a contact, besides messages."""
    return (
        session.execute(
            select(EventRow)
            .where(col(EventRow.contact_id) == contact_id, col(EventRow.type) != "message.sent")
            .order_by(col(EventRow.seq))
        )
        .scalars()
        .all()
    )


def earlier(session: Session, contact: Contact) -> Sequence[Contact]:
    """The other contacts of the same child, the newest first."""
    return (
        session.execute(
            select(Contact)
            .where(col(Contact.same_child) == contact.same_child, col(Contact.id) != contact.id)
            .order_by(col(Contact.number).desc())
        )
        .scalars()
        .all()
    )


def steps_of(session: Session, contacts: Iterable[Contact]) -> Steps:
    """The steps of escalation taken in the present wait of each contact."""
    since = {contact.id: contact.waiting_since for contact in contacts}
    rows = session.execute(
        select(col(ClimbDone.contact_id), col(ClimbDone.waiting_since), col(ClimbDone.step))
        .where(col(ClimbDone.contact_id).in_(since))
        .order_by(col(ClimbDone.at), col(ClimbDone.step))
    ).all()
    steps: dict[str, list[str]] = defaultdict(list)
    for contact_id, waiting_since, step in rows:
        if since[contact_id] == waiting_since:
            steps[contact_id].append(step)
    return {contact_id: tuple(found) for contact_id, found in steps.items()}


def unanswered_since(session: Session, contacts: Iterable[Contact]) -> dict[str, int]:
    """When the first of the child's words came that nobody has answered, by contact."""
    ids = [contact.id for contact in contacts]
    answered = (
        select(
            col(Message.contact_id).label("contact_id"), func.max(col(Message.place)).label("place")
        )
        .where(col(Message.contact_id).in_(ids), col(Message.direction) == "out")
        .group_by(col(Message.contact_id))
        .subquery()
    )
    rows = session.execute(
        select(col(Message.contact_id), func.min(col(Message.at)))
        .outerjoin(answered, col(Message.contact_id) == answered.c.contact_id)
        .where(col(Message.contact_id).in_(ids), col(Message.direction) == "in")
        .where(or_(answered.c.place.is_(None), col(Message.place) > answered.c.place))
        .group_by(col(Message.contact_id))
    ).all()
    return {row[0]: row[1] for row in rows}


def answered_at(session: Session, contact_ids: Iterable[str]) -> dict[str, int]:
    """When each contact was last answered."""
    rows = session.execute(
        select(col(Message.contact_id), func.max(col(Message.at)))
        .where(col(Message.contact_id).in_(list(contact_ids)), col(Message.direction) == "out")
        .group_by(col(Message.contact_id))
    ).all()
    return {row[0]: row[1] for row in rows}


def last_words_at(session: Session, contact: Contact) -> int:
    """When the child last wrote; when the contact came, if never."""
    last = select(func.max(col(Message.at))).where(
        col(Message.contact_id) == contact.id, col(Message.direction) == "in"
    )
    return session.execute(last).scalar_one_or_none() or contact.received_at


def of_child(session: Session, same_child: str) -> Sequence[Contact]:
    """All contacts of a child, the oldest first."""
    return (
        session.execute(
            select(Contact)
            .where(col(Contact.same_child) == same_child)
            .order_by(col(Contact.number))
        )
        .scalars()
        .all()
    )


def happenings_of(session: Session, contact_id: str) -> Sequence[Happening]:
    """What staff did with a contact, the oldest first."""
    return (
        session.execute(
            select(Happening)
            .where(col(Happening.contact_id) == contact_id)
            .order_by(col(Happening.number))
        )
        .scalars()
        .all()
    )


def sent_with(session: Session, contact_id: str, key: str) -> Message | None:
    """The reply that was sent with this key, if one was."""
    sent = select(Message).where(col(Message.contact_id) == contact_id, col(Message.key) == key)
    return session.execute(sent).scalar_one_or_none()
