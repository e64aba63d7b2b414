"""What stands in the reply field: it outlives the page, the line and the holder."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session
from sqlmodel import col

from api.contacts import queries
from api.contacts.holding import held
from api.contacts.refusals import InvalidDraft
from api.contacts.tables import ReplyDraft
from api.contacts.values import Draft, StaffRef
from api.crypto import Vault
from api.times import from_ms, to_ms

LONGEST_DRAFT = 8000


def save_draft(
    session: Session,
    vault: Vault,
    contact_id: str,
    *,
    staff: StaffRef,
    text: str,
    now: datetime,
    key: str = "",
) -> None:
    """Keep what is being written; nothing but blanks empties it. Only the holder can.

    ``key`` is the reply's: a draft that comes after its reply was sent is not kept, so that
    no words are offered for sending twice. Raises ``InvalidDraft``, and as ``held``.
    """
    held(session, contact_id, staff_id=staff.id)
    if len(text) > LONGEST_DRAFT:
        raise InvalidDraft(f"up to {LONGEST_DRAFT} characters")
    if key and queries.sent_with(session, contact_id, key) is not None:
        return
    drop_draft(session, contact_id)
    if not text.strip():
        return
    sealed = vault.seal(text, table="reply_drafts", column="text", row=contact_id)
    values = {"contact_id": contact_id, "staff_id": staff.id, "at": to_ms(now), "text": sealed}
    session.execute(insert(ReplyDraft), [values])


def draft_of(session: Session, vault: Vault, contact_id: str) -> Draft | None:
    """What stands in the reply field of a contact, if anything."""
    row = session.get(ReplyDraft, contact_id)
    if row is None:
        return None
    text = vault.open(row.text, table="reply_drafts", column="text", row=contact_id)
    return Draft(text, row.staff_id, from_ms(row.at))


def drop_draft(session: Session, contact_id: str) -> None:
    """Empty the reply field."""
    session.execute(delete(ReplyDraft).where(col(ReplyDraft.contact_id) == contact_id))
