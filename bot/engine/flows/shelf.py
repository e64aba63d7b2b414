"""What is read page by page: which of the shelves a question belongs to."""

from __future__ import annotations

from bot.engine.flows import apps, guide
from bot.engine.state import State
from bot.engine.voice import Moment, Step

ANSWER = {guide.PREFIX: guide.answer, apps.PREFIX: apps.answer}
OPTIONS = {guide.PREFIX: guide.options_of, apps.PREFIX: apps.options_of}
LABEL = {guide.PREFIX: guide.label_of, apps.PREFIX: apps.label_of}
ASK = {guide.PREFIX: guide.ask_at, apps.PREFIX: apps.ask_at}


def holds(question: str) -> bool:
    """Whether it is a question of something that is read page by page."""
    return _of(question) in ANSWER


def _of(question: str) -> str:
    return question[:2]


def options_of(state: State, moment: Moment, question: str) -> tuple[str, ...]:
    """The ids that may be pressed; none for a question that there is not."""
    return OPTIONS[_of(question)](state, moment, question) if holds(question) else ()


def label_of(state: State, moment: Moment, question: str, option: str) -> str:
    """What stands on a button."""
    return LABEL[_of(question)](state, moment, question, option)


def ask_at(state: State, moment: Moment, question: str) -> Step:
    """Say the same page again."""
    return ASK[_of(question)](state, moment, question)


def answer(state: State, moment: Moment, question: str, option: str) -> Step:
    """Go on from a page to what was chosen."""
    return ANSWER[_of(question)](state, moment, question, option)
