"""What a channel needs to show a conversation well: pages, quizzes, buttons that stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.authoring import load
from bot.engine.effects import Say
from bot.engine.events import AnyEvent, ButtonTapped, Helpline, MessageReceived, Started
from bot.engine.state import Contact, State
from bot.engine.step import step
from bot.engine.voice import LETTERS

CONTENT = load(Path(__file__).parents[3] / "content")
AT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
CHILD = State(
    language="sq",
    band="14-17",
    role="child",
    country="al",
    onboarded=True,
    limits_version="1",
    limits_at=AT,
)
QUIZ = "t01-privacy-14-17/quiz"


def after(state: State, *presses: str) -> tuple[State, tuple[Say, ...]]:
    """Press one after the other; what the last one answered."""
    says: tuple[Say, ...] = ()
    for button in presses:
        state, says = happens(state, ButtonTapped(at=AT, button=button))
    return state, says


def happens(state: State, event: AnyEvent) -> tuple[State, tuple[Say, ...]]:
    """One step."""
    event = replace(event, helpline=Helpline.STAFFED)
    answer = step(state, event, content=CONTENT)
    return answer.state, tuple(e for e in answer.effects if isinstance(e, Say))


@pytest.mark.parametrize(
    ("state", "pressed"),
    [
        (replace(CHILD, asked="menu"), "menu.lesson"),
        (replace(CHILD, asked="menu"), "menu.help"),
        (replace(CHILD, asked="lessons"), "lessons.t01"),
        (replace(CHILD, asked="doors"), "doors.back"),
        (replace(CHILD, asked="doors"), "doors.read"),
        (replace(CHILD, asked="t06-threats-14-17/open"), "t06-threats-14-17/open.other"),
        (replace(CHILD, asked="t01-privacy-14-17/open"), "t01-privacy-14-17/open.start"),
        (replace(CHILD, asked="t01-privacy-14-17/again"), "t01-privacy-14-17/again.again"),
        (State(asked="j:onboarding:language"), "j:onboarding:language.en"),
    ],
)
def test_pages_that_lead_on_give_their_place(state: State, pressed: str) -> None:
    """
    What was pressed and leaves nothing worth reading is replaced by where it led.
    """
    _, says = after(state, pressed)

    assert [say.turns for say in says] == [True] + [False] * (len(says) - 1)


@pytest.mark.parametrize(
    ("asked", "pressed"),
    [
        ("j:onboarding:limits", "j:onboarding:limits.understood"),
        ("t01-privacy-14-17/hook", "t01-privacy-14-17/hook.unsure"),
        ("t01-privacy-14-17/quiz", "t01-privacy-14-17/quiz.home"),
        ("t01-privacy-14-17/end", "t01-privacy-14-17/end.go_on"),
        ("t01-privacy-14-17/quiz", "go.help"),
        ("after", "after.go_on"),
        ("doors", "doors.person"),
        ("danger", "danger.no"),
    ],
)
def test_what_is_worth_reading_again_stays(asked: str, pressed: str) -> None:
    """
    Limits, a lesson's words, numbers and whatever follows a telling are never replaced.
    """
    _, says = after(replace(CHILD, asked=asked), pressed)

    assert says
    assert not any(say.turns for say in says)


def test_typed_words_turn_no_page() -> None:
    """
    Only a press has a page to replace; typed words leave what stands above them.
    """
    asked, _ = after(CHILD, "go.menu")

    _, says = happens(asked, MessageReceived(at=AT, text="mësim"))

    assert not any(say.turns for say in says)


@pytest.mark.parametrize("language", ["sq", "en"])
def test_teenagers_get_the_platforms_own_quiz(language: str) -> None:
    """
    A quiz of 14–17 names its right button and a reason that every platform shows whole.
    """
    _, says = after(
        replace(CHILD, language=language, asked="t01-privacy-14-17/again"),
        "t01-privacy-14-17/again.again",
    )

    quiz = says[-1].quiz
    assert quiz is not None
    assert quiz.right == f"{QUIZ}.home"
    assert quiz.right in {button.id for button in says[-1].buttons}
    assert 0 < len(quiz.why) <= 200
    assert quiz.why.count("\n") <= 2


@pytest.mark.parametrize(
    ("state", "lesson"),
    [
        (replace(CHILD, band="8-10"), "t01-privacy-8-10"),
        (replace(CHILD, band="11-13"), "t01-privacy-11-13"),
        (CHILD, "t06-threats-14-17"),
        (replace(CHILD, hold=True), "t01-privacy-14-17"),
    ],
)
def test_nobody_tender_is_shown_a_cross(state: State, lesson: str) -> None:
    """
    The young, tender topics and those who told of harm keep the buttons and the kind reason.
    """
    _, says = after(replace(state, asked=f"{lesson}/again"), f"{lesson}/again.again")

    assert says[-1].buttons
    assert says[-1].quiz is None


def test_standing_buttons_are_as_they_were() -> None:
    """
    A bubble that asks nothing carries the open question: letters where they were letters.
    """
    taught = CONTENT.lessons["sq"]["t06-threats-11-13"]
    long = tuple(replace(each, label=each.label + " " * 40) for each in taught.quiz.options)
    worded = {"sq": {taught.id: replace(taught, quiz=replace(taught.quiz, options=long))}}
    content = replace(CONTENT, lessons={**CONTENT.lessons, **worded})
    asked = replace(CHILD, band="11-13", asked=f"{taught.id}/again")
    again = step(asked, ButtonTapped(at=AT, button=f"{taught.id}/again.again"), content=content)
    before = [each for each in again.effects if isinstance(each, Say)]
    robot = MessageReceived(at=AT, text="a je robot")
    between = [
        each for each in step(again.state, robot, content=content).effects if isinstance(each, Say)
    ]

    assert between[-1].key == "robot.answer"
    assert not between[-1].buttons
    assert between[-1].standing == before[-1].buttons
    assert {button.label for button in before[-1].buttons} <= set(LETTERS)


def test_standing_menu_leaves_help_to_its_own_button() -> None:
    """
    The menu stands under another bubble without a second way to help.
    """
    menu, _ = happens(CHILD, Started(at=AT))
    _, between = happens(menu, MessageReceived(at=AT, text="a je robot"))

    standing = [button.id for button in between[-1].standing]
    assert standing == ["menu.lesson", "menu.ask", "menu.more"]
    assert between[-1].help is not None


def test_menu_taken_up_again_is_the_menu_of_its_reader() -> None:
    """
    A question that comes back from storage without its options stands as it would be asked.
    """
    grown_up = replace(CHILD, role="parent", band="", asked="menu")

    _, between = happens(grown_up, MessageReceived(at=AT, text="a je robot"))

    standing = [button.id for button in between[-1].standing]
    assert standing == ["menu.guidance", "menu.ask", "menu.report", "menu.more"]


def test_question_of_content_that_is_gone_stands_nowhere() -> None:
    """
    Options that an older release had asked are left out when the content no longer has them.
    """
    old = replace(CHILD, asked="j:parents:gone", options=("yes", "no"))

    _, says = happens(old, MessageReceived(at=AT, text="a je robot"))

    assert says[-1].standing == ()


def test_counsellor_does_not_bury_an_open_question() -> None:
    """
    A question asked while waiting still stands under what comes from the helpline.
    """
    waiting = replace(
        CHILD,
        asked="company",
        options=("yes", "no"),
        hold=True,
        contact=Contact(number=1, stage="opening", severity="emergency"),
        contacts=1,
    )

    _, says = happens(waiting, MessageReceived(at=AT, text="hajde shpejt"))

    assert [button.id for button in says[-1].standing] == ["company.yes", "company.no"]
