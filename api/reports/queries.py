"""Named queries on reports; every one works on SQLite and PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.tables import AuditRow
from api.cases.tables import Case
from api.contacts.tables import Contact
from api.errors import ReportUnknown
from api.reports.tables import (
    Report,
    ReportAddition,
    ReportAssessment,
    ReportCase,
    ReportClimb,
    ReportNote,
    ReportUpdate,
)
from api.reports.values import CLOSED, URGENT


@dataclass(frozen=True, slots=True)
class Filter:
    """Which reports a list wants; ``among`` are the only ones, ``over`` the closed ones."""

    states: tuple[str, ...] = ()
    of: int | None = None
    number: int | None = None
    among: Collection[str] | None = None
    over: bool = False


def get(session: Session, report_id: str) -> Report:
    """The report; raises ``ReportUnknown``."""
    report = session.get(Report, report_id)
    if report is None:
        raise ReportUnknown()
    return report


def by_number(session: Session, number: int) -> Report | None:
    """The report with this number."""
    wanted = select(Report).where(col(Report.number) == number)
    return session.execute(wanted).scalar_one_or_none()


def found(
    session: Session, wanted: Filter, hidden: Collection[str], *, offset: int, limit: int
) -> tuple[Sequence[Report], int]:
    """Reports that fit and how many: the open by rank, then age; the closed by their end."""
    fit = select(Report).where(*_fits(wanted), col(Report.id).not_in(hidden))
    ended = (col(Report.closed_at).desc(), col(Report.number).desc())
    open_ = (col(Report.rank).desc(), col(Report.received_at), col(Report.number))
    ordered = fit.order_by(*(ended if wanted.over else open_))
    rows = session.execute(ordered.offset(offset).limit(limit)).scalars().all()
    return rows, count(session, wanted, hidden)


def count(session: Session, wanted: Filter, hidden: Collection[str]) -> int:
    """How many reports fit."""
    fit = select(col(Report.id)).where(*_fits(wanted), col(Report.id).not_in(hidden))
    return session.execute(select(func.count()).select_from(fit.subquery())).scalar_one()


def waiting(session: Session, *, rank: int = URGENT) -> Sequence[Report]:
    """Open reports of at least this rank that nobody has, the most urgent first."""
    wanted = select(Report).where(
        col(Report.holder_id).is_(None), col(Report.state) != CLOSED, col(Report.rank) >= rank
    )
    order = (col(Report.rank).desc(), col(Report.waiting_since), col(Report.number))
    return session.execute(wanted.order_by(*order)).scalars().all()


def open_urgent(session: Session) -> Sequence[Report]:
    """Urgent reports that are not closed, with or without holder, the most urgent first."""
    wanted = select(Report).where(col(Report.state) != CLOSED, col(Report.rank) >= URGENT)
    order = (col(Report.rank).desc(), col(Report.received_at), col(Report.number))
    return session.execute(wanted.order_by(*order)).scalars().all()


def untold_since(session: Session, moment: int) -> Sequence[Report]:
    """Open reports whose reporter has heard nothing since that moment."""
    wanted = select(Report).where(col(Report.state) != CLOSED, col(Report.told_at) <= moment)
    return session.execute(wanted.order_by(col(Report.number))).scalars().all()


def held_by(session: Session, staff_id: int) -> Sequence[Report]:
    """Open reports that this person has."""
    wanted = select(Report).where(col(Report.holder_id) == staff_id, col(Report.state) != CLOSED)
    return session.execute(wanted.order_by(col(Report.number))).scalars().all()


def steps_of(session: Session, reports: Iterable[Report]) -> dict[str, tuple[str, ...]]:
    """The steps taken in the present wait of each report."""
    since = {report.id: report.waiting_since for report in reports}
    rows = session.execute(
        select(col(ReportClimb.report_id), col(ReportClimb.waiting_since), col(ReportClimb.step))
        .where(col(ReportClimb.report_id).in_(since))
        .order_by(col(ReportClimb.at), col(ReportClimb.step))
    ).all()
    steps: dict[str, list[str]] = defaultdict(list)
    for report_id, moment, step in rows:
        if since[report_id] == moment:
            steps[report_id].append(step)
    return {report_id: tuple(taken) for report_id, taken in steps.items()}


def updates_of(session: Session, report_id: str, *, after: int = 0) -> Sequence[ReportUpdate]:
    """What the reporter may know, the oldest first."""
    wanted = select(ReportUpdate).where(
        col(ReportUpdate.report_id) == report_id, col(ReportUpdate.place) > after
    )
    return session.execute(wanted.order_by(col(ReportUpdate.place))).scalars().all()


def last_place(session: Session, table: type[ReportUpdate | ReportAddition], report_id: str) -> int:
    """The place of the last update or addition; 0 without one."""
    highest = select(func.max(col(table.place))).where(col(table.report_id) == report_id)
    return session.execute(highest).scalar_one_or_none() or 0


def additions_of(session: Session, report_id: str) -> Sequence[ReportAddition]:
    """The oldest first."""
    wanted = select(ReportAddition).where(col(ReportAddition.report_id) == report_id)
    return session.execute(wanted.order_by(col(ReportAddition.place))).scalars().all()


def assessments_of(session: Session, report_id: str) -> Sequence[ReportAssessment]:
    """The oldest first."""
    wanted = select(ReportAssessment).where(col(ReportAssessment.report_id) == report_id)
    return session.execute(wanted.order_by(col(ReportAssessment.version))).scalars().all()


def newest_assessment(session: Session, report_id: str) -> ReportAssessment | None:
    """The judgement that counts."""
    wanted = select(ReportAssessment).where(col(ReportAssessment.report_id) == report_id)
    order = col(ReportAssessment.version).desc()
    return session.execute(wanted.order_by(order).limit(1)).scalar_one_or_none()


def notes_of(session: Session, report_id: str) -> Sequence[ReportNote]:
    """The oldest first."""
    wanted = select(ReportNote).where(col(ReportNote.report_id) == report_id)
    return session.execute(wanted.order_by(col(ReportNote.at), col(ReportNote.id))).scalars().all()


def deeds_of(session: Session, report_id: str) -> Sequence[AuditRow]:
    """What the audit trail has of a report, without the reads; the oldest first."""
    wanted = select(AuditRow).where(
        col(AuditRow.about) == report_id, col(AuditRow.what) != "report.read"
    )
    return session.execute(wanted.order_by(col(AuditRow.seq))).scalars().all()


def contacts_of(session: Session, report: Report) -> Sequence[Contact]:
    """Contacts of the conversation that the report came from, the newest first."""
    if not report.same_child:
        return ()
    wanted = select(Contact).where(col(Contact.same_child) == report.same_child)
    return session.execute(wanted.order_by(col(Contact.number).desc())).scalars().all()


def of_child(session: Session, same_child: str) -> Sequence[Report]:
    """Reports of this conversation, the newest first."""
    if not same_child:
        return ()
    wanted = select(Report).where(col(Report.same_child) == same_child)
    return session.execute(wanted.order_by(col(Report.number).desc())).scalars().all()


def cases_of(session: Session, report_id: str) -> Sequence[Case]:
    """The cases that the report belongs to, the newest first."""
    linked = select(col(ReportCase.case_id)).where(
        col(ReportCase.report_id) == report_id, col(ReportCase.undone_at).is_(None)
    )
    wanted = select(Case).where(col(Case.id).in_(linked))
    order = (col(Case.year).desc(), col(Case.number).desc())
    return session.execute(wanted.order_by(*order)).scalars().all()


def of_case(session: Session, case_id: str) -> Sequence[Report]:
    """The reports of a case, the newest first."""
    linked = select(col(ReportCase.report_id)).where(
        col(ReportCase.case_id) == case_id, col(ReportCase.undone_at).is_(None)
    )
    wanted = select(Report).where(col(Report.id).in_(linked))
    return session.execute(wanted.order_by(col(Report.number).desc())).scalars().all()


def duplicates_of(session: Session, report_id: str) -> Sequence[Report]:
    """The reports that staff found to say the same."""
    wanted = select(Report).where(col(Report.duplicate_of) == report_id)
    return session.execute(wanted.order_by(col(Report.number))).scalars().all()


def _fits(wanted: Filter) -> list[ColumnElement[bool]]:
    over = col(Report.state) == CLOSED
    fits = [] if wanted.number is not None else [over if wanted.over else ~over]
    if wanted.states:
        fits.append(col(Report.state).in_(wanted.states))
    if wanted.of is not None:
        fits.append(col(Report.holder_id) == wanted.of)
    if wanted.number is not None:
        fits.append(col(Report.number) == wanted.number)
    if wanted.among is not None:
        fits.append(col(Report.id).in_(wanted.among))
    return fits
