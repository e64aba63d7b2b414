"""What another system is told: deeds of the audit trail, without any content.

The trail has every deed once, in the order of commit and without a gap, so whoever keeps
the last number can always go on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.tables import AuditRow
from api.times import from_ms

MOST = 100
TOLD = ("contact.", "case.", "duty.", "handover.", "report.", "address.", "filing.")
_READS = ("contact.read", "case.read", "report.read", "address.read", "filing.read")


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that happened; ``about`` is the id of the contact, case, report, address,
    filing or person."""

    number: int
    type: str
    at: datetime
    about: str
    who: str


def deeds_after(session: Session, number: int, *, most: int = MOST) -> Sequence[Deed]:
    """Up to ``most`` deeds after that number, the oldest first; reads are not among them."""
    named = or_(*(col(AuditRow.what).startswith(start) for start in TOLD))
    rows = session.scalars(
        select(AuditRow)
        .where(col(AuditRow.seq) > number, named, col(AuditRow.what).not_in(_READS))
        .order_by(col(AuditRow.seq))
        .limit(most)
    )
    return [Deed(row.seq, row.what, from_ms(row.at), row.about, row.who) for row in rows]
