"""Counts rows by what they are split by. Pure, and exact: nothing is hidden here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from statistics import median

from api.figures.periods import parts
from api.figures.values import SPLITS, TIMES, WAITS, Group, Period, Row, Table

_Key = Callable[[Group], tuple[int, int, str]]

ALL = ""
"""The name of the group of everybody."""

_LIMITS = ((1, "under_1"), (5, "under_5"), (30, "under_30"))


def total(rows: Sequence[Row]) -> Group:
    """The figures of everybody."""
    return group(ALL, rows)


def tables(rows: Sequence[Row], period: Period) -> tuple[Table, ...]:
    """A table for every split of time and of what contacts are.

    Parts of time without a contact are there too; other groups only where somebody is.
    """
    times = [_table(rows, by, parts(period, by)) for by in TIMES]
    return (*times, *(_table(rows, split) for split in SPLITS))


def abandoned_after(rows: Iterable[Row]) -> Mapping[str, int]:
    """How many left without an answer, by how long they had waited."""
    found = dict.fromkeys(WAITS, 0)
    for row in rows:
        if row.abandoned is not None:
            found[_wait(row.abandoned)] += 1
    return found


def group(name: str, rows: Sequence[Row]) -> Group:
    """The figures of these rows."""
    claims = [row.claim_wait for row in rows if row.claim_wait is not None]
    replies = [row.reply_wait for row in rows if row.reply_wait is not None]
    talks = [row.talk for row in rows if row.talk is not None]
    return Group(
        name=name,
        contacts=len(rows),
        answered=len(replies),
        within=sum(row.on_time is True for row in rows),
        later=sum(row.on_time is False for row in rows),
        abandoned=sum(row.abandoned is not None for row in rows),
        reopened=sum(row.reopened for row in rows),
        climbed=sum(row.climbed for row in rows),
        claim_median=middle(claims),
        claim_longest=max(claims, default=None),
        reply_median=middle(replies),
        reply_longest=max(replies, default=None),
        talks=len(talks),
        talk_median=middle(talks),
        by_rank=_ranks(rows),
        reply_by_rank=_replies(rows),
    )


def middle(lengths: Sequence[timedelta]) -> timedelta | None:
    """The median; None of nothing."""
    if not lengths:
        return None
    return timedelta(seconds=round(median(length.total_seconds() for length in lengths)))


def _table(rows: Iterable[Row], split: str, names: Sequence[str] = ()) -> Table:
    found: dict[str, list[Row]] = {name: [] for name in names}
    for row in rows:
        for name in row.groups[split]:
            found.setdefault(name, []).append(row)
    made = [group(name, members) for name, members in found.items()]
    return Table(split, tuple(made if names else sorted(made, key=_place(split))))


def _place(split: str) -> _Key:
    """Severity by rank, shifts by the clock, the rest by size; who is not known comes last."""
    if split == "severity":
        return lambda one: (0, -int(one.name), "")
    if split in ("shift", "band", "age"):
        return lambda one: (int(not one.name[:1].isdigit()), 0, one.name)
    return lambda one: (int(one.name == ALL), -(one.contacts or 0), one.name)


def _ranks(rows: Iterable[Row]) -> Mapping[int, int]:
    found: dict[int, int] = defaultdict(int)
    for row in rows:
        found[row.rank] += 1
    return dict(found)


def _replies(rows: Iterable[Row]) -> Mapping[int, timedelta | None]:
    found: dict[int, list[timedelta]] = defaultdict(list)
    for row in rows:
        if row.reply_wait is not None:
            found[row.rank].append(row.reply_wait)
    return {rank: middle(waits) for rank, waits in found.items()}


def _wait(length: timedelta) -> str:
    minutes = length.total_seconds() / 60
    return next((name for limit, name in _LIMITS if minutes < limit), "over_30")
