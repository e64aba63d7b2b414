"""Times on duty and on break, as they were: for rest, and for who was there."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from api.duty.tables import Spell
from api.times import from_ms, to_ms

Kind = Literal["duty", "break"]

REST = timedelta(minutes=10)
"""A pause shorter than this is no break: the shift runs on."""
LONGEST_BREAK = timedelta(hours=2)
"""Who is away for longer has gone home without saying so."""
_LOOK_BACK = timedelta(days=2)


def begin(session: Session, staff_id: int, kind: Kind, *, now: datetime) -> None:
    """Begin a time; what ran of this person ends."""
    end(session, staff_id, now=now)
    row = Spell(id=str(uuid.uuid4()), staff_id=staff_id, kind=kind, began_at=to_ms(now))
    session.add(row)
    session.flush()


def end(session: Session, staff_id: int, *, now: datetime) -> None:
    """End what runs of this person."""
    session.execute(
        update(Spell)
        .where(col(Spell.staff_id) == staff_id, col(Spell.ended_at).is_(None))
        .values(ended_at=to_ms(now))
    )


def end_long_breaks(session: Session, *, now: datetime) -> int:
    """End breaks that nobody came back from; the clock's part. Returns how many."""
    rows = session.execute(
        select(Spell).where(
            col(Spell.kind) == "break",
            col(Spell.ended_at).is_(None),
            col(Spell.began_at) <= to_ms(now - LONGEST_BREAK),
        )
    ).scalars()
    found = list(rows)
    for row in found:
        row.ended_at = to_ms(now)
    return len(found)


def breaks(session: Session) -> dict[int, datetime]:
    """Who is on break now, and since when."""
    rows = session.execute(
        select(Spell).where(col(Spell.kind) == "break", col(Spell.ended_at).is_(None))
    ).scalars()
    return {row.staff_id: from_ms(row.began_at) for row in rows}


def at_work_since(session: Session, staff_id: int, *, now: datetime) -> datetime | None:
    """Since when this person is on duty without a rest; None when not on duty."""
    since: datetime | None = None
    for spell in _newest_first(session, staff_id, now=now):
        if since is None and spell.ended_at is not None:
            return None
        if since and (spell.ended_at or 0) <= to_ms(since - REST):
            return since
        since = from_ms(spell.began_at)
    return since


def last_break(session: Session, staff_id: int, *, now: datetime) -> datetime | None:
    """When this person's last rest between two times on duty ended, in the last day or so."""
    later: Spell | None = None
    for spell in _newest_first(session, staff_id, now=now):
        if later and later.began_at - (spell.ended_at or 0) >= to_ms(from_ms(0) + REST):
            return from_ms(later.began_at)
        later = spell
    return None


def _newest_first(session: Session, staff_id: int, *, now: datetime) -> Sequence[Spell]:
    return (
        session.execute(
            select(Spell)
            .where(col(Spell.staff_id) == staff_id, col(Spell.kind) == "duty")
            .where(col(Spell.began_at) > to_ms(now - _LOOK_BACK))
            .order_by(col(Spell.began_at).desc(), col(Spell.id))
        )
        .scalars()
        .all()
    )
