"""What may be seen of figures by those who may not read contacts, and what leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from api.figures import counting
from api.figures.periods import part_of, parts
from api.figures.shielding import TOTAL, Cell, Sum, hidden, possible, shielded
from api.figures.values import SEVERAL, SPLITS, TIMES, Figures, Group, Period, Row

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31), "day")
COUNTS = ("contacts", "answered", "within", "later", "abandoned", "reopened", "climbed")
OF = {
    "channel": ("telegram", "viber", "web", "phone"),
    "language": ("sq", "en"),
    "severity": ("4", "3", "2", "1", "0"),
    "category": ("violence", "mental_health", "sexuality", "family"),
    "band": ("8-10", "11-13", "14-17", ""),
}


def row(chance: Random) -> Row:
    """Some contact of October; the first of the choices are the frequent ones."""
    day = date(2026, 10, 1) + timedelta(days=min(30, int(chance.expovariate(0.15))))
    groups: dict[str, tuple[str, ...]] = {split: ("",) for split in SPLITS}
    groups |= {split: (of(chance, names),) for split, names in OF.items()}
    groups["category"] = tuple({of(chance, OF["category"]) for _ in range(chance.choice((1, 2)))})
    groups |= {by: (part_of(day, by),) for by in TIMES}
    answered = chance.random() < 0.8
    wait = timedelta(minutes=chance.randrange(60))
    return Row(
        rank=int(groups["severity"][0]),
        at=datetime(2026, 10, day.day, 12, tzinfo=UTC),
        groups=groups,
        claim_wait=wait if answered else None,
        reply_wait=wait if answered else None,
        talk=wait if answered and chance.random() < 0.5 else None,
        on_time=chance.random() < 0.9 if answered else None,
        abandoned=None if answered else wait,
        reopened=chance.random() < 0.1,
        climbed=chance.random() < 0.05,
    )


def october(seed: int, count: int) -> list[Row]:
    """So many contacts of October."""
    chance = Random(seed)
    return [row(chance) for _ in range(count)]


def of(chance: Random, names: tuple[str, ...]) -> str:
    return names[min(len(names) - 1, int(chance.expovariate(1.2)))]


def figures(rows: list[Row]) -> Figures:
    """Exact figures of these rows."""
    return Figures(
        period=OCTOBER,
        whole=True,
        total=counting.total(rows),
        tables=counting.tables(rows, OCTOBER),
        abandoned_after=counting.abandoned_after(rows),
        blocked=3,
        tests=12,
    )


class Onlooker:
    """Sees one measure of shielded figures, and works out what the rest may be.

    Every number that is not shown is taken for anything; what adds up to what is known, and
    of which groups there are, also those that are left out.
    """

    def __init__(self, exact: Figures, shown: Figures, measure: str) -> None:
        self.seen = {TOTAL: getattr(shown.total, measure)}
        self.groups = {
            table.split: [group.name for group in table.groups] for table in exact.tables
        }
        for table in shown.tables:
            by_name = {group.name: group for group in table.groups}
            for name in self.groups[table.split]:
                group = by_name.get(name)
                self.seen[table.split, name] = group and getattr(group, measure)

    def could_be(self, cell: Cell, value: int) -> bool:
        """Whether the cell may have this value as far as anybody can tell."""
        whole = self.range_of(TOTAL, {cell: value})
        for split, names in self.groups.items():
            if split in SEVERAL or split == "day":
                continue
            ranges = [self.of_part(split, name, {cell: value}) for name in names]
            whole = meet(whole, (sum(low for low, _ in ranges), sum(high for _, high in ranges)))
            if any(low > high for low, high in ranges):
                return False
        return whole[0] <= whole[1]

    def of_part(self, split: str, name: str, fixed: Mapping[Cell, int]) -> tuple[int, int]:
        """The range of a group; a week and a month are as much as their days."""
        own = self.range_of((split, name), fixed)
        if split not in ("week", "month"):
            return own
        days = [
            self.range_of(("day", day), fixed)
            for day in self.groups["day"]
            if part_of(date.fromisoformat(day), split) == name
        ]
        return meet(own, (sum(low for low, _ in days), sum(high for _, high in days)))

    def range_of(self, cell: Cell, fixed: Mapping[Cell, int]) -> tuple[int, int]:
        if cell in fixed:
            return fixed[cell], fixed[cell]
        shown = self.seen[cell]
        return (0, 10**6) if shown is None else (shown, shown + 4)


def meet(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return max(one[0], other[0]), min(one[1], other[1])


def groups_of(shown: Figures) -> Iterable[Group]:
    return (shown.total, *(group for table in shown.tables for group in table.groups))


@settings(max_examples=15, deadline=None)
@given(st.integers(), st.integers(0, 120))
def test_no_hidden_number_follows_from_those_that_are_shown(seed: int, count: int) -> None:
    """
    Small groups: whoever adds and subtracts all numbers of a month, in all its splits, still
    does not know of any hidden number whether it is 0 or 4 or between.
    """
    exact = figures(october(seed, count))
    shown = shielded(exact)
    if shown is None:
        assert count < 5
        return
    for measure in COUNTS:
        onlooker = Onlooker(exact, shown, measure)
        for cell, value in onlooker.seen.items():
            if value is None and cell != TOTAL:
                assert all(onlooker.could_be(cell, number) for number in (0, 4)), cell


@settings(max_examples=30, deadline=None)
@given(st.integers(), st.integers(5, 200))
def test_no_number_is_small_or_exact(seed: int, count: int) -> None:
    """
    Small groups: every number that is shown is five or more, in full fives; shares are made
    of such numbers, no single contact's wait is shown, no median of fewer than five.
    """
    exact = figures(october(seed, count))
    shown = shielded(exact)
    assert shown is not None
    numbers = [getattr(group, name) for group in groups_of(shown) for name in (*COUNTS, "talks")]
    numbers += [*shown.abandoned_after.values(), shown.blocked, shown.tests]
    assert all(number is None or (number >= 5 and number % 5 == 0) for number in numbers)
    for group in groups_of(shown):
        assert group.claim_longest is group.reply_longest is None
        assert not group.by_rank
        assert not group.reply_by_rank
        assert group.answered is not None or group.reply_median is group.claim_median is None
        assert group.talks is not None or group.talk_median is None


def test_a_lone_small_group_takes_a_neighbour_with_it() -> None:
    """
    Small groups: where the others of a sum would tell of a hidden one, the smallest of them
    is hidden too.
    """
    a, b, c = (("channel", name) for name in "abc")
    counts = {TOTAL: 27, a: 14, b: 13, c: 0}
    sums = (Sum(TOTAL, (a, b, c)),)
    assert possible(counts, sums, {c})[c] == (0, 9)
    assert hidden(counts, sums, frozenset()) == {c}

    nines = {("language", name): 9 for name in "vwxyz"}
    counts = {TOTAL: 45, a: 45, c: 0, **nines}
    both = (Sum(TOTAL, (a, c)), Sum(TOTAL, tuple(nines)))
    assert possible(counts, both, {c})[c] == (0, 0)
    assert hidden(counts, both, frozenset()) == {a, c}


def test_fewer_than_five_contacts_show_nothing_at_all() -> None:
    """
    Small groups: of a month with four contacts not even the split is seen.
    """
    assert shielded(figures(october(7, 4))) is None
    assert shielded(figures(october(7, 5))) is not None


def test_every_day_is_in_one_week_and_one_month() -> None:
    """
    Figures over time: days without a contact have their place.
    """
    assert len(parts(OCTOBER, "day")) == 31
    assert parts(OCTOBER, "month") == ["2026-10"]
    assert parts(OCTOBER, "week")[0] == "2026-W40"
