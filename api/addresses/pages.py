"""Addresses on screen: what is to be checked, one address, and what is done with it.

Nothing here is a link to an address, and nothing here opens one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.addresses import life, listing, service
from api.addresses.refusals import COMES_BACK
from api.addresses.showing import drawn
from api.cases.queries import hidden_reports
from api.console.render import render
from api.console.typed import Typed
from api.contacts.values import StaffRef
from api.errors import Refusal
from api.reports import queries as reports
from api.reports.pages import back as report_back
from api.reports.service import shown_number
from api.rights.gate import Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")

Words = Annotated[str, Form(max_length=4000)]
Short = Annotated[str, Form(max_length=64)]
Entered = Annotated[str, Form(max_length=2000)]


@gate.allow("GET", "/addresses", action="address.list")
def addresses(
    request: Request,
    person: Signed,
    show: Annotated[str, Query(max_length=16)] = "due",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Addresses at which somebody must look again, or all of some kind, the newest first."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).read() as session:
        found = listing.page(session, vault, staff_id=person.id, now=now, show=show, number=page)
    return render(request, "addresses.html", place="reports", found=found, **drawn())


@gate.allow("GET", "/addresses/{address_id}", action="address.read")
def address(request: Request, person: Signed, address_id: str) -> Response:
    """One address with its clocks, its reports and its history; the read is recorded."""
    return _page(request, person, address_id)


@gate.allow("POST", "/addresses/{address_id}/state", action="address.change")
def set_state(
    request: Request,
    person: Signed,
    address_id: str,
    state: Short = "",
    words: Words = "",
    hold: Short = "",
) -> Response:
    """Say where an address stands; what is refused comes back as it was typed."""
    vault, now, staff = vault_of(request), clock_of(request)(), _ref(person)
    told, held = {"state": state, "words": words}, hold == "yes"
    try:
        with database_of(request).write() as session:
            service.set_state(session, vault, address_id, staff=staff, now=now, hold=held, **told)
    except COMES_BACK as refused:
        return _back(request, person, address_id, "state", refused, {**told, "hold": held})
    return _to(address_id)


@gate.allow("POST", "/addresses/{address_id}/lift", action="address.lift")
def lift(request: Request, person: Signed, address_id: str, words: Words = "") -> Response:
    """End the hold for the police."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.lift(session, vault, address_id, staff=_ref(person), now=now, words=words)
    return _to(address_id)


@gate.allow("POST", "/addresses/{address_id}/check", action="address.change")
def check(
    request: Request,
    person: Signed,
    address_id: str,
    outcome: Short = "",
    how: Short = "other",
    words: Words = "",
    moved_to: Entered = "",
) -> Response:
    """Write down what was found by looking again; what is refused comes back as typed."""
    vault, now, staff = vault_of(request), clock_of(request)(), _ref(person)
    told = {"outcome": outcome, "how": how, "words": words, "moved_to": moved_to}
    try:
        with database_of(request).write() as session:
            service.check(session, vault, address_id, staff=staff, now=now, **told)
    except COMES_BACK as refused:
        return _back(request, person, address_id, "check", refused, told)
    return _to(address_id)


@gate.allow("POST", "/addresses/{address_id}/hosted", action="address.change")
def set_hosted(request: Request, person: Signed, address_id: str, words: Words = "") -> Response:
    """Say where an address is hosted."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.set_hosted(session, vault, address_id, staff=_ref(person), now=now, words=words)
    return _to(address_id)


@gate.allow("POST", "/reports/{report_id}/addresses", action="address.change")
def add(request: Request, person: Signed, report_id: str, typed: Entered) -> Response:
    """Add an address to a report by hand; what cannot be read comes back as it was typed."""
    vault, now, staff = vault_of(request), clock_of(request)(), _ref(person)
    try:
        with database_of(request).write() as session:
            service.add(session, vault, report_id, typed, staff=staff, now=now)
    except COMES_BACK as refused:
        return report_back(request, person, report_id, "address", refused, {"typed": typed})
    return RedirectResponse(f"/helpline/reports/{report_id}#addresses", 303)


def _page(
    request: Request,
    person: Person,
    address_id: str,
    *,
    typed: Typed = Typed(),  # noqa: B008 (frozen)
    status: int = 200,
) -> Response:
    """An address, with a form as it was typed."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        hidden = hidden_reports(session, person.id)
        found = service.look(session, vault, address_id, staff_id=person.id, hidden=hidden, now=now)
        numbers = {
            one.report_id: shown_number(reports.get(session, one.report_id).number)
            for one in found.typed
        }
    return render(
        request,
        "address.html",
        status=status,
        typed=typed,
        place="reports",
        found=found,
        view=found.view,
        numbers=numbers,
        moves=_moves(found.view.state),
        outcomes=life.outcomes(found.view.state),
        hows=life.HOWS,
        **drawn(),
    )


def _back(
    request: Request,
    person: Person,
    address_id: str,
    form: str,
    refused: Refusal,
    fields: Mapping[str, object],
) -> Response:
    typed = Typed(form, refused.type, fields)
    return _page(request, person, address_id, typed=typed, status=refused.status)


def _moves(state: str) -> list[str]:
    """Where it can go by a deed; what is found out has its own form, which asks how."""
    return [to for to in life.MOVES[state] if to not in life.outcomes(state)]


def _ref(person: Person) -> StaffRef:
    return StaffRef(person.id, person.name)


def _to(address_id: str) -> Response:
    return RedirectResponse(f"/helpline/addresses/{address_id}", 303)
