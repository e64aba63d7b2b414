"""The list of staff: who has an account, and how one begins and ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.audit.service import record
from api.console.render import render
from api.console.words import word
from api.db import Number
from api.rights.gate import Gate, Signed
from api.rights.parts import address_of, clock_of, database_of, vault_of
from api.staff import service
from api.staff.door import Text
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")


@gate.allow("GET", "/staff", action="staff.list")
def staff_page(request: Request, person: Signed) -> Response:
    """Everybody who has an account, and the form to add one."""
    return _staff(request)


@gate.allow("POST", "/staff", action="staff.change")
def add(
    request: Request,
    person: Signed,
    login: Text,
    name: Text,
    roles: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Add a person; the page shows the link once."""
    vault, now = vault_of(request), clock_of(request)()
    try:
        with database_of(request).write() as session:
            token = service.add(session, vault, login=login, name=name, roles=roles or (), now=now)
            added = service.by_login(session, vault, login)
            about = added.id if added else 0
            _note_change(request, session, person, "staff.added", about, roles=roles or ())
    except (service.LoginTaken, service.BadAccount) as refused:
        return _staff(request, status=refused.status, refused=word("problem", refused.type))
    return _staff(request, link=_link(request, token))


@gate.allow("POST", "/staff/{staff_id}/roles", action="staff.change")
def set_roles(
    request: Request,
    person: Signed,
    staff_id: Number,
    roles: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Give a person other roles, from the next request on."""
    vault, now, chosen = vault_of(request), clock_of(request)(), roles or []
    try:
        with database_of(request).write() as session:
            service.set_roles(session, vault, staff_id, chosen, by=person.id, now=now)
            _note_change(request, session, person, "staff.roles", staff_id, roles=chosen)
    except (service.OwnRoles, service.BadAccount, service.LastAdministrator) as refused:
        return _staff(request, status=refused.status, refused=word("problem", refused.type))
    return RedirectResponse("/helpline/staff", 303)


@gate.allow("POST", "/staff/{staff_id}/disable", action="staff.change")
def disable(request: Request, person: Signed, staff_id: Number) -> Response:
    """Shut a person out at once."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.disable(session, vault, staff_id, now=now)
        _note_change(request, session, person, "staff.disabled", staff_id)
    return RedirectResponse("/helpline/staff", 303)


@gate.allow("POST", "/staff/{staff_id}/reset", action="staff.change")
def reset(request: Request, person: Signed, staff_id: Number) -> Response:
    """Take password and factor away; the page shows a link to set them anew."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        token = service.reset(session, vault, staff_id, now=now)
        _note_change(request, session, person, "staff.reset", staff_id)
    return _staff(request, link=_link(request, token))


def _staff(request: Request, *, status: int = 200, **what: Any) -> Response:
    with database_of(request).read() as session:
        members = service.members(session, vault_of(request))
    shown = {"link": "", "refused": ""} | what
    alone = sum(member.enrolled and not member.disabled for member in members) <= 1
    values = {"members": members, "roles": service.ROLES, "alone": alone, **shown}
    return render(request, "staff.html", status=status, place="staff", **values)


def _link(request: Request, token: str) -> str:
    return str(request.base_url.replace(path=f"/helpline/first/{token}"))


def _note_change(
    request: Request,
    session: Session,
    person: Person,
    what: str,
    staff_id: int,
    *,
    roles: Iterable[str] = (),
) -> None:
    vault, now, who = vault_of(request), clock_of(request)(), f"staff:{person.id}"
    detail = {"from": address_of(request)} | ({"roles": " ".join(roles)} if roles else {})
    record(session, vault, who=who, what=what, about=str(staff_id), now=now, detail=detail)
