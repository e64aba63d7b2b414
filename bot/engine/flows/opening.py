"""When a helpline that its plan keeps closed opens again, in words, and what it says itself."""

from __future__ import annotations

from datetime import datetime

from bot.engine.effects import Say
from bot.engine.events import Helpline
from bot.engine.flows.clock import CLOCK
from bot.engine.state import State
from bot.engine.voice import Moment, fill, language_of, phrase, say

WEEK = 7  # days after which a weekday's name would be taken for the nearer one


def said(state: State, moment: Moment) -> tuple[Say, ...]:
    """One bubble: when the helpline opens, and its own words; nothing where it is not known.

    Without a time it is not closed by its plan, and its words for then would not be true.
    """
    opens = when(state, moment)
    if not opens:
        return ()
    message = dict(moment.event.plan.message).get(language_of(state), "").strip()
    if not message:
        return (say(state, moment, "duty.opens", when=opens),)
    return (say(state, moment, "duty.opens_words", when=opens, message=message),)


def when(state: State, moment: Moment) -> str:
    """The next opening in words, such as “nesër në orën 8:00”; empty where it is not known."""
    opens_at = moment.event.plan.opens_at
    if moment.helpline is not Helpline.EMPTY or opens_at is None or opens_at <= moment.at:
        return ""
    here = opens_at.astimezone(CLOCK)
    days = (here.date() - moment.at.astimezone(CLOCK).date()).days
    return fill(phrase(state, moment, _key(days)), state, moment, _parts(state, moment, here))


def _key(days: int) -> str:
    if days < 2:
        return "when.tomorrow" if days else "when.today"
    return "when.weekday" if days < WEEK else "when.date"


def _parts(state: State, moment: Moment, here: datetime) -> dict[str, str]:
    weekdays = phrase(state, moment, "when.weekdays").split(", ")
    months = phrase(state, moment, "when.months").split(", ")
    return {
        "time": f"{here.hour}:{here.minute:02}",
        "weekday": weekdays[here.weekday()],
        "day": str(here.day),
        "month": months[here.month - 1],
    }
