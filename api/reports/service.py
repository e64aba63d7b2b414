"""Reports as the other parts of the helpline see them. Everything needs a writing session,
but ``view`` and ``reports_of_case``. How a report comes in stands in ``intake``, what the
holder of a receipt sees in ``receipts``, lists in ``listing``, cases in ``linking``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.audit.service import record_once
from api.cases.queries import hidden_cases, hidden_contacts, hidden_reports
from api.contacts.records import earlier_of
from api.crypto import Vault
from api.reports import queries, records
from api.reports.climbing import climb, pinned
from api.reports.holding import put_back, release_hidden, take
from api.reports.life import add_note, advance, assess, close, reopen
from api.reports.records import shown_number
from api.reports.tables import Report
from api.reports.telling import keep_word, tell
from api.reports.values import ReportRef, ReportView
from api.times import to_ms

__all__ = [
    "add_note",
    "advance",
    "assess",
    "climb",
    "close",
    "keep_word",
    "pinned",
    "put_back",
    "read",
    "release_hidden",
    "reopen",
    "reports_of_case",
    "shown_number",
    "take",
    "tell",
    "view",
]

_ONE_READING = timedelta(minutes=10)


def view(
    session: Session, vault: Vault, report_id: str, *, staff_id: int | None = None
) -> ReportView:
    """A whole report; with ``staff_id`` without what is hidden from that person.

    Raises ``ReportUnknown``. Whoever shows it to a person uses ``read``, which is recorded.
    """
    report = queries.get(session, report_id)
    no_contacts, no_cases, no_reports = _hidden(session, staff_id)
    steps = queries.steps_of(session, [report])
    first = [queries.get(session, report.duplicate_of)] if report.duplicate_of else []
    return ReportView(
        line=records.line_of(vault, report, steps.get(report.id, ())),
        told=records.told_of(vault, report),
        additions=tuple(
            records.addition_of(vault, one) for one in queries.additions_of(session, report.id)
        ),
        updates=tuple(records.update_of(one) for one in queries.updates_of(session, report.id)),
        assessments=tuple(
            records.assessment_of(vault, one) for one in queries.assessments_of(session, report.id)
        ),
        notes=tuple(records.note_of(vault, one) for one in queries.notes_of(session, report.id)),
        deeds=tuple(records.deed_of(vault, one) for one in queries.deeds_of(session, report.id)),
        contacts=tuple(
            earlier_of(vault, one)
            for one in queries.contacts_of(session, report)
            if one.id not in no_contacts
        ),
        cases=tuple(
            records.case_of(one)
            for one in queries.cases_of(session, report.id)
            if one.id not in no_cases
        ),
        duplicates=_refs(queries.duplicates_of(session, report.id), no_reports),
        original=next(iter(_refs(first, no_reports)), None),
        reachable=bool(report.same_child),
    )


def read(
    session: Session, vault: Vault, report_id: str, *, staff_id: int, now: datetime
) -> ReportView:
    """One report as this person may see it; the read is recorded (S44).

    A holder who reads it has seen what was added. Raises ``ReportUnknown``.
    """
    report = queries.get(session, report_id)
    found = view(session, vault, report_id, staff_id=staff_id)
    who, once = f"staff:{staff_id}", _ONE_READING
    record_once(session, vault, who=who, what="report.read", about=report.id, now=now, within=once)
    if report.holder_id == staff_id:
        report.worked_at = to_ms(now)
    return found


def reports_of_case(session: Session, case_id: str) -> list[str]:
    """The ids of the reports of a case, the newest first."""
    return [report.id for report in queries.of_case(session, case_id)]


def _hidden(session: Session, staff_id: int | None) -> tuple[set[str], set[str], set[str]]:
    """Contacts, cases and reports that this person may not see."""
    if staff_id is None:
        return set(), set(), set()
    return (
        hidden_contacts(session, staff_id),
        hidden_cases(session, staff_id),
        hidden_reports(session, staff_id),
    )


def _refs(reports: Sequence[Report], hidden: set[str]) -> tuple[ReportRef, ...]:
    return tuple(records.ref_of(one) for one in reports if one.id not in hidden)
