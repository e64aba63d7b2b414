"""Figures as a file: one figure a line, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import timedelta

from api.figures.naming import name_of
from api.figures.report_values import OF_ADDRESSES, ReportFigures
from api.figures.values import Figures, Group, Period

HEADER = ("from", "to", "split", "group", "name", "measure", "value")
MEASURES = (
    *("contacts", "answered", "within", "later", "share", "abandoned", "reopened", "climbed"),
    *("claim_median", "reply_median", "talk_median"),
)
_EVERYBODY = "total"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(
    figures: Figures | None, language: str, period: Period, reports: ReportFigures | None
) -> str:
    """The figures, one a line; what is not shown is empty, waits are in minutes.

    Of a period with too few contacts, or too few reports, there are no lines of them.
    """
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(HEADER)
    lines = [*_lines(figures, language)] if figures else []
    lines += [*_of_reports(reports, period, language)] if reports else []
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


def _of_reports(reports: ReportFigures, period: Period, language: str) -> Iterator[Sequence[str]]:
    """Reports and addresses: counts by what they are split by, and how long each step took."""
    days = (period.first.isoformat(), period.last.isoformat())
    for measure in ("reports", "addresses"):
        yield (*days, _EVERYBODY, "", "", measure, _cell(getattr(reports, measure)))
    for split, groups in reports.splits.items():
        measure = "addresses" if split in OF_ADDRESSES else "reports"
        for name, count in groups.items():
            yield (*days, split, name, name_of(split, name, language), measure, _cell(count))
    for step in reports.steps:
        title = name_of("report_step", step.name, language)
        measures = {"count": step.known, "median": step.median, **step.within}
        for measure, value in measures.items():
            yield (*days, "report_step", step.name, title, measure, _cell(value))


def _values(group: Group) -> Iterator[tuple[str, str]]:
    for measure in MEASURES:
        yield measure, _cell(getattr(group, measure))


def _cell(value: float | timedelta | None) -> str:
    if value is None:
        return ""
    if isinstance(value, timedelta):
        return str(round(value.total_seconds() / 60, 1)).removesuffix(".0")
    return f"{value:.2f}" if isinstance(value, float) else str(value)
