"""The list of staff: who has an account, and how one begins and ends."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.audit.service import record
from api.console.render import render
from api.console.words import word
from api.rights.gate import Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of
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
            record(session, vault, who=f"staff:{person.id}", what="staff.added", now=now)
    except (service.LoginTaken, service.BadAccount) as refused:
        return _staff(request, status=refused.status, refused=word("problem", refused.type))
    return _staff(request, link=_link(request, token))


@gate.allow("POST", "/staff/{staff_id}/disable", action="staff.change")
def disable(request: Request, person: Signed, staff_id: int) -> Response:
    """Shut a person out at once."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.disable(session, vault, staff_id, now=now)
        _note_change(request, session, person, "staff.disabled", staff_id)
    return RedirectResponse("/helpline/staff", 303)


@gate.allow("POST", "/staff/{staff_id}/reset", action="staff.change")
def reset(request: Request, person: Signed, staff_id: int) -> Response:
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
    values = {"place": "staff", "members": members, "roles": service.ROLES, **shown}
    return render(request, "staff.html", status=status, **values)


def _link(request: Request, token: str) -> str:
    return str(request.base_url.replace(path=f"/helpline/first/{token}"))


def _note_change(
    request: Request, session: Session, person: Person, what: str, staff_id: int
) -> None:
    who, now = f"staff:{person.id}", clock_of(request)()
    record(session, vault_of(request), who=who, what=what, about=str(staff_id), now=now)
