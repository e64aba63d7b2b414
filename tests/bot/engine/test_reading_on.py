"""An adult who waits for a person reads on meanwhile; a child's lessons stay closed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.onlooker import AT, CHILD, ID, Talk

from bot.engine.content import LANGUAGES
from bot.engine.effects import PassToCounsellor
from bot.engine.events import CounsellorJoined, Helpline
from bot.engine.state import Contact, State

WAITS = Contact(number=1, stage="waiting", severity="none")
PARENT = replace(CHILD, role="parent", band="", contact=WAITS, contacts=1, hold=True)


def _waiting(state: State, stage: str = "waiting") -> Talk:
    talk = Talk(replace(state, contact=replace(WAITS, stage=stage)))
    talk.helpline = Helpline.EMPTY
    return talk


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", ["opening", "waiting"])
@pytest.mark.parametrize("role", ["parent", "teacher"])
@pytest.mark.parametrize("typed", [True, False])
def test_an_adult_who_waits_reads_the_guidance(
    language: str, stage: str, role: str, typed: bool
) -> None:
    """The menu says where the words are, and leads to the guidance; the contact stays open."""
    talk = _waiting(replace(PARENT, language=language, role=role), stage)
    where = {"opening": "handover.bringing", "waiting": "waiting.still"}[stage]

    assert (talk.types("menu") if typed else talk.taps("go.menu")) == [where, "menu.ask"]

    (first,) = talk.taps("menu.guidance")
    assert first.split(".")[0] == ("teachers" if role == "teacher" else "parents")
    assert talk.taps("menu.guidance") == []  # the second half of a double press
    assert talk.state.contact is not None


def test_words_between_two_pages_reach_the_helpline() -> None:
    """What an adult writes while reading goes to the person who will come."""
    talk = _waiting(PARENT)
    talk.taps("go.menu", "menu.guidance")

    assert talk.types("ajo fshihet me telefonin") == ["waiting.added"]

    assert next(type(each) for each in talk.effects) is PassToCounsellor
    assert talk.taps("j:parents:age.middle") == ["parents.matter"]


@pytest.mark.parametrize("button", ["go.menu", "go.lessons", "menu.lesson", "after.go_on"])
def test_a_child_who_waits_is_not_sent_to_lessons(button: str) -> None:
    """After a disclosure a child hears where things stand, whatever it presses."""
    talk = _waiting(replace(PARENT, role="child", band="11-13"))

    assert talk.taps(button)[0] == "waiting.still"
    assert talk.types("menu")[0] == "waiting.still"
    assert talk.state.asked == ""


def test_a_grave_question_keeps_an_adult_too() -> None:
    """“Is the child with you?” is not buried beneath a menu while somebody is being called."""
    talk = _waiting(replace(PARENT, asked="adult_near"))

    assert talk.types("menu")[0] == "waiting.still"
    assert talk.state.asked == "adult_near"


def test_with_a_person_there_no_menu_comes_between() -> None:
    """Once a counsellor has joined, the guidance is closed and words go to the person."""
    talk = _waiting(PARENT)
    talk.taps("go.menu", "menu.guidance")
    talk.happens(CounsellorJoined(at=AT, contact_id=ID, name="Elira"))

    assert talk.taps("go.menu") == []
    assert talk.types("menu") == []
    assert talk.state.asked == ""


def test_who_left_while_waiting_is_shown_nothing_before_a_choice() -> None:
    """C2: after the exit an adult's menu word, too, is met with the neutral question first."""
    talk = _waiting(PARENT)
    talk.types("dil")

    assert talk.types("menu") == ["back.open"]
    assert talk.types("menu")[0] == "waiting.still"
    assert talk.state.asked == "back"
