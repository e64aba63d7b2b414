"""The door for other systems: the same actions and conditions, by a key instead of a session.

    gate = SystemGate(prefix="/v1/desk")

    @gate.allow("POST", "/contacts/{contact_id}/claim", action="contact.claim")
    def claim(person: Signed, ...) -> Response: ...

What wants a fresh second factor has no route here, for a system has none to show.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from api.errors import BadKey
from api.intake.reading import BODY_LIMIT
from api.rights.gate import RULES, Endpoint, UngatedRoute, admit
from api.rights.parts import clock_of, database_of, vault_of
from api.staff.sessions import Person
from api.systems import service


class SystemGate(APIRouter):
    """Registers routes with ``allow`` and in no other way."""

    def allow(
        self,
        method: str,
        path: str,
        *,
        action: str,
        takes: type[BaseModel] | None = None,
        response_model: Any = None,
    ) -> Callable[[Endpoint], Endpoint]:
        """Register a route for systems to whose roles ``roles.toml`` gives the action.

        ``takes`` and ``response_model`` are the forms of body and answer, for the document.
        """
        if action not in RULES:
            raise UngatedRoute(f"{method} {path}: no rule for the action {action!r}")
        if RULES[action].fresh:
            raise UngatedRoute(f"{method} {path}: a system has no second factor to show")

        def register(endpoint: Endpoint) -> Endpoint:
            super(SystemGate, self).add_api_route(
                path,
                endpoint,
                methods=[method],
                dependencies=[Depends(_guard(action))],
                response_model=response_model,
                openapi_extra={"x-action": action, **_body(takes)},
                max_body_size=BODY_LIMIT,
            )
            return endpoint

        return register

    def add_api_route(self, path: str, *args: Any, **options: Any) -> NoReturn:
        """Refuse: such a route would be open to all."""
        raise UngatedRoute(f"{path}: register it with allow(), naming its action")


def _body(takes: type[BaseModel] | None) -> dict[str, Any]:
    """The body as the document shows it; the endpoint reads it itself, with its key."""
    if takes is None:
        return {}
    content = {"application/json": {"schema": takes.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


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
        raise BadKey(headers={"WWW-Authenticate": "Bearer"})
    if stale:
        with database.write() as session:
            service.note_use(session, -person.id, now=now)
    return person
