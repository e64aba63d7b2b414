"""Everything that the code can say is there, in both languages and for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import authoring
from bot.authoring.needed import keys_in_code
from bot.engine.answers import OPTIONS
from bot.engine.content import LANGUAGES, Content
from bot.engine.events import Started
from bot.engine.flows.lesson import options_at
from bot.engine.state import State
from bot.engine.voice import Moment, label, phrase
from bot.feed import STEPS

ROOT = Path(__file__).resolve().parents[3]
PEOPLE = (
    State(),
    *(State(band=band, role="child") for band in ("8-10", "11-13", "14-17")),
    *(State(role=role) for role in ("parent", "teacher", "other")),
)


@pytest.fixture(scope="module")
def content() -> Content:
    """
    The content that is shipped.
    """
    return authoring.load(ROOT / "content")


def questions() -> Iterator[tuple[str, str]]:
    """Every button of the code's own questions."""
    for question, options in OPTIONS.items():
        yield from ((question, option) for option in options)
    for place in ("open", "again", "do", "end"):
        yield from (("lesson", option) for option in options_at(None, place))  # type: ignore[arg-type]
    yield from (("go", "help_numbers"), ("go", "help_wanted"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_of_the_code_can_be_said_to_everybody(content: Content, language: str) -> None:
    """
    No key in the code is without words, whoever is spoken to: a missing one would end a
    child's turn in an apology.
    """
    keys = {*keys_in_code(), *(f"climb.{step}" for step in STEPS)}
    moment = Moment(content, Started(at=datetime(2026, 11, 22, tzinfo=UTC)))
    missing = [key for key in keys if key not in content.phrases[language]]

    assert len(keys) > 80
    assert missing == []
    for person in PEOPLE:
        spoken_to = State(language=language, band=person.band, role=person.role)
        assert all(phrase(spoken_to, moment, key) for key in keys)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_of_the_code_has_a_label_for_everybody(
    content: Content, language: str
) -> None:
    """
    Every option of every question that is code has its words, the frame of lessons too.
    """
    moment = Moment(content, Started(at=datetime(2026, 11, 22, tzinfo=UTC)))
    for person in PEOPLE:
        spoken_to = State(language=language, band=person.band, role=person.role)
        assert all(label(spoken_to, moment, *button) for button in questions())
