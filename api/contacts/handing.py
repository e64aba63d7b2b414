"""From one colleague to another: offered and accepted, or taken over by a supervisor."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record
from api.cases.queries import hidden_contacts
from api.contacts import queries, records
from api.contacts.history import happened
from api.contacts.holding import LEASE, forget_offer, held, hold, refuse_named, tell
from api.contacts.notes import store_note
from api.contacts.noticing import notify
from api.contacts.refusals import NotOffered, OfferRefused
from api.contacts.tables import Contact
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.duty import service as duty
from api.errors import ContactAlreadyClaimed, ContactClosed
from api.times import to_ms

OFFER_STANDS = timedelta(seconds=60)
"""An offer that nobody takes for so long is shown to the giver again."""


def offer(
    session: Session,
    vault: Vault,
    contact_id: str,
    *,
    staff: StaffRef,
    to_id: int,
    note: str = "",
    now: datetime,
) -> None:
    """Ask a colleague on duty to take one's contact, with a note for staff (may be empty).

    The giver stays the holder until it is accepted. Raises ``OfferRefused`` for oneself,
    for whoever is not on duty and for whoever may not open it; and as ``held``.
    """
    contact = held(session, contact_id, staff_id=staff.id)
    there = {one.id: one for one in duty.on_duty(session, vault, now=now)}
    hidden = contact_id in hidden_contacts(session, to_id)
    if to_id == staff.id or to_id not in there or hidden:
        raise OfferRefused()
    colleague = there[to_id]
    contact.offered_id, contact.offered_at = to_id, to_ms(now)
    contact.offered_name = records.sealed(vault, contact_id, "offered_name", colleague.name)
    if note.strip():
        store_note(session, vault, contact_id, staff=staff, text=note, now=now)
    _write_down(session, vault, contact, "contact.offered", staff, colleague.name, now)


def withdraw(
    session: Session, vault: Vault, contact_id: str, *, staff: StaffRef, now: datetime
) -> None:
    """Take one's offer back; nothing happens where none stands. Raises as ``held``."""
    contact = held(session, contact_id, staff_id=staff.id)
    offered = records.offered_of(vault, contact)
    if offered is None:
        return
    forget_offer(contact)
    _write_down(session, vault, contact, "contact.offer_withdrawn", staff, offered.name, now)


def accept(
    session: Session,
    vault: Vault,
    contact_id: str,
    *,
    staff: StaffRef,
    now: datetime,
    lease: timedelta = LEASE,
) -> None:
    """Become the holder of what a colleague offered; the draft stays with the contact.

    Raises ``NotOffered`` when the offer was taken back, lapsed or never made.
    """
    contact = queries.get(session, contact_id)
    if contact.state != "claimed" or contact.offered_id != staff.id:
        raise NotOffered()
    refuse_named(session, contact_id, staff)
    _change_hands(session, vault, contact, "contact.accepted", staff, now, lease)


def take_over(
    session: Session,
    vault: Vault,
    contact_id: str,
    *,
    staff: StaffRef,
    now: datetime,
    lease: timedelta = LEASE,
) -> None:
    """Take a contact, or the form of one that ended, from a colleague (supervisors).

    Raises ``ContactClosed``, or ``ContactAlreadyClaimed`` where there is no colleague to
    take it from.
    """
    contact = queries.get(session, contact_id)
    if contact.state == "closed":
        raise ContactClosed()
    if contact.state not in ("claimed", "ended") or contact.holder_id == staff.id:
        raise ContactAlreadyClaimed()
    refuse_named(session, contact_id, staff)
    if contact.state == "claimed":
        _change_hands(session, vault, contact, "contact.taken_over", staff, now, lease)
        return
    before = records.holder_of(vault, contact)
    contact.holder_id = staff.id
    contact.holder_name = records.sealed(vault, contact_id, "holder_name", staff.name)
    words = before.name if before else ""
    _write_down(session, vault, contact, "contact.taken_over", staff, words, now)


def call_supervisor(
    session: Session, vault: Vault, contact_id: str, *, staff: StaffRef, words: str, now: datetime
) -> None:
    """Ask a supervisor to look at this contact, and say why (may be empty)."""
    contact = queries.get(session, contact_id)
    refuse_named(session, contact_id, staff)
    notify(
        session,
        vault,
        kind="called",
        contact_id=contact_id,
        staff_id=staff.id,
        detail=words.strip(),
        now=now,
    )
    _write_down(session, vault, contact, "contact.called", staff, "", now)


def lapse_offers(session: Session, vault: Vault, *, now: datetime) -> None:
    """End the offers that nobody took; the clock's part."""
    old = select(Contact).where(
        col(Contact.state) == "claimed", col(Contact.offered_at) <= to_ms(now - OFFER_STANDS)
    )
    for contact in session.execute(old).scalars().all():
        offered = records.offered_of(vault, contact)
        forget_offer(contact)
        words = offered.name if offered else ""
        happened(session, vault, contact, "contact.offer_lapsed", words=words, now=now)


def _change_hands(
    session: Session,
    vault: Vault,
    contact: Contact,
    what: str,
    staff: StaffRef,
    now: datetime,
    lease: timedelta,
) -> None:
    before = records.holder_of(vault, contact)
    hold(vault, contact, staff=staff, now=now, lease=lease)
    tell(session, vault, contact, "contact.claimed", now=now, name=staff.name)
    _write_down(session, vault, contact, what, staff, before.name if before else "", now)


def _write_down(
    session: Session,
    vault: Vault,
    contact: Contact,
    what: str,
    staff: StaffRef,
    words: str,
    now: datetime,
) -> None:
    happened(session, vault, contact, what, by=staff.name, words=words, now=now)
    record(session, vault, who=f"staff:{staff.id}", what=what, about=contact.id, now=now)
