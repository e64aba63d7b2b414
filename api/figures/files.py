"""Figures as a file: one figure a line, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import timedelta

from api.figures.naming import name_of
from api.figures.values import Figures, Group

HEADER = ("from", "to", "split", "group", "name", "measure", "value")
MEASURES = (
    *("contacts", "answered", "within", "later", "share", "abandoned", "reopened", "climbed"),
    *("claim_median", "reply_median", "talk_median"),
)
_EVERYBODY = "total"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(figures: Figures | None, language: str) -> str:
    """The figures, one a line; what is not shown is empty, waits are in minutes.

    Of a period with too few contacts there is a header alone.
    """
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(HEADER)
    lines = _lines(figures, language) if figures else ()
    writer.writerows([inert(cell) for cell in line] for line in lines)
    return file.getvalue()


def inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (S9)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _lines(figures: Figures, language: str) -> Iterator[Sequence[str]]:
    days = (figures.period.first.isoformat(), figures.period.last.isoformat())
    for measure, value in _values(figures.total):
        yield (*days, _EVERYBODY, "", "", measure, value)
    for name, count in (("blocked", figures.blocked), ("tests", figures.tests)):
        yield (*days, _EVERYBODY, "", "", name, _cell(count))
    for table in figures.tables:
        for group in table.groups:
            title = name_of(table.split, group.name, language)
            for measure, value in _values(group):
                yield (*days, table.split, group.name, title, measure, value)
    for wait, count in figures.abandoned_after.items():
        title = name_of("abandoned_after", wait, language)
        yield (*days, "abandoned_after", wait, title, "abandoned", _cell(count))


def _values(group: Group) -> Iterator[tuple[str, str]]:
    for measure in MEASURES:
        yield measure, _cell(getattr(group, measure))


def _cell(value: float | timedelta | None) -> str:
    if value is None:
        return ""
    if isinstance(value, timedelta):
        return str(round(value.total_seconds() / 60, 1)).removesuffix(".0")
    return f"{value:.2f}" if isinstance(value, float) else str(value)
