"""What a chat shows of its child: answers to the questions that keep it to oneself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.engine import journey
from bot.engine.events import MessageReceived
from bot.engine.flows import again, cover, handover, hide, hours, lesson, own_word
from bot.engine.flows import help as doors
from bot.engine.state import State
from bot.engine.voice import Moment, Step, ask, closing, one


def stranger(state: State, moment: Moment) -> Step:
    """Somebody asks what was written here: true words, and nothing about anybody (C4)."""
    away = replace(cover.put_away(state, moment), asked="", doubt=not state.adult)
    keys = ["stranger.program", "stranger.silent"]
    shown = ask(cover.plain(away), moment, keys, "stranger", "advice", "no")
    return Step(cover.put_back(shown.state, away), shown.effects)


def _stranger(state: State, moment: Moment, option: str) -> Step:
    """A sentence that helps any parent; else ordinary life."""
    if option == "advice":
        return closing(state, moment, "stranger.advice")
    return again.ask_again(state, moment)


def _today(state: State, moment: Moment, option: str) -> Step:
    """The lesson of any day, really; before the first questions were answered, those."""
    taught = hide.everyday(state, moment)
    if taught is None or not state.onboarded:
        return journey.onboard(state, moment)
    return lesson.ask_at(state, moment, taught, "hook")


def _knock(state: State, moment: Moment, option: str) -> Step:
    """A press proves nothing: the picture is asked for where there is one, else a real quiz."""
    if option == "no":
        noted = handover.note(state, moment, "knock=no")
        return noted.then(_unseen(noted.state, one("safe.later", cover.plain(state), moment)))
    if state.own_word and not moment.takes_back:
        return _unseen(state, own_word.question(cover.plain(state), moment))
    return quiz(state, moment)


def _unseen(state: State, shown: Step) -> Step:
    return Step(cover.put_back(shown.state, state), shown.effects)


def quiz(state: State, moment: Moment) -> Step:
    """The quiz that was promised, a real one; staff see that nobody said who it was."""
    noted = handover.note(state, moment, "not_confirmed")
    taught = hide.everyday(state, moment)
    here = cover.plain(noted.state)
    shown = lesson.ask_at(here, moment, taught, "quiz") if taught else doors.menu(here, moment)
    return noted.then(_unseen(noted.state, shown))


# Where typed words are the answer.
TYPED: dict[str, Callable[[State, Moment, MessageReceived], Step]] = {
    "own_word": own_word.typed,
    "knock": lambda state, moment, event: quiz(state, moment),
}
ANSWERS: dict[str, Callable[[State, Moment, str], Step]] = {
    "hide": hide.answer,
    "hide_self": hide.self_answer,
    "hide_exit": lambda state, moment, option: hide.kept_open(state, moment),
    "today": _today,
    "hours": hours.answer,
    "when": hours.answer,
    "own_word": own_word.pressed,
    "own_again": lambda state, moment, option: quiz(state, moment),  # the right one opens first
    "knock": _knock,
    "stranger": _stranger,
}
