"""Figures of the helpline, as pages, plots and files: pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from api.cases.queries import hidden_contacts, hidden_reports
from api.console.render import language_of, render
from api.contacts.deadlines import GOALS
from api.figures import files, periods, report_showing, service, showing
from api.figures.naming import name_of
from api.figures.report_values import WITHIN
from api.figures.values import SPLITS, TIMES, Period
from api.rights.gate import RULES, Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")

Short = Annotated[str, Query(max_length=10)]


@gate.allow("GET", "/figures", action="figures.read")
def figures(
    request: Request, person: Signed, first: Short = "", last: Short = "", by: Short = ""
) -> Response:
    """The figures of a period: exact for who may read contacts, else without small groups."""
    vault, now, language = vault_of(request), clock_of(request)(), language_of(request)
    exact = _reads_contacts(person)
    period = _period(request, first, last, by, whole_months=not exact)
    count = service.whole if exact else service.outside
    with database_of(request).read() as session:
        hidden = hidden_contacts(session, person.id)
        found = count(session, vault, period, now=now, hidden=hidden)
        unseen = hidden_reports(session, person.id)
        of_reports = service.reports(session, vault, period, exact=exact, hidden=unseen)
    return render(
        request,
        "figures.html",
        place="figures",
        period=period,
        exact=exact,
        figures=found,
        reports=of_reports,
        withins=WITHIN,
        draw_reports=report_showing,
        file=_file(request, period),
        latest=periods.last_months(periods.day_of(now), 1).last,
        times=TIMES,
        splits=SPLITS,
        goals=GOALS,
        draw=showing,
        name_of=lambda split, name: name_of(split, name, language),
    )


@gate.allow("GET", "/figures.csv", action="figures.read")
def as_file(
    request: Request, person: Signed, first: Short = "", last: Short = "", by: Short = ""
) -> Response:
    """Whole months as a file without small groups, whoever takes it; taking it is recorded.

    Writers wait for each other, so nothing is counted while one of them is at work.
    """
    vault, now = vault_of(request), clock_of(request)()
    period = _period(request, first, last, by, whole_months=True)
    with database_of(request).read() as session:
        hidden = hidden_contacts(session, person.id)
        found = service.outside(session, vault, period, now=now, hidden=hidden)
        unseen = hidden_reports(session, person.id)
        of_reports = service.reports(session, vault, period, exact=False, hidden=unseen)
    with database_of(request).write() as session:
        service.note_export(session, vault, period, staff_id=person.id, now=now)
    text = files.as_csv(found, language_of(request), period, of_reports)
    name = f"sigurt-figures-{period.first:%Y-%m}-{period.last:%Y-%m}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = text.encode("utf-8-sig")
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _period(request: Request, first: str, last: str, by: str, *, whole_months: bool) -> Period:
    today = periods.day_of(clock_of(request)())
    return periods.period_of(first, last, by, today=today, whole_months=whole_months)


def _file(request: Request, period: Period) -> Period | None:
    """The months of which the file is that the page offers, if any of them is over."""
    days = (period.first.isoformat(), period.last.isoformat())
    try:
        return _period(request, *days, period.by, whole_months=True)
    except periods.BadPeriod:
        return None


def _reads_contacts(person: Person) -> bool:
    return RULES["contact.read"].allows(person.roles)
