"""What still comes when somebody has left: nothing, and nothing that waits is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.onlooker import AT, CHILD, ID, Talk

from bot.engine.content import LANGUAGES
from bot.engine.effects import LeaveContact
from bot.engine.events import (
    AnyEvent,
    ButtonTapped,
    ChatHidden,
    CounsellorJoined,
    CounsellorLeft,
    ExitPressed,
    MessageReceived,
    ReportStored,
    Started,
)


def test_what_could_not_be_hidden_is_not_told_to_somebody_who_left() -> None:
    """C2: the child hid the chat and left; what the platform says of it later stays unsaid."""
    talk = Talk()
    talk.taps("go.person", "go.hide", "hide.yes")
    assert talk.happens(ChatHidden(at=talk.at, left=2)) == ["hide.some_left"]

    talk.types("dil")

    assert talk.happens(ChatHidden(at=talk.at, left=2)) == []


def test_leaving_a_lesson_in_a_hidden_chat_is_told_to_staff() -> None:
    """C2: a child that hid its chat leaves by the button of any lesson, and staff see it."""
    talk = Talk()
    talk.taps("go.person", "go.hide", "hide.yes", "today.start")
    talk.state = replace(talk.state, asked="t01-privacy-14-17/end")

    assert talk.taps("t01-privacy-14-17/end.leave") == []

    assert [each.how for each in talk.effects if isinstance(each, LeaveContact)] == ["exit_word"]


LEAVES: dict[str, AnyEvent] = {
    "word": MessageReceived(at=AT, text="exit"),
    "button": ButtonTapped(at=AT, button="t06-threats-14-17/end.leave"),
    "quick exit": ExitPressed(at=AT),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", LEAVES)
@pytest.mark.parametrize("place", ["open", "hook", "quiz", "again", "end"])
def test_nobody_is_met_with_the_tender_lesson_that_was_left(
    language: str, way: str, place: str
) -> None:
    """C2: after the exit inside a lesson about threats whoever writes next meets the menu."""
    lesson = "t06-threats-14-17"
    talk = Talk(replace(CHILD, language=language, asked=f"{lesson}/{place}", lesson=lesson))

    assert talk.happens(LEAVES[way]) == []

    assert talk.types("hej") == ["small.hello", "menu.ask"]
    assert talk.taps(f"{lesson}/open.later") == ["stale.we_were_here", "menu.ask"]
    assert talk.taps("menu.lesson", "lessons.t06") == ["lesson.open_tender"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_lesson_goes_on_where_it_was_left(language: str) -> None:
    """A lesson that tells nothing of anybody is taken up after an exit, at the same question."""
    lesson = "t01-privacy-14-17"
    talk = Talk(replace(CHILD, language=language, asked=f"{lesson}/quiz", lesson=lesson))
    talk.happens(ExitPressed(at=AT))

    assert talk.types("hej") == ["small.hello", f"{lesson}.quiz"]


def test_no_tender_lesson_comes_back_in_a_hidden_chat() -> None:
    """C2: hidden inside a lesson about threats, the chat answers a greeting like any day."""
    lesson = "t06-threats-14-17"
    talk = Talk(replace(CHILD, asked=f"{lesson}/quiz", lesson=lesson))
    talk.taps("go.hide", "hide.yes")

    assert talk.types("hej") == ["small.hello", "hide.topic"]


def test_that_a_person_was_here_is_protected_to_the_last_word() -> None:
    """What says that a person was here cannot be passed on, now or when it was held."""
    leaves = CounsellorLeft(at=AT, contact_id=ID, name="Elira", closed=True)
    talk = Talk()
    talk.taps("go.person")
    talk.happens(CounsellorJoined(at=AT, contact_id=ID, name="Elira"))
    talk.happens(leaves)
    assert [say.grave for say in talk.says] == [True] * 3

    talk = Talk()
    talk.taps("go.person")
    talk.happens(CounsellorJoined(at=AT, contact_id=ID, name="Elira"))
    talk.types("dil")
    talk.happens(leaves)
    talk.types("hej")
    assert talk.taps("back.yes") == ["person.left", "person.kept", "talk.end"]
    assert [say.grave for say in talk.says] == [True] * 3


@pytest.mark.parametrize("opens", [True, False])
def test_a_code_that_came_outside_the_hours_is_shown_when_the_child_is_back(opens: bool) -> None:
    """A receipt that could not be shown at night is not lost: it waits for words or an opening."""
    talk = Talk(replace(CHILD, hours=(14, 16)))
    assert talk.happens(ReportStored(at=AT, receipt="1234567890123456"), later=120) == []

    back = talk.happens(Started(at=AT), later=600) if opens else talk.types("hej", later=600)

    assert back == ["back.open"]
    assert talk.taps("back.yes") == ["report.code"]
    assert talk.taps("report_code.written")[0] == "report.code_gone"
    assert talk.types("hej") != ["back.open"]


def test_words_that_come_hours_late_do_not_mean_that_the_child_is_there() -> None:
    """C3: after an outage a message of the afternoon arrives in the evening: no news follows it."""
    talk = Talk(replace(CHILD, hours=(14, 16), heard_at=AT - timedelta(hours=4)))
    talk.happens(
        MessageReceived(at=AT, text="dua te flas me dike", sent_at=AT - timedelta(hours=3))
    )

    assert talk.state.contact is not None
    assert talk.writes("Jam Elira.") == []
    assert talk.state.held == (("Elira", "Jam Elira."),)
