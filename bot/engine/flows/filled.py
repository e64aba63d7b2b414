"""A report made in the browser form. Answers come in, nothing is ever said: pages read the state.

It is sent once, however often the button is pressed and on however many pages; after a day,
or when it was left, nothing of it stays.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from operator import itemgetter

from bot.engine.effects import AddToReport, CancelTimer, SetTimer
from bot.engine.events import (
    ChatLost,
    ExitPressed,
    ReportAdded,
    ReportDelayed,
    ReportFilled,
    ReportStored,
    TimerFired,
)
from bot.engine.flows import report
from bot.engine.forms import DELAYED, FILLING, ON_ITS_WAY, OVER, REFUSED, SENDING, STORED, Form
from bot.engine.reports import TYPED, Draft, ReportForm, clean, cleared, fill, read_in
from bot.engine.state import State
from bot.engine.voice import Moment, Step

KEPT = timedelta(hours=24)
TIMER = "forget_form"
APPS = ("app", "game")


def answered(state: State, moment: Moment) -> Step:
    """Take what a page, the helpline or the clock brought; other events mean nothing here."""
    match moment.event:
        case ReportFilled() as event:
            return _filled(state, moment, event)
        case ReportAdded() as event:
            return _added(state, event)
        case ExitPressed() | ChatLost() | TimerFired():
            return _over(state)
        case ReportStored(receipt=receipt):
            return _reached(state, STORED, receipt)
        case ReportDelayed(refused=refused):
            return _reached(state, REFUSED if refused else DELAYED)
        case _:
            return Step(state)


def alarm(draft: Draft | None) -> str:
    """What must be answered with numbers first: ``emergency``, ``disclosure`` or nothing."""
    if draft is None:
        return ""
    if draft.grave:
        return "emergency"
    return "disclosure" if draft.severity == "disclosure" or draft.in_picture == "yes" else ""


def _filled(state: State, moment: Moment, event: ReportFilled) -> Step:
    form = _form(state)
    if event.press in ("drop", "written"):
        return _over(state)
    if form.stage not in (FILLING, OVER):  # it is on its way: nothing more is taken
        return Step(state)
    kept = _kept(replace(state, form=replace(form, stage=FILLING)), moment, event)
    if event.press == "send" and event.turn == form.turn and _complete(kept):
        return _sent(kept, moment)
    return Step(kept, (SetTimer(name=TIMER, at=_form(kept).until or moment.at + KEPT),))


def _complete(state: State) -> bool:
    """The kind alone must be known."""
    return state.draft is not None and bool(state.draft.kind)


def _kept(state: State, moment: Moment, event: ReportFilled) -> State:
    """The state with these answers; what was changed counts as a turn."""
    who, form = _of(state, event), _form(state)
    draft = state.draft or Draft(begun_at=moment.at)
    filled = _with_answers(draft, moment.content.report, event.answers)
    filled = read_in(filled, event.reading)
    after = replace(who, draft=moment.content.report.leaves(filled, who.role, who.band))
    turn, until = form.turn + (after != state), form.until or moment.at + KEPT
    return replace(after, form=replace(form, turn=turn, until=until))


def _of(state: State, event: ReportFilled) -> State:
    """The state with who reports, and in which language."""
    role = state.role if event.role is None else event.role
    band = state.band if event.band is None else event.band
    return replace(state, role=role, band=band, language=event.language or state.language)


def _with_answers(draft: Draft, form: ReportForm, answers: tuple[tuple[str, str], ...]) -> Draft:
    """Each question that was on the page, answered anew; what it does not know is passed over."""
    for name, given in groupby(answers, key=itemgetter(0)):
        question = form.question(name)
        if question is None:
            continue
        draft = cleared(draft, name)
        for _, value in given:
            with suppress(ValueError):
                draft = fill(draft, question, value)
    return _placed(draft)


def _placed(draft: Draft) -> Draft:
    """Whoever names an app has said where it was."""
    if not draft.app or draft.place in APPS:
        return draft
    return replace(draft, place=APPS[0])


def _sent(state: State, moment: Moment) -> Step:
    """It leaves as it was shown; the code is waited for, for a day."""
    form, until = _form(state), moment.at + KEPT
    order = report.order(state, state.draft or Draft())
    form = replace(form, stage=SENDING, turn=form.turn + 1, until=until)
    sent = replace(state, draft=None, reports=state.reports + 1, form=form)
    return Step(sent, (order, SetTimer(name=TIMER, at=until)))


def _reached(state: State, stage: str, receipt: str = "") -> Step:
    """What became of it; somebody who left meanwhile is told nothing any more."""
    form = _form(state)
    if form.stage not in ON_ITS_WAY:
        return Step(state)
    return Step(replace(state, form=replace(form, stage=stage, receipt=receipt)))


def _added(state: State, event: ReportAdded) -> Step:
    """It leaves for the helpline; what becomes of it is read with the receipt."""
    order = AddToReport(
        receipt=event.code,
        words=clean(event.text, TYPED),
        addresses=event.addresses,
        severity=event.reading.severity.word,
        evidence=event.reading.evidence,
    )
    return Step(replace(state, form=state.form or Form(stage=OVER)), (order,))


def _over(state: State) -> Step:
    """Nothing of it stays but how many were sent, so that no two are taken for one."""
    turn = _form(state).turn + 1
    left = State(reports=state.reports, form=Form(stage=OVER, turn=turn))
    return Step(left, (CancelTimer(name=TIMER),))


def _form(state: State) -> Form:
    return state.form or Form()
