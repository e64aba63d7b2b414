"""A sender blocked for a time: kept, not queued, and still read for urgent words.

What is graver than a concern queues like anybody's, and a supervisor is told. The sender is
never told: from outside, nobody has answered yet.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record
from api.contacts import queries, records
from api.contacts.ending import end_talk, file_away
from api.contacts.history import happened
from api.contacts.holding import free, queue_again, refuse_named
from api.contacts.noticing import URGENT, notify
from api.contacts.refusals import InvalidBlock, NothingBlocked
from api.contacts.tables import Block, Contact
from api.contacts.values import BlockView, StaffRef
from api.counters import touch
from api.crypto import Vault
from api.times import from_ms, to_ms

SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=30)
LONGEST_REASON = 500
_YOUNG = timedelta(days=1)  # what waited longer under a block is closed, not queued


def block(
    session: Session,
    vault: Vault,
    contact_id: str,
    *,
    staff: StaffRef,
    until: datetime,
    reason: str,
    now: datetime,
) -> None:
    """Block who writes in this contact until then; a talk that runs ends for its holder.

    A block that stands is replaced. Raises ``InvalidBlock``, ``ContactUnknown``; a contact
    that staff wrote down has no sender.
    """
    contact = queries.get(session, contact_id)
    refuse_named(session, contact_id, staff)
    if contact.entered_by is not None or not reason.strip() or len(reason) > LONGEST_REASON:
        raise InvalidBlock("a sender and a reason")
    if not SHORTEST <= until - now <= LONGEST:
        raise InvalidBlock("1 hour to 30 days")
    _store(session, vault, contact.same_child, staff, until, reason, now)
    who = f"staff:{staff.id}"
    for one in queries.of_child(session, contact.same_child):
        _stop(session, vault, one, who=who, now=now)
    happened(session, vault, contact, "contact.blocked", by=staff.name, now=now)
    record(session, vault, who=who, what="contact.blocked", about=contact_id, now=now)


def unblock(
    session: Session, vault: Vault, contact_id: str, *, staff: StaffRef, now: datetime
) -> None:
    """End the block of who writes in this contact. Raises ``NothingBlocked``."""
    contact = queries.get(session, contact_id)
    if session.get(Block, contact.same_child) is None:
        raise NothingBlocked()
    refuse_named(session, contact_id, staff)
    if contact.state != "blocked":
        happened(session, vault, contact, "contact.unblocked", by=staff.name, now=now)
    _lift(session, vault, contact.same_child, by=staff.name, now=now)
    who = f"staff:{staff.id}"
    record(session, vault, who=who, what="contact.unblocked", about=contact_id, now=now)


def end_blocks(session: Session, vault: Vault, *, now: datetime) -> None:
    """Lift the blocks whose time is over; the clock's part."""
    over = select(col(Block.same_child)).where(col(Block.until) <= to_ms(now))
    for same_child in session.execute(over).scalars().all():
        _lift(session, vault, same_child, by="", now=now)
        newest = queries.of_child(session, same_child)[-1]
        record(session, vault, who="clock", what="contact.unblocked", about=newest.id, now=now)


def block_of(
    session: Session, vault: Vault, contact: Contact, *, now: datetime
) -> BlockView | None:
    """The block of who writes in this contact, if one runs."""
    row = session.get(Block, contact.same_child)
    if row is None or row.until <= to_ms(now):
        return None
    reason = vault.open(row.reason, table="blocks", column="reason", row=row.same_child)
    return BlockView(from_ms(row.until), row.staff_id, reason)


def is_blocked(session: Session, same_child: str, *, now: datetime) -> bool:
    """Whether this sender is blocked now."""
    row = session.get(Block, same_child)
    return row is not None and row.until > to_ms(now)


def is_urgent(urgency: int, reason: str = "") -> bool:
    """Whether a block does not hold this back; a safe word is a call for help."""
    return urgency >= URGENT or reason == "safe_word"


def keep_back(session: Session, vault: Vault, contact: Contact, *, now: datetime) -> None:
    """Keep what a blocked sender wrote, and queue nothing."""
    free(vault, contact)
    contact.state = "blocked"
    record(session, vault, who="bot", what="contact.kept_back", about=contact.id, now=now)


def let_through(session: Session, vault: Vault, contact: Contact, *, now: datetime) -> None:
    """Tell a supervisor that a blocked sender's words are urgent and queue."""
    notify(session, vault, kind="blocked_urgent", contact_id=contact.id, now=now)


def _store(
    session: Session,
    vault: Vault,
    same_child: str,
    staff: StaffRef,
    until: datetime,
    reason: str,
    now: datetime,
) -> None:
    sealed = vault.seal(reason.strip(), table="blocks", column="reason", row=same_child)
    session.execute(delete(Block).where(col(Block.same_child) == same_child))
    values = {
        "same_child": same_child,
        "until": to_ms(until),
        "at": to_ms(now),
        "staff_id": staff.id,
        "reason": sealed,
    }
    session.execute(insert(Block), [values])


def _stop(session: Session, vault: Vault, contact: Contact, *, who: str, now: datetime) -> None:
    if contact.state == "claimed":
        end_talk(session, vault, contact, who=who, now=now)
    elif contact.state == "waiting" and is_urgent(contact.urgency, _reason(vault, contact)):
        let_through(session, vault, contact, now=now)
    elif contact.state == "waiting":
        contact.state = "blocked"


def _reason(vault: Vault, contact: Contact) -> str:
    return records.read(vault, contact, "reason")


def _lift(session: Session, vault: Vault, same_child: str, *, by: str, now: datetime) -> None:
    session.execute(delete(Block).where(col(Block.same_child) == same_child))
    for contact in queries.of_child(session, same_child):
        if contact.state == "blocked":
            _let_go(session, vault, contact, by=by, now=now)
    touch(session)


def _let_go(session: Session, vault: Vault, contact: Contact, *, by: str, now: datetime) -> None:
    happened(session, vault, contact, "contact.unblocked", by=by, now=now)
    if queries.last_words_at(session, contact) > to_ms(now - _YOUNG):
        queue_again(vault, contact, now=now)
    else:
        file_away(session, vault, contact, now=now)
