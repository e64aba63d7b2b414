"""The door for other systems: the same actions and conditions, by a key instead of a session.

    gate = SystemGate(prefix="/v1/desk", tags=["desk"])

    @gate.asks("/contacts/{contact_id}", action="contact.read", answers=ContactView)
    def contact(request: Request, person: Signed, contact_id: Id) -> ContactView: ...

    @gate.does("/contacts/{contact_id}/reply", action="contact.reply", takes=schemas.Reply)
    def reply(act: Act[schemas.Reply]) -> None: ...

What wants a fresh second factor has no route here, for a system has none to show.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, NoReturn

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from api.audit.service import record_once
from api.errors import BadKey
from api.intake.reading import BODY_LIMIT, Body, read_body
from api.rights.gate import RULES, Endpoint, Signed, UngatedRoute, admit
from api.rights.parts import address_of, clock_of, database_of, vault_of
from api.staff.sessions import Person
from api.systems import schemas, service
from api.systems.acting import Do, perform

_STRANGERS_NOTED = timedelta(minutes=1)
_Posted = Annotated[Body, Depends(read_body)]


class SystemGate(APIRouter):
    """Registers routes with ``asks`` and ``does`` and in no other way."""

    def asks(self, path: str, *, action: str, answers: Any) -> Callable[[Endpoint], Endpoint]:
        """Register a GET for systems to whose roles ``roles.toml`` gives the action."""

        def register(endpoint: Endpoint) -> Endpoint:
            self._register("GET", path, endpoint, action=action, answers=answers)
            return endpoint

        return register

    def does(
        self,
        path: str,
        *,
        action: str,
        takes: type[schemas.Body] = schemas.Deed,
        answers: Any = None,
        status: int = 200,
    ) -> Callable[[Do], Do]:
        """Register a POST that is done once for its idempotency key, in one transaction."""

        def register(do: Do) -> Do:
            def endpoint(request: Request, person: Signed, body: _Posted) -> Response:
                return perform(request, person, body, takes=takes, do=do, status=status)

            endpoint.__name__, endpoint.__doc__ = do.__name__, do.__doc__
            extra = {**_body(takes), **_ids(path)}
            self._register(
                "POST", path, endpoint, action=action, answers=answers, status=status, **extra
            )
            return do

        return register

    def _register(
        self,
        method: str,
        path: str,
        endpoint: Callable[..., Any],
        *,
        action: str,
        answers: Any,
        status: int = 200,
        **extra: Any,
    ) -> None:
        if action not in RULES:
            raise UngatedRoute(f"{method} {path}: no rule for the action {action!r}")
        if RULES[action].fresh:
            raise UngatedRoute(f"{method} {path}: a system has no second factor to show")
        super().add_api_route(
            path,
            endpoint,
            methods=[method],
            status_code=status,
            dependencies=[Depends(_guard(action))],
            response_model=answers,
            openapi_extra={"x-action": action, **extra},
            max_body_size=BODY_LIMIT,
        )

    def add_api_route(self, path: str, *args: Any, **options: Any) -> NoReturn:
        """Refuse: such a route would be open to all."""
        raise UngatedRoute(f"{path}: register it with asks() or does(), naming its action")


def _body(takes: type[schemas.Body]) -> dict[str, Any]:
    """The body as the document shows it; it is read with its key, not by the framework."""
    content = {"application/json": {"schema": takes.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


def _ids(path: str) -> dict[str, Any]:
    """The ids of the path as the document shows them."""
    named = {"in": "path", "required": True, "schema": {"type": "string", "maxLength": 64}}
    return {"parameters": [{"name": name, **named} for name in re.findall(r"{(\w+)}", path)]}


def _guard(action: str) -> Callable[[Request], Any]:
    async def guard(request: Request) -> None:
        person = await run_in_threadpool(_system_at, request)
        request.state.person = person
        await run_in_threadpool(admit, request, person, action)

    return guard


def _system_at(request: Request) -> Person:
    """Whose key the request shows; raises ``BadKey``."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    database, vault, now = database_of(request), vault_of(request), clock_of(request)()
    with database.read() as session:
        person = service.person_of(session, vault, key.strip(), now=now)
        stale = person is not None and service.is_stale(session, -person.id, now=now)
    if scheme.lower() != "bearer" or person is None:
        _note_stranger(request)
        raise BadKey(headers={"WWW-Authenticate": "Bearer"})
    if stale:
        with database.write() as session:
            service.note_use(session, -person.id, now=now)
    return person


def _note_stranger(request: Request) -> None:
    """Once a minute, so that nobody from outside fills the trail (S44)."""
    with database_of(request).write() as session:
        record_once(
            session,
            vault_of(request),
            who="anonymous",
            what="system.refused",
            about="",
            now=clock_of(request)(),
            within=_STRANGERS_NOTED,
            detail={"from": address_of(request)},
        )
