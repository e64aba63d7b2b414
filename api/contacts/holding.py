"""Who has a contact: claim, lease, return. One holder at a time, and never none unseen."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record
from api.cases.queries import hidden_contacts
from api.contacts import queries, records
from api.contacts.noticing import leaving, notify, settle_of
from api.contacts.refusals import ContactBlocked, ContactEnded
from api.contacts.tables import Contact
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.errors import (
    ContactAlreadyClaimed,
    ContactClosed,
    ContactUnknown,
    NotYourContact,
    Refusal,
)
from api.intake.events import emit
from api.times import from_ms, to_ms

LEASE = timedelta(seconds=120)
"""How long a claim lasts without a sign of its holder, unless the settings say otherwise."""

_OVER: dict[str, type[Refusal]] = {
    "closed": ContactClosed,
    "ended": ContactEnded,
    "blocked": ContactBlocked,
}


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

    Raises ``ContactUnknown``, ``ContactClosed``, ``ContactEnded``, ``ContactBlocked``,
    or ``ContactAlreadyClaimed`` (its detail is who has it) while somebody else's lease runs.
    """
    contact = queries.get(session, contact_id)
    if contact.state in _OVER:
        raise _OVER[contact.state]()
    if contact.state == "claimed" and contact.holder_id == staff.id:
        contact.lease_until = to_ms(now + lease)
        return
    refuse_named(session, contact_id, staff)
    if contact.state == "claimed":
        if (contact.lease_until or 0) > to_ms(now):
            raise ContactAlreadyClaimed(_holder_name(vault, contact))
        _lose(session, vault, contact, now=now)
    _take(session, vault, contact, staff=staff, now=now, lease=lease)


def next_contact(
    session: Session, vault: Vault, *, staff: StaffRef, now: datetime, lease: timedelta = LEASE
) -> str | None:
    """Claim the most urgent contact that waits, and return its id; None when none waits.

    Of equal ones, what this person had before comes first, then the longest wait. What
    names the person is passed over.
    """
    waiting = sorted(
        queries.waiting(session), key=lambda one: (-one.urgency, one.had_id != staff.id)
    )
    hidden = hidden_contacts(session, staff.id) if waiting else set()
    for contact in waiting:
        if contact.id not in hidden:
            _take(session, vault, contact, staff=staff, now=now, lease=lease)
            return contact.id
    return None


def renew(
    session: Session, contact_id: str, *, staff_id: int, now: datetime, lease: timedelta = LEASE
) -> None:
    """Keep a claim. Raises ``NotYourContact``, ``ContactClosed``, ``ContactEnded``."""
    contact = held(session, contact_id, staff_id=staff_id)
    contact.lease_until = to_ms(now + lease)


def renew_all(session: Session, *, staff_id: int, now: datetime, lease: timedelta = LEASE) -> None:
    """Keep every claim of a person: the heartbeat of any open page."""
    session.execute(
        update(Contact)
        .where(col(Contact.state) == "claimed", col(Contact.holder_id) == staff_id)
        .values(lease_until=to_ms(now + lease))
    )


def put_back(
    session: Session, vault: Vault, contact_id: str, *, staff: StaffRef, now: datetime
) -> None:
    """Return one's contact to the queue by hand. Raises ``NotYourContact``."""
    contact = held(session, contact_id, staff_id=staff.id)
    give_back(session, vault, contact, who=f"staff:{staff.id}", now=now)


def release(session: Session, vault: Vault, *, staff_id: int, now: datetime) -> list[str]:
    """Return everything that a person holds (signed out, disabled); the ids returned.

    A supervisor is told of each urgent one.
    """
    leaving(session, vault, staff_id=staff_id, now=now)
    contacts = queries.held_by(session, staff_id)
    for contact in contacts:
        give_back(session, vault, contact, who=f"staff:{staff_id}", now=now)
    return [contact.id for contact in contacts]


def expire_leases(session: Session, vault: Vault, *, now: datetime) -> list[str]:
    """Return to the queue what nobody shows a sign of holding; the ids returned."""
    contacts = queries.held_until(session, to_ms(now))
    for contact in contacts:
        _lose(session, vault, contact, now=now)
    return [contact.id for contact in contacts]


