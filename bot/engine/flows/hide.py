"""Hiding the chat: what goes is said before it goes, and what stays looks like any other day.

The contact at the helpline stays, and whoever is there sees that the chat was hidden.
"""

from __future__ import annotations

from dataclasses import replace

from bot.engine.content import Lesson
from bot.engine.effects import Hide
from bot.engine.events import ChatHidden, Hiding
from bot.engine.flows import cover, handover, hours
from bot.engine.state import State
from bot.engine.voice import Moment, Step, ask, audience_of, closing, language_of, one

TELLING = ("t14",)  # topics whose very title speaks of help
OPEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "hide": ("hide.ask", ("yes", "no")),
    "hide_self": ("hide.self_only", ("done", "cannot")),
    "hide_exit": ("hide.exit", ("leave", "back")),
}


def ask_first(state: State, moment: Moment) -> Step:
    """Say what can be removed here and what cannot; the deed comes after a press."""
    away = state.put_away()
    match moment.event.abilities.hides:
        case Hiding.RECENT:
            return ask(away, moment, ["hide.ask"], "hide", *OPEN["hide"][1])
        case Hiding.SELF:
            keys = ["hide.self", "hide.self_steps", "hide.self_only"]
            return ask(away, moment, keys, "hide_self", *OPEN["hide_self"][1])
        case Hiding.EXIT:
            return ask(away, moment, ["hide.exit"], "hide_exit", *OPEN["hide_exit"][1])


def answer(state: State, moment: Moment, option: str) -> Step:
    """Yes: both sides' messages go, as far as they can."""
    if option == "no":
        return kept_open(state, moment)
    noted = handover.note(state, moment, "chat_hidden")
    hidden = Step(noted.state, (*noted.effects, Hide()))
    return hidden.then(any_day(hidden.state, moment))


def self_answer(state: State, moment: Moment, option: str) -> Step:
    """The child did it, or the phone would not let it."""
    if option == "done":
        noted = handover.note(state, moment, "chat_hidden")
        return noted.then(any_day(noted.state, moment))
    return one("hide.one_by_one", state, moment).then(any_day(state, moment))


def kept_open(state: State, moment: Moment) -> Step:
    """Nothing is hidden; with a contact open nothing more is said."""
    if state.contact is None:
        return closing(state, moment, "safe.later")
    return one("safe.later", state, moment)


def any_day(state: State, moment: Moment) -> Step:
    """A bubble like on any other day. What is grave waits behind it, unseen."""
    waiting = replace(cover.put_away(state, moment), asked="", rated=0)
    shown = _topic(cover.plain(waiting), moment)
    after = cover.put_back(shown.state, waiting)
    return Step(replace(after, quiet=cover.guarded(waiting)), shown.effects)


def _topic(state: State, moment: Moment) -> Step:
    lesson = everyday(state, moment)
    if lesson is None or not state.onboarded:
        return ask(state, moment, ["hide.hello"], "today", "start")
    return ask(state, moment, ["hide.topic"], "today", "start", title=lesson.title)


def everyday(state: State, moment: Moment) -> Lesson | None:
    """A lesson for this age that says nothing of anybody: not tender, not about help."""
    band = "14-17" if state.adult else audience_of(state)
    lessons = moment.content.lessons[language_of(state)].values()
    fit = (each for each in lessons if each.band == band and not each.tender)
    return next((each for each in fit if each.topic not in TELLING), None)


def left_over(state: State, moment: Moment, event: ChatHidden) -> Step:
    """Some messages could not be removed: said in a line that tells nothing.

    Not to somebody who has left since: the chat was hidden with a question of the day.
    """
    gone = state.quiet and not state.asked
    if not event.left or gone or hours.silent(state, event):
        return Step(state)
    said = one("hide.some_left", cover.plain(state), moment)
    return Step(state, said.effects)
