"""Who is here, with whom, and what each of them carried."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from api.contacts import queries, records
from api.contacts.tables import Contact
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.duty import service as duty
from api.duty import spells
from api.shifts import load, rota
from api.shifts.values import Held, Worker
from api.times import from_ms


def workers(
    session: Session, vault: Vault, names: Mapping[int, str], *, hidden: set[str], now: datetime
) -> list[Worker]:
    """Everybody on duty, the longest there first, then those who rest."""
    held = _held(session, hidden)
    planned = rota.planned_now(session, now=now)
    here = [(one.staff, one.since, False) for one in duty.present(session, vault, now=now)]
    away = [
        (StaffRef(staff_id, names.get(staff_id, "")), since, True)
        for staff_id, since in spells.breaks(session).items()
    ]
    return [
        _worker(session, staff, since, resting, held.get(staff.id, ()), staff.id in planned, now)
        for staff, since, resting in (*here, *away)
    ]


def _worker(
    session: Session,
    staff: StaffRef,
    since: datetime,
    resting: bool,
    holds: tuple[Held, ...],
    planned: bool,
    now: datetime,
) -> Worker:
    carried = load.load(session, staff.id, now=now)
    return Worker(
        staff=staff,
        since=since,
        on_break=resting,
        holds=holds,
        load=carried,
        last_break=spells.last_break(session, staff.id, now=now),
        tired=not resting and load.is_tired(carried, now=now),
        planned=planned,
    )


def _held(session: Session, hidden: set[str]) -> Mapping[int, tuple[Held, ...]]:
    claimed = [one for one in queries.in_states(session, "claimed") if one.id not in hidden]
    words = queries.unanswered_since(session, claimed)
    found: dict[int, list[Held]] = defaultdict(list)
    for one in claimed:
        found[one.holder_id or 0].append(_view(one, one.id in words))
    return {staff_id: tuple(holds) for staff_id, holds in found.items()}


def _view(one: Contact, unanswered: bool) -> Held:
    since = from_ms(one.claimed_at or one.waiting_since)
    return Held(one.id, records.shown_number(one), one.urgency, since, unanswered)
