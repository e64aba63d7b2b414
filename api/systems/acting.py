"""One act of another system: once for its idempotency key, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, Response
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from api.contacts.values import StaffRef
from api.crypto import Vault
from api.intake.reading import Body, parse, read_body
from api.intake.repeats import Answer, once
from api.rights.parts import clock_of, database_of, vault_of
from api.staff.sessions import Person
from api.systems import schemas

Posted = Annotated[Body, Depends(read_body)]
Wanted = TypeVar("Wanted", bound=schemas.Body)
Do = Callable[[Session, Vault, StaffRef, datetime], Any]


def read(body: Body, form: type[Wanted]) -> Wanted:
    """The body in its form; raises ``BadRequest`` or ``Unreadable``."""
    return parse(body.raw, form)


def act(
    request: Request, person: Person, body: Body, wanted: schemas.Body, do: Do, *, status: int = 200
) -> Response:
    """Do it in a writing transaction, and answer with what it returns.

    The same key and bytes again give the first answer again. ``do`` is handed the session,
    the vault, who acts, and the time.
    """
    vault, now = vault_of(request), clock_of(request)()
    who = StaffRef(person.id, wanted.name.strip() or person.name)
    with database_of(request).write() as session:

        def work() -> Answer:
            return Answer(status, plain(do(session, vault, who, now)))

        return once(session, vault, _own(body, person), work, now=now)


def plain(value: Any) -> Any:
    """A value of ours as JSON has it: times as RFC 3339, tuples as lists."""
    if value is None:
        return {}
    return TypeAdapter(type(value)).dump_python(value, mode="json")


def _own(body: Body, person: Person) -> Body:
    """The keys of one system say nothing to another's, nor to the bot's."""
    return replace(body, key=f"{person.session}:{sha256(body.key.encode()).hexdigest()}")
