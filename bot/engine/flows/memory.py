"""What was learned comes back: asked for first, one short question, never while somebody talks.

Which question, and when, is worked out in ``flows/schedule.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.engine.content import Lesson
from bot.engine.effects import Say, SetTimer
from bot.engine.events import MessageReceived
from bot.engine.flows import cover, hours, lesson, progress, schedule, who
from bot.engine.flows import help as doors
from bot.engine.flows.again import ask_again
from bot.engine.state import GRAVE, Learnt, State
from bot.engine.voice import Moment, Step, ask, closing, language_of
from bot.engine.words import one_of

OFFERED = ("", schedule.MISSED, schedule.LATER)  # what is offered to a child that comes back
MOVABLE = (
    *("", "menu", "lessons", "after", "today", "review"),
    *("more", "progress", "reminders", "remind_when", "helped"),
)
"""Questions of the code that give way to a short question; so do those of lessons."""
HELP = ("doors", "seen", "person", *GRAVE)  # questions at which help is under way


# ---------- it comes by itself ----------


def knock(state: State, moment: Moment) -> Step:
    """The timer: one neutral question, if it is the hour and nothing stands against it."""
    at = schedule.wake_at(state, moment)
    if at is None:
        return Step(state)
    if at <= moment.at and not _hour_of(state, moment):  # the clock stood still meanwhile
        asked = (seen for seen in schedule.people(state) if schedule.wanted(seen))
        at = min(hours.next_start(schedule.hours_of(seen), moment.at) for seen in asked)
    if at > moment.at:
        return Step(state, (SetTimer(name=schedule.TIMER, at=at),))
    if cover.lately(state, moment.at) or not _free(state):
        return schedule.put_off(state, moment)
    return _asked_for_nothing(state, moment)


def _hour_of(state: State, moment: Moment) -> bool:
    """Whether it is the hour of anybody for whom something is due."""
    return any(
        hours.inside(schedule.hours_of(seen), moment.at)
        for seen in schedule.people(state)
        if schedule.due(seen, moment, *schedule.CALLS)
    )


def _asked_for_nothing(state: State, moment: Moment) -> Step:
    """Where it would cost or be refused it is not said: it waits to be offered."""
    session, heard_at = moment.event.abilities.session, state.heard_at
    if session is not None and (heard_at is None or moment.at - heard_at >= session):
        return Step(schedule.missed(state, moment))
    asked, over = _asked(state, moment, schedule.CALLS), _hours_over(state, moment)
    says = (replace(e, until=over) if isinstance(e, Say) else e for e in asked.effects)
    return Step(asked.state, tuple(says))


def _hours_over(state: State, moment: Moment) -> datetime:
    """When the hours in which it is now are over for everybody."""
    named = [schedule.hours_of(seen) for seen in schedule.people(state)]
    return max(hours.end(each, moment.at) for each in named if hours.inside(each, moment.at))


def _free(state: State) -> bool:
    """Whether nothing graver, and nothing half said, would be buried by a short question."""
    told = state.told_of_harm or state.hold or state.doubt or state.quiet
    waits = state.contact is not None or state.held or state.left or state.receipt_waits
    movable = state.asked in MOVABLE or "/" in state.asked
    return movable and not (told or waits or state.waiting_question in GRAVE)


def _asked(state: State, moment: Moment, calls: tuple[str, ...], *first: str) -> Step:
    brought = schedule.brought_up(_put_away(state, moment), moment, *calls)
    keys = [*first, "review.ask"]
    return brought.then(ask(brought.state, moment, keys, "review", "yes", "later", "stop"))


def _put_away(state: State, moment: Moment) -> State:
    """A lesson waits; a tender one is dropped, for who presses next may be somebody else."""
    return cover.put_away(state, moment) if "/" in state.asked else state


# ---------- it is offered on coming back ----------


def offers(state: State, moment: Moment) -> bool:
    """Whether somebody who comes back after a while is met with the question that waits."""
    if not state.onboarded or cover.lately(state, moment.at) or not _free(state):
        return False
    people = schedule.people(state)
    return any(schedule.due(seen, moment, *OFFERED) is not None for seen in people)


def greeted(state: State, moment: Moment, event: MessageReceived) -> bool:
    """Whether a greeting is to be answered with that offer."""
    kinds = (lexicon.greeting_words for lexicon in moment.content.lexicons.values())
    hello = any(one_of(event.text, words) for words in kinds)
    return hello and not event.forwarded and offers(state, moment)


def offer(state: State, moment: Moment, *first: str) -> Step:
    """The offer itself, behind a greeting where there was one."""
    return _asked(state, moment, OFFERED, *first)


# ---------- yes, later, no more ----------


def answer(state: State, moment: Moment, option: str) -> Step:
    """To the short question: now, later, or never again."""
    if option == "stop":
        return stop(schedule.of_everybody(state, _off), moment)
    if option == "later":
        return _later(state, moment)
    return who.ask_reader(state, moment) if state.profiles else _brought(state, moment)


def reader_answer(state: State, moment: Moment, option: str) -> Step:
    """Who will answer; where nothing is due for them, what there is to do."""
    if option == "back":
        return ask_again(state, moment)
    here = who.taken(state, option)
    return _brought(here, moment) if schedule.due(here, moment) else doors.menu(here, moment)


def start(state: State, moment: Moment) -> Step:
    """The question that is due most; a tender one opens with a choice."""
    return _opens(state, moment, schedule.due(state, moment))


def _brought(state: State, moment: Moment) -> Step:
    """What was brought up, though another came due since: that one's turn is to come."""
    brought = schedule.due(state, moment, *schedule.BROUGHT)
    return _opens(state, moment, brought or schedule.due(state, moment))


