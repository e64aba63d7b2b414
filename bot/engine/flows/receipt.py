"""After a report was sent: its receipt, and coming back with it from any chat."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.engine.effects import AskReport, Effect, Say, TakeBack
from bot.engine.events import MessageReceived, ReportDelayed, ReportNews, ReportStored
from bot.engine.flows import handover
from bot.engine.state import State
from bot.engine.voice import Moment, Step, ask, closing, has_child_helpline, say, spoken

DIGITS = 16  # of a receipt
CODE = "report.code"
ASKED: dict[str, tuple[str, tuple[str, ...]]] = {
    "report_receipt": ("report.type_code", ("stop",)),
}
STATES = ("submitted", "assessed", "police", "notice", "removed", "refused", "gone", "moved")


def stored(state: State, moment: Moment, event: ReportStored) -> Step:
    """The helpline has it: the code, once. For somebody who is away it waits."""
    if not event.receipt:  # stored under a key of before; the code was in the first answer
        return Step(state) if handover.away(state) else closing(state, moment, "report.no_code")
    if handover.away(state):
        return Step(replace(state, receipt=event.receipt))
    return show_receipt(state, moment, event.receipt)


def show_receipt(state: State, moment: Moment, receipt: str) -> Step:
    """The code in groups of four, and the press that takes it off the screen."""
    shown = replace(state, receipt="")
    grouped = " ".join(receipt[at : at + 4] for at in range(0, len(receipt), 4))
    asked = ask(shown, moment, [CODE], "report_code", "written", code=grouped)
    return Step(asked.state, tuple(_fleeting(effect) for effect in asked.effects))


def _fleeting(effect: Effect) -> Effect:
    if isinstance(effect, Say) and effect.key == CODE:
        return replace(effect, fleeting=True)
    return effect


def written(state: State, moment: Moment) -> Step:
    """The code goes where a bubble can be taken back; the reporter is looked after too."""
    if moment.event.abilities.takes_back:
        gone: Effect = replace(say(state, moment, "report.code_gone"), instead=CODE)
    else:
        gone = say(state, moment, "report.code_stays")
    thanks = "report.thanks" if has_child_helpline(state, moment) else "report.thanks_me"
    return Step(state, (gone,)).then(closing(state, moment, thanks))


def delayed(state: State, moment: Moment, event: ReportDelayed) -> Step:
    """It has not arrived: it is kept, and the code comes later."""
    if handover.away(state):
        return Step(state)
    key = "report.refused_us" if event.refused else "report.delayed"
    return Step(state, spoken(state, moment, [key]))


def ask_code(state: State, moment: Moment) -> Step:
    """Somebody comes back with a code."""
    if state.contact is not None:
        return handover.waiting_news(state, moment)
    return _ask(state.put_away(), moment)


def _ask(state: State, moment: Moment, *before: str) -> Step:
    key, options = ASKED["report_receipt"]
    return ask(state, moment, [*before, key], "report_receipt", *options)


def answer_to(question: str, state: State, moment: Moment, option: str) -> Step:
    """Take a choice and go on."""
    return closing(state, moment, "offer.later")


def takes(state: State) -> bool:
    """Whether what is typed now is a code."""
    return state.asked == "report_receipt"


def typed(state: State, moment: Moment, event: MessageReceived) -> Step:
    """A code: it leaves the chat at once, whatever it is."""
    digits = "".join(re.findall(r"[0-9]", event.text))
    gone = TakeBack(theirs=True)
    if len(digits) != DIGITS:
        return Step(state, (gone,)).then(_ask(state, moment, "report.not_a_code"))
    looking = replace(state, asked="")
    says = spoken(looking, moment, ["report.looking"])
    return Step(looking, (gone, AskReport(receipt=digits), *says))


def news(state: State, moment: Moment, event: ReportNews) -> Step:
    """What was done, in plain words; nothing of what was reported is repeated."""
    if handover.away(state):
        return Step(state)
    if event.found != "known":
        return closing(state, moment, f"report.{event.found}")
    states = [name for _, name in event.states] or ["submitted"]
    keys = [f"report.state.{name if name in STATES else 'open'}" for name in states[-3:]]
    return closing(state, moment, *keys, "report.look_after")
