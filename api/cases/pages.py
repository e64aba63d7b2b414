"""Cases on screen: the list, one case, the forms of its parts, its team and its identity.

Every page works by links and forms. What is hidden from a person is answered as unknown.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.cases import identity, listing, parts, queries, sections, service
from api.cases.panels import PANELS
from api.cases.refusals import InvalidCaseWords, InvalidPart, PartMoved, PartUnknown
from api.cases.sections import SECTIONS
from api.cases.values import (
    CLOSED,
    IDENTITY_KINDS,
    LIFE,
    MOVES,
    STATUSES,
    UNLOCK_MINUTES,
    CaseView,
    PartView,
)
from api.console.panels import made
from api.console.render import render
from api.contacts.values import StaffRef
from api.db import Number
from api.rights.gate import Gate, Signed
from api.rights.parts import address_of, clock_of, database_of, vault_of
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")

Words = Annotated[str, Form(max_length=8000)]
Short = Annotated[str, Form(max_length=200)]
Id = Annotated[Number, Form()]
Ids = Annotated[list[Number], Form(max_length=100)]

_TOLD = ("incident", "perpetrator", "household")  # shown as pairs, in this order
_SOON = timedelta(hours=24)


@gate.allow("GET", "/cases", action="case.list")
def cases(
    request: Request,
    person: Signed,
    status: str = "",
    mine: str = "",
    due: str = "",
    page: int = 1,
) -> Response:
    """The cases that this person may see."""
    wanted = {"status": status, "mine": mine, "due": due}
    with database_of(request).read() as session:
        found = listing.page(
            session,
            vault_of(request),
            staff_id=person.id,
            now=clock_of(request)(),
            status=status,
            mine=mine == "yes",
            due=due == "yes",
            number=max(1, min(page, 10_000)),
        )
    return render(
        request,
        "cases.html",
        place="cases",
        statuses=STATUSES,
        found=found,
        wanted=wanted,
        page=max(1, page),
        size=listing.SHOWN,
    )


@gate.allow("POST", "/cases", action="case.open")
def open_case(request: Request, person: Signed, contact_id: Short = "") -> Response:
    """Open a case, with a contact or without."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        case_id = service.open_case(
            session, vault, staff=_ref(person), now=now, contact_id=contact_id
        )
    return _to_case(case_id)


@gate.allow("GET", "/cases/{case_id}", action="case.read")
def case(request: Request, person: Signed, case_id: str) -> Response:
    """One case; the read is recorded."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        view = service.read(session, vault, case_id, staff_id=person.id, now=now)
        parts = made(PANELS, session, vault, case_id, person, now)
    return render(request, "case.html", **_shown(view), **parts, new_id=str(uuid.uuid4()))


@gate.allow("GET", "/cases/{case_id}/parts/new", action="case.change")
def new_part(request: Request, person: Signed, case_id: str, kind: str = "") -> Response:
    """The empty form of a part; of what a case has once, the form of the one it has."""
    if kind not in SECTIONS:
        raise PartUnknown()
    view = _view(request, person, case_id)
    if SECTIONS[kind].single and (there := view.of(kind)):
        return RedirectResponse(f"/helpline/cases/{case_id}/parts/{there[0].part_id}", 303)
    return _form(request, view, kind, str(uuid.uuid4()))


@gate.allow("GET", "/cases/{case_id}/parts/{part_id}", action="case.read")
def part(request: Request, person: Signed, case_id: str, part_id: str) -> Response:
    """A part: its form, and every version of it."""
    view = _view(request, person, case_id)
    found = _part(view, part_id)
    return _form(request, view, found.kind, part_id, found=found)


@gate.allow("POST", "/cases/{case_id}/parts/{part_id}", action="case.change")
async def save_part(request: Request, person: Signed, case_id: str, part_id: str) -> Response:
    """Write a part; what cannot be taken comes back as it was typed, with what to mend."""
    form = await request.form()
    return await run_in_threadpool(_save_part, request, person, case_id, part_id, form)


@gate.allow("POST", "/cases/{case_id}/move", action="case.change")
def move(request: Request, person: Signed, case_id: str, to: Short, words: Words = "") -> Response:
    """Bring the case into another state."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.move(session, vault, case_id, to=to, words=words, staff=_ref(person), now=now)
    return _to_case(case_id)