def _opens(state: State, moment: Moment, learnt: Learnt | None) -> Step:
    taught = schedule.of_topic(state, moment, learnt.topic) if learnt else None
    if learnt is None or taught is None or state.hold:
        return ask_again(state, moment)
    place = "gate" if taught.tender else _place(learnt)
    return lesson.ask_at(state, moment, taught, place)


def _place(learnt: Learnt | None) -> str:
    return f"{lesson.REVIEW}{len(learnt.reviews) + 1 if learnt else 1}"


def _later(state: State, moment: Moment) -> Step:
    """Put off: offered when the child comes again, or by itself once more tomorrow."""
    later = schedule.of_everybody(state, lambda seen: _put_off(seen, moment))
    return closing(replace(later, recalled_at=moment.said_at), moment, "safe.later")


def _put_off(state: State, moment: Moment) -> State:
    learnt = schedule.due(state, moment, schedule.MADE)
    return schedule.noted(state, learnt.topic, call=schedule.LATER) if learnt else state


def stop(state: State, moment: Moment) -> Step:
    """No more of them, without a second try."""
    return closing(_off(state), moment, "review.stopped")


def _off(state: State) -> State:
    return replace(state, reminders="no")


# ---------- at the places of a lesson ----------


def answers(question: str) -> bool:
    """Whether a question is one that is answered here."""
    place = lesson.place_of(question)
    return place in _PLACES or place.startswith(lesson.REVIEW)


def placed(state: State, moment: Moment, question: str, option: str) -> Step:
    """Take the answer to one of them."""
    taught = moment.content.lessons[language_of(state)][question.partition("/")[0]]
    place = lesson.place_of(question)
    if place in _PLACES:
        return _PLACES[place](state, moment, taught, option)
    return _reviewed(state, moment, taught, place, option)


def _reminded(state: State, moment: Moment, taught: Lesson, option: str) -> Step:
    """Whether one question may come in two days, and at what time of the day."""
    if option == "no":
        return doors.menu(replace(state, reminders="no"), moment, "remind.no")
    wanted = schedule.scheduled(replace(state, reminders="yes"), taught.topic, moment.at)
    return _hours_known(wanted, moment)


