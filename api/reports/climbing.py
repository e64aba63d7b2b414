"""An urgent report that nobody has rings, calls out and climbs until somebody takes it."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.audit.service import record
from api.cases.queries import hidden_reports
from api.contacts.deadlines import DEADLINES
from api.counters import touch
from api.crypto import Vault
from api.reports import queries, records
from api.reports.tables import Report, ReportClimb
from api.reports.values import ReportLine
from api.times import to_ms

logger = logging.getLogger(__name__)

_MINUTE = 60_000


def climb(session: Session, vault: Vault, *, now: datetime) -> list[tuple[str, str]]:
    """Take every step that has come due, once per wait: pairs of a number and a step."""
    waiting = queries.waiting(session)
    done = queries.steps_of(session, waiting)
    return [
        _take_step(session, vault, report, step, now=now)
        for report in waiting
        for step in due_steps(report, now=now)
        if step not in done.get(report.id, ())
    ]


def due_steps(report: Report, *, now: datetime) -> list[str]:
    """The steps that the present wait has reached, taken or not."""
    waited = to_ms(now) - report.waiting_since
    return [step for minutes, step in DEADLINES[report.rank] if waited >= minutes * _MINUTE]


def pinned(session: Session, vault: Vault, *, staff_id: int) -> tuple[ReportLine, ...]:
    """The urgent reports that nobody has, for the top of the desk; nothing hidden (S29)."""
    hidden = hidden_reports(session, staff_id)
    waiting = [one for one in queries.waiting(session) if one.id not in hidden]
    steps = queries.steps_of(session, waiting)
    return tuple(records.line_of(vault, one, steps.get(one.id, ())) for one in waiting)


def _take_step(
    session: Session, vault: Vault, report: Report, step: str, *, now: datetime
) -> tuple[str, str]:
    row = {
        "report_id": report.id,
        "waiting_since": report.waiting_since,
        "step": step,
        "at": to_ms(now),
    }
    session.execute(insert(ReportClimb), [row])
    detail = {"step": step}
    record(
        session, vault, who="clock", what="report.climbed", about=report.id, now=now, detail=detail
    )
    touch(session)
    number, minutes = records.shown_number(report.number), (to_ms(now) - report.waiting_since)
    level = logging.ERROR if step == "outside" else logging.WARNING
    logger.log(level, "%s has waited %d minutes: %s", number, minutes // _MINUTE, step)
    return number, step
