"""Pages that lead on: what was pressed gives its place to what it led to.

Lists, the language and the opening of a lesson leave nothing behind that is worth reading
again. Everything else stays in the chat: limits, numbers, a lesson's ideas, a person.
"""

from __future__ import annotations

from dataclasses import replace

from bot.engine import journey
from bot.engine.effects import Effect, Say
from bot.engine.flows import lesson
from bot.engine.voice import Moment, Step

LISTS = ("menu", "lessons", "doors", "more", "progress", "reminders", "g:guides", "a:apps")
LEADS = {
    "list": ("list", "open"),
    "open": ("list", "open", "before", "hook"),
    "again": ("quiz",),
}


def turned(answer: Step, moment: Moment, pressed: str) -> Step:
    """The step with its first bubble marked as the next page of the question ``pressed``."""
    first = next((effect for effect in answer.effects if isinstance(effect, Say)), None)
    if first is None or not _leads_on(moment, pressed, answer.state.asked):
        return answer
    at = answer.effects.index(first)
    page: tuple[Effect, ...] = (replace(first, turns=True),)
    return Step(answer.state, answer.effects[:at] + page + answer.effects[at + 1 :])


def _leads_on(moment: Moment, pressed: str, asked: str) -> bool:
    if pressed == journey.first_question(moment):
        return True
    return _kind(asked) in LEADS.get(_kind(pressed), ())


def _kind(question: str) -> str:
    return "list" if question in LISTS else lesson.place_of(question)
