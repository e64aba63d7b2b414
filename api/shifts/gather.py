"""What a hand-over must name, as it stands now: nothing is left to memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.cases.service import follow_ups_due, promises_due
from api.contacts import noticing, queries, records
from api.contacts.deadlines import URGENT
from api.contacts.tables import Contact
from api.crypto import Vault
from api.reports import queries as reports
from api.reports.records import holder_of, shown_number
from api.shifts.values import Left
from api.times import from_ms

AHEAD = timedelta(hours=24)
"""Promises and follow-ups that fall due before the writer is back."""
_ORDER = ("urgent", "offer", "form")


def left(
    session: Session, vault: Vault, *, staff_id: int, hidden: set[str], now: datetime
) -> list[Left]:
    """Open urgent contacts and reports, forms, what is due, offers, and what nobody settled."""
    states = ("waiting", "claimed", "ended")
    seen = [one for one in queries.in_states(session, *states) if one.id not in hidden]
    return [
        *sorted(_contacts(vault, seen), key=lambda one: _ORDER.index(one.kind)),
        *_reports(session, vault, hidden),
        *_due(session, vault, staff_id, now),
        *_notices(session, vault, hidden),
    ]


def _contacts(vault: Vault, seen: Iterable[Contact]) -> Iterable[Left]:
    for one in seen:
        holder, offered = records.holder_of(vault, one), records.offered_of(vault, one)
        name = holder.name if holder else ""
        if one.state == "ended":
            yield _left("form", one, name, one.ended_at)
        elif one.urgency >= URGENT:
            yield _left("urgent", one, name, one.claimed_at if name else one.waiting_since)
        if offered and one.state == "claimed":
            yield _left("offer", one, offered.name, one.offered_at)


def _reports(session: Session, vault: Vault, hidden: set[str]) -> Iterable[Left]:
    """Urgent reports that are not closed, with whoever has them."""
    for report in reports.open_urgent(session):
        if report.id in hidden:
            continue
        holder = holder_of(vault, report)
        at = from_ms(report.waiting_since if holder is None else report.taken_at or 0)
        path = f"/helpline/reports/{report.id}"
        yield Left("urgent", shown_number(report.number), path, holder.name if holder else "", at)


def _due(session: Session, vault: Vault, staff_id: int, now: datetime) -> Iterable[Left]:
    for promise in promises_due(session, vault, staff_id, now + AHEAD):
        path = f"/helpline/cases/{promise.case_id}"
        yield Left("promise", promise.number, path, promise.words, promise.due)
    for follow_up in follow_ups_due(session, vault, staff_id, now + AHEAD):
        path = f"/helpline/cases/{follow_up.case_id}"
        yield Left("follow_up", follow_up.number, path, follow_up.words, follow_up.due)


def _notices(session: Session, vault: Vault, hidden: set[str]) -> Iterable[Left]:
    for notice in noticing.notices(session, vault):
        if {notice.contact_id, notice.report_id} & hidden:
            continue
        path = f"/helpline/contacts/{notice.contact_id}" if notice.contact_id else ""
        if notice.report_id:
            path = f"/helpline/reports/{notice.report_id}"
        yield Left("notice", notice.number, path, notice.kind, notice.at)


def _left(kind: str, one: Contact, detail: str, at: int | None) -> Left:
    path = f"/helpline/contacts/{one.id}"
    when = from_ms(at or one.waiting_since)
    return Left(kind, records.shown_number(one), path, detail, when)
