"""Reports on screen: the list, and one report with all that is known of it.

Every page works by links and forms; no address in them is a link. What is hidden from a
person is answered as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse

from api.cases.refusals import CaseIsClosed, CaseUnknown
from api.console.panels import made
from api.console.render import render
from api.console.typed import Typed
from api.contacts.values import StaffRef
from api.errors import Refusal
from api.filing.recipients import platform_name
from api.reports import linking, listing, service, values
from api.reports.panels import PANELS
from api.reports.refusals import COMES_BACK
from api.reports.values import MOVES, Assessment, ReportView
from api.rights.gate import Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")

Words = Annotated[str, Form(max_length=8000)]
Short = Annotated[str, Form(max_length=200)]
Rank = Annotated[int, Form(ge=0, le=4)]
Several = Annotated[list[Short], Form(max_length=20)]


@gate.allow("GET", "/reports", action="report.list")
def reports(
    request: Request, person: Signed, show: str = "open", number: str = "", page: int = 1
) -> Response:
    """The reports that this person may see; ``number`` finds one whatever its state."""
    wanted = show if show in listing.FILTERS else "open"
    at = max(1, min(page, 10_000))
    with database_of(request).read() as session:
        found = listing.page(
            session,
            vault_of(request),
            staff_id=person.id,
            show=wanted,
            number=number[:20],
            now=clock_of(request)(),
            page=at,
        )
    shown: dict[str, Any] = {
        "found": found,
        "filters": listing.FILTERS,
        "size": listing.SHOWN,
        "page": at,
    }
    return render(request, "reports.html", place="reports", show=wanted, number=number, **shown)


@gate.allow("GET", "/reports/{report_id}", action="report.read")
def report(request: Request, person: Signed, report_id: str) -> Response:
    """One report; the read is recorded."""
    return _page(request, person, report_id)


@gate.allow("POST", "/reports/{report_id}/take", action="report.assess")
def take(request: Request, person: Signed, report_id: str) -> Response:
    """Take this report, or take it over."""
    with database_of(request).write() as session:
        service.take(session, report_id=report_id, **_by(request, person))
    return _to_report(report_id)


@gate.allow("POST", "/reports/{report_id}/return", action="report.assess")
def put_back(request: Request, person: Signed, report_id: str) -> Response:
    """Leave one's report to somebody else."""
    with database_of(request).write() as session:
        service.put_back(session, report_id=report_id, **_by(request, person))
    return _to_report(report_id)


@gate.allow("POST", "/reports/{report_id}/assess", action="report.assess")
def assess(
    request: Request,
    person: Signed,
    report_id: str,
    verdict: Short = "",
    kind: Short = "",
    danger: Short = "",
    rank: Rank = 0,
    services: Several | None = None,
    duplicate: Short = "",
    words: Words = "",
    take_over: Short = "",
) -> Response:
    """Judge this report; what is refused comes back as it was typed."""
    judged = Assessment(verdict, kind, danger, rank, tuple(services or ()), duplicate, words)
    by = _by(request, person)
    try:
        with database_of(request).write() as session:
            if take_over == "yes":
                service.take(session, report_id=report_id, **by)
            service.assess(session, report_id=report_id, made=judged, **by)
    except COMES_BACK as refused:
        return back(request, person, report_id, "assess", refused, asdict(judged))
    return _to_report(report_id)


@gate.allow("POST", "/reports/{report_id}/note", action="report.note")
def note(request: Request, person: Signed, report_id: str, text: Words) -> Response:
    """Write a note for staff."""
    with database_of(request).write() as session:
        service.add_note(session, report_id=report_id, text=text, **_by(request, person))
    return _to_report(report_id, "notes")


@gate.allow("POST", "/reports/{report_id}/close", action="report.close")
def close(
    request: Request, person: Signed, report_id: str, outcome: Short = "", words: Words = ""
) -> Response:
    """Close this report; what is refused comes back as it was typed."""
    by, said = _by(request, person), {"outcome": outcome, "words": words}
    try:
        with database_of(request).write() as session:
            service.close(session, report_id=report_id, outcome=outcome, words=words, **by)
    except COMES_BACK as refused:
        return back(request, person, report_id, "close", refused, said)
    return _to_report(report_id)


