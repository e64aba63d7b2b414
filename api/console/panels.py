"""What other parts of the helpline hang into a page: a template, and what it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.crypto import Vault
from api.staff.sessions import Person

Make = Callable[[Session, Vault, str, Person, datetime], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Panel:
    """One part of a page.

    ``make`` gets a writing session, the id of what the page shows and whoever looks; what it
    returns stands in ``template`` under ``name``. ``title`` is the word for it in the list of
    the page's parts (its msgid); the template's section has ``name`` as its id.
    """

    name: str
    template: str
    make: Make
    title: str


def made(
    panels: Iterable[Panel],
    session: Session,
    vault: Vault,
    about: str,
    person: Person,
    now: datetime,
) -> dict[str, Any]:
    """The panels for a page: ``panels`` in their order, and the values of each by its name."""
    listed = tuple(panels)
    values = {panel.name: panel.make(session, vault, about, person, now) for panel in listed}
    return {"panels": listed, **values}
