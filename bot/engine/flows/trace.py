"""What a chat shows of its child: answers to the questions that keep it to oneself."""

from __future__ import annotations

from collections.abc import Callable

from bot.engine import journey
from bot.engine.flows import cover, hide, lesson
from bot.engine.state import State
from bot.engine.voice import Moment, Step

Answered = Callable[[State, Moment], Step]


def covered(state: State, moment: Moment, answered: Answered) -> Step:
    """Ordinary life goes on, as if nothing had been told; what was told stays unseen."""
    shown = answered(cover.plain(state), moment)
    return Step(cover.put_back(shown.state, state), shown.effects)


def _today(state: State, moment: Moment, option: str) -> Step:
    """The lesson of any day, really; before the first questions were answered, those."""
    taught = hide.everyday(state, moment)
    if taught is None or not state.onboarded:
        return journey.onboard(state, moment)
    return lesson.ask_at(state, moment, taught, "hook")


ANSWERS: dict[str, Callable[[State, Moment, str], Step]] = {
    "hide": hide.answer,
    "hide_self": hide.self_answer,
    "hide_exit": lambda state, moment, option: hide.kept_open(state, moment),
    "today": _today,
}
