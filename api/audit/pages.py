"""The trail on screen: its head, whether it holds, when it was shown outside, and its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.audit import listing
from api.audit.guards import missing
from api.audit.listing import Search
from api.audit.service import head, record
from api.cases.queries import colleagues, hidden_cases, hidden_contacts, hidden_reports, named_in
from api.console.render import render
from api.contacts.values import StaffRef
from api.evidence import stamps, wholeness
from api.evidence.exhibits import of_hidden
from api.evidence.stamps import Stamping
from api.rights.gate import RULES, Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")

Short = Annotated[str, Query(max_length=64)]
_OTHERS = ("bot", "clock", "anonymous")


@gate.allow("GET", "/trail", action="trail.read")
def trail(
    request: Request,
    person: Signed,
    about: Short = "",
    who: Short = "",
    what: Short = "",
    before: Annotated[int, Query(ge=0, lt=2**53)] = 0,
) -> Response:
    """The trail; looking into it is recorded."""
    search = Search(about.strip(), who, what.strip(), before)
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        hidden = _hidden(session, person)
        full = RULES["contact.read"].allows(person.roles) and not named_in(session, person.id)
        found = listing.page(session, vault, search, hidden=hidden, full=full)
        newest = head(session)
        checks, made = wholeness.last_checks(session), stamps.stamps(session, most=10)
        people, gone = colleagues(session, vault), missing(session)
        told = {"about": search.about, "who": search.who, "what": search.what}
        by = f"staff:{person.id}"
        record(session, vault, who=by, what="trail.read", now=now, detail=told)
    return render(
        request,
        "trail.html",
        place="trail",
        search=search,
        found=found,
        older=_query(search, found.older),
        full=full,
        head=newest,
        checks=checks,
        stamps=made,
        people=people,
        others=_OTHERS,
        set_up=_set_up(request),
        gone=gone,
    )


@gate.allow("POST", "/trail/check", action="trail.check")
def check(request: Request, person: Signed) -> Response:
    """Have the whole trail checked; the page shows when it was done."""
    vault, now = vault_of(request), clock_of(request)()
    staff = StaffRef(person.id, person.name)
    with database_of(request).write() as session:
        wholeness.ask(session, vault, staff=staff, now=now)
    return RedirectResponse("/helpline/trail", 303)


@gate.allow("GET", "/trail/head", action="trail.read")
def export_head(request: Request, person: Signed) -> Response:
    """The head as a file, to be kept somewhere else."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        newest = head(session)
        who, about = f"staff:{person.id}", str(newest.seq)
        record(session, vault, who=who, what="trail.head_taken", about=about, now=now)
    name = f"sigurt-head-{newest.seq}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    text = stamps.anchor_text(newest, now)
    return Response(text, media_type="application/json", headers=headers)


def _hidden(session: Session, person: Person) -> set[str]:
    """Ids of what names the person, and of what hangs on it."""
    cases = hidden_cases(session, person.id)
    reports = hidden_reports(session, person.id)
    found = cases | reports | hidden_contacts(session, person.id)
    return found | of_hidden(session, cases=cases, reports=reports) if found else found


def _query(search: Search, older: int) -> str:
    fields: Mapping[str, str | int] = {
        "about": search.about,
        "who": search.who,
        "what": search.what,
        "before": older,
    }
    return urlencode({name: value for name, value in fields.items() if value}) if older else ""


def _set_up(request: Request) -> Stamping:
    found: Stamping = request.app.state.stamping
    return found
