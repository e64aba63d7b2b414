"""What groups are called, in the language of whoever looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from babel.dates import format_skeleton

from api.console.words import said
from api.figures.periods import OUTSIDE
from api.figures.reading import UNKNOWN
from api.locale.catalogue import translations
from api.locale.words import N_

_KINDS: Mapping[str, str] = {
    "severity": "urgency",
    "call_type": "call_type",
    "category": "form_category",
    "detail": "form_category",
    "technology": "yes_no_unsure",
    "channel": "channel",
    "language": "language",
    "band": "band",
    "age": "form_age",
    "gender": "form_gender",
    "district": "district",
    "outcome": "outcome",
    "helped": "helped",
    "abandoned_after": "figure_wait",
    "report_kind": "report_kind",
    "report_platform": "figure_platform",
    "report_state": "report_state",
    "address_state": "address_state",
    "report_step": "figure_step",
}
_LOCALES = {"sq": "sq", "en": "en_GB"}
_WEEK = N_("Week %(week)s of %(year)s")
_TRIAGE = N_("%(category)s (as the triage took it)")


def name_of(split: str, name: str, language: str) -> str:
    """The name of a group of a split."""
    translate = translations(language).gettext
    if name in (UNKNOWN, OUTSIDE) and split != "report_platform":
        return said("figure_group", name, translate)
    if split in ("day", "week", "month"):
        return _time(split, name, language, translate)
    if name.startswith("triage:"):
        category = said("category", name.removeprefix("triage:"), translate)
        return translate(_TRIAGE) % {"category": category}
    return said(_KINDS[split], name, translate) if split in _KINDS else name


def short_name(split: str, name: str, language: str) -> str:
    """The same where there is little room: days and months under a column."""
    if split == "week":
        return name.partition("-W")[2].lstrip("0")
    skeleton = {"day": "dM", "month": "MMM"}.get(split)
    if skeleton is None:
        return name_of(split, name, language)
    return format_skeleton(skeleton, _first(split, name), locale=_LOCALES[language])


def _time(split: str, name: str, language: str, translate: Callable[[str], str]) -> str:
    if split == "week":
        year, _, week = name.partition("-W")
        return translate(_WEEK) % {"week": int(week), "year": year}
    skeleton = "yMMMEd" if split == "day" else "yMMMM"
    return format_skeleton(skeleton, _first(split, name), locale=_LOCALES[language])


def _first(split: str, name: str) -> date:
    return date.fromisoformat(name if split == "day" else f"{name}-01")