def held(session: Session, contact_id: str, *, staff_id: int) -> Contact:
    """The contact, if this person holds it.

    Raises ``ContactClosed``, ``ContactEnded``, ``ContactBlocked``, ``NotYourContact``.
    """
    contact = queries.get(session, contact_id)
    if contact.state in _OVER:
        raise _OVER[contact.state]()
    if contact.state != "claimed" or contact.holder_id != staff_id:
        raise NotYourContact()
    return contact


def why_not(session: Session, contact_id: str, staff_id: int) -> Refusal:
    """What to say to somebody who may not write in a contact."""
    try:
        held(session, contact_id, staff_id=staff_id)
    except Refusal as refusal:
        return refusal
    return NotYourContact()


def refuse_named(session: Session, contact_id: str, staff: StaffRef) -> None:
    """Raise ``ContactUnknown`` for whoever is named in a case of this contact (S31)."""
    if contact_id in hidden_contacts(session, staff.id):
        raise ContactUnknown()


def give_back(session: Session, vault: Vault, contact: Contact, *, who: str, now: datetime) -> None:
    """Put a claimed contact into the queue; its wait, and the deadlines, begin anew."""
    holder = free(vault, contact)
    contact.state = "waiting"
    contact.waiting_since = later(contact.waiting_since, now)
    settle_of(session, contact.id, "unanswered", now=now)
    told = {"name": holder.name if holder else "", "by_hand": who != "clock"}
    tell(session, vault, contact, "contact.returned", now=now, **told)
    record(session, vault, who=who, what="contact.returned", about=contact.id, now=now)


def queue_again(vault: Vault, contact: Contact, *, now: datetime) -> None:
    """Put what was over into the queue; who had it stays known, and the deadlines begin anew."""
    free(vault, contact)
    contact.state = "waiting"
    contact.waiting_since = later(contact.waiting_since, now)
    contact.ended_at, contact.closed_at = None, None
    contact.outcome = records.sealed(vault, contact.id, "outcome", "")


def free(vault: Vault, contact: Contact) -> StaffRef | None:
    """Leave the contact without a holder, and return who it was."""
    holder = records.holder_of(vault, contact)
    if holder is not None:
        contact.had_id = holder.id
        contact.had_name = records.sealed(vault, contact.id, "had_name", holder.name)
    contact.holder_id, contact.holder_name, contact.lease_until = None, None, None
    forget_offer(contact)
    return holder


def forget_offer(contact: Contact) -> None:
    """Nobody is asked any more to take the contact."""
    contact.offered_id, contact.offered_name, contact.offered_at = None, None, None


def hold(
    vault: Vault, contact: Contact, *, staff: StaffRef, now: datetime, lease: timedelta
) -> None:
    """Make this person the holder from now on."""
    contact.state = "claimed"
    contact.claimed_at = to_ms(now)
    contact.holder_id = staff.id
    contact.holder_name = records.sealed(vault, contact.id, "holder_name", staff.name)
    contact.lease_until = to_ms(now + lease)
    forget_offer(contact)


def tell(
    session: Session, vault: Vault, contact: Contact, type: str, *, now: datetime, **payload: object
) -> int:
    """An event of this contact for the bot; its number.

    Of what staff wrote down (phone, visit) there is nobody to tell: nothing, and 0.
    """
    if contact.entered_by is not None:
        return 0
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


def later(before: int, now: datetime) -> int:
    """Never the same instant as the wait before: steps of escalation are kept per wait."""
    return to_ms(now) if now > from_ms(before) else before + 1


def _take(
    session: Session,
    vault: Vault,
    contact: Contact,
    *,
    staff: StaffRef,
    now: datetime,
    lease: timedelta,
) -> None:
    hold(vault, contact, staff=staff, now=now, lease=lease)
    tell(session, vault, contact, "contact.claimed", now=now, name=staff.name)
    record(
        session, vault, who=f"staff:{staff.id}", what="contact.claimed", about=contact.id, now=now
    )


def _lose(session: Session, vault: Vault, contact: Contact, *, now: datetime) -> None:
    """The holder fell silent: the contact waits again, and a supervisor is told."""
    notify(
        session,
        vault,
        kind="lease_lost",
        contact_id=contact.id,
        staff_id=contact.holder_id,
        detail=_holder_name(vault, contact),
        now=now,
    )
    give_back(session, vault, contact, who="clock", now=now)


def _holder_name(vault: Vault, contact: Contact) -> str:
    holder = records.holder_of(vault, contact)
    return holder.name if holder else ""
