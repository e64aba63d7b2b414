"""Who is planned when: names per span, by day. A plan, no duty: who comes unplanned is welcome."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record
from api.counters import touch
from api.crypto import Vault
from api.duty import plan
from api.duty.opening import HERE, moment, shown, spans_of
from api.shifts.refusals import BadPlan
from api.shifts.tables import Planned
from api.shifts.values import Planned as PlannedView
from api.shifts.values import RotaDay

DAYS = 7
FURTHEST = timedelta(days=400)


def add(
    session: Session,
    vault: Vault,
    *,
    who: int,
    known: Collection[int],
    day: str,
    hours: str,
    staff_id: int,
    now: datetime,
) -> None:
    """Plan somebody known for one span of a day; raises ``BadPlan`` or ``BadHours``."""
    at, spans = _date(day, now), spans_of(hours)
    if len(spans) != 1 or who not in known:
        raise BadPlan
    [span] = spans
    row = Planned(id=str(uuid.uuid4()), day=at, begins=span.begins, ends=span.ends, staff_id=who)
    session.add(row)
    session.flush()
    record(session, vault, who=f"staff:{staff_id}", what="shift.planned", about=str(who), now=now)
    touch(session)


def remove(
    session: Session, vault: Vault, planned_id: str, *, staff_id: int, now: datetime
) -> None:
    """Take somebody off the plan; what is not there stays so."""
    session.execute(delete(Planned).where(col(Planned.id) == planned_id))
    who = f"staff:{staff_id}"
    record(session, vault, who=who, what="shift.unplanned", about=planned_id, now=now)
    touch(session)


def week(
    session: Session, names: Mapping[int, str], there: set[int], *, now: datetime
) -> list[RotaDay]:
    """Seven days from today: hours, holidays, and who is planned."""
    today, hours = now.astimezone(HERE).date(), plan.hours(session)
    days = [today + timedelta(days=ahead) for ahead in range(DAYS)]
    found = _planned(session, days, names, there)
    return [
        RotaDay(
            day,
            shown(hours.on(day)),
            hours.holidays[day].name if day in hours.holidays else "",
            tuple(found.get(day, ())),
        )
        for day in days
    ]


def planned_now(session: Session, *, now: datetime) -> set[int]:
    """Who is planned for this moment."""
    today = now.astimezone(HERE).date()
    days = [today - timedelta(days=1), today]
    rows = _planned(session, days, {}, set())
    return {one.staff_id for ones in rows.values() for one in ones if one.begins <= now < one.ends}


def _planned(
    session: Session, days: list[date], names: Mapping[int, str], there: set[int]
) -> dict[date, list[PlannedView]]:
    rows = session.execute(
        select(Planned)
        .where(col(Planned.day).in_([day.isoformat() for day in days]))
        .order_by(col(Planned.day), col(Planned.begins), col(Planned.staff_id))
    ).scalars()
    found: dict[date, list[PlannedView]] = {}
    for row in rows:
        day = date.fromisoformat(row.day)
        found.setdefault(day, []).append(_view(row, day, names, there))
    return found


def _view(row: Planned, day: date, names: Mapping[int, str], there: set[int]) -> PlannedView:
    return PlannedView(
        row.id,
        row.staff_id,
        names.get(row.staff_id, ""),
        moment(day, row.begins),
        moment(day, row.ends, end=True),
        row.staff_id in there,
    )


def _date(text: str, now: datetime) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadPlan from None
    today = now.astimezone(HERE).date()
    if not today - timedelta(days=1) <= day <= today + FURTHEST:
        raise BadPlan
    return day.isoformat()
