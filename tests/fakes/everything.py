"""Everything that the bot can say: by going through the content, and by walking it.

Lessons and journeys are gone through question by question, every button pressed. The walk
is for the rest: it presses every button, types a word of every kind, and lets the helpline
and the timers do what they can, from each state in which it met something new.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from bot.engine.answers import ANYTIME, OPTIONS
from bot.engine.content import BANDS, COUNTRIES, LANGUAGES, Content, Lexicon
from bot.engine.effects import Effect, Say, SetTimer
from bot.engine.events import (
    Abilities,
    AnyEvent,
    ButtonTapped,
    ChatHidden,
    ContactArrived,
    ContactClimbed,
    ContactDelayed,
    CounsellorJoined,
    CounsellorLeft,
    CounsellorWrote,
    Helpline,
    MediaOffered,
    MessageReceived,
    Reading,
    Severity,
    Started,
    TimerFired,
)
from bot.engine.flows.progress import TENDER_LINES
from bot.engine.journey import ONBOARDING, PREFIX
from bot.engine.state import Learnt, State
from bot.engine.step import fallback, step
from bot.engine.voice import Moment, say

Answer = tuple[Say, ...]
AT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
ADULTS = ("parent", "teacher")
# role, own band, band of the child that is asked about
PEOPLE = (
    *(("child", band, "") for band in BANDS),
    *((role, "", band) for role in ADULTS for band in ("", *BANDS)),
)
NAME = "Drita " + "W" * 34  # a counsellor's name at its longest
READ = (
    (Severity.CONCERN, "bullying"),
    (Severity.DISCLOSURE, "sextortion"),
    (Severity.EMERGENCY, "self_harm"),
    (Severity.EMERGENCY, "violence"),
)
REVIEWS = ("review1", "review2", "review3")
PLACES = (
    *("open", "before", "hook", "try1", "try2", "quiz", "again", "do", "end"),
    *("remind", "gate", *REVIEWS, "next"),
)


def person(language: str, who: tuple[str, str, str], country: str) -> State:
    """Somebody who has been through the onboarding."""
    return replace(
        State.new(),
        language=language,
        role=who[0],
        band=who[1],
        child_band=who[2],
        country=country,
        onboarded=True,
        limits_version="1",
        limits_at=AT,
    )


def people(countries: Sequence[str]) -> Iterator[State]:
    """Every kind of person that the content distinguishes, in these countries."""
    for language in LANGUAGES:
        for who in PEOPLE:
            yield from (person(language, who, country) for country in countries)


def says_of(effects: Iterable[Effect]) -> Answer:
    """The bubbles of a step."""
    return tuple(effect for effect in effects if isinstance(effect, Say))


# ---------- by going through the content ----------


def phrased(content: Content) -> set[Answer]:
    """Every phrase for everybody, with the numbers of every country, and the longest names."""
    moment = Moment(content, Started(at=AT))
    longest = max((each.title for each in _lessons(content)), key=len)
    extra = {"name": NAME, "title": longest, "minutes": "1440", "number": "116 111"}
    extra |= {"count": "18", "all": "18", "begin": "14", "end": "18"}
    extra["titles"] = "\n".join(f"• {longest}" for _ in range(TENDER_LINES))
    return {
        (say(state, moment, key, **extra),)
        for state in people(COUNTRIES)
        for key in content.phrases[state.language]
    }


def asked(content: Content, abilities: Abilities, countries: Sequence[str]) -> set[Answer]:
    """Every question that can be asked, what each of its buttons leads to, and what is said
    when a step fails."""
    found: set[Answer] = set()
    opened = Started(at=AT, abilities=abilities)
    for state in people(countries):
        found.add(says_of(fallback(content, state, opened)))
        for question in _questions(content, state):
            answer = step(_before(state, question), opened, content=content)
            found.add(says := says_of(answer.effects))
            for button in _buttons(says):
                press = ButtonTapped(at=AT, abilities=abilities, button=button)
                found.add(says_of(step(answer.state, press, content=content).effects))
    return found - {()}


def _before(state: State, question: str) -> State:
    """Somebody of whom this is asked; before a review came those that stand before it."""
    topic, _, place = question.partition("/")
    earlier = ("right",) * REVIEWS.index(place) if place in REVIEWS else ()
    learned = (Learnt(topic=topic.partition("-")[0], reviews=earlier),) if earlier else ()
    return replace(state, asked=question, learned=learned)


def _lessons(content: Content) -> Iterator[Any]:
    for lessons in content.lessons.values():
        yield from lessons.values()


def _questions(content: Content, state: State) -> Iterator[str]:
    yield from (*OPTIONS, "lessons")
    for journey in content.journeys.values():
        if state.child_band or journey.id == ONBOARDING:
            yield from (f"j:{journey.id}:{node}" for node in journey.turns)
    if state.role == "teacher" or state.child_band:
        return  # lessons say the same to every adult
    for lesson in content.lessons[state.language].values():
        if lesson.band == (state.band or "14-17"):
            yield from (f"{lesson.id}/{place}" for place in PLACES)


# ---------- by walking it ----------


def walked(
    content: Content, start: State, *, abilities: Abilities, helpline: Helpline
) -> set[Answer]:
    """Every answer that was met on the way from a state."""
    queue: deque[tuple[State, Answer]] = deque([(start, ())])
    met: set[object] = set()
    timers: set[str] = set()
    answers: set[Answer] = set()
    common = {"at": AT, "helpline": helpline, "abilities": abilities}
    while queue:
        state, shown = queue.popleft()
        for event in _events(content, state, shown, timers, common):
            answer = step(state, event, content=content)
            says = says_of(answer.effects)
            answers.add(says)
            timers |= {each.name for each in answer.effects if isinstance(each, SetTimer)}
            if not _taught(answer.state) and not (new := _novel(answer.state, says)) <= met:
                met |= new
                queue.append((answer.state, says))
    return answers - {()}


def _taught(state: State) -> bool:
    """Whether it stands in a lesson or a journey: those are gone through question by question."""
    return "/" in state.asked or state.asked.startswith(PREFIX)


def _novel(state: State, says: Answer) -> set[object]:
    """What makes a state worth going on from: other words, another question, another stage."""
    return {(state.asked, state.contact and state.contact.stage), *(each.key for each in says)}


def _events(
    content: Content,
    state: State,
    shown: Answer,
    timers: Iterable[str],
    common: Mapping[str, Any],
) -> Iterator[AnyEvent]:
    yield Started(**common)
    for button in dict.fromkeys((*_buttons(shown), *ANYTIME)):
        yield ButtonTapped(button=button, **common)
    for text in _words(content, state.language or "sq"):
        yield MessageReceived(text=text, **common)
    for severity, category in READ:
        yield MessageReceived(text="…", reading=Reading(severity, category, 0.9, ()), **common)
    yield MessageReceived(text="…", forwarded=True, **common)
    yield from (MediaOffered(kind=kind, **common) for kind in ("photo", "sticker"))
    yield from (TimerFired(name=name, **common) for name in sorted(timers))
    yield ChatHidden(left=3, **common)
    if state.contact is not None:
        yield from _news({"contact_id": "c", **common})


def _buttons(shown: Sequence[Say]) -> Iterator[str]:
    for each in shown:
        yield from (button.id for button in (*each.buttons, *each.standing))


def _words(content: Content, language: str) -> Iterator[str]:
    """One word of every kind that is heard, and one that nobody knows."""
    yield "qwrtz"
    for item in fields(Lexicon):
        words = getattr(content.lexicons[language], item.name)
        kind = isinstance(words, tuple) and words and isinstance(words[0], str)
        if kind and item.name != "language_words":
            yield words[0]


def _news(common: Mapping[str, Any]) -> Iterator[AnyEvent]:
    """What the helpline can do to a contact."""
    yield from (ContactArrived(minutes=minutes, **common) for minutes in (120, None))
    yield ContactDelayed(**common)
    for name in ("all_on_duty", "supervisor", "outside"):
        yield ContactClimbed(step=name, minutes=99, **common)
    yield CounsellorJoined(name=NAME, **common)
    yield CounsellorWrote(name=NAME, text="W" * 60, **common)
    yield from (CounsellorLeft(name=NAME, closed=closed, **common) for closed in (True, False))
