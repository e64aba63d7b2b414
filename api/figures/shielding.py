"""Hides small groups, and whatever would tell of them. Pure.

What leaves the helpline, or is seen by somebody who may not read contacts, has no number
under five, none that is exact, and none from which a hidden one follows:

- Every number is a count of contacts and is shown in full fives, downwards: 20 stands for 20
  to 24. From 0 to 4 it is hidden, and one and the same dash stands for it and for numbers
  that are hidden to protect it.
- All splits of a period, also those that a page does not show, are looked at together. Where
  it would follow from the sums that a hidden number is more than none, or that it cannot be
  as much as four, the smallest number beside it is hidden too, until nothing follows.
- Shares are made of numbers that are shown, medians of five answers or more and in full
  minutes; the longest wait is one contact's and is not shown.
- Periods are whole months that are over, so that no two of them differ by a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from api.figures.counting import ALL
from api.figures.periods import part_of
from api.figures.values import SEVERAL, TIMES, WAITS, Figures, Group, Table

ENOUGH = 5

_MEASURES = (
    *("contacts", "answered", "within", "later"),
    *("abandoned", "reopened", "climbed", "talks"),
)
_AFTER = "abandoned_after"
_NO_END = 10**9

Cell = tuple[str, str]
"""A number within a measure: the split and the group; ``TOTAL`` is everybody."""

TOTAL: Cell = ("", ALL)


@dataclass(frozen=True, slots=True)
class Sum:
    """Numbers that add up to another one."""

    whole: Cell
    parts: tuple[Cell, ...]


def shielded(figures: Figures) -> Figures | None:
    """The figures as they may leave; None where the whole period has too few contacts."""
    contacts = _shown(figures, "contacts", frozenset())
    if contacts[TOTAL] is None:
        return None
    small = frozenset(cell for cell, value in contacts.items() if value is None)
    shown = {name: _shown(figures, name, small) for name in _MEASURES[1:]}
    shown["contacts"] = contacts
    return replace(
        figures,
        whole=False,
        total=_group(figures.total, TOTAL, shown),
        tables=tuple(_table(table, shown) for table in figures.tables),
        abandoned_after={name: shown["abandoned"][_AFTER, name] for name in WAITS},
        blocked=fives(figures.blocked or 0),
        tests=fives(figures.tests or 0),
    )


def fives(count: int) -> int | None:
    """The count in full fives; None under five."""
    return count // ENOUGH * ENOUGH if count >= ENOUGH else None


def hidden(
    counts: Mapping[Cell, int], sums: Sequence[Sum], besides: frozenset[Cell]
) -> frozenset[Cell]:
    """What must not be shown: the small, ``besides``, and what would tell of them."""
    found = {cell for cell, count in counts.items() if count < ENOUGH} | set(besides)
    while (cell := next(_telling(counts, sums, found), None)) is not None:
        found.add(cell)
    return frozenset(found)


def possible(
    counts: Mapping[Cell, int], sums: Sequence[Sum], found: set[Cell] | frozenset[Cell]
) -> dict[Cell, tuple[int, int]]:
    """Between what and what every number may lie, for somebody who sees the rest."""
    bounds = {cell: _bounds(counts[cell], cell in found) for cell in counts}
    while any([_narrow(bounds, one) for one in sums]):
        pass
    return bounds


def sums_of(figures: Figures) -> tuple[Sum, ...]:
    """Every way in which numbers of these figures add up."""
    split = {table.split: _cells(table) for table in figures.tables}
    of_everybody = [
        Sum((name, "*") if name in SEVERAL else TOTAL, cells) for name, cells in split.items()
    ]
    nested = [
        Sum((by, part.name), _days_of(by, part.name, split["day"]))
        for by in ("week", "month")
        for part in figures.table(by).groups
    ]
    return (*of_everybody, *nested)


def _shown(figures: Figures, measure: str, small: frozenset[Cell]) -> dict[Cell, int | None]:
    """What may be shown of one measure, by cell."""
    counts = {TOTAL: _of(figures.total, measure)}
    for table in figures.tables:
        for group in table.groups:
            counts[table.split, group.name] = _of(group, measure)
        if table.split in SEVERAL:
            counts[table.split, "*"] = sum(_of(group, measure) for group in table.groups)
    sums = sums_of(figures)
    if measure == "abandoned":
        after = {(_AFTER, name): figures.abandoned_after[name] or 0 for name in WAITS}
        counts, sums = {**counts, **after}, (*sums, Sum(TOTAL, tuple(after)))
    gone = hidden(counts, sums, small)
    return {cell: None if cell in gone else fives(count) for cell, count in counts.items()}


def _telling(counts: Mapping[Cell, int], sums: Sequence[Sum], found: set[Cell]) -> Iterator[Cell]:
    """Numbers that must go because of which something follows of one that is hidden."""
    bounds = possible(counts, sums, found)
    for one in sums:
        told = [cell for cell in one.parts if cell in found and not _is_open(bounds[cell])]
        beside = [cell for cell in one.parts if cell not in found]
        if told and beside:
            yield min(beside, key=lambda cell: (counts[cell], cell))
        elif told and one.whole not in found and one.whole != TOTAL:
            yield one.whole


def _is_open(bounds: tuple[int, int]) -> bool:
    """Whether a hidden number may still be any from none to four."""
    return bounds[0] == 0 and bounds[1] >= ENOUGH - 1


def _bounds(count: int, is_hidden: bool) -> tuple[int, int]:
    shown = None if is_hidden else fives(count)
    return (0, _NO_END) if shown is None else (shown, shown + ENOUGH - 1)


def _narrow(bounds: dict[Cell, tuple[int, int]], one: Sum) -> bool:
    """Draw what follows from one sum; says whether anything did."""
    lows = sum(bounds[cell][0] for cell in one.parts)
    highs = sum(bounds[cell][1] for cell in one.parts)
    low, high = bounds[one.whole]
    new = {one.whole: (max(low, lows), min(high, highs))}
    low, high = new[one.whole]
    for cell in one.parts:
        least, most = bounds[cell]
        new[cell] = (max(least, low - (highs - most)), min(most, high - (lows - least)))
    changed = any(bounds[cell] != value for cell, value in new.items())
    bounds.update(new)
    return changed


def _cells(table: Table) -> tuple[Cell, ...]:
    return tuple((table.split, group.name) for group in table.groups)


def _days_of(by: str, name: str, days: Sequence[Cell]) -> tuple[Cell, ...]:
    return tuple(day for day in days if part_of(date.fromisoformat(day[1]), by) == name)


def _of(group: Group, measure: str) -> int:
    count: int = getattr(group, measure)
    return count


def _table(table: Table, shown: Mapping[str, Mapping[Cell, int | None]]) -> Table:
    groups = (_group(group, (table.split, group.name), shown) for group in table.groups)
    kept = (one for one in groups if one.contacts is not None or table.split in TIMES)
    return Table(table.split, tuple(kept))


def _group(group: Group, cell: Cell, shown: Mapping[str, Mapping[Cell, int | None]]) -> Group:
    answered, talks = shown["answered"][cell], shown["talks"][cell]
    return replace(
        group,
        contacts=shown["contacts"][cell],
        answered=answered,
        within=shown["within"][cell],
        later=shown["later"][cell],
        abandoned=shown["abandoned"][cell],
        reopened=shown["reopened"][cell],
        climbed=shown["climbed"][cell],
        claim_median=None if answered is None else _minutes(group.claim_median),
        claim_longest=None,
        reply_median=None if answered is None else _minutes(group.reply_median),
        reply_longest=None,
        talks=talks,
        talk_median=None if talks is None else _minutes(group.talk_median),
        by_rank={},
        reply_by_rank={},
    )


def _minutes(length: timedelta | None) -> timedelta | None:
    return None if length is None else timedelta(minutes=round(length.total_seconds() / 60))
