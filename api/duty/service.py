"""Who is on duty, and how long a contact usually waits for its first answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record
from api.contacts.tables import Contact
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.duty.tables import OnDuty
from api.intake.events import emit
from api.times import to_ms

SILENCE = timedelta(minutes=10)
"""A console not heard of for so long is not counted."""
_HEARD_EVERY = timedelta(seconds=30)
_COUNTED = 20
_ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Duty:
    """How many people are there; the usual wait in minutes, None when too few are known."""

    on_duty: int
    usual_minutes: int | None


def set_on_duty(
    session: Session, vault: Vault, *, staff: StaffRef, on: bool, now: datetime
) -> None:
    """Begin or end somebody's duty; telling it again changes nothing."""
    there = session.get(OnDuty, staff.id) is not None
    if there == on:
        heard(session, staff_id=staff.id, now=now)
        return
    if on:
        _add(session, vault, staff, now)
    else:
        session.execute(delete(OnDuty).where(col(OnDuty.staff_id) == staff.id))
    what = "duty.began" if on else "duty.ended"
    record(session, vault, who=f"staff:{staff.id}", what=what, now=now)
    _tell(session, vault, now)


def heard(session: Session, *, staff_id: int, now: datetime) -> None:
    """Note that the console of somebody on duty is open; the heartbeat of every page."""
    session.execute(
        update(OnDuty)
        .where(col(OnDuty.staff_id) == staff_id)
        .where(col(OnDuty.heard_at) <= to_ms(now - _HEARD_EVERY))
        .values(heard_at=to_ms(now))
    )


def on_duty(session: Session, vault: Vault, *, now: datetime) -> list[StaffRef]:
    """The people on duty whose console is open, the longest there first."""
    rows = session.execute(
        select(OnDuty)
        .where(col(OnDuty.heard_at) > to_ms(now - SILENCE))
        .order_by(col(OnDuty.since), col(OnDuty.staff_id))
    ).scalars()
    return [_staff(vault, row) for row in rows]


def duty(session: Session, *, now: datetime) -> Duty:
    """What the bot may tell a child about who is there."""
    there = select(func.count()).where(col(OnDuty.heard_at) > to_ms(now - SILENCE))
    return Duty(int(session.execute(there).scalar_one()), usual_minutes(session))


def usual_minutes(session: Session) -> int | None:
    """The median wait of the last answered contacts, rounded up; None for fewer than five."""
    rows = session.execute(
        select(col(Contact.received_at), col(Contact.first_reply_at))
        .where(col(Contact.first_reply_at).is_not(None))
        .order_by(col(Contact.first_reply_at).desc())
        .limit(_COUNTED)
    ).all()
    if len(rows) < _ENOUGH:
        return None
    wait = median((answered or 0) - received for received, answered in rows)
    return max(1, ceil(wait / 60_000))


def drop_silent(session: Session, vault: Vault, *, now: datetime) -> list[int]:
    """End the duty of those whose console fell silent; the clock's part. Returns their ids."""
    rows = session.execute(
        select(col(OnDuty.staff_id)).where(col(OnDuty.heard_at) <= to_ms(now - SILENCE))
    ).all()
    gone = [row[0] for row in rows]
    if not gone:
        return []
    session.execute(delete(OnDuty).where(col(OnDuty.staff_id).in_(gone)))
    for staff_id in gone:
        record(session, vault, who="clock", what="duty.fell_silent", about=str(staff_id), now=now)
    _tell(session, vault, now)
    return gone


def _add(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
    name = vault.seal(staff.name, table="duty", column="name", row=staff.id)
    at = to_ms(now)
    session.execute(insert(OnDuty).values(staff_id=staff.id, name=name, since=at, heard_at=at))


def _tell(session: Session, vault: Vault, now: datetime) -> None:
    emit(session, vault, type="duty.changed", now=now, duty=asdict(duty(session, now=now)))


def _staff(vault: Vault, row: OnDuty) -> StaffRef:
    name = vault.open(row.name, table="duty", column="name", row=row.staff_id)
    return StaffRef(row.staff_id, name)
