"""Storing what the bot tells: exactly one contact, each message once, nothing lowered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record
from api.contacts import queries, records
from api.contacts.blocking import is_blocked, is_urgent, keep_back, let_through
from api.contacts.ending import come_back
from api.contacts.noticing import notify, settle_of
from api.contacts.tables import Contact, Message
from api.counters import next_number, touch
from api.crypto import Vault
from api.errors import EventUnknown
from api.intake import schemas
from api.times import to_ms

_OVER = ("ended", "closed", "blocked")
_RANK = {"queued": 0, "sent": 1, "failed": 2, "delivered": 3, "seen": 4}


def open_contact(
    session: Session, vault: Vault, wanted: schemas.Contact, *, now: datetime
) -> tuple[Contact, bool]:
    """Store a contact, and say whether it is new.

    The same ``contact_id`` again gives the contact that is there, and adds only messages
    that it does not have.
    """
    contact = session.get(Contact, wanted.contact_id)
    if contact is not None:
        _store_messages(session, vault, contact.id, wanted.messages)
        return contact, False
    _insert(session, vault, wanted, now)
    _store_messages(session, vault, wanted.contact_id, wanted.messages)
    record(session, vault, who="bot", what="contact.opened", about=wanted.contact_id, now=now)
    contact = queries.get(session, wanted.contact_id)
    if is_blocked(session, contact.same_child, now=now):
        _sift(session, vault, contact, is_urgent(contact.urgency, wanted.reason), now)
    touch(session)
    return contact, True


def add_messages(
    session: Session, vault: Vault, contact_id: str, wanted: schemas.Messages, *, now: datetime
) -> tuple[Contact, int]:
    """Store what is new of a contact, and say how many messages were.

    A graver severity raises the contact's; a lighter one changes nothing. New words to an
    ended or closed contact put it into the queue again, unless their sender is blocked and
    nothing in them is urgent; whether it helped never does. Raises ``ContactUnknown``.
    """
    contact = queries.get(session, contact_id)
    accepted = _store_messages(session, vault, contact_id, wanted.messages)
    if wanted.helped is None or accepted:
        _raise(vault, contact, wanted)
    _note_leaving(vault, contact, wanted, came_back=accepted > 0, now=now)
    if wanted.helped is not None:
        contact.helped = records.sealed(vault, contact_id, "helped", wanted.helped)
    if accepted:
        record(session, vault, who="bot", what="contact.wrote", about=contact_id, now=now)
    urgent = _is_urgent(wanted)
    if contact.state in _OVER and (accepted or urgent):
        _take_up(session, vault, contact, urgent, now)
    touch(session)
    return contact, accepted


def note_receipt(session: Session, vault: Vault, seq: int, status: str, *, now: datetime) -> None:
    """What became of a counsellor's message; an older report never undoes a newer one.

    Of a message that did not arrive a supervisor is told. Raises ``EventUnknown`` when no
    message has this event number.
    """
    sent = select(Message).where(col(Message.event_seq) == seq)
    message = session.execute(sent).scalar_one_or_none()
    if message is None:
        raise EventUnknown()
    if _RANK[status] > _RANK[message.status]:
        message.status, message.status_at = status, to_ms(now)
        _tell_of_receipt(session, vault, message, now=now)
        touch(session)


def _tell_of_receipt(session: Session, vault: Vault, message: Message, *, now: datetime) -> None:
    if message.status != "failed":
        settle_of(session, message.contact_id, "undelivered", now=now)
        return
    notify(
        session,
        vault,
        kind="undelivered",
        contact_id=message.contact_id,
        staff_id=message.staff_id,
        now=now,
    )


def _take_up(session: Session, vault: Vault, contact: Contact, urgent: bool, now: datetime) -> None:
    """Queue what was over; keep back what a blocked sender wrote.

    A talk that ended stays with whoever writes its form, who reads such words there.
    """
    blocked = is_blocked(session, contact.same_child, now=now)
    if urgent or not blocked:
        come_back(session, vault, contact, now=now)
    if blocked and (urgent or contact.state == "closed"):
        _sift(session, vault, contact, urgent, now)


def _sift(session: Session, vault: Vault, contact: Contact, urgent: bool, now: datetime) -> None:
    """Of a blocked sender: tell a supervisor of what is urgent, keep back the rest."""
    if urgent:
        let_through(session, vault, contact, now=now)
    else:
        keep_back(session, vault, contact, now=now)


def _is_urgent(wanted: schemas.Messages) -> bool:
    gravest: str = wanted.severity
    for message in wanted.messages:
        gravest = records.graver(gravest, message.severity)
    return is_urgent(records.urgency(gravest, ""))


def _insert(session: Session, vault: Vault, wanted: schemas.Contact, now: datetime) -> None:
    texts = {
        "conversation": wanted.conversation,
        "channel": wanted.channel,
        "language": wanted.language,
        "band": wanted.band,
        "role": wanted.role,
        "country": wanted.country,
        "severity": wanted.severity,
        "category": wanted.category,
        "score": str(wanted.score),
        "reason": wanted.reason,
        "wants_reply": _yes(wanted.wants_reply),
        "limits": json.dumps(_limits(wanted.limits)),
        "left": "",
        "outcome": "",
    }
    row = vault.row("contacts", wanted.contact_id)
    values = {
        "id": wanted.contact_id,
        "number": next_number(session, "contacts"),
        "state": "waiting",
        "urgency": records.urgency(wanted.severity, wanted.reason),
        "opened_at": to_ms(wanted.opened_at),
        "received_at": to_ms(now),
        "waiting_since": to_ms(now),
        "same_child": vault.fingerprint(wanted.conversation, purpose="contacts.conversation"),
        **{column: row.seal(column, text) for column, text in texts.items()},
    }
    session.execute(insert(Contact), [values])


def _store_messages(
    session: Session, vault: Vault, contact_id: str, messages: Sequence[schemas.Message]
) -> int:
    ids = [message.message_id for message in messages]
    there = select(col(Message.id)).where(
        col(Message.contact_id) == contact_id, col(Message.id).in_(ids)
    )
    known = set(session.execute(there).scalars())
    new = {m.message_id: m for m in messages if m.message_id not in known}
    if not new:
        return 0
    first = queries.next_place(session, contact_id)
    rows = [
        _message_row(vault, contact_id, message, place)
        for place, message in enumerate(new.values(), first)
    ]
    session.execute(insert(Message), rows)
    return len(rows)


def _message_row(
    vault: Vault, contact_id: str, message: schemas.Message, place: int
) -> dict[str, object]:
    row = vault.row("messages", records.message_row(contact_id, message.message_id))
    evidence = [[item.rule, item.words] for item in message.evidence]
    return {
        "contact_id": contact_id,
        "id": message.message_id,
        "place": place,
        "direction": "note" if message.kind == "note" else "in",
        "at": to_ms(message.at),
        "kind": row.seal("kind", message.kind),
        "text": row.seal("text", message.text),
        "severity": row.seal("severity", message.severity),
        "evidence": row.seal("evidence", json.dumps(evidence)),
        "name": row.seal("name", ""),
        "status": "",
    }


def _raise(vault: Vault, contact: Contact, wanted: schemas.Messages) -> None:
    before = records.read(vault, contact, "severity")
    severity = records.graver(before, wanted.severity)
    if severity != before:
        contact.severity = records.sealed(vault, contact.id, "severity", severity)
        contact.category = records.sealed(vault, contact.id, "category", wanted.category)
        reason = records.read(vault, contact, "reason")
        contact.urgency = records.urgency(severity, reason)
    contact.wants_reply = records.sealed(vault, contact.id, "wants_reply", _yes(wanted.wants_reply))


def _note_leaving(
    vault: Vault, contact: Contact, wanted: schemas.Messages, *, came_back: bool, now: datetime
) -> None:
    if wanted.left is None and not came_back:
        return
    contact.left = records.sealed(vault, contact.id, "left", wanted.left or "")
    contact.left_at = to_ms(wanted.left_at or now) if wanted.left else None


def _limits(limits: schemas.Limits | None) -> dict[str, object] | None:
    if limits is None:
        return None
    return {
        "version": limits.version,
        "language": limits.language,
        "told_at": to_ms(limits.told_at),
    }


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"