@gate.allow("POST", "/cases/{case_id}/reopen", action="case.reopen")
def reopen(request: Request, person: Signed, case_id: str, words: Words = "") -> Response:
    """Take up a closed case again."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.reopen(session, vault, case_id, words=words, staff=_ref(person), now=now)
    return _to_case(case_id)


@gate.allow("POST", "/cases/{case_id}/contacts", action="case.change")
def link(
    request: Request, person: Signed, case_id: str, number: Short = "", contact_id: Short = ""
) -> Response:
    """Add a contact to the case, by its number or its id."""
    vault, now, staff = vault_of(request), clock_of(request)(), _ref(person)
    with database_of(request).write() as session:
        if contact_id:
            service.link(session, vault, case_id, contact_id, staff=staff, now=now)
        else:
            service.link_number(session, vault, case_id, number, staff=staff, now=now)
    return _to_case(case_id, "contacts")


@gate.allow("POST", "/cases/{case_id}/contacts/{contact_id}/undo", action="case.team")
def undo_link(request: Request, person: Signed, case_id: str, contact_id: str) -> Response:
    """Say that a contact does not belong to the case."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.undo_link(session, vault, case_id, contact_id, staff=_ref(person), now=now)
    return _to_case(case_id, "contacts")


@gate.allow("POST", "/cases/{case_id}/follow-up", action="case.change")
def follow_up(
    request: Request, person: Signed, case_id: str, on: Short = "", words: Words = ""
) -> Response:
    """Say when to look into the case again; an empty day for not at all."""
    vault, now = vault_of(request), clock_of(request)()
    try:
        day = sections.day(on)
    except ValueError:
        raise InvalidCaseWords() from None
    with database_of(request).write() as session:
        service.set_follow_up(
            session, vault, case_id, on=day, words=words, staff=_ref(person), now=now
        )
    return _to_case(case_id)


@gate.allow("POST", "/cases/{case_id}/hold", action="case.hold")
def hold(request: Request, person: Signed, case_id: str, on: Short, words: Words = "") -> Response:
    """Begin or end the legal hold."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.set_hold(
            session, vault, case_id, on=on == "yes", words=words, staff=_ref(person), now=now
        )
    return _to_case(case_id)


@gate.allow("GET", "/cases/{case_id}/team", action="case.team")
def team(request: Request, person: Signed, case_id: str) -> Response:
    """Who works on the case, and who is named in it."""
    view = _view(request, person, case_id)
    with database_of(request).read() as session:
        colleagues = queries.colleagues(session, vault_of(request))
    return render(request, "case_team.html", place="cases", view=view, colleagues=colleagues)


@gate.allow("POST", "/cases/{case_id}/team", action="case.team")
def set_team(
    request: Request, person: Signed, case_id: str, lead: Id, team: Ids | None = None
) -> Response:
    """Say who leads the case and who works with them."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.set_team(
            session, vault, case_id, lead_id=lead, team=team or (), staff=_ref(person), now=now
        )
    return _to_case(case_id)


@gate.allow("POST", "/cases/{case_id}/named", action="case.team")
def set_named(
    request: Request, person: Signed, case_id: str, who: Id, reason: Words = ""
) -> Response:
    """Say that somebody of staff is named in the case."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.set_named(
            session, vault, case_id, staff_id=who, reason=reason, staff=_ref(person), now=now
        )
    return RedirectResponse(f"/helpline/cases/{case_id}/team", 303)


@gate.allow("POST", "/cases/{case_id}/named/{conflict_id}/undo", action="case.team")
def undo_named(
    request: Request, person: Signed, case_id: str, conflict_id: str, words: Words = ""
) -> Response:
    """Say that somebody was named by mistake."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.undo_named(
            session, vault, case_id, conflict_id, words=words, staff=_ref(person), now=now
        )
    return RedirectResponse(f"/helpline/cases/{case_id}/team", 303)


@gate.allow("POST", "/cases/{case_id}/identity", action="identity.write")
def write_identity(
    request: Request, person: Signed, case_id: str, kind: Short, text: Words
) -> Response:
    """Keep something a child told of who it is; it is not shown again."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        identity.write(session, vault, case_id, kind=kind, text=text, staff=_ref(person), now=now)
    return _to_case(case_id, "identity")


@gate.allow("GET", "/cases/{case_id}/identity", action="identity.read")
def read_identity(request: Request, person: Signed, case_id: str) -> Response:
    """What the child told of who it is; every look is recorded."""
    vault, now, origin = vault_of(request), clock_of(request)(), address_of(request)
    with database_of(request).write() as session:
        told, until = identity.read(
            session, vault, case_id, staff_id=person.id, now=now, origin=origin
        )
        line = listing.line_of(session, vault, queries.get(session, case_id), ())
    return render(request, "case_identity.html", place="cases", line=line, told=told, until=until)


@gate.allow("POST", "/cases/{case_id}/identity/lock", action="identity.ask")
def lock_identity(request: Request, person: Signed, case_id: str) -> Response:
    """End one's own reading before its time."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        identity.lock(session, vault, case_id, staff=_ref(person), now=now)
    return _to_case(case_id, "identity")


