"""Figures against contacts made by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from fakes.finished import Way
from fakes.helpline import ELIRA, Helpline

from api.contacts import service as contacts
from api.duty.opening import Hours, spans_of
from api.figures import periods, service
from api.figures.periods import BadPeriod, period_of
from api.figures.values import Figures, Group, Period
from api.forms import entering

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30), "day")


def counted(helpline: Helpline, period: Period = NOVEMBER) -> Figures:
    with helpline.database.read() as session:
        return service.whole(session, helpline.vault, period, now=helpline.now)


def named(figures: Figures, split: str) -> dict[str, Group]:
    return {group.name: group for group in figures.table(split).groups}


async def test_waits_are_those_of_the_child(way: Way) -> None:
    """
    Figures: the wait runs from reaching the helpline to the first claim and the first reply;
    a second holder, or words after the end, change neither.
    """
    contact_id = await way.opens()
    way.takes(contact_id, after=2)
    way.replies(contact_id, after=2)
    way.ends(contact_id, after=10)
    way.helpline.later(minutes=30)
    await way.helpline.says(contact_id, "edhe diçka")
    way.takes(contact_id, after=5)
    way.replies(contact_id, after=5)

    total = counted(way.helpline).total

    assert total.contacts == total.answered == total.within == total.reopened == 1
    assert total.claim_median == timedelta(minutes=2)
    assert total.reply_median == total.reply_longest == timedelta(minutes=4)


async def test_the_aim_is_that_of_the_severity(way: Way) -> None:
    """
    Figures: an emergency has a minute, a disclosure five, a concern thirty; who still waits
    within the goal does not count yet, who waits longer does.
    """
    for severity, minutes in (("emergency", 2), ("disclosure", 4), ("concern", 29)):
        contact_id = await way.opens(severity=severity, reason="duty_of_care")
        way.takes(contact_id)
        way.replies(contact_id, after=minutes)
    for severity in ("disclosure", "concern"):
        await way.opens(severity=severity, reason="duty_of_care")
    way.helpline.later(minutes=10)

    of = named(counted(way.helpline), "severity")

    assert (of["4"].within, of["4"].later) == (0, 1)
    assert (of["3"].within, of["3"].later) == (1, 1)
    assert (of["1"].within, of["1"].later, of["1"].contacts) == (1, 0, 2)


async def test_who_leaves_unanswered_is_abandoned(way: Way) -> None:
    """
    Figures: abandoned are those who left, or were ended, before anybody wrote to them, by how
    long they had waited; who left after an answer is not.
    """
    left = await way.opens()
    way.helpline.later(minutes=7)
    await way.helpline.says(left, left="exit_word", left_at=way.helpline.now.isoformat())
    ended = await way.opens()
    way.takes(ended, after=40)
    way.ends(ended)
    answered = await way.opens()
    way.takes(answered)
    way.replies(answered)
    await way.helpline.says(answered, left="exit_word", left_at=way.helpline.now.isoformat())

    figures = counted(way.helpline)

    assert figures.total.abandoned == 2
    assert figures.abandoned_after == {
        **{"under_1": 0, "under_5": 0},
        **{"under_30": 1, "over_30": 1},
    }


async def test_forms_tell_what_it_was(way: Way) -> None:
    """
    Figures: categories are the form's, one contact in several, and the triage's only where
    there is no form; tests never count.
    """
    await way.whole(categories=["violence.bullying", "mental.suicide"], gender="girl")
    await way.whole(call_type="test")
    await way.opens(category="grooming")

    figures = counted(way.helpline)

    assert (figures.total.contacts, figures.tests) == (2, 1)
    assert set(named(figures, "category")) == {"violence", "mental", "triage:grooming"}
    assert named(figures, "gender")["girl"].contacts == 1
    assert named(figures, "outcome")["advice"].contacts == 1


async def test_what_was_entered_by_hand_has_no_wait(way: Way) -> None:
    """
    Figures: a phone call of last week counts last week, and in no wait and no share.
    """
    began = way.helpline.now - timedelta(days=7)
    chosen = {
        **{"channel": "phone", "language": "sq", "role": "child", "band": "14-17"},
        **{"country": "al", "severity": "emergency", "category": "none"},
    }
    entry = entering.Entry("0" * 32, began, 20, chosen)
    with way.helpline.database.write() as session:
        now = way.helpline.now
        entering.enter(session, way.helpline.vault, entry, staff=ELIRA, now=now)

    figures = counted(way.helpline)

    assert named(figures, "day")["2026-11-13"].contacts == 1
    total = figures.total
    assert (total.answered, total.within, total.later, total.abandoned) == (0, 0, 0, 0)
    assert total.talk_median == timedelta(minutes=20)


async def test_blocked_contacts_are_counted_apart(way: Way) -> None:
    """
    Figures: what a blocked sender writes is a number of its own and in no split.
    """
    contact_id = await way.opens(severity="none", reason="duty_of_care")
    with way.helpline.database.write() as session:
        contacts.block(
            session,
            way.helpline.vault,
            contact_id,
            staff=ELIRA,
            until=way.helpline.now + timedelta(hours=2),
            reason="sharje",
            now=way.helpline.now,
        )

    figures = counted(way.helpline)

    assert (figures.total.contacts, figures.blocked) == (0, 1)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-10-24T21:59", "2026-10-24"),  # two hours ahead of UTC
        ("2026-10-24T22:00", "2026-10-25"),
        ("2026-10-25T22:59", "2026-10-25"),  # a day of 25 hours ends an hour later
        ("2026-10-25T23:00", "2026-10-26"),
        ("2026-03-29T21:59", "2026-03-29"),  # a day of 23 hours
        ("2026-03-29T22:00", "2026-03-30"),
    ],
)
def test_days_are_those_of_albania(at: str, day: str) -> None:
    """
    R8: a contact falls on the day of the clock in Albania, also where the clock is changed,
    and the period of that day holds it.
    """
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    there = date.fromisoformat(day)

    assert periods.day_of(moment) == there
    begins, ends = periods.bounds(Period(there, there, "day"))
    assert begins <= moment < ends


def test_shifts_are_those_of_the_plan() -> None:
    """
    Figures: a moment belongs to the span of the plan in which it lies, also past midnight;
    without a plan to a third of the day.
    """
    hours = Hours(dict.fromkeys(range(1, 8), spans_of("08:00–16:00, 20:00–02:00")))
    night = datetime(2026, 11, 21, 0, 30, tzinfo=UTC)

    assert periods.shift_of(night, hours) == "20:00–02:00"
    assert periods.shift_of(night + timedelta(hours=8), hours) == "08:00–16:00"
    assert periods.shift_of(night + timedelta(hours=3), hours) == periods.OUTSIDE
    assert periods.shift_of(night, Hours()) == "22:00–06:00"


def test_periods_are_what_was_asked_for_within_bounds() -> None:
    """
    Figures: four weeks unless days are named; whole months that are over for who may not read
    contacts; never days to come, never more than a year.
    """
    today = date(2026, 11, 22)

    def asked(first: str, last: str, *, whole_months: bool = False) -> tuple[str, str]:
        found = period_of(first, last, "", today=today, whole_months=whole_months)
        return found.first.isoformat(), found.last.isoformat()

    assert asked("", "") == ("2026-10-26", "2026-11-22")
    assert asked("2026-11-20", "2027-01-01") == ("2026-11-20", "2026-11-22")
    assert asked("", "", whole_months=True) == ("2026-10-01", "2026-10-31")
    assert asked("2026-08-20", "2026-09-02", whole_months=True) == ("2026-08-01", "2026-09-30")
    assert asked("2026-10-20", "2026-11-20", whole_months=True) == ("2026-10-01", "2026-10-31")
    for first, last in (
        *(("2025-01-01", "2026-11-01"), ("2026-11-20", "2026-11-19")),
        *(("2027-01-01", ""), ("0001-01-01", ""), ("=1", ""), ("2026-13-01", "")),
    ):
        with pytest.raises(BadPeriod):
            asked(first, last)
