"""The door: sign-in with login and password, then the code, or with a passkey; the way out."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.audit.service import record, record_once
from api.console import cookies
from api.console.render import render
from api.rights.gate import Gate, Signed
from api.rights.parts import (
    Site,
    address_of,
    clock_of,
    cookie_name,
    database_of,
    site_of,
    vault_of,
)
from api.shifts import leaving
from api.staff import passkeys, service, sessions, sign_in
from api.staff.browsers import browser_of
from api.staff.passkeys import PasskeyRefused
from api.staff.sessions import Stage
from api.staff.sign_in import Entered, Throttle
from api.staff.tables import StaffAccount, StaffSession

gate = Gate(prefix="/helpline")

_NOTED_EVERY = timedelta(minutes=1)
Text = Annotated[str, Form(max_length=400)]
Answer = Annotated[str, Form(max_length=16_000)]  # what a browser's passkey wrote, as JSON


@gate.allow("GET", "/sign-in", action="staff.sign_in")
def sign_in_page(request: Request) -> Response:
    """Login and password."""
    return door_page(request)


@gate.allow("POST", "/sign-in", action="staff.sign_in")
def knock(request: Request, login: Text, password: Text) -> Response:
    """Take login and password and ask for the code, whatever they were (S16)."""
    vault, now = vault_of(request), clock_of(request)()
    throttle: Throttle = request.app.state.throttle
    key = service.login_key(vault, login)
    if not (throttle.may_knock(address=address_of(request)) and may_try(request, key)):
        return slowed(request, key)
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
    if not may_try(request, waiting.login_key):
        return slowed(request, waiting.login_key)
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        entered = sign_in.enter(session, vault, waiting, code, now=now)
        note_try(request, session, entered)
    return _let_in_or_out(request, entered, waiting.login_key)


@gate.allow("POST", "/passkey/options", action="staff.sign_in")
def ask_passkey(request: Request) -> Response:
    """What the browser needs to ask for a passkey; nobody is named."""
    site, vault, now = passkey_site(request), vault_of(request), clock_of(request)()
    throttle: Throttle = request.app.state.throttle
    if not throttle.may_knock(address=address_of(request)):
        return slowed(request, "")
    with database_of(request).write() as session:
        token, options = sign_in.await_passkey(session, vault, site, now=now)
    response = Response(options, media_type="application/json")
    cookies.set_session(request, response, token)
    return response


@gate.allow("POST", "/passkey", action="staff.sign_in")
def enter_with_passkey(request: Request, answer: Answer = "") -> Response:
    """Let in whoever's passkey signed our challenge; all else looks like any failure (S16)."""
    waiting = unfinished(request, "passkey")
    if waiting is None:
        return RedirectResponse("/helpline/sign-in", 303)
    site, vault, now = passkey_site(request), vault_of(request), clock_of(request)()
    key = _key_of(request, answer)
    if not may_try(request, key):
        return slowed(request, key)
    with database_of(request).write() as session:
        entered = sign_in.enter_with_passkey(session, vault, site, waiting, answer, now=now)
        note_try(request, session, entered, by="passkey")
    return _let_in_or_out(request, entered, key)


@gate.allow("POST", "/sign-out", action="staff.sign_out")
def sign_out(request: Request, person: Signed, put_back: Text = "") -> Response:
    """End the session, duty and claims; the browser forgets what it saw (S22).

    With a child in hand a page asks first what becomes of it.
    """
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        if put_back != "yes" and leaving.in_hand(session, person.id):
            return RedirectResponse("/helpline/leaving?then=sign-out", 303)
        sessions.end(session, person.session)
        service.leave(session, vault, staff_id=person.id, name=person.name, now=now)
        who, detail = f"staff:{person.id}", {"from": address_of(request)}
        record(session, vault, who=who, what="staff.signed_out", now=now, detail=detail)
    response = RedirectResponse("/helpline/sign-in", 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    cookies.drop_session(request, response)
    return response


def unfinished(request: Request, stage: Stage) -> StaffSession | None:
    """The session of whoever is on the way in through this browser."""
    token = request.cookies.get(cookie_name(request), "")
    with database_of(request).read() as session:
        return sessions.unfinished(session, token, stage=stage, now=clock_of(request)())


def passkey_site(request: Request) -> Site:
    """Where passkeys are at home; raises ``PasskeyRefused`` where there are none."""
    site = site_of(request)
    if site is None:
        raise PasskeyRefused
    return site


def note_try(
    request: Request, session: Session, entered: Entered | None, *, by: str = "code"
) -> None:
    """Write down who came in or failed, how and from where (S44)."""
    vault, now = vault_of(request), clock_of(request)()
    who = f"staff:{entered.staff_id}" if entered else "anonymous"
    what = "staff.signed_in" if entered else "staff.sign_in_failed"
    detail = {"from": address_of(request), "by": entered.by if entered else by}
    if entered:
        sessions.describe(session, vault, entered.token, browser_of(request))
    record(session, vault, who=who, what=what, now=now, detail=detail)


def let_in(request: Request, entered: Entered, response: Response) -> Response:
    """Give the browser its new session; the one it had is dead already (S18)."""
    cookies.set_session(request, response, entered.token)
    mark = sign_in.device_cookie(vault_of(request), login_key=entered.login_key)
    cookies.set_device(request, response, mark)
    return response


def _let_in_or_out(request: Request, entered: Entered | None, login_key: str) -> Response:
    if entered is None:
        count_failure(request, login_key)
        return door_page(request, status=401, wrong=True)
    return let_in(request, entered, RedirectResponse("/helpline", 303))


def door_page(request: Request, *, status: int = 200, **what: Any) -> Response:
    """The door, with a word on what went wrong."""
    offered = site_of(request) is not None and not request.app.state.trial
    shown = {"wrong": False, "throttled": False, "passkeys": offered} | what
    return render(request, "sign_in.html", status=status, **shown)


def slowed(request: Request, login_key: str) -> Response:
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
    return door_page(request, status=429, throttled=True)


def _key_of(request: Request, answer: str) -> str:
    """By what failures of a passkey are counted: its account, or the unknown key itself."""
    with database_of(request).read() as session:
        staff_id, hashed = passkeys.claimed(session, answer)
        account = session.get(StaffAccount, staff_id) if staff_id else None
        return account.login_key if account else hashed


def may_try(request: Request, login_key: str) -> bool:
    """Whether failures so far leave another try."""
    throttle: Throttle = request.app.state.throttle
    device = _device(request, login_key)
    return throttle.allows(login_key, address=address_of(request), device=device)


def count_failure(request: Request, login_key: str) -> None:
    """Count one against the account and the address (S17)."""
    throttle: Throttle = request.app.state.throttle
    device = _device(request, login_key)
    throttle.failed(login_key, address=address_of(request), device=device)


def _device(request: Request, login_key: str) -> str | None:
    cookie = request.cookies.get(cookies.device_name(request))
    return sign_in.known_device(vault_of(request), cookie, login_key=login_key)
