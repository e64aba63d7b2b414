"""Who is on duty, how long a contact usually waits for its answer, and the next opening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record
from api.contacts.tables import Contact
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.duty import plan, spells
from api.duty.opening import opens_at
from api.duty.tables import DutyTold, OnDuty
from api.intake.events import emit
from api.times import from_ms, maybe_from_ms, rfc3339, to_ms

SILENCE = timedelta(minutes=10)
"""A console not heard of for so long is not counted."""
_HEARD_EVERY = timedelta(seconds=30)
_COUNTED = 20
_ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Duty:
    """How many people are there; the usual wait in minutes, None when too few are known.

    ``opens_at`` is the next opening while the plan says closed, else None.
    """

    on_duty: int
    usual_minutes: int | None
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody on duty, since when, and when their console was last heard of."""

    staff: StaffRef
    since: datetime
    heard_at: datetime


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
        spells.begin(session, staff.id, "duty", now=now)
    else:
        session.execute(delete(OnDuty).where(col(OnDuty.staff_id) == staff.id))
        spells.end(session, staff.id, now=now)
    what = "duty.began" if on else "duty.ended"
    record(session, vault, who=f"staff:{staff.id}", what=what, now=now)
    tell(session, vault, now=now)


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
    return [person.staff for person in present(session, vault, now=now)]


def present(session: Session, vault: Vault, *, now: datetime) -> list[Present]:
    """As ``on_duty``, with the times."""
    rows = session.execute(
        select(OnDuty)
        .where(col(OnDuty.heard_at) > to_ms(now - SILENCE))
        .order_by(col(OnDuty.since), col(OnDuty.staff_id))
    ).scalars()
    return [Present(_staff(vault, row), from_ms(row.since), from_ms(row.heard_at)) for row in rows]


def is_on_duty(session: Session, staff_id: int, *, now: datetime) -> bool:
    """Whether this person is on duty and their console open."""
    row = session.get(OnDuty, staff_id)
    return row is not None and row.heard_at > to_ms(now - SILENCE)


def duty(session: Session, *, now: datetime) -> Duty:
    """What the bot may tell a child about who is there."""
    there = select(func.count()).where(col(OnDuty.heard_at) > to_ms(now - SILENCE))
    count = int(session.execute(there).scalar_one())
    return Duty(count, usual_minutes(session), opens_at(plan.hours(session), now))


def told(session: Session, vault: Vault, *, now: datetime) -> dict[str, Any]:
    """``duty`` as the contract writes it, with the helpline's own message while closed."""
    known = duty(session, now=now)
    return {
        "on_duty": known.on_duty,
        "usual_minutes": known.usual_minutes,
        "opens_at": rfc3339(known.opens_at) if known.opens_at else None,
        "message": plan.closed_message(session, vault),
    }


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
    gone = silent(session, now=now)
    if not gone:
        return []
    session.execute(delete(OnDuty).where(col(OnDuty.staff_id).in_(gone)))
    for staff_id in gone:
        spells.end(session, staff_id, now=now)
        record(session, vault, who="clock", what="duty.fell_silent", about=str(staff_id), now=now)
    tell(session, vault, now=now)
    return gone


def silent(session: Session, *, now: datetime) -> list[int]:
    """Those on duty whose console fell silent."""
    rows = session.execute(
        select(col(OnDuty.staff_id)).where(col(OnDuty.heard_at) <= to_ms(now - SILENCE))
    ).all()
    return [row[0] for row in rows]


def tell_openings(session: Session, vault: Vault, *, now: datetime) -> None:
    """Tell the bot when the plan opens or closes the helpline; the clock's part."""
    last = session.get(DutyTold, 1)
    before = maybe_from_ms(last.opens_at) if last else None
    if opens_at(plan.hours(session), now) != before:
        tell(session, vault, now=now)


def tell(session: Session, vault: Vault, *, now: datetime) -> None:
    """Tell the bot who is there and when the helpline opens."""
    session.flush()
    known = told(session, vault, now=now)
    emit(session, vault, type="duty.changed", now=now, duty=known)
    opening = opens_at(plan.hours(session), now)
    session.merge(DutyTold(id=1, opens_at=to_ms(opening) if opening else None))


def _add(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
    name = vault.seal(staff.name, table="duty", column="name", row=staff.id)
    at = to_ms(now)
    session.execute(insert(OnDuty).values(staff_id=staff.id, name=name, since=at, heard_at=at))


def _staff(vault: Vault, row: OnDuty) -> StaffRef:
    name = vault.open(row.name, table="duty", column="name", row=row.staff_id)
    return StaffRef(row.staff_id, name)
