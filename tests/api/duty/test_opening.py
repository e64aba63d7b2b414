from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from fakes.helpline import START, Helpline
from hypothesis import given
from hypothesis import strategies as st

from api.duty.opening import HERE, Holiday, Hours, Span, is_open, opens_at, shown, spans_of
from api.duty.plan import add_holiday, set_message, set_week
from api.duty.refusals import BadHoliday, BadHours, BadMessage

DAILY = dict.fromkeys(range(1, 8), spans_of("08:00-20:00"))
NIGHTS = dict.fromkeys(range(1, 8), spans_of("20:00-02:00"))
ALWAYS = dict.fromkeys(range(1, 8), spans_of("00:00-24:00"))


def at(text: str, *, fold: int = 0) -> datetime:
    """A moment of the wall clock in Albania."""
    return datetime.fromisoformat(text).replace(tzinfo=HERE, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("08:00-16:00", (Span(480, 960),)),
        ("8:00 – 12:30, 13.00-16:00", (Span(480, 750), Span(780, 960))),
        ("20:00–02:00", (Span(1200, 1560),)),
        ("00:00-24:00", (Span(0, 1440),)),
        ("00:00-00:00", (Span(0, 1440),)),
    ],
)
def test_hours_are_read_and_shown(text: str, spans: tuple[Span, ...]) -> None:
    """
    Hours read as people write them, and what is shown reads back as the same.
    """
    assert spans_of(text) == spans
    assert spans_of(shown(spans)) == spans


@pytest.mark.parametrize(
    "text",
    ["8-16", "08:00-25:00", "24:00-02:00", "08:60-09:00", "08:00-12:00, 11:00-13:00", "gjithë"],
)
def test_bad_hours_are_refused(text: str) -> None:
    """
    What is no time of day, or overlaps, is not kept.
    """
    with pytest.raises(BadHours):
        spans_of(text)


def test_next_opening_is_told_only_while_closed() -> None:
    """
    Open says nothing, closed says when, and a plan without hours says nothing at all.
    """
    hours = Hours(DAILY)

    assert opens_at(hours, at("2026-11-20T12:00")) is None
    assert opens_at(hours, at("2026-11-20T20:00")) == at("2026-11-21T08:00")
    assert opens_at(Hours(), at("2026-11-20T20:00")) is None
    assert opens_at(Hours({1: ()}), at("2026-11-20T20:00")) is None
    assert opens_at(Hours(ALWAYS), at("2026-11-21T00:00")) is None


def test_span_past_midnight_is_open_on_both_sides() -> None:
    """
    Twenty to two is one span: open at one in the night, closed at two.
    """
    hours = Hours(NIGHTS)

    assert is_open(hours, at("2026-11-20T23:59"))
    assert is_open(hours, at("2026-11-21T01:59"))
    assert opens_at(hours, at("2026-11-21T02:00")) == at("2026-11-21T20:00")


def test_holiday_goes_before_the_week() -> None:
    """
    A closed holiday is passed over; the night before it still runs out; other hours hold.
    """
    closed = Holiday("Dita e Pavarësisë", ())
    short = Holiday("Dita e Çlirimit", spans_of("10:00-12:00"))
    days = {date(2026, 11, 28): closed, date(2026, 11, 29): short}

    assert opens_at(Hours(DAILY, days), at("2026-11-27T21:00")) == at("2026-11-29T10:00")
    assert is_open(Hours(NIGHTS, days), at("2026-11-28T01:00"))
    assert not is_open(Hours(NIGHTS, days), at("2026-11-28T21:00"))
    assert opens_at(Hours(DAILY, days), at("2026-11-29T12:00")) == at("2026-11-30T08:00")


