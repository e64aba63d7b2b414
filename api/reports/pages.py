"""Reports as supervisors read them; nothing in them is a link."""

from __future__ import annotations

from fastapi import Request, Response

from api.console.render import render
from api.reports import service
from api.rights.gate import Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of

gate = Gate(prefix="/helpline")


@gate.allow("GET", "/reports", action="report.list")
def reports(request: Request, person: Signed) -> Response:
    """All reports, the newest first."""
    with database_of(request).read() as session:
        found = service.reports(session, vault_of(request))
    return render(request, "reports.html", place="reports", reports=found)


@gate.allow("GET", "/reports/{report_id}", action="report.read")
def report(request: Request, person: Signed, report_id: str) -> Response:
    """One report; the read is recorded."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        found = service.read(session, vault, report_id, staff_id=person.id, now=now)
    return render(request, "report.html", place="reports", report=found)
