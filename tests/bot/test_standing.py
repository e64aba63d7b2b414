"""A conversation in the middle of something goes on at the same place of a newer version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.talk import NOON, Clock, parts
from sqlalchemy import create_engine

from bot import authoring
from bot.batch import _packed
from bot.engine.answers import options_of
from bot.engine.content import Content, Journey, Lesson
from bot.engine.effects import Say
from bot.engine.events import AnyEvent, ButtonTapped, MediaOffered, MessageReceived, Started
from bot.engine.state import State
from bot.engine.step import step
from bot.engine.voice import Moment
from bot.script import stored
from bot.standing import gone_for, standing
from bot.store.conversations import Stored, add
from bot.store.database import migrate

OLD = authoring.load(Path(__file__).resolve().parents[2] / "content")
CHILD = State(language="sq", role="child", onboarded=True, limits_version="1", country="al")
PLACES = ("open", "before", "hook", "try1", "try2", "quiz", "again", "do", "end", "review1")


def without(content: Content, lesson_id: str) -> Content:
    """
    The content with one lesson taken out.
    """
    kept = {
        language: {name: each for name, each in there.items() if name != lesson_id}
        for language, there in content.lessons.items()
    }
    return replace(content, lessons=kept)


def shortened(content: Content) -> Content:
    """
    The content with one try a lesson, and every question's first choice taken out.
    """

    def short(lesson: Lesson) -> Lesson:
        return replace(
            lesson,
            hook=replace(lesson.hook, options=lesson.hook.options[1:]),
            tries=tuple(replace(each, options=each.options[1:]) for each in lesson.tries[:1]),
        )

    lessons = {
        language: {name: short(each) for name, each in there.items()}
        for language, there in content.lessons.items()
    }
    return replace(content, lessons=lessons)


def renamed(content: Content) -> Content:
    """
    The content with the nodes of the parents' journey under other names.
    """

    def other(journey: Journey) -> Journey:
        turns = {
            f"new_{name}": replace(
                turn,
                id=f"new_{name}",
                go={o: t if t[0] == "@" else f"new_{t}" for o, t in turn.go.items()},
                next=turn.next and (turn.next if turn.next[0] == "@" else f"new_{turn.next}"),
            )
            for name, turn in journey.turns.items()
        }
        words = {
            language: {f"new_{name}": each for name, each in there.items()}
            for language, there in journey.words.items()
        }
        return replace(journey, start=f"new_{journey.start}", turns=turns, words=words)

    journeys = {**content.journeys, "parents": other(content.journeys["parents"])}
    return replace(content, journeys=journeys)


def questions(content: Content) -> Iterator[State]:
    """
    A child at every place of two lessons, and a parent at every node of a journey.
    """
    for lesson_id in ("t14-help-8-10", "t06-threats-14-17"):
        band = lesson_id.split("-", 2)[2].removeprefix("threats-")
        for place in PLACES:
            yield replace(CHILD, band=band, lesson=lesson_id, asked=f"{lesson_id}/{place}")
    for node, turn in content.journeys["parents"].turns.items():
        if turn.options:
            yield replace(CHILD, role="parent", child_band="11-13", asked=f"j:parents:{node}")


def deeds(state: State) -> Iterator[AnyEvent]:
    """
    Whatever somebody may do next: each button that they see, words, a picture, /start.
    """
    moment = Moment(OLD, Started(at=NOON))
    for option in options_of(moment, state, state.asked):
        yield ButtonTapped(at=NOON, button=f"{state.asked}.{option}")
    yield MessageReceived(at=NOON, text="po")
    yield MediaOffered(at=NOON, kind="photo")
    yield Started(at=NOON)


@pytest.mark.parametrize("language", ["sq", "en"])
@pytest.mark.parametrize(
    "new",
    [
        without(OLD, "t14-help-8-10"),
        without(OLD, "t06-threats-14-17"),
        shortened(OLD),
        renamed(OLD),
    ],
    ids=["a lesson gone", "a tender lesson gone", "shorter", "renamed"],
)
def test_whoever_stands_on_what_is_gone_is_answered(new: Content, language: str) -> None:
    """
    Whatever is pressed or written next, wherever one stands, the newer version answers with
    something to do, and never with an error or with silence.
    """
    for state in questions(OLD):
        for event in deeds(state):
            answer = step(stored(replace(state, language=language)), event, content=new)
            says = [effect for effect in answer.effects if isinstance(effect, Say)]
            left = event == ButtonTapped(at=NOON, button=f"{state.asked}.leave")
            waits = answer.state.contact is not None  # a person was asked for
            assert left or says, (state.asked, event)
            asks = any(say.buttons or say.standing for say in says)
            assert left or waits or asks, (state.asked, event)


def test_a_lesson_goes_on_at_the_same_place() -> None:
    """
    Where the place is still there, the press on the old bubble is taken as ever.
    """
    state = replace(CHILD, band="8-10", asked="t14-help-8-10/quiz", lesson="t14-help-8-10")
    right = next(o.id for o in OLD.lessons["sq"]["t14-help-8-10"].quiz.options if o.right)
    event = ButtonTapped(at=NOON, button=f"t14-help-8-10/quiz.{right}")

    carried = step(state, event, content=shortened(OLD))

    assert carried.state.asked == "t14-help-8-10/do"


def test_only_what_loses_something_is_counted() -> None:
    """
    A lesson counts when its question or one of its buttons goes, open or put away.
    """
    here = replace(CHILD, band="8-10", asked="t14-help-8-10/try2")
    away = replace(CHILD, band="8-10", asked="doors", paused="t14-help-8-10/hook")

    def gone(state: State, new: Content) -> list[str]:
        return list(gone_for(state, old=OLD, new=new))

    assert gone(here, OLD) == gone(away, OLD) == []
    assert gone(away, shortened(OLD)) == ["t14-help-8-10"]
    assert gone(here, without(OLD, "t14-help-8-10")) in (["t14-help-8-10"], [])
    assert gone(replace(CHILD, role="parent", asked="j:parents:age"), renamed(OLD)) == ["parents"]


def test_the_stored_are_counted(sqlite_url: str) -> None:
    """
    Over a database: so many stand on what a new version removes, and nobody is named.
    """
    engine, sealer = create_engine(sqlite_url), parts(Clock()).keys.sealer
    migrate(engine)
    asked = ["t14-help-8-10/quiz"] * 3 + ["menu", "t06-threats-14-17/hook"]
    with engine.begin() as connection:
        add(connection, [_row(sealer, n, each) for n, each in enumerate(asked)], at=0)

    found = standing(engine, sealer, old=OLD, new=without(OLD, "t14-help-8-10"))

    assert found == {"t14-help-8-10": 3}


def _row(sealer, number: int, asked: str) -> Stored:
    which = f"{number:032}"
    place = {"table": "conversations", "column": "state", "row": which}
    packed = sealer.seal(_packed(replace(CHILD, asked=asked)), **place)
    return Stored(which, "web", b"", packed, True)
