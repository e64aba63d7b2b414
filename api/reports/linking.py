"""Reports and cases: a case may have several reports, a report may be of several cases.

Needs a writing session.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from api.cases import queries as cases
from api.cases import service as case_service
from api.cases.noting import note, standing
from api.cases.refusals import CaseUnknown
from api.cases.tables import Case
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.errors import ReportUnknown
from api.reports import queries
from api.reports.holding import note_deed
from api.reports.records import shown_number
from api.reports.tables import ReportCase
from api.times import to_ms


def link_case(
    session: Session, vault: Vault, report_id: str, case_id: str, *, staff: StaffRef, now: datetime
) -> None:
    """Add a report to a case; one that is of it already stays so.

    What is hidden from ``staff`` is unknown to them (S29). Raises ``ReportUnknown``,
    ``CaseUnknown``, ``CaseIsClosed``.
    """
    report = queries.get(session, report_id)
    if report.id in cases.hidden_reports(session, staff.id):
        raise ReportUnknown()
    case = _visible(session, case_id, staff)
    made = session.get(ReportCase, (report.id, case.id))
    if made is not None and made.undone_at is None:
        return
    if made is None:
        made = ReportCase(report_id=report.id, case_id=case.id, at=0, staff_id=0)
        session.add(made)
    made.at, made.staff_id, made.undone_at = to_ms(now), staff.id, None
    session.flush()
    number = shown_number(report.number)
    note(session, vault, case, "report_linked", staff=staff, now=now, number=number)
    note_deed(session, vault, report, "report.linked", staff=staff, now=now, case=case.id)
    case_service.take_from_named(session, vault, case, now=now)


def link_number(
    session: Session, vault: Vault, report_id: str, number: str, *, staff: StaffRef, now: datetime
) -> None:
    """As ``link_case``, by the number that staff see (``R-2026-0007``)."""
    case = cases.by_number(session, number)
    if case is None:
        raise CaseUnknown()
    link_case(session, vault, report_id, case.id, staff=staff, now=now)


def link_report(
    session: Session, vault: Vault, case_id: str, number: str, *, staff: StaffRef, now: datetime
) -> None:
    """As ``link_case``, by the report's number (``R-1001``)."""
    digits = number.strip().upper().removeprefix("R-").strip()
    known = digits.isascii() and digits.isdecimal() and len(digits) < 12
    report = queries.by_number(session, int(digits)) if known else None
    if report is None:
        raise ReportUnknown()
    link_case(session, vault, report.id, case_id, staff=staff, now=now)


def open_case(
    session: Session, vault: Vault, report_id: str, *, staff: StaffRef, now: datetime
) -> str:
    """Open a case with this report; it fills nothing in by itself. Returns the case's id."""
    queries.get(session, report_id)
    case_id = case_service.open_case(session, vault, staff=staff, now=now)
    link_case(session, vault, report_id, case_id, staff=staff, now=now)
    return case_id


def undo_link(
    session: Session, vault: Vault, case_id: str, report_id: str, *, staff: StaffRef, now: datetime
) -> None:
    """Say that a report does not belong to a case. Raises ``ReportUnknown``.

    A supervisor's deed, as it may show the report again to somebody named in the case.
    """
    case, made = standing(session, case_id), session.get(ReportCase, (report_id, case_id))
    if made is None or made.undone_at is not None:
        raise ReportUnknown()
    made.undone_at = to_ms(now)
    report = queries.get(session, report_id)
    number = shown_number(report.number)
    note(session, vault, case, "report_unlinked", staff=staff, now=now, number=number)
    note_deed(session, vault, report, "report.unlinked", staff=staff, now=now, case=case.id)


def _visible(session: Session, case_id: str, staff: StaffRef) -> Case:
    if case_id in cases.hidden_cases(session, staff.id):
        raise CaseUnknown()
    return standing(session, case_id)
