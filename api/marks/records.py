"""Between sealed rows and plain values: the one place that opens a mark."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.crypto import RowSeal, Vault
from api.marks.refusals import MarkUnknown
from api.marks.tables import Mark
from api.marks.values import Label, MarkView, Was
from api.times import from_ms, maybe_from_ms


def get(session: Session, mark_id: str) -> Mark:
    """The mark; raises ``MarkUnknown``."""
    mark = session.get(Mark, mark_id)
    if mark is None:
        raise MarkUnknown()
    return mark


def on(session: Session, contact_id: str, message_id: str) -> Mark | None:
    """The mark on a message, or on the contact as a whole, if there is one."""
    wanted = select(Mark).where(
        col(Mark.contact_id) == contact_id, col(Mark.message_id) == message_id
    )
    return session.execute(wanted).scalar_one_or_none()


def of_contact(session: Session, vault: Vault, contact_id: str) -> dict[str, MarkView]:
    """The marks on a contact, by message id."""
    rows = session.execute(select(Mark).where(col(Mark.contact_id) == contact_id)).scalars()
    return {row.message_id: view_of(vault, row) for row in rows}


def newest_first(session: Session) -> Sequence[Mark]:
    """Every mark."""
    return session.execute(select(Mark).order_by(col(Mark.at).desc(), col(Mark.id))).scalars().all()


def view_of(vault: Vault, mark: Mark) -> MarkView:
    """A mark, opened, without the words."""
    row = seal_of(vault, mark.id)
    return MarkView(
        mark_id=mark.id,
        contact_id=mark.contact_id,
        message_id=mark.message_id,
        kind=row.open("kind", mark.kind),
        label=Label(row.open("severity", mark.severity), row.open("category", mark.category)),
        was=_was(row.open("was", mark.was)),
        language=row.open("language", mark.language),
        band=row.open("band", mark.band),
        role=row.open("role", mark.role),
        at=from_ms(mark.at),
        name=row.open("name", mark.name),
        state=mark.state,
        proposer_id=mark.proposer_id,
        exported_at=maybe_from_ms(mark.exported_at),
    )


def words_of(vault: Vault, mark: Mark) -> str:
    """The text that was proposed or released; empty while there is none."""
    return seal_of(vault, mark.id).open("words", mark.words)


def sealed_words(vault: Vault, mark: Mark, text: str) -> bytes:
    """A text as it is stored, bound to its mark."""
    return seal_of(vault, mark.id).seal("words", text)


def seal_of(vault: Vault, mark_id: str) -> RowSeal:
    """The seal of a mark's columns."""
    return vault.row("marks", mark_id)


def _was(stored: str) -> Was:
    said = json.loads(stored)
    return Was(said["severity"], said["category"], said["score"], tuple(said["rules"]))
