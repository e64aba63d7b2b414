"""One-time links: how the first administrator, and everybody after, gets in."""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from sqlalchemy.orm import Session

from api.audit.service import record
from api.console import cookies
from api.console.render import render
from api.console.words import word
from api.rights.gate import Gate
from api.rights.parts import address_of, clock_of, database_of, site_of, vault_of
from api.staff import challenges, codes, drafts, passkeys, passwords, service, sessions
from api.staff.browsers import browser_of
from api.staff.door import Answer, Text, let_in, note_try, passkey_site, unfinished
from api.staff.service import Invitation
from api.staff.sign_in import Entered
from api.staff.tables import StaffSession

gate = Gate(prefix="/helpline")

FIRST_NAME = "Drita"


class _WeakPassword(Exception):
    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@gate.allow("GET", "/first/{token}", action="staff.enrol")
def link_page(request: Request, token: str) -> Response:
    """What a one-time link opens. Looking, as a preview does, does not spend it."""
    with database_of(request).read() as session:
        found = service.invitation(session, vault_of(request), token, now=clock_of(request)())
    return _link_form(request, found)


@gate.allow("POST", "/first/{token}", action="staff.enrol")
def use_link(
    request: Request, token: str, login: Text = "", name: Text = "", password: Text = ""
) -> Response:
    """In a trial open the console; elsewhere go on to the second factor."""
    with database_of(request).read() as session:
        found = service.invitation(session, vault_of(request), token, now=clock_of(request)())
    try:
        if found.member is None and request.app.state.trial:
            return _enter_trial(request, found, name)
        return _begin(request, found, login=login, name=name, password=password)
    except (service.BadAccount, service.LoginTaken) as refused:
        why = word("problem", refused.type)
    except _WeakPassword as weak:
        why = word("password", weak.fault)
    return _link_form(request, found, login=login, name=name, refused=why)


@gate.allow("GET", "/enrol", action="staff.enrol")
def enrol_page(request: Request) -> Response:
    """The secret of the second factor, as a picture and as letters."""
    return _enrol_form(request)


@gate.allow("POST", "/enrol", action="staff.enrol")
def enrol(request: Request, code: Text) -> Response:
    """With the first right code the account stands, and its recovery codes are shown."""
    row = _under_way(request)
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        done = drafts.finish(session, vault, row, code, now=now)
        if done is not None:
            _note(request, session, done[0])
    if done is None:
        return _enrol_form(request, wrong=True)
    entered, recovery = done
    return let_in(request, entered, render(request, "recovery.html", recovery=recovery))


@gate.allow("POST", "/enrol/passkey/options", action="staff.enrol")
def passkey_options(request: Request) -> Response:
    """What the browser needs to make a passkey as the second factor."""
    row, site = _under_way(request), passkey_site(request)
    vault, now = vault_of(request), clock_of(request)()
    draft = drafts.draft_of(vault, row)
    with database_of(request).write() as session:
        options = passkeys.to_make(
            session,
            vault,
            site,
            staff_id=None,
            login_key=service.login_key(vault, draft.login),
            login=draft.login,
            name=draft.name,
            challenge=challenges.ask(session, row.hash, "enrol", now=now),
        )
    return Response(options, media_type="application/json")


@gate.allow("POST", "/enrol/passkey", action="staff.enrol")
def enrol_with_passkey(request: Request, answer: Answer = "") -> Response:
    """With the passkey the account stands, and its recovery codes are shown."""
    row, site = _under_way(request), passkey_site(request)
    vault, now, name = vault_of(request), clock_of(request)(), browser_of(request)
    with database_of(request).write() as session:
        challenge = challenges.take(session, row.hash, "enrol", now=now)
    try:
        made = passkeys.made(site, answer, challenge=challenge)
        with database_of(request).write() as session:
            done = drafts.finish_with_passkey(session, vault, row, made, name=name, now=now)
            _note(request, session, done[0])
    except passkeys.PasskeyRefused:
        return _enrol_form(request, wrong_key=True)
    entered, recovery = done
    return let_in(request, entered, render(request, "recovery.html", recovery=recovery))


def _under_way(request: Request) -> StaffSession:
    row = unfinished(request, "enrol")
    if row is None:
        raise service.LinkSpent
    return row


def _note(request: Request, session: Session, entered: Entered) -> None:
    """Write down that somebody has an account now, by which factor and from where."""
    vault, now = vault_of(request), clock_of(request)()
    who, detail = f"staff:{entered.staff_id}", {"from": address_of(request), "by": entered.by}
    sessions.describe(session, vault, entered.token, browser_of(request))
    record(session, vault, who=who, what="staff.enrolled", now=now, detail=detail)


def _enter_trial(request: Request, found: Invitation, name: str) -> Response:
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.spend(session, found.hash, now=now)
        account = service.trial_person(session, vault, name=name, now=now)
        token = sessions.start(session, staff_id=account.id, stage="full", now=now)
        entered = Entered(token, account.id, account.login_key, "trial")
        note_try(request, session, entered)
    return let_in(request, entered, RedirectResponse("/helpline", 303))


def _begin(
    request: Request, found: Invitation, *, login: str, name: str, password: str
) -> Response:
    vault, now = vault_of(request), clock_of(request)()
    if found.member:
        login, name = found.member.login, found.member.name
    if fault := passwords.fault(password, about=(login, name)):
        raise _WeakPassword(fault)
    hashed = passwords.hashed(password)
    with database_of(request).write() as session:
        if found.member is None:
            service.check_new(session, vault, login=login, name=name, roles=service.ROLES)
        draft = drafts.Draft(found.hash, login, name, hashed, codes.new_secret())
        token = drafts.begin(session, vault, draft, now=now)
    response = RedirectResponse("/helpline/enrol", 303)
    cookies.set_session(request, response, token)
    return response


def _link_form(
    request: Request, found: Invitation, *, login: str = "", name: str = "", refused: str = ""
) -> Response:
    first = found.member is None
    return render(
        request,
        "first.html",
        status=422 if refused else 200,
        first=first,
        trial_door=first and request.app.state.trial,
        login=found.member.login if found.member else login,
        name=name or FIRST_NAME,
        refused=refused,
    )


def _enrol_form(request: Request, *, wrong: bool = False, wrong_key: bool = False) -> Response:
    draft = drafts.draft_of(vault_of(request), _under_way(request))
    picture = Markup(codes.picture(draft.secret, login=draft.login))  # noqa: S704
    return render(
        request,
        "enrol.html",
        status=401 if wrong or wrong_key else 200,
        picture=picture,
        secret=draft.secret,
        wrong=wrong,
        wrong_key=wrong_key,
        passkeys=site_of(request) is not None,
    )
