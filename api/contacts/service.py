"""What staff do with contacts. Everything needs a writing session (``Database.write``).

Refusals are exceptions of ``api.errors`` and ``refusals.py`` with their status.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.audit.service import record_once
from api.cases.queries import hidden_contacts
from api.contacts import history, queries, records
from api.contacts.blocking import block, block_of, end_blocks, unblock
from api.contacts.deadlines import climb
from api.contacts.drafts import draft_of, save_draft
from api.contacts.ending import close, end, reopen, written_by
from api.contacts.handing import accept, call_supervisor, lapse_offers, offer, take_over, withdraw
from api.contacts.holding import (
    LEASE,
    claim,
    expire_leases,
    next_contact,
    put_back,
    release,
    renew,
    renew_all,
)
from api.contacts.notes import add_note
from api.contacts.noticing import leaving, notices, notify, settle_notice
from api.contacts.presence import leave, looking, prune, seen, typing_now
from api.contacts.replying import LONGEST_REPLY, reply
from api.contacts.tables import Contact
from api.contacts.unanswered import watch
from api.contacts.values import OUTCOMES, ContactView, EventView, QueueItem
from api.counters import last_number
from api.crypto import Vault

__all__ = [
    "LEASE",
    "LONGEST_REPLY",
    "OUTCOMES",
    "accept",
    "add_note",
    "block",
    "blocked",
    "call_supervisor",
    "changes",
    "claim",
    "climb",
    "close",
    "end",
    "end_blocks",
    "expire_leases",
    "lapse_offers",
    "leave",
    "leaving",
    "next_contact",
    "note_reading",
    "notices",
    "notify",
    "offer",
    "prune",
    "put_back",
    "queue",
    "read",
    "release",
    "renew",
    "renew_all",
    "reopen",
    "reply",
    "save_draft",
    "seen",
    "settle_notice",
    "take_over",
    "typing_now",
    "unblock",
    "watch",
    "withdraw",
    "written_by",
]

_ONE_READING = timedelta(minutes=10)
_HANDED = ("contact.accepted", "contact.taken_over")


def queue(
    session: Session, vault: Vault, *, now: datetime, staff_id: int | None = None
) -> list[QueueItem]:
    """Waiting, claimed and ended contacts, the most urgent first, then the longest wait.

    Without those of cases that name this person.
    """
    contacts = queries.in_states(session, "waiting", "claimed", "ended")
    return _items(session, vault, contacts, now=now, staff_id=staff_id)


def blocked(
    session: Session, vault: Vault, *, now: datetime, staff_id: int | None = None
) -> list[QueueItem]:
    """What blocked senders wrote that is not urgent, for a supervisor."""
    contacts = queries.in_states(session, "blocked")
    return _items(session, vault, contacts, now=now, staff_id=staff_id)


def read(
    session: Session, vault: Vault, contact_id: str, *, staff_id: int, now: datetime
) -> ContactView:
    """A whole contact; the read is recorded.

    Raises ``ContactUnknown``.
    """
    contact = queries.get(session, contact_id)
    note_reading(session, vault, contact_id, staff_id=staff_id, now=now)
    return ContactView(
        item=_items(session, vault, [contact], now=now)[0],
        limits=records.limits_of(vault, contact),
        messages=tuple(
            records.message_of(vault, row) for row in queries.messages_of(session, contact_id)
        ),
        notes=tuple(records.note_of(vault, row) for row in queries.notes_of(session, contact_id)),
        events=_events(session, vault, contact_id),
        earlier=tuple(records.earlier_of(vault, row) for row in queries.earlier(session, contact)),
        draft=draft_of(session, vault, contact_id),
        helped=records.helped_of(vault, contact),
        block=block_of(session, vault, contact, now=now),
    )


def note_reading(
    session: Session, vault: Vault, contact_id: str, *, staff_id: int, now: datetime
) -> None:
    """Write down, once in ten minutes, that a person reads what belongs to a contact."""
    record_once(
        session,
        vault,
        who=f"staff:{staff_id}",
        what="contact.read",
        about=contact_id,
        now=now,
        within=_ONE_READING,
    )


def changes(session: Session) -> int:
    """A number that grows with everything an open console shows; compare and look again."""
    return last_number(session, "changes")


def _items(
    session: Session,
    vault: Vault,
    contacts: Sequence[Contact],
    *,
    now: datetime,
    staff_id: int | None = None,
) -> list[QueueItem]:
    hidden = hidden_contacts(session, staff_id) if staff_id is not None else set()
    steps = queries.steps_of(session, contacts)
    since = queries.unanswered_since(session, contacts)
    there = looking(session, vault, [one.id for one in contacts], now=now)
    return [
        records.item_of(
            vault,
            contact,
            steps=steps.get(contact.id, ()),
            unanswered_since=since.get(contact.id),
            looking=there.get(contact.id, ()),
        )
        for contact in contacts
        if contact.id not in hidden
    ]


def _events(session: Session, vault: Vault, contact_id: str) -> tuple[EventView, ...]:
    """What the bot was told and what it was not, without telling one change of hands twice."""
    own = [history.as_event(vault, row) for row in queries.happenings_of(session, contact_id)]
    handed = {(event.at, event.by) for event in own if event.type in _HANDED}
    told = [records.event_of(vault, row) for row in queries.events_of(session, contact_id)]
    shown = [e for e in told if e.type != "contact.claimed" or (e.at, e.by) not in handed]
    return tuple(sorted([*shown, *own], key=lambda event: event.at))
