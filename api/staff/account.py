"""The own account: password, passkeys, authenticator app, recovery codes, open sessions."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from sqlalchemy.orm import Session

from api.audit.service import record
from api.console import cookies
from api.console.render import render
from api.console.words import word
from api.errors import Refusal
from api.locale.catalogue import LANGUAGES
from api.rights.gate import Gate, Signed
from api.rights.parts import address_of, clock_of, database_of, site_of, vault_of
from api.staff import challenges, codes, own, passkeys, passwords, service, sessions
from api.staff.browsers import browser_of
from api.staff.door import Answer, Text, count_failure, may_try, passkey_site
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")

_HERE = "/helpline/account"


@gate.allow("GET", "/account", action="account.read")
def account_page(request: Request, person: Signed) -> Response:
    """What belongs to the person's own account."""
    return _page(request, person)


@gate.allow("POST", "/account/password", action="account.change")
def change_password(request: Request, person: Signed, old: Text, new: Text) -> Response:
    """Another password, for whoever knows the present one; every other session ends."""
    with database_of(request).read() as session:
        row = own.real(session, person)
    if not may_try(request, row.login_key):
        return _page(request, person, status=429, refused=word("problem", "too-many-tries"))
    if not passwords.matches(row.password, old):
        count_failure(request, row.login_key)
        return _page(request, person, status=422, refused=word("problem", "wrong-password"))
    if fault := passwords.fault(new, about=(person.name, _login(request, person))):
        return _page(request, person, status=422, refused=word("password", fault))
    hashed = passwords.hashed(new)
    with database_of(request).write() as session:
        own.set_password(session, person, hashed)
        _note(request, session, person, "staff.password_changed")
    return _page(request, person, done="password")


@gate.allow("POST", "/account/codes", action="account.change")
def new_codes(request: Request, person: Signed) -> Response:
    """Fresh recovery codes, shown once; the older ones are void."""
    with database_of(request).write() as session:
        own.real(session, person)
        fresh = own.new_recovery_codes(session, person.id)
        _note(request, session, person, "staff.codes_renewed")
    return _page(request, person, fresh=fresh)


@gate.allow("POST", "/account/app", action="account.change")
def begin_app(request: Request, person: Signed) -> Response:
    """Begin with an authenticator app: its secret, as a picture and as letters."""
    with database_of(request).write() as session:
        begun = own.begin_app(session, vault_of(request), person)
    return _app_page(request, begun)


@gate.allow("POST", "/account/app/done", action="account.change")
def finish_app(request: Request, person: Signed, code: Text) -> Response:
    """With its first right code the app counts."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        done = own.finish_app(session, vault, person, code, now=now)
        begun = None if done else own.app_begun(session, vault, person)
        if done:
            _note(request, session, person, "staff.app_added")
    if begun is not None:
        return _app_page(request, begun, wrong=True)
    return RedirectResponse(_HERE, 303)


@gate.allow("POST", "/account/app/remove", action="account.change")
def remove_app(request: Request, person: Signed) -> Response:
    """Forget the app, unless it is the last second factor."""
    try:
        with database_of(request).write() as session:
            own.remove_app(session, person)
            _note(request, session, person, "staff.app_removed")
    except own.LastFactor as refused:
        return _refused(request, person, refused)
    return RedirectResponse(_HERE, 303)


@gate.allow("POST", "/account/passkeys/options", action="account.change")
def passkey_options(request: Request, person: Signed) -> Response:
    """What the browser needs to make a passkey."""
    site, vault, now = passkey_site(request), vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        row = own.real(session, person)
        options = passkeys.to_make(
            session,
            vault,
            site,
            staff_id=row.id,
            login_key=row.login_key,
            login=vault.row("staff", row.id).open("login", row.login),
            name=person.name,
            challenge=challenges.ask(session, person.session, "add", now=now),
        )
    return Response(options, media_type="application/json")


@gate.allow("POST", "/account/passkeys", action="account.change")
def add_passkey(request: Request, person: Signed, name: Text = "", answer: Answer = "") -> Response:
    """Keep the passkey that the browser made."""
    site, vault, now = passkey_site(request), vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        own.real(session, person)
        challenge = challenges.take(session, person.session, "add", now=now)
    called = name.strip() or browser_of(request)
    try:
        made = passkeys.made(site, answer, challenge=challenge)
        with database_of(request).write() as session:
            key = passkeys.keep(session, vault, made, staff_id=person.id, name=called, now=now)
            _note(request, session, person, "staff.passkey_added", about=key.id)
    except (passkeys.PasskeyRefused, passkeys.TooManyPasskeys) as refused:
        return _refused(request, person, refused)
    return RedirectResponse(_HERE, 303)


@gate.allow("POST", "/account/passkeys/{key_id}/remove", action="account.change")
def remove_passkey(request: Request, person: Signed, key_id: str) -> Response:
    """Forget a passkey, unless it is the last second factor."""
    try:
        with database_of(request).write() as session:
            own.remove_passkey(session, person, key_id)
            _note(request, session, person, "staff.passkey_removed", about=key_id)
    except own.LastFactor as refused:
        return _refused(request, person, refused)
    return RedirectResponse(_HERE, 303)


@gate.allow("POST", "/account/language", action="account.language")
def choose_language(request: Request, person: Signed, language: Text) -> Response:
    """Show the console in this language to this person, in every browser."""
    response = RedirectResponse(_HERE, 303)
    if language in LANGUAGES:
        with database_of(request).write() as session:
            service.set_language(session, person.id, language)
        cookies.set_language(request, response, language)
    return response


@gate.allow("POST", "/account/sessions/end", action="account.end_sessions")
def end_sessions(request: Request, person: Signed) -> Response:
    """End every other session of the person, as when a phone was lost."""
    with database_of(request).write() as session:
        sessions.end_others(session, person)
        _note(request, session, person, "staff.sessions_ended")
    return RedirectResponse(_HERE, 303)


def _page(request: Request, person: Person, *, status: int = 200, **what: Any) -> Response:
    with database_of(request).read() as session:
        account = own.account_of(session, vault_of(request), person, now=clock_of(request)())
    shown = {"refused": "", "done": "", "fresh": ()} | what
    return render(
        request,
        "account.html",
        status=status,
        place="account",
        account=account,
        languages=LANGUAGES,
        passkeys_here=site_of(request) is not None,
        browser=browser_of(request),
        **shown,
    )


def _app_page(request: Request, begun: tuple[str, str], *, wrong: bool = False) -> Response:
    secret, login = begun
    picture = Markup(codes.picture(secret, login=login))  # noqa: S704
    values = {"picture": picture, "secret": secret, "wrong": wrong}
    return render(request, "app.html", status=401 if wrong else 200, **values)


def _refused(request: Request, person: Person, refused: Refusal) -> Response:
    return _page(request, person, status=refused.status, refused=word("problem", refused.type))


def _login(request: Request, person: Person) -> str:
    with database_of(request).read() as session:
        row = own.real(session, person)
        return vault_of(request).row("staff", row.id).open("login", row.login)


def _note(
    request: Request, session: Session, person: Person, what: str, *, about: str = ""
) -> None:
    vault, now, detail = vault_of(request), clock_of(request)(), {"from": address_of(request)}
    who = f"staff:{person.id}"
    record(session, vault, who=who, what=what, about=about, now=now, detail=detail)