def test_clock_change_in_spring_keeps_the_wall_clock() -> None:
    """
    R8: on the short day the helpline opens at eight by the clock, not an hour off; hours
    that the clock leaps over begin an hour later.
    """
    assert opens_at(Hours(DAILY), at("2027-03-27T21:00")) == datetime(2027, 3, 28, 6, tzinfo=UTC)
    leapt = Hours({7: spans_of("02:30-04:00")})
    assert opens_at(leapt, at("2027-03-28T01:00")) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert is_open(leapt, at("2027-03-28T03:45"))


def test_clock_change_in_autumn_is_open_in_both_hours() -> None:
    """
    R8: the hour that comes twice is open both times: in doubt the helpline is open.
    """
    hours = Hours({7: spans_of("02:00-03:00")})

    assert is_open(hours, at("2027-10-31T02:30"))
    assert is_open(hours, at("2027-10-31T02:30", fold=1))
    assert not is_open(hours, at("2027-10-31T03:00"))
    assert opens_at(Hours(DAILY), at("2027-10-30T21:00")) == datetime(2027, 10, 31, 7, tzinfo=UTC)


@given(
    week=st.dictionaries(
        st.integers(1, 7), st.tuples(st.integers(0, 1439), st.integers(1, 1440)), min_size=1
    ),
    minutes=st.integers(0, 400 * 24 * 60),
)
def test_next_opening_is_open_and_the_next(week: dict[int, tuple[int, int]], minutes: int) -> None:
    """
    R8: at the opening told it is open, and never before it, over a year with both changes.
    """
    spans = {day: (Span(b, b + length),) for day, (b, length) in week.items()}
    hours, now = Hours(spans), datetime(2026, 11, 20, tzinfo=UTC) + timedelta(minutes=minutes)
    opening = opens_at(hours, now)

    assert (opening is None) == is_open(hours, now)
    if opening is not None:
        assert now < opening
        assert is_open(hours, opening)
        assert not is_open(hours, opening - timedelta(milliseconds=1))


def test_message_needs_both_languages_or_none(helpline: Helpline) -> None:
    """
    A child reads the closed message in its own language: one alone, or a long one, is refused.
    """
    bad = [{"sq": "Jemi mbyllur."}, {"sq": "a" * 301, "en": "b"}, {"sq": "a\u202e", "en": "b"}]
    for message in bad:
        with pytest.raises(BadMessage), helpline.database.write() as session:
            set_message(session, helpline.vault, message, staff_id=1, now=START)


@pytest.mark.parametrize(("day", "name"), [("2026-02-30", "x"), ("nesër", "x"), ("2026-12-25", "")])
def test_holiday_needs_date_and_name(helpline: Helpline, day: str, name: str) -> None:
    """
    A day that is none, or has no name, is not kept.
    """
    with pytest.raises(BadHoliday), helpline.database.write() as session:
        add_holiday(session, helpline.vault, day=day, name=name, hours="", staff_id=1, now=START)


async def test_bot_is_told_of_plan_opening_and_message(either: Helpline) -> None:
    """
    The contract says when the helpline opens and its own words; the clock tells each change.
    """
    assert (await either.http.get("/v1/duty")).json() == {
        "on_duty": 0,
        "usual_minutes": None,
        "opens_at": None,
        "message": None,
    }
    words = {"sq": "Kthehemi nesër në mëngjes.", "en": "We are back in the morning."}
    with either.database.write() as session:
        week = dict.fromkeys(range(1, 8), "08:00-16:00")
        set_week(session, either.vault, week, staff_id=1, now=either.now)
        set_message(session, either.vault, words, staff_id=1, now=either.now)
    either.tick(minutes=60)  # 15:30 UTC is half past four in Tirana
    told = (await either.http.get("/v1/duty")).json()
    either.tick(hours=15, minutes=30)
    either.tick(seconds=1)

    assert told["opens_at"] == "2026-11-21T07:00:00.000Z"
    assert told["message"] == words
    openings = [event["duty"]["opens_at"] for event in await either.events()]
    assert openings == ["2026-11-21T07:00:00.000Z", None]
