"""Every place at which a conversation can stand, by name: the questions and their options.

A place is a question, named as the engine names it: ``j:<journey>:<node>``,
``<lesson>/<place>``, or the name of a flow's question. Those of one kind that differ only in
what they are about (a topic, an app, an animal) are counted as one: see ``kind_of``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.engine import journey
from bot.engine.answers import ANSWERS, OPTIONS, options_of
from bot.engine.content import BANDS, LANGUAGES, Content, Lesson
from bot.engine.events import Started
from bot.engine.flows import apps, guide, lesson, own_word, pages, report, who
from bot.engine.state import State
from bot.engine.voice import Moment

JOURNEYS, LESSONS, FLOWS = "journeys", "lessons", "flows"
ANY = "any"  # an option that is one of many alike
_LISTS = ("lessons", guide.LIST, "g:classes:", apps.LIST)  # of topics, and of apps
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)  # nothing that is listed here depends on it


@dataclass(frozen=True, slots=True)
class Place:
    """A question with the ids of its options; ``group`` is one of the three kinds above."""

    group: str
    question: str
    options: tuple[str, ...] = ()


def places(content: Content) -> Iterator[Place]:
    """Every place that there is."""
    yield from _of_journeys(content)
    yield from _of_lessons(content)
    yield from _of_flows(content)


def _of_journeys(content: Content) -> Iterator[Place]:
    for name, told in content.journeys.items():
        for node, turn in told.turns.items():
            yield Place(JOURNEYS, f"{journey.PREFIX}{name}:{node}", turn.options)


def _of_lessons(content: Content) -> Iterator[Place]:
    for taught in content.lessons[LANGUAGES[0]].values():
        for place in places_in(taught):
            yield Place(LESSONS, f"{taught.id}/{place}", lesson.options_at(taught, place))


def places_in(taught: Lesson) -> tuple[str, ...]:
    """The places of a lesson in the order in which they are met."""
    tries = (f"try{number + 1}" for number in range(len(taught.tries)))
    reviews = (f"{lesson.REVIEW}{number + 1}" for number in range(len(taught.reviews)))
    gate = ("gate",) if taught.tender else ()
    main = ("open", "before", "hook", *tries, "quiz", "again", "do", "end", "remind")
    return (*main, *gate, *reviews, *(("next",) if taught.reviews else ()))


def _of_flows(content: Content) -> Iterator[Place]:
    moment, state = Moment(content, Started(at=_NEVER)), State.new()
    fixed = dict.fromkeys((*ANSWERS, *OPTIONS, "listening"))
    for question in (*fixed, *_of_report(content), *_of_shelves(content), *_of_animals()):
        yield Place(FLOWS, question, options_of(moment, state, question))


def _of_report(content: Content) -> Iterator[str]:
    yield from (f"{report.PREFIX}{question.id}" for question in content.report.questions)
    yield report.CHANGE


def _of_animals() -> Iterator[str]:
    return (f"{who.PREFIX}{animal}" for animal in who.ANIMALS)


def _of_shelves(content: Content) -> Iterator[str]:
    yield guide.LIST
    for topic in content.guides.get(LANGUAGES[0], {}):
        yield from (f"g:guide:{topic}", f"g:told:{topic}")
    for band in BANDS:
        yield f"g:classes:{band}"
    for topic, done in content.activities.get(LANGUAGES[0], {}).items():
        yield from (f"g:class:{band}:{topic}:{page}" for band in done.bands for page in range(2))
    yield apps.LIST
    for app in content.platforms.get(LANGUAGES[0], {}):
        yield from (f"a:{kind}:{app}" for kind in apps.CHILD)


# ---------- what is counted as one ----------


def kind_of(question: str) -> str:
    """The name under which a question is counted: its kind, without what it is about."""
    if question.startswith(("g:", "a:")):
        return ":".join(question.split(":")[:2])
    if question.startswith(who.PREFIX):
        return who.PREFIX.rstrip(":") + ":" + ANY
    return question


def choice_of(question: str, option: str) -> str:
    """The name under which an option is counted: one of many alike is any of them."""
    alike = (*who.ANIMALS, *who.NAMES, *own_word.PICTURES)
    listed = question.startswith(_LISTS) and option not in (pages.MORE, pages.MENU)
    return ANY if listed or option in alike else option
