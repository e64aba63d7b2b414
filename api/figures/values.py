"""Values of figures, as the pages and files see them. All times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

TIMES = ("month", "week", "day")
SPLITS = (
    *("shift", "severity", "call_type", "category", "detail", "technology"),
    *("channel", "language", "band", "age", "gender", "district", "outcome", "helped"),
)
"""What contacts are counted by, besides time."""

SEVERAL = ("category", "detail")
"""Splits in which one contact may count in several groups."""

WAITS = ("under_1", "under_5", "under_30", "over_30")
"""How long those had waited who left without an answer."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in Albania, both ends counted; ``by`` is how time is split."""

    first: date
    last: date
    by: str

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Row:
    """One contact that counts: what it is counted by, and how long things took.

    ``groups`` names its group for each of ``TIMES`` and ``SPLITS``; several only of
    ``SEVERAL``. ``claim_wait`` and ``reply_wait`` are None of what has not happened and of
    contacts entered by hand, ``on_time`` also while its goal has not passed yet.
    """

    rank: int
    at: datetime
    groups: Mapping[str, tuple[str, ...]]
    claim_wait: timedelta | None
    reply_wait: timedelta | None
    talk: timedelta | None
    on_time: bool | None
    abandoned: timedelta | None
    reopened: bool
    climbed: bool


@dataclass(frozen=True, slots=True)
class Read:
    """The contacts of a period, and how many are left out."""

    rows: tuple[Row, ...]
    blocked: int
    tests: int


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one group; None is not shown, or there is nothing to show.

    ``later`` were answered after the goal, or never; ``by_rank`` is empty where small groups
    are hidden.
    """

    name: str
    contacts: int | None
    answered: int | None
    within: int | None
    later: int | None
    abandoned: int | None
    reopened: int | None
    climbed: int | None
    claim_median: timedelta | None
    claim_longest: timedelta | None
    reply_median: timedelta | None
    reply_longest: timedelta | None
    talks: int | None
    talk_median: timedelta | None
    by_rank: Mapping[int, int] = field(default_factory=dict)
    reply_by_rank: Mapping[int, timedelta | None] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """The share within the aim; None where one of the two numbers is not shown."""
        if self.within is None or self.later is None or not self.within + self.later:
            return None
        return self.within / (self.within + self.later)


@dataclass(frozen=True, slots=True)
class Table:
    """All groups of one split, in the order in which they are shown."""

    split: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a period; ``whole``: nothing is hidden, for the helpline's eyes alone."""

    period: Period
    whole: bool
    total: Group
    tables: tuple[Table, ...]
    abandoned_after: Mapping[str, int | None]
    blocked: int | None
    tests: int | None

    def table(self, split: str) -> Table:
        """The table of this split."""
        return next(table for table in self.tables if table.split == split)
