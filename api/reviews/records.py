"""Between sealed rows and plain values: the one place that opens a review."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.contacts.values import StaffRef
from api.crypto import RowSeal, Vault
from api.reviews.tables import Review
from api.reviews.values import ReviewView
from api.times import from_ms


def of_contact(session: Session, vault: Vault, contact_id: str) -> tuple[ReviewView, ...]:
    """The reviews of a contact, the newest first."""
    rows = session.execute(
        select(Review).where(col(Review.contact_id) == contact_id).order_by(col(Review.at).desc())
    ).scalars()
    return tuple(_view(vault, row) for row in rows)


def reviewed(session: Session, contact_ids: Iterable[str]) -> set[str]:
    """Those of these contacts that have a review."""
    rows = select(col(Review.contact_id)).where(col(Review.contact_id).in_(contact_ids))
    return set(session.execute(rows).scalars())


def sealed(
    vault: Vault, contact_id: str, staff: StaffRef, answers: Mapping[str, str], words: str
) -> Mapping[str, bytes]:
    """The sealed columns of a review."""
    row = _seal(vault, contact_id, staff.id)
    texts = {"name": staff.name, "answers": json.dumps(dict(answers)), "words": words}
    return {column: row.seal(column, text) for column, text in texts.items()}


def _view(vault: Vault, review: Review) -> ReviewView:
    row = _seal(vault, review.contact_id, review.staff_id)
    return ReviewView(
        staff=StaffRef(review.staff_id, row.open("name", review.name)),
        at=from_ms(review.at),
        answers=json.loads(row.open("answers", review.answers)),
        words=row.open("words", review.words),
    )


def _seal(vault: Vault, contact_id: str, staff_id: int) -> RowSeal:
    return vault.row("reviews", f"{contact_id}/{staff_id}")
