"""News of a report in the same chat: inside the hours, to the one who reported, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fakes.holder import AT, Holder, update
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.content import LANGUAGES
from bot.engine.effects import Say, SetTimer
from bot.engine.events import Abilities, Hiding, ReportMoved, Started, TimerFired
from bot.engine.flows import hours
from bot.engine.flows.clock import CLOCK
from bot.engine.state import Contact, Profile, Told

DAY = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # four in the afternoon in Tirana
NIGHT = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)
NEWS = ("news.first", "receipt.state.removed", "news.more")
SAFE = (16, 18)


def reporter(*, at: datetime = DAY, here: bool = False, **state: Any) -> Holder:
    """Somebody who reported; ``here``: a minute ago they did something."""
    holder = Holder(state.pop("language", "sq"))
    holder.at = at
    heard_at = at - (timedelta(minutes=1) if here else timedelta(days=2))
    holder.state = replace(holder.state, heard_at=heard_at, asked="menu", **state)
    return holder


def removed(holder: Holder) -> Holder:
    """The helpline tells that it was removed."""
    return holder.does(ReportMoved(at=holder.at, updates=(update("removed", days=0),)))


def timers(holder: Holder) -> dict[str, datetime]:
    """The timers that were set just now."""
    return {each.name: each.at for each in holder.all(SetTimer)}


def fires(holder: Holder, name: str) -> Holder:
    """The timer that was set comes due."""
    holder.at = timers(holder)[name]
    return holder.does(TimerFired(at=holder.at, name=name))


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_is_here_is_told(language: str) -> None:
    """In a live chat the first line is neutral, then what became of it, and a way on."""
    holder = removed(reporter(here=True, language=language))

    assert tuple(holder.keys) == NEWS
    assert holder.state.news == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_locked_screen_shows_nothing(language: str) -> None:
    """Who is not here is asked in words that name no report, no place and nobody (C3)."""
    holder = removed(reporter(language=language))

    (asked,) = holder.all(Say)
    assert asked.key == "news.ask"
    assert asked.notice
    assert asked.until == hours.end(hours.BY_DAY, DAY)
    told = f"{asked.text} {' '.join(button.label for button in asked.buttons)}".casefold()
    assert not any(word in told for word in ("raport", "report", "kod", "code", "heq", "remov"))

    assert holder.presses("news.show").keys == ["receipt.state.removed", "news.more"]
    assert holder.state.news == ()


def test_later_means_later() -> None:
    """[Not now]: nothing is pressed on anybody; whoever opens the chat again is asked again."""
    holder = removed(reporter()).presses("news.later")
    assert holder.keys == ["news.later"]

    assert holder.does(Started(at=holder.at)).keys == ["news.ask"]


def test_at_night_it_waits_for_the_hours() -> None:
    """Outside the named hours, and at night where none were named, nothing is said."""
    for safe in (None, SAFE):
        holder = removed(reporter(at=NIGHT, hours=safe))
        assert holder.keys == []

        assert fires(holder, "news").keys == ["news.ask"]
        assert hours.inside(safe or hours.BY_DAY, holder.at)


def test_behind_an_own_word_there_is_only_the_knock() -> None:
    """With an own word the neutral knock comes, and only the word opens what waits."""
    own = removed(reporter(hours=SAFE, own_word="x/y"))
    assert own.keys == []

    assert fires(own, "knock_1").keys == ["knock.ask"]
    assert own.types("ckemi").keys[:1] != ["receipt.state.removed"]
    assert own.state.news


def test_after_an_exit_it_waits_behind_the_choice() -> None:
    """Whoever left is not written to about it; the knock, then the choice, then the news."""
    left = reporter(here=True).types("dil")
    left.at += timedelta(hours=1)
    assert removed(left).keys == []

    left.at += timedelta(minutes=20)
    assert left.types("ckemi").keys == ["back.open"]
    assert left.presses("back.yes").keys == ["receipt.state.removed", "news.more"]


def test_somebody_else_at_a_shared_phone_hears_nothing() -> None:
    """News for one who shares the phone are not said while another has it, nor asked about."""
    shared = reporter(here=True, profile="fox_blue", profiles=(Profile(name="owl_red"),))
    holder = removed(replace_reporter(shared, "owl_red"))

    assert holder.keys == []
    assert holder.state.news
    assert not any("receipt" in key for key in holder.types("menu").keys)
    assert tuple(removed(replace_reporter(shared, "fox_blue")).keys) == NEWS


def replace_reporter(holder: Holder, name: str) -> Holder:
    """The same, where this one made the report."""
    other = reporter()
    other.at, other.state = holder.at, replace(holder.state, reporter=name, news=(), doubt=False)
    return other


def test_something_graver_has_the_floor() -> None:
    """While harm was told or a person is there, news of a report wait."""
    told = Told("disclosure", "sextortion", 1.0)
    contact = Contact(number=1, stage="waiting", severity="none")
    for holder in (
        reporter(here=True, told=told, hold=True),
        reporter(here=True, contact=contact, contacts=1),
    ):
        assert removed(holder).keys == []
        assert timers(holder)["news"] == DAY + timedelta(hours=1)
        assert holder.state.news


def test_harm_that_was_told_holds_news_up_for_no_day() -> None:
    """Whoever told of harm, wanted nobody and left is asked the next time, as anybody is."""
    told = Told("disclosure", "sextortion", 1.0)
    holder = reporter(told=told, hold=True)

    assert removed(holder).keys == ["news.ask"]


def test_where_it_costs_it_is_a_notice() -> None:
    """On a channel with a session it may be left out: the code still tells (Viber)."""
    holder = reporter()
    holder.abilities = Abilities(takes_back=False, hides=Hiding.SELF, session=timedelta(hours=24))

    assert all(said.notice for said in removed(holder).all(Say))


def test_several_are_told_together() -> None:
    """What waited is said at once, the newest last, and old news are left to the code."""
    holder = reporter(at=NIGHT)
    holder.state = replace(holder.state, news=(update("assessing", days=40),))
    holder.does(ReportMoved(at=NIGHT, updates=(update("filed", "isigurt"),)))
    removed(holder)

    assert [each.state for each in holder.state.news] == ["filed", "removed"]


@given(
    st.integers(0, 7 * 24 * 60),
    st.sampled_from([None, (14, 16), (16, 18), (20, 22)]),
    st.sampled_from(["", "x/y"]),
    st.booleans(),
)
def test_nothing_of_it_is_ever_said_outside_the_hours(
    minutes: int, safe: tuple[int, int] | None, own_word: str, quiet: bool
) -> None:
    """At any minute of a week: to somebody who is not here nothing comes outside the hours."""
    at = AT + timedelta(minutes=minutes)
    holder = removed(reporter(at=at, hours=safe, own_word=own_word, quiet=quiet))
    for _ in range(3):
        if holder.keys:
            first, until = safe or hours.BY_DAY
            assert first <= holder.at.astimezone(CLOCK).hour < until
            assert holder.keys[0] in ("news.ask", "knock.ask")
            return
        name = min(timers(holder), key=lambda each: timers(holder)[each], default="")
        if not name:
            return
        fires(holder, name)
