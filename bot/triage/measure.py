"""What the triage makes of labelled messages, in figures; ``make measure`` prints them.

A message is *raised* when it is read as a disclosure or an emergency, *asked* when it is read
as a concern. Messages on which anything was learned or tuned are no claim about others.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bot.engine.content import Lexicon
from bot.engine.events import Reading, Severity
from bot.engine.words import tokens
from bot.triage.messages import Row, messages
from bot.triage.reading import explained
from bot.triage.rules import CATEGORIES
from bot.triage.training.data import written

HELD_OUT = Path(__file__).parent / "training" / "heldout"
GRAVE = ("emergency", "disclosure")
_SURE = 1.96  # standard errors that 95 of 100 intervals reach
_BINS = 10
_LENGTHS = (("1–5", 5), ("6–12", 12), ("13–25", 25), ("26 and more", 10**6))  # words


@dataclass(frozen=True, slots=True)
class Heard:
    """A labelled message, what was read in it, and whether the encoder was asked."""

    row: Row
    reading: Reading
    encoder: bool

    @property
    def raised(self) -> bool:
        """Whether it was read as a disclosure or an emergency."""
        return self.reading.severity > Severity.CONCERN

    @property
    def asked(self) -> bool:
        """Whether it was read as a concern: the child is asked softly."""
        return self.reading.severity is Severity.CONCERN


class Share(NamedTuple):
    """How many of how many."""

    hits: int
    of: int

    @property
    def percent(self) -> float:
        """The share in per cent; nan of nothing."""
        return 100 * self.hits / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval, in per cent: where the share of all such messages may lie."""
        if not self.of:
            return math.nan, math.nan
        share, n, z = self.hits / self.of, self.of, _SURE
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return 100 * max(0.0, middle - reach), 100 * min(1.0, middle + reach)


class Bin(NamedTuple):
    """Messages with about the same score: how many, the mean score, and the share of harm."""

    messages: int
    predicted: float
    found: float


@dataclass(frozen=True, slots=True)
class Table:
    """A table, printed for a terminal or as Markdown."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def plain(self) -> str:
        """Return it with columns under each other."""
        lines = [self.head, *self.rows]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.head))]
        aligned = (
            "  ".join(
                cell.rjust(width) if place else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )
        return "\n".join((self.title, *aligned))

    def markdown(self) -> str:
        """Return it as a Markdown table."""
        lines = (self.head, ["---"] * len(self.head), *self.rows)
        return "\n".join((f"**{self.title}**", "", *(f"| {' | '.join(x)} |" for x in lines)))


def held_out() -> list[Row]:
    """Return the messages that no training reads and nobody tunes by.

    Without the few everyday lines that somebody happened to write for training word by word.
    """
    known = {tokens(row["text"]) for row in written()}
    rows = messages(sorted(HELD_OUT.glob("*.txt")))
    return [row for row in rows if tokens(row["text"]) not in known]


def heard(rows: Iterable[Row], lexicons: Mapping[str, Lexicon]) -> list[Heard]:
    """Return each message with what is read in it, alone."""
    found = []
    for row in rows:
        reading, window = (each := explained(row["text"], lexicons)).reading, each.window
        found.append(Heard(row, reading, window is not None and window.judged is not None))
    return found


def shares(found: Sequence[Heard]) -> dict[str, Share]:
    """Return the figures that matter, by their names."""
    grave = [each for each in found if each.row["severity"] in GRAVE]
    emergencies, disclosures = ([e for e in grave if e.row["severity"] == name] for name in GRAVE)
    concerns = [each for each in found if each.row["severity"] == "concern"]
    harmless = [each for each in found if each.row["severity"] == "none"]
    raised = [each for each in grave if each.raised]
    return {
        "emergencies raised": _share(emergencies, lambda each: each.raised),
        "disclosures raised": _share(disclosures, lambda each: each.raised),
        "raised or asked": _share(grave, lambda each: each.raised or each.asked),
        "emergencies as such": _share(
            emergencies, lambda each: each.reading.severity is Severity.EMERGENCY
        ),
        "concern heard": _share(concerns, lambda each: each.raised or each.asked),
        "harmless raised": _share(harmless, lambda each: each.raised),
        "harmless asked": _share(harmless, lambda each: each.asked),
        "category right": _share(
            raised, lambda each: each.reading.category == each.row["category"]
        ),
        "encoder asked": _share(found, lambda each: each.encoder),
    }


# What the figures should reach: a text with the sign, and the least or the most.
GOALS: Mapping[str, tuple[str, float]] = {
    "emergencies raised": ("at least", 97),
    "disclosures raised": ("at least", 95),
    "raised or asked": ("at least", 99),
    "harmless raised": ("at most", 3),
    "harmless asked": ("at most", 12),
    "category right": ("at least", 85),
}


def _share(found: Sequence[Heard], meets: Callable[[Heard], bool]) -> Share:
    return Share(sum(map(meets, found)), len(found))


def groups(found: Sequence[Heard]) -> dict[str, list[Heard]]:
    """Return the messages by language, register, author, difficulty, harm and length."""
    named: dict[str, list[Heard]] = {"all": list(found)}
    keys: tuple[Callable[[Heard], str], ...] = (
        lambda each: _named(each.row, "lang"),
        lambda each: _named(each.row, "register"),
        lambda each: _named(each.row, "author"),
        lambda each: "hard" if each.row.get("hard") else "not hard",
        lambda each: _named(each.row, "category"),
        lambda each: _length(each.row["text"]),
    )
    for key in keys:
        part: dict[str, list[Heard]] = {}
        for each in found:
            part.setdefault(key(each), []).append(each)
        named |= {name: part[name] for name in sorted(part) if name}
    return named


def _named(row: Row, key: str) -> str:
    value = row.get(key, "")
    return f"{key} {value}" if value else ""


def _length(text: str) -> str:
    words = len(text.split())
    return next(f"words {name}" for name, most in _LENGTHS if words <= most)


def calibration(found: Iterable[Heard]) -> list[Bin]:
    """Return what scores promise against what was there, for scores of about the same size.

    Messages of concern are left out: they are neither harm told nor harmless.
    """
    bins: dict[int, list[Heard]] = {}
    for each in found:
        if each.row["severity"] != "concern":
            place = min(_BINS - 1, int(each.reading.score * _BINS))
            bins.setdefault(place, []).append(each)
    return [_bin(bins[place]) for place in sorted(bins)]


def _bin(part: Sequence[Heard]) -> Bin:
    count = len(part)
    predicted = sum(each.reading.score for each in part) / count
    return Bin(count, predicted, sum(each.row["severity"] in GRAVE for each in part) / count)


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return by how much scores err on average (expected calibration error), from 0 to 1."""
    count = sum(each.messages for each in bins)
    return sum(each.messages * abs(each.predicted - each.found) for each in bins) / max(1, count)


