"""Safe hours: when nobody sees the phone. Outside them nothing comes by itself (C3).

All countries that Sigurt serves keep the clock of Tirana.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.engine.effects import Effect, Say, SetTimer
from bot.engine.events import AnyEvent, Helpline, TimerFired
from bot.engine.flows import cover, handover, own_word
from bot.engine.flows.clock import CLOCK
from bot.engine.state import State
from bot.engine.voice import Moment, Step, ask, one

BY_DAY = (8, 20)  # for timers, where no hours were named
NAMED = {
    "14-16": (14, 16),
    "16-18": (16, 18),
    "20-22": (20, 22),
    "after_school": (14, 18),
    "evening": (20, 22),
}
OPEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "hours": ("hours.ask", ("14-16", "16-18", "20-22", "unsure")),
    "when": ("hours.ask", ("after_school", "evening", "now")),
}
KNOCK = "knock_"
OVER = "knock_over"
AGAIN = timedelta(minutes=30)
DAYS = 3


# ---------- the clock ----------


def inside(hours: tuple[int, int], at: datetime) -> bool:
    """Whether ``at`` lies within the hours."""
    return hours[0] <= at.astimezone(CLOCK).hour < hours[1]


def next_start(hours: tuple[int, int], at: datetime) -> datetime:
    """When the hours begin next after ``at``, by the clock on the wall; aware UTC."""
    starts = _start(hours, at)
    if starts <= at:
        starts = _start(hours, at, days=1)
    return starts


def _start(hours: tuple[int, int], at: datetime, *, days: int = 0) -> datetime:
    here = at.astimezone(CLOCK) + timedelta(days=days)
    return here.replace(hour=hours[0], minute=0, second=0, microsecond=0).astimezone(UTC)


def end(hours: tuple[int, int], at: datetime) -> datetime:
    """When the hours of that day are over; aware UTC."""
    return _start(hours, at) + timedelta(hours=hours[1] - hours[0])


def silent(state: State, event: AnyEvent) -> bool:
    """Whether what comes by itself must not be said now.

    So it is outside the hours, once the child was not heard for a quarter of an hour. With
    an own word nobody is spoken to after such a silence, at any hour: first comes a knock.
    """
    by_day = BY_DAY if isinstance(event, TimerFired) else None
    return silent_at(state, event.at, state.hours or by_day)


def silent_at(state: State, at: datetime, hours: tuple[int, int] | None) -> bool:
    """As ``silent``, where these are the hours; None: at every hour may be spoken."""
    if cover.lately(state, at):
        return False
    if state.own_word and cover.guarded(state):
        return True
    return hours is not None and not inside(hours, at)


# ---------- asking for them ----------


def ask_watched(state: State, moment: Moment) -> Step:
    """Somebody looks on: when does nobody? Until the answer nothing shows."""
    asked = ask(state, moment, ["hours.ask"], "hours", *OPEN["hours"][1])
    return Step(replace(asked.state, quiet=True), asked.effects)


def ask_when(state: State, moment: Moment) -> Step:
    """The counsellor may write first: when?"""
    return ask(state, moment, ["hours.ask"], "when", *OPEN["when"][1])


def answer(state: State, moment: Moment, option: str) -> Step:
    """Hours go with the contact; then the own word is asked for."""
    if option == "now":
        return one("care.will_write", replace(state, hours=None), moment)
    if option == "unsure":
        return one("hours.quiet", replace(state, hours=None), moment)
    hours = NAMED[option]
    noted = handover.note(replace(state, hours=hours), moment, f"hours={hours[0]}-{hours[1]}")
    offered = own_word.offer(noted.state, moment)
    if not state.quiet:  # it may write; a knock comes once words wait
        return noted.then(offered)
    first = SetTimer(name=f"{KNOCK}1", at=next_start(hours, moment.at))
    return noted.then(Step(offered.state, (first, *offered.effects)))


def held(before: State, answer: Step, moment: Moment) -> Step:
    """The answer to news; where words of a person begin to wait, a knock is set."""
    begins = bool(answer.state.held) and not before.held
    if not begins or before.hours is None or before.asked == "knock":
        return answer
    first = SetTimer(name=f"{KNOCK}1", at=_when(before, before.hours, moment.at))
    return Step(answer.state, (*answer.effects, first))


def _when(state: State, hours: tuple[int, int], at: datetime) -> datetime:
    """When the hours begin next; at once within ones in which the child was not there yet."""
    absent = state.heard_at is None or state.heard_at < _start(hours, at)
    return at if absent and inside(hours, at) else next_start(hours, at)


# ---------- the knock ----------


def knock(state: State, moment: Moment, name: str) -> Step:
    """Within the hours, with a person there, an ordinary question comes; it is sent once.

    With nobody on duty it is tried again within the hours and on the next days, three in
    all; then staff see that it was not sent.
    """
    if name == OVER:
        return _over(state, moment)
    day = int(name.removeprefix(KNOCK)) if name.removeprefix(KNOCK).isdigit() else 0
    hours = state.hours or (BY_DAY if state.news else None)
    if not day or hours is None or not _waits(state):
        return Step(state)
    if not inside(hours, moment.at):  # the clock stood still meanwhile
        return Step(state, (SetTimer(name=name, at=next_start(hours, moment.at)),))
    if cover.lately(state, moment.at):
        return Step(state, (SetTimer(name=name, at=moment.at + cover.LIVE),))
    if moment.helpline is not Helpline.STAFFED and _wants_person(state):
        return _nobody(state, moment, hours, day)
    return _asked(state, moment, hours)


def _waits(state: State) -> bool:
    """Whether words wait for the child, or it asked for somebody and went away."""
    return bool(state.held or state.news) or (state.contact is not None and state.quiet)


def _wants_person(state: State) -> bool:
    """Whether somebody must be there to answer; news of a report need nobody."""
    return bool(state.held) or state.contact is not None


def _nobody(state: State, moment: Moment, hours: tuple[int, int], day: int) -> Step:
    later = moment.at + AGAIN
    if inside(hours, later):
        return Step(state, (SetTimer(name=f"{KNOCK}{day}", at=later),))
    if day >= DAYS:
        return handover.note(state, moment, "knock=nobody")
    return Step(state, (SetTimer(name=f"{KNOCK}{day + 1}", at=next_start(hours, moment.at)),))


def _asked(state: State, moment: Moment, hours: tuple[int, int]) -> Step:
    noted = handover.note(state.put_away(), moment, "knock=sent")
    away = replace(noted.state, asked="", quiet=True)
    shown = ask(cover.plain(away), moment, ["knock.ask"], "knock", "yes", "no")
    until = end(hours, moment.at)
    over: Effect = SetTimer(name=OVER, at=until)
    wanted = (
        replace(e, notice=False, until=until) if isinstance(e, Say) else e for e in shown.effects
    )
    return Step(cover.put_back(shown.state, away), (*noted.effects, over, *wanted))


def _over(state: State, moment: Moment) -> Step:
    """The hours are over; a knock that nobody answered is not sent again."""
    if state.asked != "knock":
        return Step(state)
    return handover.note(replace(state, asked=""), moment, "knock=unanswered")
