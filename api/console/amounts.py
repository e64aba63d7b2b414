"""Times, days and amounts as a page writes them: by Babel, in its language, on Albania's clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from gettext import GNUTranslations
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from api.locale.words import N_

HERE = ZoneInfo("Europe/Tirane")
HOURS = N_("%(hours)s h %(minutes)s min")
"""A wait of an hour and more; the page's own clock fills it in as well."""

_LOCALES = {"sq": "sq", "en": "en_GB"}  # days before months, and 24 hours, for both
_HOUR, _DAY = 3600, 24 * 3600


def filters(language: str, words: GNUTranslations) -> Mapping[str, Callable[..., Any]]:
    """The filters of a page in this language."""
    locale = _LOCALES[language]
    return {
        "hour": partial(hour, locale=locale),
        "date": partial(day_of, locale=locale),
        "day": partial(moment, locale=locale),
        "weekday": partial(weekday, locale=locale),
        "decimal": partial(format_decimal, format="0.00", locale=locale),
        "number": partial(format_decimal, locale=locale),
        "percent": partial(format_percent, locale=locale),
        "minutes": partial(minutes, locale=locale),
        "waited": partial(waited, words=words),
        "ms": ms,
    }


def hour(when: datetime, *, locale: str) -> str:
    """The time of day in Albania."""
    return format_time(when, "HH:mm", tzinfo=HERE, locale=locale)


def day_of(when: date, *, locale: str) -> str:
    """The date; of a moment, the date in Albania."""
    there = _in_albania(when)
    if locale == "sq":
        return format_skeleton("yMd", there, locale=locale)
    return format_date(there, "medium", locale=locale)


def moment(when: datetime, *, locale: str) -> str:
    """Date and time of day in Albania."""
    return f"{day_of(when, locale=locale)}, {hour(when, locale=locale)}"


def weekday(when: date, *, locale: str) -> str:
    """The day of the week with day and month, as a heading has it."""
    return format_date(_in_albania(when), "EEEE, d MMMM", locale=locale)


def minutes(length: float | timedelta, *, locale: str) -> str:
    """A length in minutes with their short word; parts of a minute are left out."""
    whole = length.total_seconds() / 60 if isinstance(length, timedelta) else length
    return format_unit(int(whole), "duration-minute", "short", locale=locale).rstrip(".")


def waited(length: timedelta, *, words: GNUTranslations) -> str:
    """How long somebody waits: minutes and seconds, then hours, then days."""
    seconds = max(0, int(length.total_seconds()))
    if seconds >= _DAY:
        days = seconds // _DAY
        return words.ngettext("%(num)s day", "%(num)s days", days) % {"num": days}
    if seconds < _HOUR:
        return f"{seconds // 60}:{seconds % 60:02}"
    parts = {"hours": seconds // _HOUR, "minutes": seconds // 60 % 60}
    return words.gettext(HOURS) % parts


def ms(when: datetime) -> int:
    """Milliseconds since the epoch, for the page's own clock."""
    return int(when.timestamp() * 1000)


def _in_albania(when: date) -> date:
    return when.astimezone(HERE).date() if isinstance(when, datetime) else when
