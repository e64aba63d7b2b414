"""Marking contacts and messages. Everything needs a writing session (``Database.write``).

Whoever may read a contact may mark it, also after it was closed: the one who sees a miss is
often the next who reads, and a mark changes nothing for the child.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.audit.service import record
from api.contacts import queries
from api.contacts import records as contacts
from api.contacts.tables import Contact, Message
from api.contacts.values import MessageView, StaffRef
from api.counters import touch
from api.crypto import Vault
from api.marks import records
from api.marks.refusals import MarkUnknown, NotMarkable
from api.marks.tables import Mark
from api.marks.values import KEPT, Label, Was, check, kind_of
from api.times import to_ms


def mark(
    session: Session,
    vault: Vault,
    contact_id: str,
    message_id: str,
    *,
    label: Label,
    staff: StaffRef,
    now: datetime,
) -> None:
    """Say what a contact or a message of the child really was; the newest mark counts.

    A new mark has no words, whatever the older one had. Raises ``ContactUnknown``,
    ``NotMarkable``, ``InvalidMark``.
    """
    contact = queries.get(session, contact_id)
    was = _was(session, vault, contact, message_id)
    check(kind_of(message_id), was, label)
    _remove(session, records.on(session, contact_id, message_id))
    mark_id = str(uuid.uuid4())
    texts = _texts(vault, contact, kind_of(message_id), was, label, staff)
    row = records.seal_of(vault, mark_id)
    values = {
        "id": mark_id,
        "contact_id": contact_id,
        "message_id": message_id,
        "at": to_ms(now),
        "staff_id": staff.id,
        "state": KEPT,
        **{column: row.seal(column, text) for column, text in texts.items()},
    }
    session.execute(insert(Mark), [values])
    detail = {"mark": mark_id, "message": message_id, **asdict(label)}
    note(session, vault, "mark.made", contact_id, detail, staff=staff, now=now)


def undo(
    session: Session,
    vault: Vault,
    contact_id: str,
    message_id: str,
    *,
    staff: StaffRef,
    now: datetime,
) -> None:
    """Take a mark away, with any words that were released. Raises ``MarkUnknown``."""
    made = records.on(session, contact_id, message_id)
    if made is None:
        raise MarkUnknown()
    _remove(session, made)
    detail = {"mark": made.id, "message": message_id}
    note(session, vault, "mark.undone", contact_id, detail, staff=staff, now=now)


def note(
    session: Session,
    vault: Vault,
    what: str,
    contact_id: str,
    detail: dict[str, str],
    *,
    staff: StaffRef,
    now: datetime,
) -> None:
    """Write a deed on a mark into the audit trail, and wake the pages that show it."""
    who = f"staff:{staff.id}"
    record(session, vault, who=who, what=what, about=contact_id, now=now, detail=detail)
    touch(session)


def is_markable(message: MessageView) -> bool:
    """Whether the triage has read it: the child's own words, not a press, not ours."""
    return message.direction == "in" and message.kind == "text"


def _was(session: Session, vault: Vault, contact: Contact, message_id: str) -> Was:
    if message_id:
        return _was_of_message(session, vault, contact.id, message_id)
    rows = queries.messages_of(session, contact.id)
    messages = [contacts.message_of(vault, row) for row in rows]
    return Was(
        severity=contacts.read(vault, contact, "severity"),
        category=contacts.read(vault, contact, "category"),
        score=float(contacts.read(vault, contact, "score")),
        rules=_rules(*messages),
    )


def _was_of_message(session: Session, vault: Vault, contact_id: str, message_id: str) -> Was:
    row = session.get(Message, (contact_id, message_id))
    message = contacts.message_of(vault, row) if row else None
    if message is None or not is_markable(message):
        raise NotMarkable()
    return Was(message.severity, None, None, _rules(message))


def _rules(*messages: MessageView) -> tuple[str, ...]:
    """The rules that were met, each once, in the order of the words."""
    return tuple(dict.fromkeys(seen.rule for message in messages for seen in message.evidence))


def _texts(
    vault: Vault, contact: Contact, kind: str, was: Was, label: Label, staff: StaffRef
) -> dict[str, str]:
    """What is sealed of a new mark; of the contact only what retraining needs."""
    return {
        "name": staff.name,
        "kind": kind,
        "severity": label.severity,
        "category": label.category,
        "was": json.dumps(asdict(was)),
        **{name: contacts.read(vault, contact, name) for name in ("language", "band", "role")},
        "words": "",
    }


def _remove(session: Session, made: Mark | None) -> None:
    if made is not None:
        session.delete(made)
        session.flush()  # before another takes its place
