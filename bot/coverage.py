"""What no transcript reaches: nodes of journeys, places of lessons, questions of the flows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.engine import journey
from bot.engine.content import Content
from bot.engine.flows import lesson
from bot.places import FLOWS, JOURNEYS, LESSONS, choice_of, kind_of, places
from bot.script import Played

FRAME = "lesson"  # the options that every lesson has alike are counted for all of them


@dataclass(slots=True)
class Reach:
    """What was reached, and how often: questions, and options as ``question.option``."""

    asked: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    _said: Counter[str] = field(default_factory=Counter)

    def add(self, turns: Iterable[Played]) -> None:
        """Count what was reached in one conversation."""
        for played in turns:
            questions = {*_shown(played), played.asked}
            self.asked.update(kind_of(question) for question in questions if question)
            self._said.update(f"{journey.PREFIX}{_node(say.key)}" for say in played.says)
            question, _, option = played.taken.rpartition(".")
            if question:
                self.taken[_counted(question, option)] += 1

    def times(self, question: str) -> int:
        """How often a place was reached; a node that asks nothing is reached where it is said."""
        return self.asked[question] or self._said[question]


def _shown(played: Played) -> Iterator[str]:
    return (button.id.rpartition(".")[0] for say in played.says for button in say.buttons)


def _node(key: str) -> str:
    return ":".join(key.split(".", 1))


def _counted(question: str, option: str) -> str:
    name, _, place = question.partition("/")
    if place in lesson.FRAMES:
        return f"{FRAME}/{place}.{option}"
    return f"{kind_of(question)}.{choice_of(question, option)}" if name else ""


@dataclass(frozen=True, slots=True)
class Covered:
    """How much of one group was reached; what was not is named, in order."""

    group: str
    questions: tuple[str, ...]
    options: tuple[str, ...]
    unasked: tuple[str, ...]
    untaken: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """The counts, then what is missing: a place, or a place with its missing options."""
        asked, taken = len(self.questions), len(self.options)
        yield (
            f"{self.group}: {asked - len(self.unasked)} of {asked} places, "
            f"{taken - len(self.untaken)} of {taken} options"
        )
        for question in self.unasked:
            yield f"  {question.removeprefix(journey.PREFIX)}"
        for question, options in _by_question(self.untaken):
            if question not in self.unasked:
                yield f"  {question.removeprefix(journey.PREFIX)}: {', '.join(options)}"


def _by_question(untaken: Iterable[str]) -> Iterable[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for name in untaken:
        question, _, option = name.rpartition(".")
        found.setdefault(question, []).append(option)
    return found.items()


def covered(content: Content, reach: Reach) -> list[Covered]:
    """What was reached of the journeys, the lessons and the flows, in this order."""
    return [_covered(content, reach, group) for group in (JOURNEYS, LESSONS, FLOWS)]


def _covered(content: Content, reach: Reach, group: str) -> Covered:
    here = [place for place in places(content) if place.group == group]
    questions = tuple(dict.fromkeys(kind_of(place.question) for place in here))
    named = (_counted(place.question, option) for place in here for option in place.options)
    options = tuple(dict.fromkeys(named))
    return Covered(
        group,
        questions,
        options,
        unasked=tuple(question for question in questions if not reach.times(question)),
        untaken=tuple(option for option in options if not reach.taken[option]),
    )
