"""The steps of the form: which questions stand on which page, and what it shows of answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.door.answers import WHO
from bot.door.words import STEPS
from bot.engine.reports import Draft, Question, QuestionWords, ReportForm, defanged
from bot.engine.state import State
from bot.engine.voice import audience_of

WHAT, WHERE, WHO_DOES, YOU, SEND = STEPS
NEVER = ("who", "more", "wants_news")  # asked in another way here, or of chats alone
_STEP_OF = {
    "kind": WHAT,  # which others are asked hangs on it
    **dict.fromkeys(("now", "safe", "where", "place", "app", "when", "still"), WHERE),
    **dict.fromkeys(("suspect", "demand", "deadline", "given", "in_picture"), WHO_DOES),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A question as a page shows it: its words, what may be chosen, and what was answered."""

    question: Question
    asks: str
    name: str
    options: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]
    typed: str


@dataclass(frozen=True, slots=True)
class Told:
    """A step in the summary: what was answered there, by name."""

    step: str
    answers: tuple[tuple[str, str], ...]


def step_of(question: Question) -> str:
    """The step on which a question stands; one that nobody placed is asked last."""
    return _STEP_OF.get(question.id, YOU)


def asked(form: ReportForm, state: State, step: str) -> list[Question]:
    """The questions of a step that make sense after the answers so far.

    What hangs on another answer of the same page stands there from the start.
    """
    draft = state.draft or Draft()
    fits = form.asked(_open(draft, step), state.role, state.band, rest=True)
    return [each for each in fits if each.id not in NEVER and step_of(each) == step]


def _open(draft: Draft, step: str) -> Draft:
    """The draft as it must be for every question of this step to be asked."""
    if step != WHERE:
        return draft
    return Draft(kind=draft.kind, place="app")


def following(form: ReportForm, state: State, step: str) -> str:
    """The next step that asks anything; the last one is the summary."""
    behind = STEPS[STEPS.index(step) + 1 :] if step in STEPS else STEPS
    return next((each for each in behind if each == SEND or asked(form, state, each)), SEND)


def before(form: ReportForm, state: State, step: str) -> str:
    """The step before, of those that ask anything."""
    ahead = reversed(STEPS[: STEPS.index(step)] if step in STEPS else ())
    return next((each for each in ahead if asked(form, state, each)), WHAT)


def fields(form: ReportForm, state: State, language: str, step: str) -> list[Field]:
    """What a step asks, with what was answered."""
    return [
        _field(question, form.words[language][question.id], state)
        for question in asked(form, state, step)
    ]


def _field(question: Question, words: QuestionWords, state: State) -> Field:
    audience, draft = audience_of(state), state.draft or Draft()
    chosen, typed = _answer(question, draft)
    labels = tuple((option, words.label(option, audience)) for option in question.options)
    return Field(question, words.asks(audience), words.name, labels, chosen, typed)


def _answer(question: Question, draft: Draft) -> tuple[tuple[str, ...], str]:
    """The options that were chosen, and what was typed."""
    if question.typed == "address":
        return (), "\n".join(filter(None, (*draft.addresses, draft.where)))
    value = getattr(draft, question.id)
    if isinstance(value, tuple):
        return value, ""
    return ((value,), "") if value in question.options else ((), value)


def summary(form: ReportForm, state: State, language: str, *, who: str, label: str) -> list[Told]:
    """What would be sent, step by step; nothing in it can be tapped or opened.

    ``who`` are the words for whoever reports, ``label`` their name.
    """
    draft = form.leaves(state.draft or Draft(), state.role, state.band)
    kept = form.asked(draft, state.role, state.band)
    told = []
    for step in STEPS[:-1]:
        own = ((label, who),) if step == WHAT and who else ()
        here = [each for each in kept if each.id not in NEVER and step_of(each) == step]
        answers = _told(here, form, draft, state, language)
        told.append(Told(step, (*answers, *own)))
    return told


def _told(
    questions: Sequence[Question], form: ReportForm, draft: Draft, state: State, language: str
) -> Iterator[tuple[str, str]]:
    for question in questions:
        words = form.words[language][question.id]
        chosen, typed = _answer(question, draft)
        labels = [words.label(each, audience_of(state)) for each in chosen]
        answer = ", ".join(labels) or defanged(typed)
        if answer:
            yield words.name, answer


def who_of(state: State) -> str:
    """Which of the choices says who reports; empty where nobody said it."""
    return next((name for name, it in WHO.items() if it == (state.role, state.band)), "")
