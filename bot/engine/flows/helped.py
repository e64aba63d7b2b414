"""After a person has closed the contact: whether the talk helped, asked gently and once."""

from __future__ import annotations

from dataclasses import replace

from bot.engine.effects import TellHelped
from bot.engine.flows.again import ask_again
from bot.engine.state import GRAVE, State
from bot.engine.voice import Moment, Step, ask, closing

QUESTION = "helped"
LINES = {"yes": "helped.yes", "some": "helped.some", "decline": "helped.decline"}


def answer(state: State, moment: Moment, option: str) -> Step:
    """Thanked; the helpline learns it, unless it was not said. A “no” is offered a person."""
    if not state.rated:
        return ask_again(state, moment)
    told = () if option == "decline" else (TellHelped(contact=state.rated, helped=option),)
    here = replace(state, rated=0)
    if option == "no":
        return Step(here, told).then(ask(here, moment, ["helped.no"], "person", "yes", "not_now"))
    return Step(here, told).then(closing(here, moment, LINES[option]))


def open_still(state: State) -> bool:
    """Whether an answer to it counts though something else was asked since."""
    grave = state.told_of_harm or state.waiting_question in GRAVE
    return bool(state.rated) and state.contact is None and not grave
