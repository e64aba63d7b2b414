"""Reporting an address, and coming back with its receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.authoring import load
from bot.engine.content import LANGUAGES
from bot.engine.effects import (
    AskReport,
    PassToCounsellor,
    Say,
    TakeBack,
)
from bot.engine.events import (
    Abilities,
    ButtonTapped,
    Helpline,
    Hiding,
    MessageReceived,
    ReportDelayed,
    ReportNews,
    ReportStored,
)
from bot.engine.state import Contact, State, Told
from bot.engine.step import step

CONTENT = load(Path(__file__).parents[3] / "content")
AT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
RECEIPT = "4721093655182047"
VIBER = Abilities(takes_back=False, hides=Hiding.SELF)


class Reporter:
    """Somebody who reports, step by step."""

    def __init__(self, language: str = "sq", role: str = "child") -> None:
        band = "14-17" if role == "child" else ""
        self.state = State(
            language=language, role=role, band=band, country="al", onboarded=True,
            limits_version="1", limits_at=AT,
        )  # fmt: skip
        self.abilities = Abilities()
        self.effects: tuple[Any, ...] = ()

    def does(self, event: Any) -> Reporter:
        event = replace(event, helpline=Helpline.STAFFED, abilities=self.abilities)
        answer = step(State.from_dict(self.state.to_dict()), event, content=CONTENT)
        self.state, self.effects = answer.state, answer.effects
        return self

    def presses(self, *buttons: str) -> Reporter:
        for button in buttons:
            self.does(ButtonTapped(at=AT, button=button))
        return self

    def types(self, text: str) -> Reporter:
        return self.does(MessageReceived(at=AT, text=text))

    @property
    def keys(self) -> list[str]:
        return [effect.key for effect in self.effects if isinstance(effect, Say)]

    def only(self, kind: type[Any]) -> Any:
        (found,) = [effect for effect in self.effects if isinstance(effect, kind)]
        return found


def test_words_that_are_no_address_are_not_reported() -> None:
    """What is typed at the opening and is no address goes the way of all words."""
    reporter = Reporter().presses("go.report").types("nuk e di mire. si behet")

    assert reporter.state.draft is None


def test_the_code_is_shown_once_and_goes_from_the_screen() -> None:
    """The receipt is shown in groups of four, kept nowhere, and taken back after the press."""
    reporter = Reporter().does(ReportStored(at=AT, receipt=RECEIPT))

    shown = next(effect for effect in reporter.effects if isinstance(effect, Say))
    assert "4721 0936 5518 2047" in shown.text
    assert shown.fleeting
    assert RECEIPT not in str(reporter.state.to_dict())

    reporter.presses("report_code.written")
    assert (
        next(effect for effect in reporter.effects if isinstance(effect, Say)).instead == shown.key
    )
    assert "report.thanks" in reporter.keys


def test_a_report_without_its_code_is_said_to_have_arrived() -> None:
    """Where the helpline no longer tells the code, no empty code is shown."""
    assert "report.no_code" in Reporter().does(ReportStored(at=AT, receipt="")).keys


def test_where_nothing_can_be_taken_back_the_code_is_said_to_stay() -> None:
    """No false promise: where the bot cannot remove the code, it says so."""
    reporter = Reporter()
    reporter.abilities = VIBER
    reporter.does(ReportStored(at=AT, receipt=RECEIPT)).presses("report_code.written")

    assert reporter.keys[0] == "report.code_stays"


def test_nobody_is_sent_to_the_police_for_a_sight_that_stays() -> None:
    """Where no child helpline is known, the word for help is named, not the emergency number."""
    reporter = Reporter()
    reporter.state = replace(reporter.state, country="xk")
    reporter.does(ReportStored(at=AT, receipt=RECEIPT)).presses("report_code.written")

    last = [effect for effect in reporter.effects if isinstance(effect, Say)][-1]
    assert last.key == "report.thanks_me"
    assert not any(letter.isdigit() for letter in last.text)


def test_a_receipt_for_somebody_away_waits() -> None:
    """After the exit word nothing is shown; the code comes when the reporter is back."""
    reporter = (
        Reporter().presses("go.report").types("dil").does(ReportStored(at=AT, receipt=RECEIPT))
    )
    assert reporter.effects == ()

    reporter.types("ckemi").presses("back.yes")

    assert "report.code" in reporter.keys


def test_a_code_is_asked_for_and_taken_off_the_screen() -> None:
    """A typed code leaves the chat at once, spaces or not; nothing else is done with it."""
    reporter = Reporter().presses("go.code").types("4721 0936-5518 2047")

    assert reporter.only(AskReport).receipt == RECEIPT
    assert reporter.only(TakeBack).theirs
    assert RECEIPT not in str(reporter.state.to_dict())


def test_a_mistyped_code_is_asked_for_again() -> None:
    """Fifteen digits are no code: also they leave the chat, and the question comes again."""
    reporter = Reporter().presses("go.code").types("472109365518204")

    assert reporter.keys == ["report.not_a_code", "report.type_code"]
    assert reporter.only(TakeBack).theirs


ASKS = {
    "dua të raportoj": "report.open",
    "Dua te raportoj dicka!": "report.open",
    "raportojj": "report.open",
    "I want to report something": "report.open",
    "report": "report.open",
    "kam nje kod": "report.type_code",
    "I have a code.": "report.type_code",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", ["menu", "", "t01-privacy-14-17/quiz", "report_kind", "after"])
@pytest.mark.parametrize("words", ASKS)
def test_a_report_and_its_code_are_found_by_words(language: str, asked: str, words: str) -> None:
    """Whoever wants to report, or comes back with a code, says so anywhere, in any language."""
    reporter = Reporter(language)
    reporter.state = replace(reporter.state, asked=asked)

    assert reporter.types(words).keys == [ASKS[words]]


@pytest.mark.parametrize(
    ("words", "language"), [("I have a code", "en"), ("kam një kod", "sq"), ("report", "en")]
)
def test_a_report_may_be_the_first_word_of_all(words: str, language: str) -> None:
    """Somebody who comes only to report is answered at once, in the language of the words."""
    reporter = Reporter()
    reporter.state = State()

    assert reporter.types(words).keys[0].startswith("report.")
    assert reporter.state.language == language


def test_after_the_news_nobody_is_asked_to_report_again() -> None:
    """“I have a code” typed at the report's opening leads on from there, to where it began."""
    for words in ("kam një kod", "i have a code"):
        reporter = Reporter().presses("go.report").types(words)
        reporter.types(RECEIPT).does(ReportNews(at=AT, found="unknown")).presses("after.go_on")

        assert reporter.keys == ["menu.ask"]


@pytest.mark.parametrize("words", ASKS)
def test_a_grave_question_is_not_left_for_a_report(words: str) -> None:
    """Words of a report while a child is asked whether it is safe bring that question again."""
    reporter = Reporter()
    told = Told("disclosure", "sextortion", 1.0)
    reporter.state = replace(reporter.state, asked="danger", told=told, hold=True)

    assert reporter.types(words).keys == ["danger.ask"]


@pytest.mark.parametrize("stage", ["opening", "waiting", "talking"])
def test_words_of_a_report_reach_the_person_who_is_there(stage: str) -> None:
    """With a contact open “I want to report something” goes to the person like all words."""
    reporter = Reporter()
    contact = Contact(number=1, stage=stage, severity="none")
    reporter.state = replace(reporter.state, contact=contact, contacts=1)

    passed = reporter.types("dua të raportoj").only(PassToCounsellor)

    assert [word.text for word in passed.words] == ["dua të raportoj"]
    assert not any(key.startswith("report.") for key in reporter.keys)


def test_a_line_that_is_down_is_told_truly() -> None:
    """The reporter hears that the report is kept and that the code comes later (R5)."""
    assert Reporter().does(ReportDelayed(at=AT)).keys == ["report.delayed"]
