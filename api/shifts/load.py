"""What people carry, and when to say that a rest is due. Numbers of times, never of worth."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record
from api.audit.tables import AuditRow
from api.contacts.deadlines import URGENT
from api.contacts.noticing import notify
from api.contacts.tables import Contact, Notice
from api.counters import touch
from api.crypto import Vault
from api.duty import spells
from api.duty.opening import HERE
from api.duty.tables import OnDuty
from api.shifts.tables import Hard
from api.shifts.values import Load, Nudge
from api.times import from_ms, to_ms

LONG = timedelta(hours=3)
"""Time at one's post after which attention falls and a short rest still helps."""
TOO_LONG = timedelta(hours=5)
"""After this the person no longer decides alone: a supervisor is told."""
IN_A_ROW = 3
"""Hard talks one after the other leave no room to put the last one down."""
WEEK = timedelta(days=7)
_TAKEN = ("contact.claimed", "contact.accepted", "contact.taken_over")


def load(session: Session, staff_id: int, *, now: datetime) -> Load:
    """What somebody carried lately: contacts of rank 3 or more, and those they called hard."""
    taken = _taken(session, staff_id, since=now - WEEK)
    hard = {contact_id: at for contact_id, at, is_hard in taken if is_hard}
    midnight = to_ms(today(now))
    since = spells.at_work_since(session, staff_id, now=now)
    return Load(
        today=sum(at >= midnight for at in hard.values()),
        week=len(hard),
        in_a_row=_in_a_row(taken, since),
        taken=sum(at >= midnight for _, at, _ in taken),
        since=since,
    )


def nudge(session: Session, staff_id: int, *, now: datetime) -> Nudge | None:
    """A kind word for somebody who has worked long, or hard, without a rest."""
    if staff_id in spells.breaks(session):
        return Nudge("break", 0, 0, on_break=True)
    carried = load(session, staff_id, now=now)
    if carried.since is None or not is_tired(carried, now=now):
        return None
    why = "hard" if carried.in_a_row >= IN_A_ROW else "long"
    return Nudge(why, (now - carried.since) // timedelta(hours=1), carried.in_a_row)


def is_tired(carried: Load, *, now: datetime) -> bool:
    """Whether a rest is due."""
    if carried.since is None:
        return False
    return carried.in_a_row >= IN_A_ROW or now - carried.since >= LONG


def mark_hard(
    session: Session, vault: Vault, contact_id: str, *, staff_id: int, hard: bool, now: datetime
) -> None:
    """Say that a contact was hard for oneself, or that it was not."""
    row = session.get(Hard, (contact_id, staff_id))
    if hard == (row is not None):
        return
    if row is None:
        session.add(Hard(contact_id=contact_id, staff_id=staff_id, at=to_ms(now)))
    else:
        session.delete(row)
    session.flush()
    what = "hard.marked" if hard else "hard.unmarked"
    record(session, vault, who=f"staff:{staff_id}", what=what, about=contact_id, now=now)
    touch(session)


def is_hard(session: Session, staff_id: int, contact_id: str) -> bool:
    """Whether this person called this contact hard."""
    return session.get(Hard, (contact_id, staff_id)) is not None


def warn_of_long_shifts(session: Session, vault: Vault, *, now: datetime) -> list[int]:
    """Tell supervisors, once per shift, who has had no break for too long; the clock's part."""
    old = select(col(OnDuty.staff_id)).where(col(OnDuty.since) <= to_ms(now - spells.REST))
    warned = [
        staff_id
        for (staff_id,) in session.execute(old).all()
        if _is_too_long(session, staff_id, now=now)
    ]
    for staff_id in warned:
        notify(session, vault, kind="no_break", staff_id=staff_id, now=now)
    return warned


def end_long_breaks(session: Session, vault: Vault, *, now: datetime) -> None:
    """End breaks that nobody came back from; the clock's part."""
    if spells.end_long_breaks(session, now=now):
        touch(session)


def today(now: datetime) -> datetime:
    """The last midnight in Albania."""
    return datetime.combine(now.astimezone(HERE).date(), time(), HERE).astimezone(now.tzinfo)


def _is_too_long(session: Session, staff_id: int, *, now: datetime) -> bool:
    since = spells.at_work_since(session, staff_id, now=now)
    if since is None or now - since < TOO_LONG:
        return False
    told = (
        select(col(Notice.id))
        .where(col(Notice.kind) == "no_break", col(Notice.staff_id) == staff_id)
        .where(col(Notice.at) >= to_ms(since))
        .limit(1)
    )
    return session.execute(told).first() is None


def _taken(session: Session, staff_id: int, *, since: datetime) -> list[tuple[str, int, bool]]:
    """The contacts somebody took, each once, in the order of their first taking; hard or not."""
    rows = session.execute(
        select(col(AuditRow.about), col(AuditRow.at), col(Contact.urgency), col(Hard.at))
        .join(Contact, col(Contact.id) == col(AuditRow.about))
        .outerjoin(
            Hard, (col(Hard.contact_id) == col(Contact.id)) & (col(Hard.staff_id) == staff_id)
        )
        .where(col(AuditRow.who) == f"staff:{staff_id}", col(AuditRow.at) >= to_ms(since))
        .where(col(AuditRow.what).in_(_TAKEN))
        .order_by(col(AuditRow.seq))
    ).all()
    found: dict[str, tuple[str, int, bool]] = {}
    for contact_id, at, urgency, called in rows:
        hard = urgency >= URGENT or called is not None
        found.setdefault(contact_id, (contact_id, at, hard))
    return list(found.values())


def _in_a_row(taken: list[tuple[str, int, bool]], since: datetime | None) -> int:
    """How many of the last contacts since the last rest were hard, without another between."""
    count = 0
    for _, at, hard in reversed(taken):
        if not hard or since is None or from_ms(at) < since:
            return count
        count += 1
    return count
