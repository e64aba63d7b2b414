"""The protocol of silence: what is told while nobody answers, after 2, 10 and 60 minutes.

It counts from the first words that have no answer, so that whoever writes on is told as
well. One timer stands at the next step; nothing is told twice, and nothing to somebody who
is away.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.engine.effects import CancelTimer, Effect, PassToCounsellor, Say, SetTimer
from bot.engine.events import CounsellorWrote, Helpline, TimerFired
from bot.engine.flows import cover, handover, hours, opening
from bot.engine.state import Silence, State
from bot.engine.voice import Moment, Step, say

TIMER = "silence"
AFTER = (timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=60))
LAST_WORD = timedelta(seconds=5)  # what the helpline says at that very moment comes first
GAP = timedelta(seconds=90)  # so long after other news nothing is said on top
SOON, LONG, LATER = range(len(AFTER))
WRITTEN = ("text", "choice", "media_offered")  # kinds of words that want an answer


# ---------- who waits, and since when ----------


def planned(before: State, answer: Step, moment: Moment) -> Step:
    """The answer, with the silence as it is after it, and its timer."""
    after = answer.state
    silence = _told(_since(before, answer, moment), answer, moment)
    timers = _timers(before, replace(after, silence=silence), moment)
    return Step(replace(after, silence=silence), (*answer.effects, *timers))


def _since(before: State, answer: Step, moment: Moment) -> Silence | None:
    """The silence that goes on, begins, begins anew with a return, or is over."""
    after = answer.state
    if after.contact is None or not after.contact.awaited:
        return None
    if isinstance(moment.event, CounsellorWrote):
        return None
    if after.silence is None:
        return Silence(moment.at) if _begins(before, answer, moment) else None
    back = before.quiet and not after.quiet and not moment.unasked
    all_told = after.silence.told >= len(AFTER) and _writes(answer)
    return Silence(moment.at) if back or all_told else after.silence


def _begins(before: State, answer: Step, moment: Moment) -> bool:
    """With nobody there yet, or no longer, it waits; with a person there, once it has written."""
    if moment.unasked:
        return before.talking and not answer.state.talking
    return not answer.state.talking or _writes(answer)


def _writes(answer: Step) -> bool:
    passed = (each for each in answer.effects if isinstance(each, PassToCounsellor))
    return any(word.kind in WRITTEN for each in passed for word in each.words)


def _told(silence: Silence | None, answer: Step, moment: Moment) -> Silence | None:
    says = any(isinstance(each, Say) and not each.name for each in answer.effects)
    return replace(silence, news_at=moment.at) if silence and says else silence


def _timers(before: State, after: State, moment: Moment) -> tuple[Effect, ...]:
    """Set at the next step where that changed or has just fired; none while nobody is there."""
    due, was = _due(after, moment), _due(before, moment)
    fired = isinstance(moment.event, TimerFired) and moment.event.name == TIMER
    if due is None:
        return (CancelTimer(name=TIMER),) if was is not None and not fired else ()
    return (SetTimer(name=TIMER, at=due),) if due != was or fired else ()


def _due(state: State, moment: Moment) -> datetime | None:
    silence = state.silence
    if silence is None or silence.told >= len(AFTER) or _unseen(state, moment):
        return None
    due = silence.since + AFTER[silence.told] + LAST_WORD
    return due if due > moment.at else _later(state, silence, moment)


def _unseen(state: State, moment: Moment) -> bool:
    """Whether nothing may show: nobody is there, or it may be somebody else."""
    return handover.away(state) or cover.closed(state, moment.at) or cover.shut(state)


def _later(state: State, silence: Silence, moment: Moment) -> datetime:
    """A step that had to wait: for a pause in the news, or for the hours to begin."""
    if hours.silent(state, moment.event):
        return hours.next_start(state.hours or hours.BY_DAY, moment.at)
    return max(moment.at, silence.news_at or moment.at) + GAP


# ---------- what is told ----------


def passed(state: State, moment: Moment) -> Step:
    """The timer: the newest step that is due, unless the child is away or was just told."""
    silence = state.silence
    if silence is None or handover.untold(state):
        return Step(state)
    due = sum(silence.since + after <= moment.at for after in AFTER)
    if due <= silence.told:
        return Step(state)
    fresh = silence.news_at is not None and moment.at - silence.news_at < GAP
    if fresh and due > SOON + 1:
        return Step(state)
    here = replace(state, silence=replace(silence, told=due))
    return Step(here, () if fresh else _says(here, moment, due - 1))


def _says(state: State, moment: Moment, step: int) -> tuple[Effect, ...]:
    contact = state.contact
    assert contact is not None
    if step == SOON:
        return _soon(state, moment)
    if contact.stage == "opening":
        return (say(state, moment, "handover.delayed"), *handover.outside_numbers(state, moment))
    truth, way = (_long if step == LONG else _long_since)(state, moment)
    return (truth, *handover.outside_numbers(state, moment), way)


def _soon(state: State, moment: Moment) -> tuple[Effect, ...]:
    """Who has the words; where nobody is there at all, that has been said already."""
    if state.talking:
        return (_of_person(state, moment, "silence.soon_person"),)
    waits = state.contact is not None and state.contact.stage == "waiting"
    empty = moment.helpline is Helpline.EMPTY
    return (say(state, moment, "silence.soon"),) if waits and not empty else ()


def _long(state: State, moment: Moment) -> tuple[Say, Say]:
    """The truth, and that it need not wait here."""
    stays = moment.event.abilities.stays
    rest = say(state, moment, "silence.rest" if stays else "silence.rest_page")
    if state.talking:
        return _of_person(state, moment, "silence.long_person"), rest
    return say(state, moment, "silence.long"), rest


def _long_since(state: State, moment: Moment) -> tuple[Say, Say]:
    """What waits, and how to come back."""
    stays = moment.event.abilities.stays
    back = say(state, moment, "silence.return" if stays else "silence.return_page")
    if opens := opening.when(state, moment):
        return say(state, moment, "silence.later_opens", when=opens), back
    return say(state, moment, "silence.later"), back


def _of_person(state: State, moment: Moment, key: str) -> Say:
    return say(state, moment, key, name=state.contact.name if state.contact else "")
