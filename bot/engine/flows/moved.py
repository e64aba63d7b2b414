"""News of a report in the chat in which it was made: only where nobody else reads it.

Whoever is not here just now is asked first, in words that tell nothing to a locked screen.
With an own word, after an exit and on a shared phone the knock of ``hours`` comes instead.
The code shows the same at any time, so nothing is lost where nothing is said.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.engine.effects import Effect, Say, SetTimer
from bot.engine.events import ReportMoved, ReportUpdate
from bot.engine.flows import cover, handover, hours, receipt
from bot.engine.state import GRAVE, State
from bot.engine.voice import Moment, Step, ask, closing, say

TIMER = "news"
ASKED: dict[str, tuple[str, tuple[str, ...]]] = {"news": ("news.ask", ("show", "later"))}
MOST = 12  # updates that are kept
OLD = timedelta(days=30)  # then only the code tells of them
LATER = timedelta(hours=1)


def moved(state: State, moment: Moment, event: ReportMoved) -> Step:
    """Something became of a report: said, asked about, or kept until it can be."""
    kept = replace(state, news=(*_recent(state, moment), *event.updates)[-MOST:])
    if _another_reads(state):
        kept = replace(kept, doubt=True)
    return _brought(kept, moment) if kept.news else Step(kept)


def due(state: State, moment: Moment) -> Step:
    """The timer: what was kept, if it may be brought up now."""
    kept = replace(state, news=_recent(state, moment))
    return _brought(kept, moment) if kept.news else Step(kept)


def _recent(state: State, moment: Moment) -> tuple[ReportUpdate, ...]:
    return tuple(update for update in state.news if moment.at - update.at < OLD)


def _another_reads(state: State) -> bool:
    """Whether the phone is shared and somebody else has it than who reported."""
    return bool(state.profiles) and state.profile != state.reporter


def _brought(state: State, moment: Moment) -> Step:
    here = cover.lately(state, moment.at)
    safe = state.hours or hours.BY_DAY
    if not (here or hours.inside(safe, moment.at)):
        return Step(state, (SetTimer(name=TIMER, at=hours.next_start(safe, moment.at)),))
    if handover.away(state) or state.doubt or (state.own_word and not here):
        return Step(state, _knocks(state, moment))
    if _busy(state, here=here):
        return Step(state, (SetTimer(name=TIMER, at=moment.at + LATER),))
    return _said_here(state, moment) if here else _asked(state, moment)


def _knocks(state: State, moment: Moment) -> tuple[Effect, ...]:
    """A knock, unless one is on its way for a person's words already, or has been sent."""
    if state.held or state.contact is not None or state.asked == "knock":
        return ()
    at = moment.at if not cover.lately(state, moment.at) else moment.at + cover.LIVE
    return (SetTimer(name=f"{hours.KNOCK}1", at=at),)


def _busy(state: State, *, here: bool) -> bool:
    """Whether something graver has the floor.

    Harm that was told holds it while whoever told is here, and not for the days after: they
    wanted to hear what came of the report, and the question that comes tells nothing.
    """
    telling = here and (state.told_of_harm or state.hold)
    grave = telling or state.waiting_question in GRAVE
    return grave or state.contact is not None or state.receipt_waits


def _said_here(state: State, moment: Moment) -> Step:
    first = Step(state, (say(state, moment, "news.first"),))
    return first.then(shown(state.put_away(), moment))


def _asked(state: State, moment: Moment) -> Step:
    """A question that tells nothing of what it is about; not delivered after the hours."""
    asked = ask(state.put_away(), moment, ["news.ask"], "news", *ASKED["news"][1])
    until = hours.end(state.hours or hours.BY_DAY, moment.at)
    says = (replace(e, until=until) if isinstance(e, Say) else e for e in asked.effects)
    return Step(asked.state, tuple(says))


def offer(state: State, moment: Moment) -> Step:
    """Somebody is back to whom something is still to be said."""
    return ask(state.put_away(), moment, ["news.ask"], "news", *ASKED["news"][1])


def answer(state: State, moment: Moment, option: str) -> Step:
    """Now, or later: then it waits, and the code tells it as well."""
    if option == "later":
        return closing(state, moment, "news.later")
    return shown(state, moment)


def shown(state: State, moment: Moment) -> Step:
    """What became of it, and how to see more."""
    if not state.news:
        return closing(state, moment, "news.more")
    said = receipt.said_of(state, moment, state.news)
    told = cover.doubt_over(replace(state, news=()))
    return Step(told, (said,)).then(closing(told, moment, "news.more"))
