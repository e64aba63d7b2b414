"""Addresses in lists. What is hidden from a person is in none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from api.addresses import life, queries, service
from api.addresses.queries import Filter
from api.addresses.values import AddressView
from api.cases.queries import hidden_reports
from api.crypto import Vault
from api.times import to_ms

SHOWN = 50
DUE, OPEN, HELD, ENDED, ALL = "due", "open", "held", "ended", "all"
SHOWS = (DUE, OPEN, HELD, ENDED, ALL)
_STATES: Mapping[str, tuple[str, ...]] = {
    OPEN: tuple(one for one in life.STATES if one not in (*life.ENDED, life.DROPPED)),
    ENDED: life.ENDED,
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, how many fit in all, and how many wait to be checked."""

    show: str
    number: int
    views: tuple[AddressView, ...]
    count: int
    due: int

    @property
    def more(self) -> bool:
        """Whether another page follows."""
        return self.number * SHOWN < self.count


def page(
    session: Session,
    vault: Vault,
    *,
    staff_id: int,
    now: datetime,
    show: str = DUE,
    number: int = 1,
) -> Page:
    """Addresses that this person may see: those to be checked, or the newest of some kind."""
    show = show if show in SHOWS else DUE
    reports = hidden_reports(session, staff_id)
    hidden = queries.hidden(session, reports)
    first = (number - 1) * SHOWN
    rows, count = queries.found(session, _filter(show, now), hidden, offset=first, limit=SHOWN)
    _, due = queries.found(session, _filter(DUE, now), hidden, offset=0, limit=1)
    return Page(
        show, number, tuple(service.views(session, vault, rows, hidden=reports)), count, due
    )


def _filter(show: str, now: datetime) -> Filter:
    return Filter(
        states=_STATES.get(show, ()),
        held=show == HELD,
        due_by=to_ms(now) if show == DUE else None,
    )
