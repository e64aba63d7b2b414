"""Figures of reports as drawings. Pure; every drawing has a table beside it."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from api.figures.naming import name_of
from api.figures.plots import Bar, rows
from api.figures.report_values import ReportFigures
from api.figures.words import WORDS
from api.locale.catalogue import translations
from api.locale.words import N_

_LONGEST = 24
_MEDIANS = N_("Median in hours")


def by_group(figures: ReportFigures, split: str, language: str) -> Markup:
    """A lying bar for each group of a split."""
    return _bars(figures.splits[split], split, WORDS["figure_split"][split], language)


def medians(figures: ReportFigures, language: str) -> Markup:
    """How many hours each step took, in the middle."""
    hours = {
        step.name: None if step.median is None else round(step.median.total_seconds() / 3600, 1)
        for step in figures.steps
    }
    return _bars(hours, "report_step", _MEDIANS, language)


def _bars(values: Mapping[str, float | None], split: str, title: str, language: str) -> Markup:
    bars = [
        Bar(name_of(split, name, language), {"lake": value or 0}, hidden=value is None)
        for name, value in list(values.items())[:_LONGEST]
    ]
    title = translations(language).gettext(title)
    return rows(bars, title=title, description="", language=language)
