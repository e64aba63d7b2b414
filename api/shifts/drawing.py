"""The plots of the shift page, and the rows of the tables beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from api.console.words import word
from api.duty.opening import HERE
from api.figures.plots import Bar, Point, columns, trend
from api.locale.catalogue import translations
from api.locale.words import N_
from api.shifts.values import Waits, Watch
from api.shifts.watch import RANKS

FILLS = {4: "em", 3: "dis", 2: "lake", 1: "con", 0: "none"}
_TITLE = N_("Contacts per hour today, by rank")
_MOST = N_("Most came at %(hour)s:00: %(count)s contacts.")
_NONE = N_("No contact has come today.")
_WAIT = N_("%(rank)s: minutes until the first answer, by hour")


@dataclass(frozen=True, slots=True)
class Small:
    """The plot of one rank's waits, its numbers, and the rows of its hours."""

    waits: Waits
    plot: Markup
    rows: Sequence[tuple[int, float | None, float | None]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """All plots of the page. ``hours`` are the hours that they cover."""

    hours: Sequence[int]
    per_hour: Markup
    totals: Mapping[int, int]
    smalls: Sequence[Small]


def drawn(seen: Watch, *, language: str, now: datetime) -> Drawn:
    """The plots of this moment in one language."""
    hours = _hours(seen, now)
    return Drawn(
        hours=hours,
        per_hour=_per_hour(seen, hours, language),
        totals={rank: sum(one.get(rank, 0) for one in seen.per_hour.values()) for rank in RANKS},
        smalls=[_small(one, hours, language) for one in seen.waits],
    )


def _hours(seen: Watch, now: datetime) -> Sequence[int]:
    """From the first hour with anything to show until this one; eight of them at least."""
    last = now.astimezone(HERE).hour
    known = [*seen.per_hour, *(hour for one in seen.waits for hour in one.before)]
    first = min([last, max(0, last - 7), *known])
    return range(first, last + 1)


def _per_hour(seen: Watch, hours: Sequence[int], language: str) -> Markup:
    say = translations(language).gettext
    bars = [
        Bar(
            f"{hour:02}",
            {FILLS[rank]: count for rank, count in seen.per_hour.get(hour, {}).items()},
            now=hour == hours[-1],
        )
        for hour in hours
    ]
    sums = {hour: sum(counts.values()) for hour, counts in seen.per_hour.items()}
    if not sums:
        return columns(bars, title=say(_TITLE), description=say(_NONE), language=language)
    top = max(sums, key=lambda hour: sums[hour])
    told = say(_MOST) % {"hour": f"{top:02}", "count": sums[top]}
    return columns(bars, title=say(_TITLE), description=told, language=language)


def _small(waits: Waits, hours: Sequence[int], language: str) -> Small:
    say = translations(language).gettext
    rank = say(word("urgency", waits.urgency))
    plot = trend(
        [Point(f"{hour:02}", waits.hours.get(hour)) for hour in hours],
        [Point(f"{hour:02}", waits.before.get(hour)) for hour in hours],
        waits.goal,
        title=say(_WAIT) % {"rank": rank},
        language=language,
    )
    rows = [(hour, waits.hours.get(hour), waits.before.get(hour)) for hour in hours]
    return Small(waits, plot, rows)
