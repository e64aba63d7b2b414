"""The presses of one button dialogue that leads back to where it began."""

from __future__ import annotations

from bot import triage
from bot.engine.content import Content
from bot.engine.events import ButtonTapped, Helpline
from bot.engine.state import State
from bot.script import BEGINS_AT, Script, Talk, begin

START = {"band": "11-13", "asked": "menu"}


def _talk(content: Content) -> Talk:
    return begin(Script("bench", START, Helpline.STAFFED, ()), "sq", content, triage.read)


def presses(content: Content) -> tuple[State, list[str]]:
    """The first state, and the presses of a whole lesson from the menu back to the menu."""
    talk = _talk(content)
    first, buttons = talk.state, ["menu.lesson", "lessons.t14"]
    for button in buttons:
        talk.happens(ButtonTapped(at=BEGINS_AT, button=button))
    while talk.state.asked != "menu":
        button = _forward(talk)
        buttons.append(button)
        talk.happens(ButtonTapped(at=BEGINS_AT, button=button))
    return first, buttons


def _forward(talk: Talk) -> str:
    """A press that goes on: the right answer where there is one, never help or the exit."""
    shown = next(say for say in reversed(talk.shown) if say.buttons)
    ids = [button.id for button in shown.buttons]
    for wanted in (".start", ".go_on", ".done"):
        found = [button for button in ids if button.endswith(wanted)]
        if found:
            return found[0]
    return ids[0]
