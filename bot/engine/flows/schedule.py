"""What was learned and when it comes back: the records, the days and the hours of reviews.

Nothing is said here. One timer, ``review``, always stands at the next moment at which a
question may come by itself; whether it does is decided when it fires (``flows/memory.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.engine.content import Lesson
from bot.engine.effects import CancelTimer, Count, Effect, SetTimer
from bot.engine.flows import cover, hours
from bot.engine.flows.clock import CLOCK
from bot.engine.state import Learnt, State
from bot.engine.voice import Moment, Step, audience_of, language_of

TIMER = "review"
AFTER = (2, 7, 21)  # days from the lesson to each review
APART = (2, 5, 14)  # days that a late one keeps from what was answered before it
REMIND_AT = {"after_school": (14, 18), "evening": (18, 20), "any": hours.BY_DAY}
MISSED, MADE, LATER, LAST, PAST = "missed", "made", "later", "last", "past"
CALLS = ("", LATER)  # what may still come by itself
BROUGHT = (MADE, LAST)  # one at most: what was brought up last


def of_topic(state: State, moment: Moment, topic: str) -> Lesson | None:
    """The lesson on a topic for this person's age; ``None`` where there is none."""
    band = "14-17" if state.adult else audience_of(state)
    lessons = moment.content.lessons[language_of(state)].values()
    return next((each for each in lessons if each.topic == topic and each.band == band), None)


# ---------- the records ----------


def known(state: State, topic: str) -> Learnt | None:
    """What is remembered of a topic."""
    return next((each for each in state.learned if each.topic == topic), None)


def noted(state: State, topic: str, **changes: object) -> State:
    """The state with this remembered of a topic; of an adult nothing is."""
    if state.adult:
        return state
    now = replace(known(state, topic) or Learnt(topic=topic), **changes)  # type: ignore[arg-type]
    others = tuple(each for each in state.learned if each.topic != topic)
    return replace(state, learned=(*others, now))


def counted(state: State, what: str, topic: str) -> tuple[Effect, ...]:
    """One more of something in learning; adults who try a lesson are not counted."""
    if state.adult:
        return ()
    return (Count(what=what, topic=topic, band=audience_of(state), language=language_of(state)),)


# ---------- the days ----------


def scheduled(state: State, topic: str, at: datetime) -> State:
    """The state with the next review of a topic on its day; none is left after the last."""
    learnt = known(state, topic)
    if learnt is None or learnt.done_at is None:
        return state
    number = len(learnt.reviews)
    if number >= len(AFTER):
        return noted(state, topic, due_at=None, call="", counted=False)
    day = days_on(learnt.done_at, AFTER[number])
    if number:
        day = max(day, days_on(at, APART[number]))
    due_at = _on_that_day(hours_of(state), day)
    return noted(state, topic, due_at=due_at, call="", counted=False)


def not_before(state: State, topic: str, at: datetime) -> State:
    """The state with a topic's review two days from ``at`` where its own day has passed."""
    learnt = known(state, topic)
    if learnt is None or learnt.due_at is None or learnt.due_at > at:
        return state
    return noted(state, topic, due_at=_on_that_day(hours_of(state), days_on(at, AFTER[0])))


def days_on(at: datetime, days: int) -> datetime:
    """The same hour some days later, by the clock on the wall; aware UTC."""
    return (at.astimezone(CLOCK) + timedelta(days=days)).astimezone(at.tzinfo)


def moved(state: State) -> State:
    """The state with its reviews in the hours that were chosen now, each on its day."""
    for each in state.learned:
        if each.due_at is not None:
            state = noted(state, each.topic, due_at=_on_that_day(hours_of(state), each.due_at))
    return state


def _on_that_day(named: tuple[int, int], at: datetime) -> datetime:
    if hours.inside(named, at):
        return at
    midnight = at.astimezone(CLOCK).replace(hour=0, minute=0, second=0, microsecond=0)
    return hours.next_start(named, midnight - timedelta(seconds=1))


def hours_of(state: State) -> tuple[int, int]:
    """When questions may come: as chosen and by day, and never outside the safe hours."""
    chosen = state.remind_at or hours.BY_DAY
    if state.hours is None:
        return chosen
    both = (max(chosen[0], state.hours[0]), min(chosen[1], state.hours[1]))
    return both if both[0] < both[1] else state.hours


# ---------- everybody who shares the phone ----------


def people(state: State) -> tuple[State, ...]:
    """The state as each who shares the phone meets it, whoever has it now first."""
    return (state, *map(state.seen_by, state.profiles))


def of_everybody(state: State, change: Callable[[State], State]) -> State:
    """The state after the same change for each who shares the phone."""
    others = (change(state.seen_by(each)).set_aside(each.name) for each in state.profiles)
    return replace(change(state), profiles=tuple(others))


# ---------- what is due ----------


def due(state: State, moment: Moment, *calls: str) -> Learnt | None:
    """The topic that is asked about first; ``None`` where nothing is due.

    What was not known comes before what was, everyday topics before tender ones. With
    ``calls`` only what stands so may be brought up by itself; no tender topic comes back by
    itself to a child that ever had a person at the helpline.
    """
    if not wanted(state):
        return None
    ripe = [each for each in state.learned if each.due_at and each.due_at <= moment.at]
    if calls:
        free = (each for each in ripe if each.call in calls)
        ripe = [each for each in free if not _kept_back(state, moment, each)]
    taught = (each for each in ripe if of_topic(state, moment, each.topic) is not None)
    return min(taught, key=lambda each: _rank(state, moment, each), default=None)