def _hours_known(state: State, moment: Moment) -> Step:
    if state.remind_at is None:
        return progress.ask_when(state, moment)
    return doors.menu(state, moment, "remind.yes")


def when_answer(state: State, moment: Moment, option: str) -> Step:
    """Between which hours questions may come."""
    named = replace(state, remind_at=schedule.REMIND_AT[option])
    return doors.menu(schedule.moved(named), moment, "remind.yes")


def _opened(state: State, moment: Moment, taught: Lesson, option: str) -> Step:
    if option == "not_now":
        return closing(state, moment, "offer.later")
    place = _place(schedule.known(state, taught.topic))
    if not lesson.exists(moment, state, f"{taught.id}/{place}"):
        return ask_again(state, moment)
    return lesson.ask_at(state, moment, taught, place)


def _reviewed(state: State, moment: Moment, taught: Lesson, place: str, option: str) -> Step:
    """The reason, whatever was answered; only the first answer counts."""
    learnt = schedule.known(state, taught.topic) or Learnt(topic=taught.topic)
    here = replace(state, lesson=state.paused.partition("/")[0] if "/" in state.paused else "")
    if place != _place(learnt):
        return ask_again(here, moment)
    chosen = lesson.choice_at(taught, place, option)
    result = lesson.result_of(chosen)
    reviews = (*learnt.reviews, result)
    done = schedule.noted(here, taught.topic, reviews=reviews, due_at=None, call="")
    counted = schedule.counted(done, f"review_{result}", taught.topic)
    said = Step(done, (*counted, lesson.reason_of(done, moment, taught, place, chosen)))
    if len(reviews) >= len(schedule.AFTER):
        return said.then(closing(done, moment, "review.last"))
    return said.then(lesson.ask_at(done, moment, taught, "next"))


def _next(state: State, moment: Moment, taught: Lesson, option: str) -> Step:
    """Again in a week or two, or no more of this topic; then on with what waited."""
    if option == "yes":
        state = schedule.scheduled(state, taught.topic, moment.at)
    return closing(state, moment, "remind.yes" if option == "yes" else "remind.no")


_PLACES: dict[str, Callable[[State, Moment, Lesson, str], Step]] = {
    "remind": _reminded,
    "gate": _opened,
    "next": _next,
}


# ---------- the setting ----------


def reminders_answer(state: State, moment: Moment, option: str) -> Step:
    """On, off, other hours, or back."""
    if option == "off":
        return stop(state, moment)
    if option == "hours":
        return progress.ask_when(state, moment)
    if option == "on":
        return _hours_known(_turned_on(state, moment), moment)
    return doors.menu(state, moment)


def _turned_on(state: State, moment: Moment) -> State:
    """Everything that was finished and has not come back yet comes from now on."""
    state = replace(state, reminders="yes")
    for each in state.learned:
        if each.done_at and each.due_at is None and not each.reviews:
            first = schedule.scheduled(state, each.topic, moment.at)
            state = schedule.not_before(first, each.topic, moment.at)
    return state


# ---------- what is counted ----------


def helped(before: State, answer: Step, moment: Moment) -> Step:
    """The answer; where help was taken from a lesson that was begun, that is counted.

    Once for each child and topic, so that who asks ten times is no group of ten.
    """
    after = answer.state
    taught = moment.content.lessons[language_of(before)].get(before.asked.partition("/")[0])
    if taught is None or "/" not in before.asked or before.adult or before.contact is not None:
        return answer
    if after.asked not in HELP and after.contact is None and not after.told_of_harm:
        return answer
    learnt = schedule.known(after, taught.topic)
    begun = learnt is not None or lesson.place_of(before.asked) not in ("open", "before")
    if not begun or (learnt is not None and learnt.helped):
        return answer
    marked = schedule.noted(after, taught.topic, helped=True)
    return Step(marked, (*answer.effects, *schedule.counted(before, "help", taught.topic)))
