"""Which days figures are of, and the parts of time that they fall into. Pure.

Days are Albania's: one of them has 23 hours and one 25.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from api.duty.opening import HERE, Hours, moment
from api.errors import Refusal
from api.figures.values import TIMES, Period

LONGEST = 366
"""Days: sealed columns are opened one by one, and a year is what reports are made of."""

_MOST_PARTS = {"day": 62, "week": 53, "month": 13}
_THIRDS = ((6, 14), (14, 22), (22, 6))
OUTSIDE = "outside"


class BadPeriod(Refusal):
    status, type, title = 422, "bad-period", "These days cannot be counted together"


def period_of(first: str, last: str, by: str, *, today: date, whole_months: bool) -> Period:
    """The period that was asked for; empty fields mean the last four weeks, or last month.

    With ``whole_months`` only months that are over are counted, and days asked for are
    widened to their months. Raises ``BadPeriod``.
    """
    begins, ends = _date(first), _date(last)
    if whole_months:
        return _months(begins, ends, by, today)
    ends = min(ends or today, today)
    begins = begins or ends - timedelta(days=27)
    return _checked(Period(begins, ends, by if by in TIMES else _fitting(begins, ends)))


def bounds(period: Period) -> tuple[datetime, datetime]:
    """The first moment of the period, and the first after it."""
    return moment(period.first, 0), moment(period.last + timedelta(days=1), 0)


def parts(period: Period, by: str) -> Sequence[str]:
    """The names of all parts of the period, also of those in which nothing was."""
    days = (period.first + timedelta(days=n) for n in range(period.days))
    return list(dict.fromkeys(part_of(day, by) for day in days))


def part_of(day: date, by: str) -> str:
    """The name of the part in which a day lies: ``2026-11-22``, ``2026-W47``, ``2026-11``."""
    if by == "day":
        return day.isoformat()
    if by == "month":
        return f"{day:%Y-%m}"
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def day_of(at: datetime) -> date:
    """The day in Albania."""
    return at.astimezone(HERE).date()


def shift_of(at: datetime, hours: Hours) -> str:
    """The span of the plan in which a moment lies, else outside; thirds without a plan."""
    if not hours.set:
        return _third(at.astimezone(HERE).hour)
    day = day_of(at)
    for begun in (day, day - timedelta(days=1)):
        for span in hours.on(begun):
            if moment(begun, span.begins) <= at < moment(begun, span.ends, end=True):
                return str(span)
    return OUTSIDE


def last_months(today: date, count: int) -> Period:
    """The newest months that are over."""
    ends = today.replace(day=1) - timedelta(days=1)
    begins = ends.replace(day=1)
    for _ in range(count - 1):
        begins = (begins - timedelta(days=1)).replace(day=1)
    return Period(begins, ends, "month")


def _months(begins: date | None, ends: date | None, by: str, today: date) -> Period:
    newest = last_months(today, 1)
    last = min(_month_end(ends), newest.last) if ends else newest.last
    first = (begins or last).replace(day=1)
    return _checked(Period(first, last, by if by in TIMES else _fitting(first, last)))


def _checked(period: Period) -> Period:
    if not 1 <= period.days <= LONGEST:
        raise BadPeriod()
    if len(parts(period, period.by)) <= _MOST_PARTS[period.by]:
        return period
    return Period(period.first, period.last, _fitting(period.first, period.last))


def _fitting(first: date, last: date) -> str:
    days = (last - first).days + 1
    return "day" if days <= 35 else "week" if days <= 120 else "month"


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _third(hour: int) -> str:
    for begins, ends in _THIRDS:
        if begins <= hour < ends or (ends < begins and (hour >= begins or hour < ends)):
            return f"{begins:02}:00–{ends:02}:00"
    raise AssertionError(hour)


def _date(text: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise BadPeriod() from None
    if not 2020 <= found.year <= 2200:
        raise BadPeriod()
    return found
