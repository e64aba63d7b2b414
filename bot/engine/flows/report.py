"""Reporting an address.

One short question at a time; everything but the sending can be skipped, and what leaves
is shown before it leaves. Nothing that is reported is opened, looked up or asked for.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot.engine.effects import CancelTimer, FileReport, SetTimer
from bot.engine.events import MessageReceived
from bot.engine.flows import cover, disclosure, handover, receipt
from bot.engine.flows import help as doors
from bot.engine.state import Draft, State
from bot.engine.voice import (
    Moment,
    Step,
    ask,
    closing,
    label,
    language_of,
    spoken,
)

ADDRESS_KEPT = 1_000  # characters of what was typed as an address
KEPT = timedelta(hours=24)  # a report that was begun and not sent
FORGET = "forget_report"

ASKED: dict[str, tuple[str, tuple[str, ...]]] = {
    "report": ("report.open", ("go_on", "code", "talk")),
    "report_where": ("report.where", ("skip",)),
    "report_kind": ("report.kind", ("csam", "grooming", "violence", "decline")),
    "report_mine": ("report.mine", ("yes", "no", "decline")),
    "report_send": ("report.ready", ("send", "change", "drop")),
}
TYPED = ("report_where",)  # here words are the answer
ADDRESS = re.compile(r"[^\s.]\.[a-z]{2}|(?<!\S)@\w{3}", re.IGNORECASE)

_KINDS = {"csam": "csam_address", "grooming": "grooming"}


def start(state: State, moment: Moment) -> Step:
    """Before anything is asked: do not open it again, the address is enough."""
    if state.contact is not None:
        return handover.waiting_news(state, moment)
    return _ask(state.put_away(), moment, "report")


def ask_at(state: State, moment: Moment, question: str) -> Step:
    """Ask one of the questions (again), with what is known by now."""
    if question == "report_send":
        return _ready(state, moment)
    return _ask(state, moment, question)


def _ask(state: State, moment: Moment, question: str, *before: str) -> Step:
    key, options = ASKED[question]
    return ask(state, moment, [*before, key], question, *options)


def answer_to(question: str, state: State, moment: Moment, option: str) -> Step:
    """Take a choice and go on."""
    draft = state.draft or Draft()
    match question, option:
        case "report", "go_on":
            return _begun(_with(state, Draft()), moment, "report_where")
        case "report", "code":
            return receipt.ask_code(state, moment)
        case "report", _:
            return handover.ask_for_person(state, moment)
        case "report_where", _:
            return _ask(_with(state, replace(draft, where="")), moment, "report_kind")
        case "report_kind", _:
            return _kind(_with(state, replace(draft, kind=option)), moment)
        case "report_mine", _:
            return _mine(_with(state, replace(draft, mine=option)), moment, option)
        case "report_send", _:
            return _decided(state, moment, option)
        case _:
            return closing(state, moment, "offer.later")


def _with(state: State, draft: Draft) -> State:
    return replace(state, draft=draft)


def _begun(state: State, moment: Moment, question: str) -> Step:
    """What happens with a report is told before anything more is asked."""
    forget = SetTimer(name=FORGET, at=moment.at + KEPT)
    return Step(state, (forget,)).then(_ask(state, moment, question, "report.how"))


def takes(state: State, text: str) -> bool:
    """Whether what is typed now answers: the opening says that the address is enough."""
    return state.asked in TYPED or (state.asked == "report" and bool(ADDRESS.search(text)))


def typed(state: State, moment: Moment, event: MessageReceived) -> Step:
    """What was typed where an address or a code was asked for, or an address right away."""
    draft = replace(state.draft or Draft(), where=event.text.strip()[:ADDRESS_KEPT])
    if state.asked == "report":
        return _begun(_with(state, draft), moment, "report_kind")
    return _ask(_with(state, draft), moment, "report_kind")


def _kind(state: State, moment: Moment) -> Step:
    assert state.draft is not None
    asks = state.draft.kind == "csam" and not state.adult
    return _ask(state, moment, "report_mine") if asks else _ready(state, moment)


def _mine(state: State, moment: Moment, option: str) -> Step:
    """Somebody who is in the pictures is helped first; the report waits."""
    if option != "yes":
        return _ready(state, moment)
    waiting = replace(state, paused="report_send")
    return disclosure.begin(waiting, moment, doors.press_reading("image_abuse"))


def _ready(state: State, moment: Moment) -> Step:
    """What leaves is seen before it leaves."""
    draft = state.draft
    if draft is None:  # a day has passed since it was begun
        return closing(state, moment, "report.forgotten")
    key = "report.ready" if draft.where else "report.ready_empty"
    return ask(state, moment, [key], "report_send", *ASKED["report_send"][1])


def _decided(state: State, moment: Moment, option: str) -> Step:
    if state.draft is None:
        return closing(state, moment, "report.forgotten")
    if option == "change":
        return _ask(state, moment, "report_where")
    if option == "drop":
        dropped = replace(state, draft=None)
        return Step(dropped, (CancelTimer(name=FORGET),)).then(
            closing(dropped, moment, "report.dropped")
        )
    return _filed(state, moment, state.draft)


def _filed(state: State, moment: Moment, draft: Draft) -> Step:
    order = FileReport(
        report=state.reports + 1,
        kind=_KINDS.get(draft.kind, "other"),
        reporter=_reporter(state, draft),
        language=language_of(state),
        addresses=(draft.where,) if draft.where else (),
        words=label(state, moment, "report_kind", draft.kind) if draft.kind else "",
    )
    filed = replace(state, draft=None, reports=state.reports + 1, paused="")
    says = spoken(filed, moment, ["report.sending"])
    return Step(filed, (order, CancelTimer(name=FORGET), *says))


def _reporter(state: State, draft: Draft) -> str:
    if draft.mine == "yes":
        return "child_in_picture"
    return {"child": "child", "parent": "parent", "teacher": "professional"}.get(
        state.role, "public"
    )


def forget(state: State) -> Step:
    """A report that was begun a day ago and never sent is gone."""
    return Step(cover.doubt_over(replace(state, draft=None)))
