"""Harm told in pieces, and harmless talk of the same shape, through the engine (U1, U4, U5).

The talks stand in ``conversations``; how they are written is told in ``sq-told.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fakes.lifeline import CONTENT

from bot import triage
from bot.engine.content import LANGUAGES
from bot.engine.effects import Effect, Say
from bot.engine.events import Helpline, MessageReceived
from bot.engine.state import HARM, State
from bot.script import Script, Talk, begin

FOLDER = Path(__file__).parent / "conversations"
BANDS = ("8-10", "11-13", "14-17")
SOFTLY = {"soft.ask", "soft.again", "soft.other", "secret.no_promise"}  # asked what is wrong
STOPS = "harm.cannot"
FROM_BEST = ("raised", "asked", "nothing")
SOFT = {"severity": "concern", "category": "other_distress", "score": 0.3}


@dataclass(frozen=True, slots=True)
class Told:
    """A talk of a file: where it stands, what is written, what must have come of it."""

    id: str
    language: str
    at: str
    who: str
    writes: tuple[str, ...]
    must: str
    by: int
    so_far: str  # what comes of it instead, where that falls short

    @property
    def in_lesson(self) -> bool:
        """Whether a question of a lesson is open."""
        return "/" in self.at


@dataclass(frozen=True, slots=True)
class Came:
    """What came of each message: ``raised``, ``asked`` or ``nothing``; whether it was stopped."""

    each: tuple[str, ...]
    stopped: tuple[bool, ...]

    def by(self, message: int) -> str:
        """The most that came of it until then."""
        return min(self.each[:message], key=FROM_BEST.index)

    @property
    def all(self) -> str:
        """The most that came of it."""
        return self.by(len(self.each))


def written() -> Iterator[Told]:
    """All talks of all files."""
    for path in sorted(FOLDER.glob("*.toml")):
        for talk in tomllib.loads(path.read_text(encoding="utf-8"))["talk"]:
            yield told_in(path, **talk)


def told_in(path: Path, **talk: Any) -> Told:
    """One talk; an entry that is not known is refused."""
    name = f"{path.stem}:{talk.pop('name')}"
    writes = tuple(talk.pop("writes"))
    by, so_far = talk.pop("by", len(writes)), talk.pop("so_far", "")
    return Told(id=name, language=path.stem[:2], writes=writes, by=by, so_far=so_far, **talk)


def start_of(told: Told) -> dict[str, Any]:
    """The conversation before the first message, as it is stored."""
    child = told.who in BANDS
    start: dict[str, Any] = {
        "role": "child" if child else told.who,
        "band": told.who if child else "",
        "asked": told.at,
    }
    if told.in_lesson:
        return {**start, "lesson": told.at.partition("/")[0]}
    if told.at != "soft":
        return start
    asked = "soft" if child else "soft_adult"
    return {**start, "asked": asked, "paused": "menu", "told": SOFT}


@cache
def played(told: Told, language: str) -> Came:
    """What came of a talk, message by message."""
    script = Script("", start_of(told), Helpline.STAFFED, ())
    talk = begin(script, language, CONTENT, triage.read)
    came: list[str] = []
    stopped: list[bool] = []
    for text in told.writes:
        effects = talk.happens(MessageReceived(at=talk.at, text=text))
        came.append(outcome(talk, effects))
        stopped.append(STOPS in keys(effects))
    return Came(tuple(came), tuple(stopped))


def came_of(told: Told) -> Came:
    """What came of a talk in the language that was chosen for it."""
    return played(told, told.language)


def outcome(talk: Talk, effects: tuple[Effect, ...]) -> str:
    """What came of one message."""
    if is_raised(talk.state):
        return "raised"
    return "asked" if SOFTLY.intersection(keys(effects)) else "nothing"


def is_raised(state: State) -> bool:
    """Whether it was answered as a telling of harm, and a person is there for it."""
    if state.reported is not None:
        return False
    told = state.told is not None and state.told.severity in HARM
    return state.contact is not None or told


def keys(effects: tuple[Effect, ...]) -> list[str]:
    """What is said, as the names of the phrases."""
    return [effect.key for effect in effects if isinstance(effect, Say)]


TALKS = tuple(written())


def some(must: str, *, short_of: str, in_lesson: bool | None = None) -> Any:
    """The talks that must end so; without those that fall short of this so far."""
    found = [
        pytest.param(told, id=told.id)
        for told in TALKS
        if told.must == must
        and told.so_far not in short_of.split()
        and in_lesson in (None, told.in_lesson)
    ]
    return pytest.mark.parametrize("told", found)


@some("raised", short_of="asked nothing", in_lesson=False)
def test_harm_told_in_pieces_is_raised(told: Told) -> None:
    """
    What is told over several messages, none of which says it all, is answered as a telling.
    """
    assert came_of(told).by(told.by) == "raised", came_of(told)


@some("raised", short_of="nothing", in_lesson=False)
def test_harm_told_in_pieces_is_never_passed_over(told: Told) -> None:
    """
    Where the pieces leave a doubt, it is asked softly what is wrong.
    """
    assert came_of(told).by(told.by) != "nothing", came_of(told)


@some("raised", short_of="asked nothing", in_lesson=False)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chosen_language_does_not_decide(told: Told, language: str) -> None:
    """
    Harm is heard in either language, whichever of them the conversation is in.
    """
    assert played(told, language).by(told.by) == "raised"


@some("calm", short_of="raised", in_lesson=False)
def test_harmless_talk_in_pieces_opens_nothing(told: Told) -> None:
    """
    A party, a game, homework, a film, a lift home for everybody: no telling comes of them.
    """
    assert came_of(told).all != "raised", came_of(told)


@some("calm", short_of="raised asked", in_lesson=False)
def test_harmless_talk_in_pieces_is_not_asked_about(told: Told) -> None:
    """
    Who tells of ordinary things is not asked whether something happened.
    """
    assert came_of(told).all == "nothing", came_of(told)


@some("calm", short_of="raised", in_lesson=True)
def test_an_answer_full_of_alarming_words_is_no_telling(told: Told) -> None:
    """
    What answers a lesson's question about threats tells of no threat.
    """
    assert came_of(told).all != "raised", came_of(told)


@some("raised", short_of="asked nothing", in_lesson=True)
def test_a_telling_typed_into_a_lesson_is_heard(told: Told) -> None:
    """
    “This is happening to me” is heard at once, where an answer was expected (scene 4).
    """
    assert came_of(told).by(told.by) == "raised", came_of(told)


@some("stopped", short_of="nothing raised asked")
def test_who_means_harm_to_children_is_not_helped(told: Told) -> None:
    """
    Who asks for children as somebody would who means to harm them hears that it is read.
    """
    assert any(came_of(told).stopped[: told.by])


@some("unsuspected", short_of="stopped")
def test_who_means_no_harm_is_not_suspected(told: Told) -> None:
    """
    A child about its own picture, a parent, a teacher, a journalist: none is taken for that.
    """
    assert not any(came_of(told).stopped)
