"""Who has a contact: claim, lease, return. One holder at a time, and never none unseen."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.audit.service import record
from api.contacts import queries, records
from api.contacts.tables import Contact
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.errors import ContactAlreadyClaimed, ContactClosed, NotYourContact
from api.intake.events import emit
from api.times import from_ms, to_ms

LEASE = timedelta(seconds=120)
"""How long a claim lasts without a sign of its holder, unless the settings say otherwise."""


def claim(
    session: Session,
    vault: Vault,
    contact_id: str,
    *,
    staff: StaffRef,
    now: datetime,
    lease: timedelta = LEASE,
) -> None:
    """Take a contact; taking one's own again only renews the lease.

    Raises ``ContactUnknown``, ``ContactClosed``, or ``ContactAlreadyClaimed`` while
    somebody else's lease runs.
    """
    contact = queries.get(session, contact_id)
    if contact.state == "closed":
        raise ContactClosed()
    if contact.state == "claimed":
        if contact.holder_id == staff.id:
            contact.lease_until = to_ms(now + lease)
            return
        if (contact.lease_until or 0) > to_ms(now):
            raise ContactAlreadyClaimed()
        give_back(session, vault, contact, who="clock", now=now)
    _take(session, vault, contact, staff=staff, now=now, lease=lease)


def next_contact(
    session: Session, vault: Vault, *, staff: StaffRef, now: datetime, lease: timedelta = LEASE
) -> str | None:
    """Claim the most urgent contact that waits, and return its id; None when none waits."""
    waiting = queries.waiting(session)
    if not waiting:
        return None
    _take(session, vault, waiting[0], staff=staff, now=now, lease=lease)
    return waiting[0].id


def renew(
    session: Session, contact_id: str, *, staff_id: int, now: datetime, lease: timedelta = LEASE
) -> None:
    """Keep a claim: the heartbeat of the open page. Raises ``NotYourContact``."""
    contact = held(session, contact_id, staff_id=staff_id)
    contact.lease_until = to_ms(now + lease)


def put_back(
    session: Session, vault: Vault, contact_id: str, *, staff: StaffRef, now: datetime
) -> None:
    """Return one's contact to the queue by hand. Raises ``NotYourContact``."""
    contact = held(session, contact_id, staff_id=staff.id)
    give_back(session, vault, contact, who=f"staff:{staff.id}", now=now)


def release(session: Session, vault: Vault, *, staff_id: int, now: datetime) -> list[str]:
    """Return everything that a person holds (signed out, disabled); the ids returned."""
    contacts = queries.held_by(session, staff_id)
    for contact in contacts:
        give_back(session, vault, contact, who=f"staff:{staff_id}", now=now)
    return [contact.id for contact in contacts]


def expire_leases(session: Session, vault: Vault, *, now: datetime) -> list[str]:
    """Return to the queue what nobody shows a sign of holding; the ids returned."""
    contacts = queries.held_until(session, to_ms(now))
    for contact in contacts:
        give_back(session, vault, contact, who="clock", now=now)
    return [contact.id for contact in contacts]


def held(session: Session, contact_id: str, *, staff_id: int) -> Contact:
    """The contact, if this person holds it; raises ``ContactClosed``, ``NotYourContact``."""
    contact = queries.get(session, contact_id)
    if contact.state == "closed":
        raise ContactClosed()
    if contact.state != "claimed" or contact.holder_id != staff_id:
        raise NotYourContact()
    return contact


def give_back(session: Session, vault: Vault, contact: Contact, *, who: str, now: datetime) -> None:
    """Put a claimed contact into the queue; its wait, and the deadlines, begin anew."""
    holder = records.holder_of(vault, contact)
    contact.state = "waiting"
    contact.waiting_since = _later(contact.waiting_since, now)
    contact.holder_id, contact.holder_name, contact.lease_until = None, None, None
    tell(session, vault, contact, "contact.returned", now=now, name=holder.name if holder else "")
    record(session, vault, who=who, what="contact.returned", about=contact.id, now=now)


def tell(
    session: Session, vault: Vault, contact: Contact, type: str, *, now: datetime, **payload: object
) -> int:
    """An event of this contact for the bot; its number."""
    session.flush()
    conversation = records.read(vault, contact, "conversation")
    return emit(
        session,
        vault,
        type=type,
        now=now,
        contact_id=contact.id,
        conversation=conversation,
        **payload,
    )


def _take(
    session: Session,
    vault: Vault,
    contact: Contact,
    *,
    staff: StaffRef,
    now: datetime,
    lease: timedelta,
) -> None:
    contact.state = "claimed"
    contact.claimed_at = to_ms(now)
    contact.holder_id = staff.id
    contact.holder_name = records.sealed(vault, contact.id, "holder_name", staff.name)
    contact.lease_until = to_ms(now + lease)
    tell(session, vault, contact, "contact.claimed", now=now, name=staff.name)
    record(
        session, vault, who=f"staff:{staff.id}", what="contact.claimed", about=contact.id, now=now
    )


def _later(before: int, now: datetime) -> int:
    """Never the same instant as the wait before: steps of escalation are kept per wait."""
    return to_ms(now) if now > from_ms(before) else before + 1
