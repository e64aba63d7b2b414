"""Taking up a question again: after a guard, in another language, after a stale press."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from bot.engine import journey
from bot.engine.flows import (
    disclosure,
    found,
    hide,
    hours,
    lesson,
    moved,
    own_word,
    progress,
    receipt,
    report,
    shelf,
    who,
)
from bot.engine.flows import help as doors
from bot.engine.state import GRAVE, State
from bot.engine.voice import Moment, Step, ask, language_of, spoken

FIXED: dict[str, tuple[str, tuple[str, ...]]] = {
    **disclosure.OPEN,
    **hide.OPEN,
    **hours.OPEN,
    "own_word": ("own_word.pick", (*own_word.PICTURES, "skip")),
    "own_again": ("own_word.which", own_word.PICTURES),
    "knock": ("knock.ask", ("yes", "no")),
    "stranger": ("stranger.silent", ("advice", "no")),
    **report.FIXED,
    **receipt.ASKED,
    **found.ASKED,
    **moved.ASKED,
    "company": ("company.ask", ("yes", "no")),
    "soft": ("soft.ask", ("a_bit", "fine", "decline")),
    "soft_adult": ("soft.ask", ("a_bit", "fine", "decline")),
    "may_write": ("care.may_write", ("yes", "not_yet")),
    "harm": ("harm.ask", ("person", "not_now")),
    "person": ("not.person", ("yes", "not_now")),
    "secret": ("limits.short", ("tell", "person", "not_now")),
    "media": ("media.words", ("threat", "sent", "mistake")),
    "safe": ("safe.open", ("yes", "later")),
    "unseen": ("safe.here", ("yes", "no")),
    "seen": ("safe.buttons", ("numbers", "write_later", "hide")),
    "telling": ("listen.offer", ("go_on", "person")),
    "back": ("back.open", ("yes", "not_now")),
    "doors": ("help.doors", ("person", "read", "report", "back")),
    "review": ("review.ask", ("yes", "later", "stop")),
    "remind_when": ("remind.when", progress.WHEN),
    "more": ("more.ask", progress.MORE),
}

# Questions that are asked again just as they were asked at first.
_AS_FIRST: dict[str, Callable[[State, Moment], Step]] = {
    "own_word": own_word.offer,
    "today": hide.any_day,
    "lessons": doors.lessons_again,
    "progress": progress.shown,
    "reminders": progress.reminders,
    "listening": doors.listen,
    **{name: partial(receipt.asked_at, name) for name in receipt.ASKED},
}


def speak(state: State, moment: Moment, language: str) -> Step:
    """Another language, at any time; the open question is asked again in it."""
    other = replace(state, language=language)
    if state.asked == journey.first_question(moment):
        return journey.answer(other, moment, state.asked, language)
    if state.talking:
        return Step(other)
    said = Step(other, spoken(other, moment, ["language.changed"]))
    return said if state.contact is not None else said.then(ask_again(other, moment))


def unless_grave(state: State, moment: Moment, go: Callable[[State, Moment], Step]) -> Step:
    """Go there, unless a grave question is open: that one is asked again and never lost."""
    if state.contact is None and state.waiting_question in GRAVE:
        return ask_again(state, moment)
    return go(state, moment)


def ask_again(state: State, moment: Moment) -> Step:
    """Ask what is open or what waits, in the language spoken now; else the menu."""
    question = state.waiting_question
    here = replace(state, paused="")
    if question in disclosure.OPEN:
        return disclosure.asked_still(replace(state, asked=question), moment)
    if report.holds(moment, question):
        return report.ask_at(here, moment, question)
    if question in _AS_FIRST:
        return _AS_FIRST[question](here, moment)
    if question in FIXED:
        key, options = FIXED[question]
        return ask(here, moment, [key], question, *options)
    if question.startswith(journey.PREFIX):
        return journey.ask_at(here, moment, question)
    if shelf.holds(question):
        return shelf.ask_at(here, moment, question)
    if who.options_of(question):
        return who.ask_at(here, moment, question)
    if lesson.exists(moment, here, question):
        taught = moment.content.lessons[language_of(here)][question.partition("/")[0]]
        return lesson.ask_at(here, moment, taught, lesson.place_of(question))
    if not here.onboarded:
        return journey.onboard(here, moment)
    return doors.menu(here, moment)