@gate.allow("POST", "/reports/{report_id}/reopen", action="report.reopen")
def reopen(request: Request, person: Signed, report_id: str, words: Words) -> Response:
    """Take up a closed report again."""
    with database_of(request).write() as session:
        service.reopen(session, report_id=report_id, words=words, **_by(request, person))
    return _to_report(report_id)


@gate.allow("POST", "/reports/{report_id}/cases", action="report.link")
def link(request: Request, person: Signed, report_id: str, number: Short) -> Response:
    """Add this report to a case, by the case's number."""
    by, said = _by(request, person), {"number": number}
    try:
        with database_of(request).write() as session:
            linking.link_number(session, report_id=report_id, number=number, **by)
    except (CaseUnknown, CaseIsClosed) as refused:
        return back(request, person, report_id, "link", refused, said)
    return _to_report(report_id, "cases")


@gate.allow("POST", "/reports/{report_id}/cases/new", action="report.link")
def open_case(request: Request, person: Signed, report_id: str) -> Response:
    """Open a case with this report."""
    with database_of(request).write() as session:
        case_id = linking.open_case(session, report_id=report_id, **_by(request, person))
    return RedirectResponse(f"/helpline/cases/{case_id}", 303)


@gate.allow("POST", "/cases/{case_id}/reports", action="report.link")
def link_to_case(request: Request, person: Signed, case_id: str, number: Short) -> Response:
    """Add a report to this case, by the report's number."""
    with database_of(request).write() as session:
        linking.link_report(session, case_id=case_id, number=number, **_by(request, person))
    return RedirectResponse(f"/helpline/cases/{case_id}#reports", 303)


@gate.allow("POST", "/cases/{case_id}/reports/{report_id}/undo", action="case.team")
def undo_link(request: Request, person: Signed, case_id: str, report_id: str) -> Response:
    """Say that a report does not belong to this case."""
    by = _by(request, person)
    with database_of(request).write() as session:
        linking.undo_link(session, case_id=case_id, report_id=report_id, **by)
    return RedirectResponse(f"/helpline/cases/{case_id}#reports", 303)


def _page(
    request: Request,
    person: Person,
    report_id: str,
    *,
    typed: Typed = Typed(),  # noqa: B008 (frozen)
    status: int = 200,
) -> Response:
    """A report, with a form as it was typed."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        view = service.read(session, vault, report_id, staff_id=person.id, now=now)
        parts = made(PANELS, session, vault, report_id, person, now)
    shown = {**_shown(view, person), **parts, "typed": typed}
    return render(request, "report.html", status=status, **shown)


def back(
    request: Request,
    person: Person,
    report_id: str,
    form: str,
    refused: Refusal,
    fields: Mapping[str, object],
) -> Response:
    """The report's page again, with this form as it was typed and why it was refused."""
    typed = Typed(form, refused.type, fields)
    return _page(request, person, report_id, typed=typed, status=refused.status)


def _shown(view: ReportView, person: Person) -> dict[str, Any]:
    """What the page of a report needs besides the report."""
    holder = view.line.holder
    return {
        "place": "reports",
        "view": view,
        "app": platform_name(view.told.app),
        "mine": holder is not None and holder.id == person.id,
        "closed": view.line.state == values.CLOSED,
        "moves": MOVES[view.line.state],
        "life": values.LIFE,
        "kinds": values.KINDS,
        "ranks": values.RANKS,
        "verdicts": _verdicts(view.line.state),
        "service_kinds": values.SERVICES,
        "outcomes": values.OUTCOMES,
    }


def _verdicts(state: str) -> tuple[str, ...]:
    """What the report may be judged to be; what was filed is in remit."""
    possible = tuple(one for one in values.VERDICTS if one in MOVES[state])
    return possible or (values.IN_REMIT,)


def _by(request: Request, person: Person) -> dict[str, Any]:
    """Who does it and when, as every service wants to know."""
    staff = StaffRef(person.id, person.name)
    return {"vault": vault_of(request), "staff": staff, "now": clock_of(request)()}


def _to_report(report_id: str, part: str = "") -> Response:
    return RedirectResponse(f"/helpline/reports/{report_id}{'#' if part else ''}{part}", 303)
