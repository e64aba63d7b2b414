"""When the helpline is open: hours per weekday, and holidays that go before them.

Pure. Hours are those of the wall clock in Albania; a span that ends before it begins goes
on into the next day, also into a holiday, for it belongs to the day on which it begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from api.duty.refusals import BadHours

HERE = ZoneInfo("Europe/Tirane")
MOST_SPANS = 6
_DAY = 24 * 60
_AHEAD = 400  # days; a plan whose next opening is further away tells none
_SPAN = re.compile(r"(\d{1,2})[:.](\d{2})\s*[-–]\s*(\d{1,2})[:.](\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Minutes of the day; ``ends`` is over 1440 where it goes past midnight."""

    begins: int
    ends: int

    def __str__(self) -> str:
        return f"{_clock(self.begins)}–{_clock(self.ends, end=True)}"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day that keeps other hours; without any it is closed."""

    name: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """The plan. ``week`` holds the days 1 (Monday) to 7; nothing set says nothing."""

    week: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)
    holidays: Mapping[date, Holiday] = field(default_factory=dict)

    @property
    def set(self) -> bool:
        """Whether anybody has said when the helpline is open."""
        return any(self.week.values()) or any(day.spans for day in self.holidays.values())

    def on(self, day: date) -> tuple[Span, ...]:
        """The spans that begin on this day."""
        holiday = self.holidays.get(day)
        return holiday.spans if holiday else self.week.get(day.isoweekday(), ())


def is_open(hours: Hours, now: datetime) -> bool:
    """Whether the plan says open at this moment."""
    return any(begins <= now < ends for begins, ends in _around(hours, now, days=1))


def opens_at(hours: Hours, now: datetime) -> datetime | None:
    """The next opening while the plan says closed; None while open, and without a plan."""
    if not hours.set or is_open(hours, now):
        return None
    ahead = (begins for begins, _ in _around(hours, now, days=_AHEAD) if begins > now)
    return next(ahead, None)


def spans_of(text: str) -> tuple[Span, ...]:
    """Read ``09:00–13:00, 20:00–02:00``; empty means closed. Raises ``BadHours``."""
    parts = [part for part in re.split(r"[,;\n]+", text.strip()) if part.strip()]
    spans = sorted(_span(part.strip()) for part in parts)
    pairs = pairwise(spans)
    if len(spans) > MOST_SPANS or any(later.begins < former.ends for former, later in pairs):
        raise BadHours
    return tuple(spans)


def shown(spans: tuple[Span, ...]) -> str:
    """Spans as ``spans_of`` reads them."""
    return ", ".join(str(span) for span in spans)


def moment(day: date, minutes: int, *, end: bool = False) -> datetime:
    """The moment of a time of the wall clock, in UTC.

    Where the clock goes back, a beginning is the first of the two moments and an end the
    second, so that doubt means open; where it leaps, what it leaps over comes an hour later.
    """
    day += timedelta(days=minutes // _DAY)
    at = time(minutes % _DAY // 60, minutes % 60, fold=int(end))
    local = datetime.combine(day, at, HERE)
    if _leapt_over(local):
        local = local.replace(fold=0)
    return local.astimezone(UTC)


def _leapt_over(local: datetime) -> bool:
    back = local.astimezone(UTC).astimezone(HERE)
    return back.replace(tzinfo=None, fold=0) != local.replace(tzinfo=None, fold=0)


def _around(hours: Hours, now: datetime, *, days: int) -> Iterator[tuple[datetime, datetime]]:
    """The spans from the day before this one on, in order."""
    first = now.astimezone(HERE).date() - timedelta(days=1)
    for day in (first + timedelta(days=ahead) for ahead in range(days + 1)):
        for span in hours.on(day):
            yield moment(day, span.begins), moment(day, span.ends, end=True)


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if not found:
        raise BadHours
    hour, minute, end_hour, end_minute = (int(part) for part in found.groups())
    begins, ends = hour * 60 + minute, end_hour * 60 + end_minute
    if begins >= _DAY or ends > _DAY or max(minute, end_minute) > 59:
        raise BadHours
    return Span(begins, ends if ends > begins else ends + _DAY)


def _clock(minutes: int, *, end: bool = False) -> str:
    if end and minutes == _DAY:
        return "24:00"
    return f"{minutes % _DAY // 60:02}:{minutes % 60:02}"
