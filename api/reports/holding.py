"""Who has a report. There is no lease: it stays somebody's until it is taken over, put back,
or urgent words are added, which want somebody who is there now. Needs a writing session."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from api.audit.service import record
from api.cases.queries import hidden_reports
from api.contacts.values import StaffRef
from api.counters import touch
from api.crypto import Vault
from api.reports import queries
from api.reports.refusals import ReportHeld, WrongReportMove
from api.reports.tables import Report
from api.reports.telling import tell
from api.reports.values import ASSESSING, CLOSED, SUBMITTED
from api.times import from_ms, to_ms


def take(session: Session, vault: Vault, report_id: str, *, staff: StaffRef, now: datetime) -> None:
    """Take a report, or take it over; the first time the reporter hears that it is read.

    Taking one's own again changes nothing. Raises ``ReportUnknown``, ``WrongReportMove`` for
    a closed one.
    """
    report = queries.get(session, report_id)
    if report.state == CLOSED:
        raise WrongReportMove()
    if report.holder_id == staff.id:
        return
    hold(vault, report, staff=staff, now=now)
    note_deed(session, vault, report, "report.taken", staff=staff, now=now)
    if report.state == SUBMITTED:
        report.state = ASSESSING
        tell(session, vault, report.id, "assessing", now=now)


def put_back(
    session: Session, vault: Vault, report_id: str, *, staff: StaffRef, now: datetime
) -> None:
    """Leave one's report to somebody else: it waits anew. Raises ``ReportHeld``."""
    report = queries.get(session, report_id)
    if report.holder_id != staff.id:
        raise ReportHeld()
    wait_again(report, now=now)
    note_deed(session, vault, report, "report.returned", staff=staff, now=now)


def hold(vault: Vault, report: Report, *, staff: StaffRef, now: datetime) -> None:
    """Make this person the holder."""
    row = vault.row("reports", report.id)
    report.holder_id, report.holder_name = staff.id, row.seal("holder_name", staff.name)
    report.taken_at = to_ms(now)


def held(report: Report, staff: StaffRef) -> None:
    """Raise ``ReportHeld`` unless this person has the report."""
    if report.holder_id != staff.id:
        raise ReportHeld()


def wait_again(report: Report, *, now: datetime) -> None:
    """Nobody has it: the wait, and its deadlines, begin anew."""
    report.holder_id, report.holder_name, report.taken_at = None, None, None
    before = report.waiting_since
    report.waiting_since = to_ms(now) if now > from_ms(before) else before + 1


def release_hidden(session: Session, vault: Vault, staff_id: int, *, now: datetime) -> None:
    """Put back what a person holds and may not see any more (S31)."""
    hidden = hidden_reports(session, staff_id)
    for report in queries.held_by(session, staff_id):
        if report.id in hidden:
            wait_again(report, now=now)
            record(session, vault, who="clock", what="report.returned", about=report.id, now=now)


def note_deed(
    session: Session,
    vault: Vault,
    report: Report,
    what: str,
    *,
    staff: StaffRef,
    now: datetime,
    **detail: str,
) -> None:
    """Record a deed of staff, and that the report was worked on."""
    session.flush()
    report.worked_at = to_ms(now)
    said = {"name": staff.name, **{name: words for name, words in detail.items() if words}}
    who = f"staff:{staff.id}"
    record(session, vault, who=who, what=what, about=report.id, now=now, detail=said)
    touch(session)
