from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from api.console.amounts import filters
from api.locale.catalogue import translations

NIGHT = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # the 29th in Albania, before summer time
MORNING = datetime(2026, 3, 29, 6, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "night", "morning", "heading"),
    [
        ("sq", "29.3.2026, 00:30", "29.3.2026, 08:05", "e diel, 29 mars"),
        ("en", "29 Mar 2026, 00:30", "29 Mar 2026, 08:05", "Sunday, 29 March"),
    ],
)
def test_moments_are_albanias(language: str, night: str, morning: str, heading: str) -> None:
    """
    Day and hour are those of Albania, on both sides of the change to summer time.
    """
    shown = filters(language, translations(language))

    assert shown["day"](NIGHT) == night
    assert shown["day"](MORNING) == morning
    assert shown["weekday"](NIGHT) == shown["weekday"](date(2026, 3, 29)) == heading


@pytest.mark.parametrize(
    ("language", "number", "score", "share", "minutes"),
    [("sq", "12\xa0345,6", "0,94", "45%", "5 min"), ("en", "12,345.6", "0.94", "45%", "5 mins")],
)
def test_amounts_are_written_as_the_language_does(
    language: str, number: str, score: str, share: str, minutes: str
) -> None:
    """
    Thousands, decimals, shares and minutes follow the page's language.
    """
    shown = filters(language, translations(language))

    assert shown["number"](12345.6) == number
    assert shown["decimal"](0.94) == score
    assert shown["percent"](0.451) == share
    assert shown["minutes"](timedelta(minutes=5, seconds=40)) == minutes


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(seconds=-3), "0:00"),
        (timedelta(minutes=59, seconds=59), "59:59"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(days=1, hours=3), "1 day"),
        (timedelta(days=40), "40 days"),
    ],
)
def test_a_wait_is_read_at_a_glance(length: timedelta, shown: str) -> None:
    """
    Minutes and seconds, then hours, then days; never less than nothing.
    """
    assert filters("en", translations("en"))["waited"](length) == shown
