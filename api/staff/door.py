"""The door: sign-in with login and password, then the code; and the way out."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse

from api.audit.service import record, record_once
from api.console import cookies
from api.console.render import render
from api.rights.gate import Gate, Signed
from api.rights.parts import address_of, clock_of, cookie_name, database_of, vault_of
from api.staff import service, sessions, sign_in
from api.staff.sessions import Stage
from api.staff.sign_in import Entered, Throttle
from api.staff.tables import StaffSession

gate = Gate(prefix="/helpline")

_NOTED_EVERY = timedelta(minutes=1)
Text = Annotated[str, Form(max_length=400)]


@gate.allow("GET", "/sign-in", action="staff.sign_in")
def sign_in_page(request: Request) -> Response:
    """Login and password."""
    return _door(request)


@gate.allow("POST", "/sign-in", action="staff.sign_in")
def knock(request: Request, login: Text, password: Text) -> Response:
    """Take login and password and ask for the code, whatever they were (S16)."""
    vault, now = vault_of(request), clock_of(request)()
    throttle: Throttle = request.app.state.throttle
    key = service.login_key(vault, login)
    if not (throttle.may_knock(address=address_of(request)) and _may_try(request, key)):
        return _slowed(request, key)
    token = sign_in.knock(database_of(request), vault, login=login, password=password, now=now)
    response = RedirectResponse("/helpline/code", 303)
    cookies.set_session(request, response, token)
    return response


@gate.allow("GET", "/code", action="staff.sign_in")
def code_page(request: Request) -> Response:
    """The second factor."""
    if unfinished(request, "entry") is None:
        return RedirectResponse("/helpline/sign-in", 303)
    return render(request, "code.html")


@gate.allow("POST", "/code", action="staff.sign_in")
def enter(request: Request, code: Text) -> Response:
    """Let in whoever had all three right."""
    waiting = unfinished(request, "entry")
    if waiting is None:
        return RedirectResponse("/helpline/sign-in", 303)
    if not _may_try(request, waiting.login_key):
        return _slowed(request, waiting.login_key)
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        entered = sign_in.enter(session, vault, waiting, code, now=now)
        who = f"staff:{entered.staff_id}" if entered else "anonymous"
        what = "staff.signed_in" if entered else "staff.sign_in_failed"
        detail = {"from": address_of(request)}
        record(session, vault, who=who, what=what, now=now, detail=detail)
    if entered is None:
        _count_failure(request, waiting.login_key)
        return _door(request, status=401, wrong=True)
    return let_in(request, entered, RedirectResponse("/helpline", 303))


@gate.allow("POST", "/sign-out", action="staff.sign_out")
def sign_out(request: Request, person: Signed) -> Response:
    """End the session, duty and claims; the browser forgets what it saw (S22)."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        sessions.end(session, person.session)
        service.leave(session, vault, staff_id=person.id, name=person.name, now=now)
        record(session, vault, who=f"staff:{person.id}", what="staff.signed_out", now=now)
    response = RedirectResponse("/helpline/sign-in", 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    cookies.drop_session(request, response)
    return response


def unfinished(request: Request, stage: Stage) -> StaffSession | None:
    """The session of whoever is on the way in through this browser."""
    token = request.cookies.get(cookie_name(request), "")
    with database_of(request).read() as session:
        return sessions.unfinished(session, token, stage=stage, now=clock_of(request)())


def let_in(request: Request, entered: Entered, response: Response) -> Response:
    """Give the browser its new session; the one it had is dead already (S18)."""
    cookies.set_session(request, response, entered.token)
    mark = sign_in.device_cookie(vault_of(request), login_key=entered.login_key)
    cookies.set_device(request, response, mark)
    return response


def _door(request: Request, *, status: int = 200, **what: Any) -> Response:
    shown = {"wrong": False, "throttled": False} | what
    return render(request, "sign_in.html", status=status, **shown)


def _slowed(request: Request, login_key: str) -> Response:
    """Too many tries: say so, and write it down once in a while."""
    with database_of(request).write() as session:
        record_once(
            session,
            vault_of(request),
            who="anonymous",
            what="staff.sign_in_slowed",
            about=login_key,
            now=clock_of(request)(),
            within=_NOTED_EVERY,
        )
    return _door(request, status=429, throttled=True)


def _may_try(request: Request, login_key: str) -> bool:
    throttle: Throttle = request.app.state.throttle
    device = _device(request, login_key)
    return throttle.allows(login_key, address=address_of(request), device=device)


def _count_failure(request: Request, login_key: str) -> None:
    throttle: Throttle = request.app.state.throttle
    device = _device(request, login_key)
    throttle.failed(login_key, address=address_of(request), device=device)


def _device(request: Request, login_key: str) -> str | None:
    cookie = request.cookies.get(cookies.device_name(request))
    return sign_in.known_device(vault_of(request), cookie, login_key=login_key)
