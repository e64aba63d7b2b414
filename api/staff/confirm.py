"""Step-up: the second factor shown again, before something that matters (S20)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.audit.service import record
from api.console import cookies
from api.console.render import render
from api.rights.gate import Gate, Signed
from api.rights.parts import HOME, address_of, clock_of, database_of, our_path, page_at, vault_of
from api.staff import challenges, passkeys, sessions, sign_in
from api.staff.browsers import browser_of
from api.staff.door import Answer, Text, count_failure, may_try, passkey_site
from api.staff.sessions import Person
from api.staff.tables import StaffAccount

gate = Gate(prefix="/helpline")


@gate.allow("GET", "/confirm", action="account.confirm")
def confirm_page(request: Request, person: Signed, back: str = HOME) -> Response:
    """Ask for the second factor."""
    return _ask(request, person, back)


@gate.allow("POST", "/confirm", action="account.confirm")
def confirm(request: Request, person: Signed, code: Text = "", back: Text = HOME) -> Response:
    """With the code of now or a recovery code go back; in a trial one press is enough."""
    now = clock_of(request)()
    account = _account(request, person)
    if not may_try(request, account.login_key):
        return _ask(request, person, back, status=429, throttled=True)
    with database_of(request).write() as session:
        by = _by_code(request, session, person, code)
        token = sessions.renew(session, person, now=now) if by else ""
        _note(request, session, person, token, by=by)
    return _back_or_again(request, person, account, token, back)


@gate.allow("POST", "/confirm/options", action="account.confirm")
def ask_passkey(request: Request, person: Signed) -> Response:
    """What the browser needs to ask for one of the person's passkeys."""
    site, vault, now = passkey_site(request), vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        challenge = challenges.ask(session, person.session, "confirm", now=now)
        options = passkeys.to_show(session, vault, site, staff_id=person.id, challenge=challenge)
    return Response(options, media_type="application/json")


@gate.allow("POST", "/confirm/passkey", action="account.confirm")
def confirm_with_passkey(
    request: Request, person: Signed, answer: Answer = "", back: Text = HOME
) -> Response:
    """With a passkey of this person go back."""
    site, vault, now = passkey_site(request), vault_of(request), clock_of(request)()
    account = _account(request, person)
    if not may_try(request, account.login_key):
        return _ask(request, person, back, status=429, throttled=True)
    with database_of(request).write() as session:
        challenge = challenges.take(session, person.session, "confirm", now=now)
        shown = passkeys.show(session, vault, site, answer, challenge=challenge, now=now)
        right = shown == person.id and sign_in.may_enter(account)
        token = sessions.renew(session, person, now=now) if right else ""
        _note(request, session, person, token, by="passkey")
    return _back_or_again(request, person, account, token, back)


def needed(request: Request) -> Response:
    """What whoever must confirm first gets: the way there, or for a form a page that says so.

    A form is not kept: it may hold what belongs into no address and no cookie.
    """
    if request.method == "GET":
        return RedirectResponse(f"{HOME}/confirm?back={our_path(request.url.path)}", 303)
    back = page_at(request, request.url.path)
    return render(request, "confirm_first.html", status=403, back=back)


def _by_code(request: Request, session: Session, person: Person, code: str) -> str:
    """Which code it was; empty when it is none. A trial has no codes: the press counts."""
    vault, now = vault_of(request), clock_of(request)()
    account = session.get_one(StaffAccount, person.id)
    if account.trial:
        return "trial"
    if not sign_in.code_is_right(session, vault, account, code, now=now):
        return ""
    return sign_in.use_up(session, account.id, code, now=now)


def _note(request: Request, session: Session, person: Person, token: str, *, by: str) -> None:
    vault, now = vault_of(request), clock_of(request)()
    if token:
        sessions.describe(session, vault, token, browser_of(request))
    what = "staff.confirmed" if token else "staff.confirm_failed"
    detail = {"from": address_of(request), "by": by or "code"}
    record(session, vault, who=f"staff:{person.id}", what=what, now=now, detail=detail)


def _back_or_again(
    request: Request, person: Person, account: StaffAccount, token: str, back: str
) -> Response:
    if not token:
        count_failure(request, account.login_key)
        return _ask(request, person, back, status=401, wrong=True)
    response = RedirectResponse(our_path(back), 303)
    cookies.set_session(request, response, token)
    return response


def _ask(
    request: Request, person: Person, back: str, *, status: int = 200, **what: Any
) -> Response:
    with database_of(request).read() as session:
        account = session.get_one(StaffAccount, person.id)
        has_passkey = passkeys.has_any(session, person.id)
    shown = {"wrong": False, "throttled": False} | what
    return render(
        request,
        "confirm.html",
        status=status,
        back=our_path(back),
        one_press=account.trial,
        has_app=account.secret is not None,
        has_passkey=has_passkey,
        **shown,
    )


def _account(request: Request, person: Person) -> StaffAccount:
    with database_of(request).read() as session:
        return session.get_one(StaffAccount, person.id)