@gate.allow("POST", "/cases/{case_id}/unlocks", action="identity.ask")
def ask_unlock(
    request: Request, person: Signed, case_id: str, minutes: Id, reason: Words = ""
) -> Response:
    """Ask to read the identity."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        identity.ask(
            session, vault, case_id, reason=reason, minutes=minutes, staff=_ref(person), now=now
        )
    return _to_case(case_id, "identity")


@gate.allow("POST", "/cases/{case_id}/unlocks/{unlock_id}/decide", action="identity.approve")
def decide_unlock(
    request: Request,
    person: Signed,
    case_id: str,
    unlock_id: str,
    grant: Short,
    words: Words = "",
) -> Response:
    """Let another person read the identity, or not."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        identity.decide(
            session,
            vault,
            case_id,
            unlock_id,
            grant=grant == "yes",
            words=words,
            staff=_ref(person),
            now=now,
        )
    return _to_case(case_id, "identity")


def _view(request: Request, person: Person, case_id: str) -> CaseView:
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        return service.read(session, vault, case_id, staff_id=person.id, now=now)


def _part(view: CaseView, part_id: str) -> PartView:
    for found in view.parts:
        if found.part_id == part_id:
            return found
    raise PartUnknown()


def _shown(view: CaseView) -> dict[str, Any]:
    """What the page of a case needs besides the case."""
    return {
        "place": "cases",
        "view": view,
        "closed": view.line.ref.status == CLOSED,
        "moves": MOVES[view.line.ref.status],
        "life": LIFE,
        "sections": SECTIONS,
        "told": _TOLD,
        "moment": sections.moment,
        "day_of": sections.day,
        "soon": _SOON,
        "identity_kinds": IDENTITY_KINDS,
        "lengths": UNLOCK_MINUTES,
    }


def _save_part(
    request: Request, person: Person, case_id: str, part_id: str, form: FormData
) -> Response:
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    kind, version = given.get("kind", ""), _whole(given.get("version", ""))
    vault, now, staff = vault_of(request), clock_of(request)(), _ref(person)
    try:
        with database_of(request).write() as session:
            parts.save(
                session,
                vault,
                case_id,
                part_id,
                kind=kind,
                version=version,
                given=given,
                staff=staff,
                now=now,
            )
    except InvalidPart as refusal:
        return _again(request, person, case_id, part_id, given, refusal.faults, 422)
    except PartMoved:
        return _again(request, person, case_id, part_id, given, {}, 409)
    return _to_case(case_id, f"p-{part_id}")


def _again(
    request: Request,
    person: Person,
    case_id: str,
    part_id: str,
    given: Mapping[str, str],
    faults: Mapping[str, str],
    status: int,
) -> Response:
    """The form as it was typed: nothing that somebody wrote is lost."""
    view, kind = _view(request, person, case_id), given["kind"]
    moved = status == PartMoved.status
    found = next((part for part in view.parts if part.part_id == part_id), None)
    if moved and found is None:  # another began what a case has once
        found = view.of(kind)[0]
    return _form(
        request,
        view,
        kind,
        found.part_id if found else part_id,
        found=found,
        version=None if moved else _whole(given.get("version", "")),
        typed=given,
        faults=faults,
        moved=moved,
        status=status,
    )


def _form(
    request: Request,
    view: CaseView,
    kind: str,
    part_id: str,
    *,
    found: PartView | None = None,
    version: int | None = None,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    moved: bool = False,
    status: int = 200,
) -> Response:
    """The form of a part, and its versions; ``typed`` counts before what is stored."""
    stored = found.now.fields if found else {}
    newest = found.now.version if found else parts.NEW
    return render(
        request,
        "case_part.html",
        status=status,
        kind=kind,
        part_id=part_id,
        found=found,
        version=newest if version is None else version,
        typed=stored if typed is None else typed,
        faults=faults or {},
        moved=moved,
        **_shown(view),
    )


def _whole(text: str) -> int:
    """A version as a form says it; what is none fits no part."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1


def _ref(person: Person) -> StaffRef:
    return StaffRef(person.id, person.name)


def _to_case(case_id: str, place: str = "") -> Response:
    anchor = f"#{place}" if place else ""
    return RedirectResponse(f"/helpline/cases/{case_id}{anchor}", 303)
