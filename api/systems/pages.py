"""Other systems: who has a key, and where events are told. For administrators."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.audit.service import record
from api.console.render import render
from api.console.words import word
from api.db import Number
from api.rights.gate import Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.staff.sessions import Person
from api.systems import service
from api.systems.refusals import BadSystem, BadWebhook

gate = Gate(prefix="/helpline")

Text = Annotated[str, Form(max_length=1000)]


@gate.allow("GET", "/systems", action="system.list")
def systems(request: Request, person: Signed) -> Response:
    """Every system that has or had a key."""
    return _page(request)


@gate.allow("POST", "/systems", action="system.change")
def add(
    request: Request,
    person: Signed,
    name: Text,
    roles: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Give a system a key; the page shows it once."""
    vault, now = vault_of(request), clock_of(request)()
    try:
        with database_of(request).write() as session:
            system_id, key = service.add(
                session, vault, name=name, roles=roles or (), by=person.id, now=now
            )
            _record(request, session, person, "system.added", system_id)
    except BadSystem as refused:
        return _page(request, status=refused.status, refused=word("problem", refused.type))
    return _page(request, key=key)


@gate.allow("POST", "/systems/{system_id}/let-in", action="system.let_in")
def let_in(request: Request, person: Signed, system_id: Number) -> Response:
    """Let a system in that somebody else added: from now on its key opens."""
    with database_of(request).write() as session:
        service.let_in(session, system_id, by=person.id)
        _record(request, session, person, "system.let_in", system_id)
    return RedirectResponse("/helpline/systems", 303)


@gate.allow("POST", "/systems/{system_id}/disable", action="system.change")
def disable(request: Request, person: Signed, system_id: Number) -> Response:
    """Shut a system out at once."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.disable(session, vault, system_id, now=now)
        _record(request, session, person, "system.disabled", system_id)
    return RedirectResponse("/helpline/systems", 303)


@gate.allow("POST", "/systems/{system_id}/webhook", action="system.change")
def set_webhook(request: Request, person: Signed, system_id: Number, url: Text) -> Response:
    """Tell a system of events at this address; the page shows the secret once."""
    vault, now = vault_of(request), clock_of(request)()
    try:
        with database_of(request).write() as session:
            secret = service.set_webhook(session, vault, system_id, url=url.strip(), now=now)
            _record(request, session, person, "system.webhook_set", system_id)
    except BadWebhook as refused:
        return _page(request, status=refused.status, refused=word("problem", refused.type))
    return _page(request, secret=secret)


@gate.allow("POST", "/systems/{system_id}/webhook/resume", action="system.change")
def resume_webhook(request: Request, person: Signed, system_id: Number) -> Response:
    """Go on telling a system that had not answered for days."""
    with database_of(request).write() as session:
        service.resume_webhook(session, system_id, now=clock_of(request)())
        _record(request, session, person, "system.webhook_resumed", system_id)
    return RedirectResponse("/helpline/systems", 303)


@gate.allow("POST", "/systems/{system_id}/webhook/drop", action="system.change")
def drop_webhook(request: Request, person: Signed, system_id: Number) -> Response:
    """Tell a system nothing any more."""
    with database_of(request).write() as session:
        service.drop_webhook(session, system_id)
        _record(request, session, person, "system.webhook_dropped", system_id)
    return RedirectResponse("/helpline/systems", 303)


def _page(request: Request, *, status: int = 200, **what: Any) -> Response:
    with database_of(request).read() as session:
        found = service.systems(session, vault_of(request))
    shown = {"key": "", "secret": "", "refused": ""} | what
    values = {"place": "systems", "systems": found, "roles": service.ROLES, **shown}
    return render(request, "systems.html", status=status, **values)


def _record(request: Request, session: Session, person: Person, what: str, system_id: int) -> None:
    who, now = f"staff:{person.id}", clock_of(request)()
    record(session, vault_of(request), who=who, what=what, about=str(system_id), now=now)