def tables(found: Sequence[Heard]) -> list[Table]:
    """Return all tables that need no clock."""
    named = groups(found)
    return [
        _headline(named),
        _by_group(named),
        _severities(found),
        _categories(found),
        _calibrated(named),
    ]


def _headline(named: Mapping[str, Sequence[Heard]]) -> Table:
    columns = [name for name in ("lang sq", "lang en", "lang mixed", "all") if name in named]
    figures = {name: shares(named[name]) for name in columns}
    return Table(
        "What is heard, with Wilson's 95 % interval and the number of messages",
        ("figure", "goal", *columns),
        [
            [name, _goal(name), *(interval_of(figures[column][name]) for column in columns)]
            for name in figures["all"]
        ],
    )


def _goal(name: str) -> str:
    return "{} {:.0f}".format(*GOALS[name]) if name in GOALS else ""


def interval_of(share: Share) -> str:
    """Return a share with its interval, as it is printed."""
    if not share.of:
        return "–"
    low, high = share.interval
    return f"{share.percent:.1f} % ({low:.1f}–{high:.1f}) of {share.of}"


def _by_group(named: Mapping[str, Sequence[Heard]]) -> Table:
    figures = {name: shares(part) for name, part in named.items()}
    return Table(
        "The same in each group",
        ("group", "messages", *figures["all"]),
        [[name, str(len(named[name])), *map(percent_of, figures[name].values())] for name in named],
    )


def percent_of(share: Share) -> str:
    """Return a share in whole per cent and of how many, as it is printed."""
    return f"{share.percent:.0f} % of {share.of}" if share.of else "–"


def _severities(found: Sequence[Heard]) -> Table:
    names = [severity.word for severity in reversed(Severity)]
    counted = Counter((each.row["severity"], each.reading.severity.word) for each in found)
    return Table(
        "Severity: what it is (rows), what it was read as",
        ("", *names),
        [[name, *(str(counted[name, read]) for read in names)] for name in names],
    )


def _categories(found: Sequence[Heard]) -> Table:
    counted = Counter(
        (each.row["category"], each.reading.category)
        for each in found
        if each.raised and each.row["severity"] in GRAVE
    )
    return Table(
        "Kind of harm, of what was rightly raised: what it is (rows), what it was read as",
        ("", *CATEGORIES),
        [[name, *(str(counted[name, read] or "") for read in CATEGORIES)] for name in CATEGORIES],
    )


def _calibrated(named: Mapping[str, Sequence[Heard]]) -> Table:
    bins = calibration(named["all"])
    rows = [[str(b.messages), f"{100 * b.predicted:.0f}", f"{100 * b.found:.0f}"] for b in bins]
    errors = (
        [f"expected calibration error, {name}", "", f"{100 * calibration_error(each):.1f}"]
        for name in ("all", "lang sq", "lang en")
        if name in named and (each := calibration(named[name]))
    )
    return Table(
        "Score against what was there, without messages of concern (per cent)",
        ("messages", "predicted", "found"),
        [*rows, *errors],
    )
