"""A counsellor's words to a child: sent once, only by the holder, only to this child."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.audit.service import record
from api.contacts import queries, records
from api.contacts.drafts import drop_draft
from api.contacts.holding import held, tell
from api.contacts.noticing import settle_of
from api.contacts.presence import stopped_typing
from api.contacts.tables import Message
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.errors import InvalidReply
from api.times import to_ms

LONGEST_REPLY = 4000


def reply(
    session: Session,
    vault: Vault,
    contact_id: str,
    *,
    staff: StaffRef,
    text: str,
    key: str,
    now: datetime,
) -> int:
    """Send words to the child, and return the number of the event that carries them.

    The recipient is the contact's own and cannot be chosen. The same ``key`` again sends
    nothing and returns the same number, even when the talk ended meanwhile. The draft goes
    with it. Raises ``NotYourContact``, ``ContactEnded``, ``ContactClosed``, ``InvalidReply``.
    """
    before = queries.sent_with(session, contact_id, key)
    if before is not None and before.staff_id == staff.id:
        return before.event_seq or 0
    contact = held(session, contact_id, staff_id=staff.id)
    if not text.strip() or len(text) > LONGEST_REPLY:
        raise InvalidReply(f"1 to {LONGEST_REPLY} characters")
    words = {"message_id": str(uuid.uuid4()), "name": staff.name, "text": text}
    seq = tell(session, vault, contact, "message.sent", now=now, **words)
    row = {
        **_sealed(vault, contact_id, **words),
        "contact_id": contact_id,
        "id": words["message_id"],
        "place": queries.next_place(session, contact_id),
        "direction": "out",
        "at": to_ms(now),
        "staff_id": staff.id,
        "key": key,
        "event_seq": seq,
        "status": "queued",
    }
    session.execute(insert(Message), [row])
    contact.first_reply_at = contact.first_reply_at or to_ms(now)
    _is_said(session, contact_id, staff, now)
    who = f"staff:{staff.id}"
    record(session, vault, who=who, what="contact.replied", about=contact_id, now=now)
    return seq


def _is_said(session: Session, contact_id: str, staff: StaffRef, now: datetime) -> None:
    drop_draft(session, contact_id)
    settle_of(session, contact_id, "unanswered", now=now)
    stopped_typing(session, staff_id=staff.id)


def _sealed(
    vault: Vault, contact_id: str, *, message_id: str, name: str, text: str
) -> dict[str, bytes]:
    row = vault.row("messages", records.message_row(contact_id, message_id))
    columns = {"kind": "text", "text": text, "severity": "none", "evidence": "[]", "name": name}
    return {column: row.seal(column, words) for column, words in columns.items()}
