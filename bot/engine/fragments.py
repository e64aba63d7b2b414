"""Which words of the last half hour are kept, so that harm told in pieces is heard as one.

Little is kept, and not for long: a few free texts, cut short, in the sealed state. They go as
soon as a person has the words, the child says that it is fine or leaves, or somebody else may
hold the phone; else by a timer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.engine import guards, hearing
from bot.engine.answers import taken_up
from bot.engine.effects import CancelTimer, Effect, Erase, Hide, SetTimer
from bot.engine.events import NOTHING_READ, SILENT, AnyEvent, MediaOffered, MessageReceived, Reading
from bot.engine.flows import cover, receipt, report
from bot.engine.state import Fragment, State
from bot.engine.voice import Moment, Step

KEPT = 5
TIMER = "lately"
GONE_AFTER = timedelta(hours=1)  # after the last of them


def remembered(before: State, answer: Step, moment: Moment, read: AnyEvent) -> Step:
    """The answer, with the words of this event kept for a while, or all of them dropped.

    ``read`` is the event with its reading as it was before it was weighed.
    """
    state = answer.state
    if _over(before, answer, moment):
        lately: tuple[Fragment, ...] = ()
    elif _is_free(before, moment):
        lately = _with(state.lately, moment, getattr(read, "reading", NOTHING_READ))
    else:
        lately = hearing.young(state.lately, moment.at)
    return _timed(before, Step(replace(state, lately=lately), answer.effects))


def _over(before: State, answer: Step, moment: Moment) -> bool:
    """Whether nothing may be kept: a person has it, it is held, or others may look on."""
    state = answer.state
    told = state.contact is not None or state.told_of_harm
    another = state.doubt or state.profile != before.profile or cover.closed(before, moment.at)
    gone = any(isinstance(each, Erase | Hide) for each in answer.effects)
    return told or another or gone or state.quiet or _of_others(moment.event)


def _of_others(event: AnyEvent) -> bool:
    """Whether it asked for children as somebody would who means to harm them."""
    return isinstance(event, MessageReceived | MediaOffered) and event.reading.wants_harm


def _is_free(before: State, moment: Moment) -> bool:
    """Whether the child wrote freely: no order, no option, no address, no word of its own."""
    event = moment.event
    text = hearing.words_of(event)
    if not text.strip() or (isinstance(event, MessageReceived) and event.edited):
        return False
    if taken_up(before, moment, event) or hearing.short_answer(before.asked, text):
        return False
    asked_for = report.takes(before, text) or receipt.takes(before) or receipt.is_code(text)
    return not (asked_for or guards.orders(moment, text))


def _with(lately: tuple[Fragment, ...], moment: Moment, joined: Reading) -> tuple[Fragment, ...]:
    whole = joined.together or joined
    alarm = SILENT if joined.repeats else whole.alarm
    text = hearing.words_of(moment.event)[: hearing.TEXT_KEPT]
    young = hearing.young(lately, moment.at)
    written = sorted((*young, Fragment(moment.said_at, text, alarm)), key=lambda each: each.at)
    return hearing.young(tuple(written), moment.at)[-KEPT:]


def _timed(before: State, answer: Step) -> Step:
    """The answer, with the timer moved that drops what is left."""
    was, now = before.lately[-1:], answer.state.lately[-1:]
    if was == now:
        return answer
    order: Effect = CancelTimer(name=TIMER)
    if now:
        order = SetTimer(name=TIMER, at=now[0].at + GONE_AFTER)
    return Step(answer.state, (*answer.effects, order))


def forget(state: State) -> Step:
    """An hour has passed since the last of them."""
    return Step(replace(state, lately=()))
