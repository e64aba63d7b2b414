"""Figures as drawings: which plot tells what. Pure; every drawing has a table beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from api.contacts.deadlines import GOALS
from api.figures.naming import name_of, short_name
from api.figures.plots import Bar, Point, columns, rows, trend
from api.figures.values import Figures, Group, Table
from api.figures.words import WORDS
from api.locale.catalogue import translations
from api.locale.words import N_

FILLS = {4: "em", 3: "dis", 2: "con", 1: "con", 0: "none"}
"""The fill of each rank: who asked for a person is drawn with the concerns."""

_OVER_TIME = N_("Contacts over time")
_WAITS = N_("Wait for the first answer, median in minutes")
_MOST = N_("Most in %(name)s: %(count)s.")
_NOTHING = N_("Nothing is shown.")
_NOW = N_("%(title)s: %(minutes)s at the end.")
_LONGEST = 24  # groups; the table has them all


@dataclass(frozen=True, slots=True)
class Small:
    """One small plot with its heading; ``goal`` in minutes, None without one."""

    rank: int | None
    goal: int | None
    plot: Markup


def over_time(figures: Figures, language: str) -> Markup:
    """A column for each part of time, by severity where nothing is hidden."""
    table = figures.table(figures.period.by)
    bars = [
        Bar(
            label=short_name(table.split, group.name, language),
            parts=_parts(group, figures.whole),
            hidden=group.contacts is None,
        )
        for group in table.groups
    ]
    words = translations(language).gettext
    title, told = words(_OVER_TIME), _told(table, language)
    return columns(bars, title=title, description=told, language=language)


def waits(figures: Figures, language: str) -> Sequence[Small]:
    """The wait for the first answer over time: each severity alone, where nothing is hidden."""
    table = figures.table(figures.period.by)
    if not figures.whole:
        return [Small(None, None, _trend(table, lambda one: one.reply_median, None, language))]
    found = []
    for rank in sorted(GOALS, reverse=True):
        if any(group.reply_by_rank.get(rank) is not None for group in table.groups):
            found.append(Small(rank, GOALS[rank], _of_rank(table, rank, language)))
    return found


def by_group(table: Table, language: str) -> Markup:
    """A lying bar for each group of a split, the largest of them."""
    bars = [
        Bar(
            label=name_of(table.split, group.name, language),
            parts={_fill(table, group): group.contacts or 0},
            hidden=group.contacts is None,
        )
        for group in table.groups[:_LONGEST]
    ]
    title = translations(language).gettext(_title(table.split))
    return rows(bars, title=title, description=_told(table, language), language=language)


def after(figures: Figures, language: str) -> Markup:
    """How long those had waited who left without an answer."""
    bars = [
        Bar(name_of("abandoned_after", wait, language), {"con": count or 0}, count is None)
        for wait, count in figures.abandoned_after.items()
    ]
    title = translations(language).gettext(_title("abandoned_after"))
    return rows(bars, title=title, description="", language=language)


def _parts(group: Group, whole: bool) -> dict[str, float]:
    if not whole:
        return {"lake": group.contacts or 0}
    found: dict[str, float] = {}
    for rank, count in group.by_rank.items():
        found[FILLS[rank]] = found.get(FILLS[rank], 0) + count
    return found


def _fill(table: Table, group: Group) -> str:
    return FILLS[int(group.name)] if table.split == "severity" else "lake"


def _of_rank(table: Table, rank: int, language: str) -> Markup:
    return _trend(table, lambda one: one.reply_by_rank.get(rank), GOALS[rank], language)


def _trend(
    table: Table,
    wait: Callable[[Group], timedelta | None],
    goal: int | None,
    language: str,
) -> Markup:
    points = [
        Point(short_name(table.split, group.name, language), _minutes(wait(group)))
        for group in table.groups
    ]
    words = translations(language).gettext
    title, known = words(_WAITS), [one.value for one in points if one.value is not None]
    said = {"title": title, "minutes": round(known[-1], 1)} if known else {}
    told = words(_NOW) % said if known else words(_NOTHING)
    return trend(points, (), goal, title=title, description=told, language=language)


def _told(table: Table, language: str) -> str:
    """What somebody reads who does not see the drawing."""
    words = translations(language).gettext
    known = [group for group in table.groups if group.contacts]
    if not known:
        return words(_NOTHING)
    most = max(known, key=lambda group: group.contacts or 0)
    name = name_of(table.split, most.name, language)
    return words(_MOST) % {"name": name, "count": most.contacts}


def _title(split: str) -> str:
    return WORDS["figure_split"][split]


def _minutes(length: timedelta | None) -> float | None:
    return None if length is None else round(length.total_seconds() / 60, 1)
