"""The list of reports. What is hidden from a person is neither shown nor counted (S29)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from api.addresses.queries import reports_due
from api.cases.queries import hidden_reports
from api.crypto import Vault
from api.filing.queries import reports_failed
from api.reports import queries, records
from api.reports.queries import Filter
from api.reports.values import SUBMITTED, ReportLine
from api.times import to_ms

SHOWN = 50
FILTERS = ("open", "new", "mine", "due", "failed", "closed")
COUNTED = ("new", "mine", "due", "failed")
"""The filters of what is to be done."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list, how many fit in all, and how many each of ``COUNTED`` has."""

    lines: tuple[ReportLine, ...]
    count: int
    waiting: Mapping[str, int]


def page(
    session: Session,
    vault: Vault,
    *,
    staff_id: int,
    show: str = "open",
    number: str = "",
    now: datetime,
    page: int = 1,
) -> Page:
    """Reports that fit, as this person may see them; ``number`` finds one in any state."""
    hidden = hidden_reports(session, staff_id)
    wanted = _by_number(number) if number.strip() else _wanted(session, show, staff_id, now)
    offset = (max(1, page) - 1) * SHOWN
    rows, count = queries.found(session, wanted, hidden, offset=offset, limit=SHOWN)
    steps = queries.steps_of(session, rows)
    lines = tuple(records.line_of(vault, row, steps.get(row.id, ())) for row in rows)
    waiting = {
        one: queries.count(session, _wanted(session, one, staff_id, now), hidden) for one in COUNTED
    }
    return Page(lines, count, waiting)


def _wanted(session: Session, show: str, staff_id: int, now: datetime) -> Filter:
    among: Collection[str] | None = None
    if show == "due":
        among = reports_due(session, to_ms(now))
    if show == "failed":
        among = reports_failed(session)
    return Filter(
        states=(SUBMITTED,) if show == "new" else (),
        of=staff_id if show == "mine" else None,
        among=among,
        over=show == "closed",
    )


def _by_number(number: str) -> Filter:
    digits = number.strip().upper().removeprefix("R-").strip()
    known = digits.isascii() and digits.isdecimal() and len(digits) < 12
    return Filter(number=int(digits) if known else 0)
