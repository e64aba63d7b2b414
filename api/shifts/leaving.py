"""Nobody goes with a child in hand unnoticed: off duty, to a break, or out of the door."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from api.audit.service import record
from api.contacts import noticing, queries, records
from api.contacts.deadlines import URGENT
from api.contacts.holding import release
from api.contacts.tables import Contact
from api.contacts.values import StaffRef
from api.counters import touch
from api.crypto import Vault
from api.duty import service as duty
from api.duty import spells
from api.shifts.refusals import HandsFull
from api.shifts.values import InHand


def in_hand(session: Session, staff_id: int) -> list[Contact]:
    """The contacts of this person that are urgent, or in which the child waits for words."""
    held = queries.held_by(session, staff_id)
    waiting = queries.unanswered_since(session, held)
    return [found for found in held if found.urgency >= URGENT or found.id in waiting]


def shown(session: Session, vault: Vault, staff_id: int) -> list[InHand]:
    """As ``in_hand``, for the page that asks what shall become of them."""
    found = in_hand(session, staff_id)
    waiting = queries.unanswered_since(session, found)
    return [
        InHand(
            contact.id,
            records.shown_number(contact),
            contact.urgency,
            contact.id in waiting,
            records.offered_of(vault, contact),
        )
        for contact in found
    ]


def go_off_duty(
    session: Session, vault: Vault, *, staff: StaffRef, put_back: bool, now: datetime
) -> None:
    """End one's duty; raises ``HandsFull`` unless nothing is in hand or all is to be put back."""
    _empty_hands(session, vault, staff, put_back=put_back, now=now)
    spells.end(session, staff.id, now=now)
    duty.set_on_duty(session, vault, staff=staff, on=False, now=now)
    touch(session)


def begin_break(
    session: Session, vault: Vault, *, staff: StaffRef, put_back: bool, now: datetime
) -> None:
    """Rest: off duty, and shown as resting. Raises ``HandsFull`` as ``go_off_duty``."""
    if staff.id in spells.breaks(session):
        return
    go_off_duty(session, vault, staff=staff, put_back=put_back, now=now)
    spells.begin(session, staff.id, "break", now=now)
    record(session, vault, who=f"staff:{staff.id}", what="break.began", now=now)


def end_break(session: Session, vault: Vault, *, staff: StaffRef, now: datetime) -> None:
    """Come back from a rest, on duty again; not resting changes nothing."""
    if staff.id not in spells.breaks(session):
        return
    record(session, vault, who=f"staff:{staff.id}", what="break.ended", now=now)
    duty.set_on_duty(session, vault, staff=staff, on=True, now=now)


def leave(session: Session, vault: Vault, *, staff: StaffRef, now: datetime) -> None:
    """End duty and rest, and put everything back; supervisors are told of what is urgent."""
    noticing.leaving(session, vault, staff_id=staff.id, now=now)
    release(session, vault, staff_id=staff.id, now=now)
    spells.end(session, staff.id, now=now)
    duty.set_on_duty(session, vault, staff=staff, on=False, now=now)


def leave_silent(session: Session, vault: Vault, *, now: datetime) -> list[int]:
    """Of those on duty whose console fell silent, put back what they hold; the clock's part."""
    gone = duty.silent(session, now=now)
    for staff_id in gone:
        noticing.leaving(session, vault, staff_id=staff_id, now=now)
        release(session, vault, staff_id=staff_id, now=now)
    duty.drop_silent(session, vault, now=now)
    return gone


def _empty_hands(
    session: Session, vault: Vault, staff: StaffRef, *, put_back: bool, now: datetime
) -> None:
    found = in_hand(session, staff.id)
    if not found:
        return
    if not put_back:
        raise HandsFull
    noticing.leaving(session, vault, staff_id=staff.id, now=now)
    release(session, vault, staff_id=staff.id, now=now)
