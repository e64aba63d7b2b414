"""One act of another system: once for its idempotency key, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Generic, TypeVar

from fastapi import Request, Response
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from api.contacts.values import StaffRef
from api.crypto import Vault
from api.filing.office import Office
from api.intake.reading import Body, parse
from api.intake.repeats import Answer, once
from api.rights.parts import clock_of, database_of, vault_of
from api.staff.sessions import Person
from api.systems import schemas

Wanted = TypeVar("Wanted", bound=schemas.Body)


@dataclass(frozen=True, slots=True)
class Act(Generic[Wanted]):
    """What an act is done with.

    ``wanted`` is the body, ``where`` the ids of the path, ``staff`` who acts; ``key`` is the
    request's own for as long as it may come again, ``lease`` how long a claim lasts,
    ``office`` by which ways filings leave.
    """

    session: Session
    vault: Vault
    staff: StaffRef
    now: datetime
    wanted: Wanted
    where: Mapping[str, str]
    key: str
    lease: timedelta
    office: Office

    @property
    def contact_id(self) -> str:
        """The contact of the path."""
        return self.where["contact_id"]

    @property
    def case_id(self) -> str:
        """The case of the path."""
        return self.where["case_id"]


Do = Callable[[Act[Any]], Any]


def perform(
    request: Request, person: Person, body: Body, *, takes: type[schemas.Body], do: Do, status: int
) -> Response:
    """Do it in a writing transaction, and answer with what it returns.

    The same key and bytes again give the first answer again. Raises ``BadRequest`` or
    ``Unreadable`` for a body in another form.
    """
    wanted, own = parse(body.raw, takes), _own(body, person)
    vault, now = vault_of(request), clock_of(request)()
    staff = StaffRef(person.id, wanted.name.strip() or person.name)
    lease = timedelta(seconds=request.app.state.settings.lease_seconds)
    with database_of(request).write() as session:
        place = (request.path_params, own.key, lease, request.app.state.office)
        act = Act(session, vault, staff, now, wanted, *place)
        return once(session, vault, own, lambda: Answer(status, plain(do(act))), now=now)


def plain(value: Any) -> Any:
    """A value of ours as JSON has it: times as RFC 3339, tuples as lists."""
    if value is None:
        return {}
    return TypeAdapter(type(value)).dump_python(value, mode="json")


def _own(body: Body, person: Person) -> Body:
    """The keys of one system say nothing to another's, nor to the bot's."""
    return replace(body, key=f"{person.session}:{sha256(body.key.encode()).hexdigest()}")
