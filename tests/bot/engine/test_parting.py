"""What still comes when somebody has left: nothing, and nothing that waits is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.onlooker import AT, CHILD, ID, Talk

from bot.engine.effects import LeaveContact
from bot.engine.events import (
    ChatHidden,
    CounsellorJoined,
    CounsellorLeft,
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
