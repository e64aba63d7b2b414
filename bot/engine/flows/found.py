"""An address that was pasted, passed on or stands beneath a picture: offered to be reported.

It is not judged and not opened. Pages of ours and of the services are not offered.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.engine import addresses
from bot.engine.effects import Effect, SetTimer
from bot.engine.state import State
from bot.engine.voice import Moment, Step, ask

FORGET = "forget_found"
KEPT = timedelta(hours=24)
ASKED: dict[str, tuple[str, tuple[str, ...]]] = {
    "found": ("found.ask", ("report", "bothers", "no"))
}


def found_in(moment: Moment, text: str) -> tuple[str, ...]:
    """The addresses of a text that somebody may want to report."""
    known = (*_pages(moment), moment.event.abilities.site)
    found = addresses.find(text)
    return tuple(each for each in found if not addresses.is_one_of(each, known))


def _pages(moment: Moment) -> tuple[str, ...]:
    """The pages that Sigurt sends people to itself."""
    apps = (app for there in moment.content.platforms.values() for app in there.values())
    services = (service.url for service in moment.content.services)
    return tuple(url for url in (*services, *(app.help_url for app in apps)) if url)


def offer(state: State, moment: Moment, found: tuple[str, ...], *before: str) -> Step:
    """Ask whether it shall be reported; the answers “it bothers me” and “no” are there too."""
    key, options = ASKED["found"]
    forget: Effect = SetTimer(name=FORGET, at=moment.at + KEPT)
    here = replace(state, paused=state.waiting_question, found=found)
    return Step(here, (forget,)).then(ask(here, moment, [*before, key], "found", *options))


def left_behind(after: State) -> State:
    """The state without addresses once nobody is asked about them any more."""
    return after if after.asked == "found" or not after.found else replace(after, found=())


def forget(state: State) -> Step:
    """Nobody answered in a day: the addresses are gone."""
    return Step(replace(state, found=()))
