"""Who looks at a contact now, and which holder is typing in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, Delete, Update, delete, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from api.contacts import records
from api.contacts.tables import Contact, Presence
from api.contacts.values import Looking, StaffRef
from api.counters import touch
from api.crypto import Vault
from api.times import to_ms

GONE = timedelta(seconds=45)
"""A page that has not been heard of for so long is not open any more."""
TYPING = timedelta(seconds=5)
_TYPED_EVERY = timedelta(seconds=3)  # so that the bot is not called back more often


@dataclass(frozen=True, slots=True)
class Typing:
    """Conversations whose holder types, and when the newest of them last did (ms)."""

    conversations: tuple[str, ...]
    newest: int


def seen(
    session: Session,
    vault: Vault,
    *,
    staff: StaffRef,
    contact_id: str,
    typing: bool,
    now: datetime,
) -> None:
    """Note that a person has this contact open (none: the empty id), and whether they type.

    Typing is noted of the holder alone: nobody else's may ever show.
    """
    contact = session.get(Contact, contact_id) if contact_id else None
    if contact is None:
        leave(session, staff_id=staff.id)
        return
    row = session.get(Presence, staff.id)
    types = typing and contact.state == "claimed" and contact.holder_id == staff.id
    if row is None or row.contact_id != contact_id:
        _arrive(session, vault, row, staff, contact_id, now)
        row = session.get_one(Presence, staff.id)
    row.seen_at = to_ms(now)
    if types and (row.typing_at is None or row.typing_at <= to_ms(now - _TYPED_EVERY)):
        row.typing_at = to_ms(now)
        touch(session)


def leave(session: Session, *, staff_id: int) -> None:
    """Note that a person has no contact open."""
    if _dropped(session, delete(Presence).where(col(Presence.staff_id) == staff_id)):
        touch(session)


def stopped_typing(session: Session, *, staff_id: int) -> None:
    """What was typed has been sent."""
    session.execute(
        update(Presence).where(col(Presence.staff_id) == staff_id).values(typing_at=None)
    )


def looking(
    session: Session, vault: Vault, contact_ids: Iterable[str], *, now: datetime
) -> dict[str, tuple[Looking, ...]]:
    """Who has each of these contacts open."""
    rows = session.execute(
        select(Presence)
        .where(col(Presence.contact_id).in_(list(contact_ids)))
        .where(col(Presence.seen_at) > to_ms(now - GONE))
        .order_by(col(Presence.staff_id))
    ).scalars()
    found: dict[str, list[Looking]] = defaultdict(list)
    for row in rows:
        found[row.contact_id].append(_view(vault, row, now))
    return {contact_id: tuple(people) for contact_id, people in found.items()}


def typing_now(session: Session, vault: Vault, *, now: datetime) -> Typing:
    """In which conversations the holder types, for the bot to show."""
    rows = session.execute(
        select(Contact, col(Presence.typing_at))
        .join(Presence, col(Presence.contact_id) == col(Contact.id))
        .where(col(Contact.state) == "claimed")
        .where(col(Contact.holder_id) == col(Presence.staff_id))
        .where(col(Presence.typing_at) > to_ms(now - TYPING))
        .order_by(col(Contact.number))
    ).all()
    conversations = tuple(records.read(vault, contact, "conversation") for contact, _ in rows)
    return Typing(conversations, max((at or 0 for _, at in rows), default=0))


def prune(session: Session, vault: Vault, *, now: datetime) -> None:
    """Forget pages that are gone and typing that stopped, and let the others see it."""
    gone = _dropped(session, delete(Presence).where(col(Presence.seen_at) <= to_ms(now - GONE)))
    stopped = _dropped(
        session,
        update(Presence)
        .where(col(Presence.typing_at) <= to_ms(now - TYPING))
        .values(typing_at=None),
    )
    if gone or stopped:
        touch(session)


def _arrive(
    session: Session,
    vault: Vault,
    row: Presence | None,
    staff: StaffRef,
    contact_id: str,
    now: datetime,
) -> None:
    if row is None:
        name = vault.seal(staff.name, table="presence", column="name", row=staff.id)
        at = to_ms(now)
        session.add(Presence(staff_id=staff.id, contact_id=contact_id, name=name, seen_at=at))
        session.flush()
    else:
        row.contact_id, row.typing_at = contact_id, None
    touch(session)


def _dropped(session: Session, statement: Delete | Update) -> bool:
    result = session.execute(statement)
    assert isinstance(result, CursorResult)
    return result.rowcount > 0


def _view(vault: Vault, row: Presence, now: datetime) -> Looking:
    name = vault.open(row.name, table="presence", column="name", row=row.staff_id)
    types = row.typing_at is not None and row.typing_at > to_ms(now - TYPING)
    return Looking(StaffRef(row.staff_id, name), types)