def in_menu(state: State, moment: Moment) -> Step:
    """What is due stands in the menu: it is counted, and may still come by itself."""
    first = due(state, moment)
    return _counted_once(state, first) if first else Step(state)


def brought_up(state: State, moment: Moment, *calls: str) -> Step:
    """The question comes now, for once: to each who shares the phone and has one due.

    By itself it comes only to those whose hour it is.
    """
    effects: list[Effect] = []

    def bring(seen: State) -> State:
        learnt = due(seen, moment, *calls)
        too_soon = moment.unasked and not hours.inside(hours_of(seen), moment.at)
        if learnt is None or too_soon:
            return seen
        call = LAST if learnt.call == LATER else MADE
        marked = _counted_once(noted(_left(seen), learnt.topic, call=call), learnt)
        effects.extend(marked.effects)
        return marked.state

    brought = of_everybody(state, bring)
    return Step(replace(brought, recalled_at=moment.said_at), tuple(effects))


def _left(state: State) -> State:
    """What was brought up before and not answered stays in the menu only."""
    for each in state.learned:
        if each.call in BROUGHT:
            state = noted(state, each.topic, call=PAST)
    return state


def _counted_once(state: State, learnt: Learnt) -> Step:
    if learnt.counted:
        return Step(state)
    marked = noted(state, learnt.topic, counted=True)
    return Step(marked, counted(state, "review_due", learnt.topic))


def wanted(state: State) -> bool:
    """Whether questions may come back at all."""
    return state.reminders == "yes" and not state.adult


def _rank(state: State, moment: Moment, learnt: Learnt) -> tuple[bool, bool, int]:
    last = learnt.reviews[-1] if learnt.reviews else learnt.after
    topics = moment.content.topics
    order = topics.index(learnt.topic) if learnt.topic in topics else len(topics)
    taught = of_topic(state, moment, learnt.topic)
    return taught is not None and taught.tender, last == "right", order


def _kept_back(state: State, moment: Moment, learnt: Learnt) -> bool:
    taught = of_topic(state, moment, learnt.topic)
    return taught is None or (taught.tender and state.contacts > 0)


# ---------- the timer ----------


def unanswered(state: State) -> bool:
    """Whether a question came and nothing was heard since."""
    if state.recalled_at is None:
        return False
    return state.heard_at is None or state.heard_at < state.recalled_at


def wake_at(state: State, moment: Moment) -> datetime | None:
    """The next moment at which a question may come by itself, to anybody; ``None``: never."""
    if unanswered(state):
        return None
    asked = (seen for seen in people(state) if wanted(seen))
    turns = (_turn(seen, each) for seen in asked for each in _waiting(seen, moment))
    return min(turns, default=None)


def _waiting(state: State, moment: Moment) -> Iterable[Learnt]:
    dated = (each for each in state.learned if each.due_at is not None and each.call in CALLS)
    return (each for each in dated if not _kept_back(state, moment, each))


def _turn(state: State, learnt: Learnt) -> datetime:
    """Its day, or the day after the last question: there is one a day at most."""
    assert learnt.due_at is not None
    named, at = hours_of(state), learnt.due_at
    if state.recalled_at is not None:
        at = max(at, _on_that_day(named, days_on(state.recalled_at, 1)))
    return at if hours.inside(named, at) else hours.next_start(named, at)


def same_day(first: datetime, second: datetime) -> bool:
    """Whether both are on one day, by the clock on the wall."""
    return first.astimezone(CLOCK).date() == second.astimezone(CLOCK).date()


def planned(before: State, answer: Step, moment: Moment) -> Step:
    """The answer, with the timer moved where the next moment is another one than it was."""
    was, now = wake_at(before, moment), wake_at(answer.state, moment)
    if was == now:
        return answer
    order: Effect = CancelTimer(name=TIMER) if now is None else SetTimer(name=TIMER, at=now)
    return Step(answer.state, (*answer.effects, order))


def back_again(state: State, moment: Moment) -> State:
    """The state of whoever writes again days after a question that nobody answered.

    What else came due meanwhile waits to be offered: it does not come by itself any more.
    """
    asked_at = state.recalled_at
    if asked_at is None or not unanswered(state) or same_day(asked_at, moment.at):
        return state
    return missed(state, moment)


def missed(state: State, moment: Moment) -> State:
    """The state in which what is due waits to be offered, and does not come by itself."""
    return of_everybody(state, lambda seen: _missed(seen, moment))


def _missed(state: State, moment: Moment) -> State:
    for each in state.learned:
        if each.due_at and each.due_at <= moment.at and each.call in CALLS:
            state = noted(state, each.topic, call=MISSED)
    return state


# ---------- when nothing may come ----------


def put_off(state: State, moment: Moment) -> Step:
    """Not now, though it is the hour: the same hour tomorrow, or when the child is not there."""
    at = days_on(moment.at, 1)
    if cover.lately(state, moment.at):
        assert state.heard_at is not None
        at = state.heard_at + cover.LIVE
    named = hours_of(state)
    at = at if hours.inside(named, at) else hours.next_start(named, at)
    return Step(state, (SetTimer(name=TIMER, at=at),))
