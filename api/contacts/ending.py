"""The talk ends, the form is done, and either may begin again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from api.audit.service import record
from api.contacts import queries, records
from api.contacts.drafts import drop_draft
from api.contacts.history import happened
from api.contacts.holding import forget_offer, held, queue_again, refuse_named, tell
from api.contacts.notes import store_note
from api.contacts.noticing import settle_of
from api.contacts.refusals import ContactOpen
from api.contacts.tables import Contact
from api.contacts.values import OUTCOMES, StaffRef
from api.crypto import Vault
from api.errors import ContactClosed, InvalidOutcome, NotYourContact
from api.times import to_ms


def end(session: Session, vault: Vault, contact_id: str, *, staff: StaffRef, now: datetime) -> None:
    """End the talk: the child is told, and the holder goes on to the form.

    Raises as ``holding.held``.
    """
    contact = held(session, contact_id, staff_id=staff.id)
    end_talk(session, vault, contact, who=f"staff:{staff.id}", now=now)


def close(
    session: Session,
    vault: Vault,
    contact_id: str,
    *,
    staff: StaffRef,
    outcome: str,
    note: str = "",
    now: datetime,
) -> None:
    """Close a contact whose form is done; a talk that still runs ends with it.

    What was written and not sent goes now. Raises ``InvalidOutcome``, ``NotYourContact``,
    ``ContactClosed``.
    """
    if outcome not in OUTCOMES:
        raise InvalidOutcome()
    contact = written_by(session, contact_id, staff_id=staff.id)
    who = f"staff:{staff.id}"
    if contact.state == "claimed":
        end_talk(session, vault, contact, who=who, outcome=outcome, now=now)
    if note.strip():
        store_note(session, vault, contact_id, staff=staff, text=note, now=now)
    _file(session, vault, contact, outcome, by=staff.name, now=now)
    record(session, vault, who=who, what="contact.closed", about=contact_id, now=now)


def written_by(session: Session, contact_id: str, *, staff_id: int) -> Contact:
    """The contact, if this person writes its form: its holder, also after the end.

    Raises ``ContactClosed``, ``NotYourContact``.
    """
    contact = queries.get(session, contact_id)
    if contact.state == "closed":
        raise ContactClosed()
    if contact.state not in ("claimed", "ended") or contact.holder_id != staff_id:
        raise NotYourContact()
    return contact


def reopen(
    session: Session, vault: Vault, contact_id: str, *, staff: StaffRef, now: datetime
) -> None:
    """Put what is over into the queue again (supervisors); the bot hears of it by the claim.

    A contact that staff wrote down has nobody at its other end: its form is open again for
    the supervisor. Raises ``ContactOpen``, ``ContactUnknown``.
    """
    contact = queries.get(session, contact_id)
    if contact.state not in ("ended", "closed"):
        raise ContactOpen()
    refuse_named(session, contact_id, staff)
    if contact.entered_by is None:
        queue_again(vault, contact, now=now)
    else:
        _open_form(vault, contact, staff)
    happened(session, vault, contact, "contact.reopened", by=staff.name, now=now)
    who = f"staff:{staff.id}"
    record(session, vault, who=who, what="contact.reopened", about=contact_id, now=now)


def come_back(session: Session, vault: Vault, contact: Contact, *, now: datetime) -> None:
    """The child wrote again after the end: the contact waits, and who had it is known."""
    queue_again(vault, contact, now=now)
    happened(session, vault, contact, "contact.came_back", now=now)
    record(session, vault, who="bot", what="contact.reopened", about=contact.id, now=now)


def end_talk(
    session: Session,
    vault: Vault,
    contact: Contact,
    *,
    who: str,
    outcome: str = "",
    now: datetime,
) -> None:
    """End a claimed contact for its holder, and tell the bot."""
    holder = records.holder_of(vault, contact)
    contact.state = "ended"
    contact.ended_at = to_ms(now)
    contact.lease_until = None
    forget_offer(contact)
    settle_of(session, contact.id, "unanswered", now=now)
    name = holder.name if holder else ""
    tell(session, vault, contact, "contact.closed", now=now, name=name, outcome=outcome)
    record(session, vault, who=who, what="contact.ended", about=contact.id, now=now)


def file_away(session: Session, vault: Vault, contact: Contact, *, now: datetime) -> None:
    """Close what nobody has, by the clock; one that was closed before keeps its outcome."""
    outcome = records.read(vault, contact, "outcome") or "other"
    _file(session, vault, contact, outcome, by="", now=now)
    record(session, vault, who="clock", what="contact.closed", about=contact.id, now=now)


def _file(
    session: Session, vault: Vault, contact: Contact, outcome: str, *, by: str, now: datetime
) -> None:
    contact.state = "closed"
    contact.ended_at = contact.ended_at or to_ms(now)
    contact.closed_at = contact.closed_at or to_ms(now)
    contact.outcome = records.sealed(vault, contact.id, "outcome", outcome)
    drop_draft(session, contact.id)
    happened(session, vault, contact, "contact.filed", by=by, words=outcome, now=now)


def _open_form(vault: Vault, contact: Contact, staff: StaffRef) -> None:
    contact.state = "ended"
    contact.closed_at = None
    contact.outcome = records.sealed(vault, contact.id, "outcome", "")
    contact.holder_id = staff.id
    contact.holder_name = records.sealed(vault, contact.id, "holder_name", staff.name)
