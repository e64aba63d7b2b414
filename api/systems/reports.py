"""``/v1/desk/reports``: what the console does with reports, for other systems."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Request

from api.reports import linking, listing, service
from api.reports.values import Assessment, ReportView
from api.rights.gate import Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.systems import schemas
from api.systems.acting import Act
from api.systems.answers import Opened
from api.systems.gate import SystemGate

gate = SystemGate(prefix="/v1/desk", tags=["reports"])

Id = Annotated[str, Path(max_length=64)]
Short = Annotated[str, Query(max_length=20)]


@gate.asks("/reports", action="report.list", answers=listing.Page)
def reports(
    request: Request,
    person: Signed,
    show: Short = "open",
    number: Short = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> listing.Page:
    """Reports, the most urgent first.

    ``show`` is open, new, mine, due, failed or closed; ``number`` finds one whatever its state.
    """
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).read() as session:
        return listing.page(
            session, vault, staff_id=person.id, show=show, number=number, now=now, page=page
        )


@gate.asks("/reports/{report_id}", action="report.read", answers=ReportView)
def report(request: Request, person: Signed, report_id: Id) -> ReportView:
    """A whole report; the read is recorded. Its addresses are text, never links."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        return service.read(session, vault, report_id, staff_id=person.id, now=now)


@gate.does("/reports/{report_id}/take", action="report.assess")
def take(act: Act[schemas.Deed]) -> None:
    """Take a report, or take it over; the first time its reporter hears that it is read."""
    service.take(act.session, act.vault, act.where["report_id"], staff=act.staff, now=act.now)


@gate.does("/reports/{report_id}/return", action="report.assess")
def put_back(act: Act[schemas.Deed]) -> None:
    """Leave one's report to somebody else."""
    service.put_back(act.session, act.vault, act.where["report_id"], staff=act.staff, now=act.now)


@gate.does("/reports/{report_id}/assess", action="report.assess", takes=schemas.Judgement)
def assess(act: Act[schemas.Judgement]) -> None:
    """Judge a report that one has: in_remit, out_of_remit (with services), duplicate."""
    said = act.wanted.model_dump(exclude={"name"})
    made = Assessment(**{**said, "services": tuple(act.wanted.services)})
    report_id = act.where["report_id"]
    service.assess(act.session, act.vault, report_id, made, staff=act.staff, now=act.now)


@gate.does("/reports/{report_id}/note", action="report.note", takes=schemas.Note, status=201)
def note(act: Act[schemas.Note]) -> None:
    """Write words for staff alone."""
    service.add_note(
        act.session,
        act.vault,
        act.where["report_id"],
        text=act.wanted.text,
        staff=act.staff,
        now=act.now,
    )


@gate.does("/reports/{report_id}/close", action="report.close", takes=schemas.ReportEnd)
def close(act: Act[schemas.ReportEnd]) -> None:
    """Close a report that one has, with what came of it; its reporter can read so."""
    service.close(
        act.session,
        act.vault,
        act.where["report_id"],
        outcome=act.wanted.outcome,
        words=act.wanted.words,
        staff=act.staff,
        now=act.now,
    )


@gate.does("/reports/{report_id}/reopen", action="report.reopen", takes=schemas.Why)
def reopen(act: Act[schemas.Why]) -> None:
    """Take up a closed report again."""
    words = act.wanted.words
    service.reopen(
        act.session, act.vault, act.where["report_id"], words=words, staff=act.staff, now=act.now
    )


@gate.does("/reports/{report_id}/cases", action="report.link", takes=schemas.LinkByNumber)
def link(act: Act[schemas.LinkByNumber]) -> None:
    """Add a report to a case, by the case's number."""
    linking.link_number(
        act.session,
        act.vault,
        act.where["report_id"],
        act.wanted.number,
        staff=act.staff,
        now=act.now,
    )


@gate.does("/reports/{report_id}/cases/new", action="report.link", answers=Opened, status=201)
def open_case(act: Act[schemas.Deed]) -> Opened:
    """Open a case with a report; it fills nothing in by itself."""
    report_id = act.where["report_id"]
    made = linking.open_case(act.session, act.vault, report_id, staff=act.staff, now=act.now)
    return Opened(made)


@gate.does("/cases/{case_id}/reports", action="report.link", takes=schemas.LinkByNumber)
def link_to_case(act: Act[schemas.LinkByNumber]) -> None:
    """Add a report to a case, by the report's number."""
    number = act.wanted.number
    linking.link_report(act.session, act.vault, act.case_id, number, staff=act.staff, now=act.now)


@gate.does("/cases/{case_id}/reports/{report_id}/undo", action="case.team")
def undo_link(act: Act[schemas.Deed]) -> None:
    """Say that a report does not belong to a case."""
    report_id = act.where["report_id"]
    linking.undo_link(act.session, act.vault, act.case_id, report_id, staff=act.staff, now=act.now)
