"""The router of the console: no route without a named action, nobody in by default.

    gate = Gate(prefix="/helpline")

    @gate.allow("POST", "/contacts/{contact_id}/reply", action="contact.reply")
    def reply(person: Signed, ...) -> Response: ...

Before the function runs, the gate has checked where the request comes from, who makes it,
whether the action is theirs, its conditions, the form's token, and for actions that want it
how long ago a second factor was shown. Misuse that the gate cannot catch: doing more in the
function than the action's name says.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any, NoReturn, TypeVar

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api.audit import service as audit
from api.cases.conditions import first_to_ask, is_unlocked, is_unnamed, unknown
from api.contacts.holding import why_not
from api.contacts.tables import Contact
from api.errors import Refusal
from api.marks.tables import Mark
from api.rights import forms, rules
from api.rights.parts import address_of, clock_of, cookie_name, database_of, vault_of
from api.shifts.handover import writer as wrote_handover
from api.staff import sessions
from api.staff.sessions import Person
from api.systems.conditions import added_by

logger = logging.getLogger(__name__)

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Condition = Callable[[Session, Person, Mapping[str, Any]], bool]

_MAX_FORM = 64 * 1024
_STRANGERS_NOTED = timedelta(minutes=1)


class SignInNeeded(Refusal):
    status, type, title = 401, "sign-in-needed", "Sign in first"


class Forbidden(Refusal):
    status, type, title = 403, "forbidden", "Not allowed"


class ConfirmNeeded(Refusal):
    status, type, title = 403, "confirm-needed", "Show your second factor again"


class UngatedRoute(Exception):
    """A route without a named action, or with one that has no rule: a bug, found at start."""


def _holds(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    contact = session.get(Contact, where["contact_id"])
    return contact is not None and contact.state == "claimed" and contact.holder_id == person.id


def _writes(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    contact = session.get(Contact, where["contact_id"])
    return (
        contact is not None
        and contact.state in ("claimed", "ended")
        and contact.holder_id == person.id
    )


def _is_offered(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    contact = session.get(Contact, where["contact_id"])
    return contact is not None and contact.state == "claimed" and contact.offered_id == person.id


def _marked(session: Session, mark_id: str) -> int | None:
    mark = session.get(Mark, mark_id)
    return mark.proposer_id if mark else None


# Who acted first, by the id in the route that a second person decides on.
FIRST_PERSON: Mapping[str, Callable[[Session, str], int | None]] = {
    "mark_id": _marked,
    "unlock_id": first_to_ask,
    "handover_id": wrote_handover,
    "system_id": added_by,
}


def _is_second(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    [name] = FIRST_PERSON.keys() & where.keys()
    return FIRST_PERSON[name](session, where[name]) != person.id


CONDITIONS: Mapping[str, Condition] = {
    "holder": _holds,
    "writer": _writes,
    "offered": _is_offered,
    "unnamed": is_unnamed,
    "unlocked": is_unlocked,
    "second_person": _is_second,
}
RULES = rules.shipped(conditions=CONDITIONS)


class Gate(APIRouter):
    """Registers routes with ``allow`` and in no other way."""

    def allow(self, method: str, path: str, *, action: str) -> Callable[[Endpoint], Endpoint]:
        """Register a route for those to whom ``roles.toml`` gives the action."""
        if action not in RULES:
            raise UngatedRoute(f"{method} {path}: no rule for the action {action!r}")

        def register(endpoint: Endpoint) -> Endpoint:
            super(Gate, self).add_api_route(
                path,
                endpoint,
                methods=[method],
                dependencies=[Depends(_guard(action))],
                response_model=None,
                include_in_schema=False,
                max_body_size=_MAX_FORM,
                openapi_extra={"action": action},
            )
            return endpoint

        return register

    def add_api_route(self, path: str, *args: Any, **options: Any) -> NoReturn:
        """Refuse: such a route would be open to all."""
        raise UngatedRoute(f"{path}: register it with allow(), naming its action")

    def add_route(self, path: str, *args: Any, **options: Any) -> NoReturn:
        """Refuse, as ``add_api_route``."""
        raise UngatedRoute(f"{path}: register it with allow(), naming its action")

    def mount(self, path: str, *args: Any, **options: Any) -> NoReturn:
        """Refuse, as ``add_api_route``."""
        raise UngatedRoute(f"{path}: register it with allow(), naming its action")


def signed(request: Request) -> Person:
    """Who makes this request; only for routes that are not open to anyone."""
    person: Person | None = request.state.person
    if person is None:
        raise SignInNeeded
    return person


Signed = Annotated[Person, Depends(signed)]


def person_at(request: Request) -> Person | None:
    """Whose session the request's cookie belongs to, if it still stands."""
    token = request.cookies.get(cookie_name(request))
    if not token:
        return None
    database, now = database_of(request), clock_of(request)()
    with database.read() as session:
        person = sessions.person_of(
            session,
            vault_of(request),
            sessions.hash_of(token),
            trial=request.app.state.trial,
            now=now,
        )
    if person is not None and sessions.is_stale(person, now=now):
        with database.write() as session:
            sessions.touch(session, person.session, now=now)
    return person


def _guard(action: str) -> Callable[[Request], Any]:
    rule = RULES[action]

    async def guard(request: Request) -> None:
        unsafe = request.method not in ("GET", "HEAD")
        if unsafe and not forms.from_our_pages(request):
            raise await run_in_threadpool(_refused, request, None, action)
        person = await run_in_threadpool(person_at, request)
        request.state.person = person
        if not rule.public:
            await run_in_threadpool(admit, request, person, action)
        if unsafe and not forms.token_is_ours(request, person, await request.form()):
            raise await run_in_threadpool(_refused, request, person, action)
        if rule.fresh and person is not None and not person.is_fresh(now=clock_of(request)()):
            raise ConfirmNeeded

    return guard


def admit(request: Request, person: Person | None, action: str) -> None:
    """Raise unless this person may do this here and now."""
    if person is None:
        raise SignInNeeded
    rule = RULES[action]
    if not rule.allows(person.roles):
        raise _refused(request, person, action)
    where = {**request.path_params, "now": clock_of(request)()}
    with database_of(request).read() as session:
        unmet = {name for name in rule.when if not CONDITIONS[name](session, person, where)}
        why = why_not(session, where["contact_id"], person.id) if "holder" in unmet else None
    if unmet:
        refused = _refused(request, person, action)
        raise unknown(where) if "unnamed" in unmet else why or refused


def _refused(request: Request, person: Person | None, action: str) -> Forbidden:
    """Write the refusal down (S44) and return what to raise.

    Of strangers one a minute for each action: nobody from outside fills the trail.
    """
    with database_of(request).write() as session:
        audit.record_once(
            session,
            vault_of(request),
            who=f"staff:{person.id}" if person else "anonymous",
            what="refused",
            about=action,
            now=clock_of(request)(),
            within=timedelta(0) if person else _STRANGERS_NOTED,
            detail={"from": address_of(request)},
        )
    return Forbidden()
