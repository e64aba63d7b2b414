"""A chat that somebody else may hold: ordinary life goes on, what was told stays shut.

Danger is heard as ever, the own word opens, leaving leaves. Everything else happens as in
anybody's chat, while words still reach the helpline with a note of who may be writing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.engine import guards
from bot.engine.answers import taken_up
from bot.engine.effects import Effect, OpenContact, PassToCounsellor, Say, Word
from bot.engine.events import (
    AnyEvent,
    CounsellorWrote,
    MessageReceived,
    Reading,
    Severity,
    TimerFired,
)
from bot.engine.flows import cover, disclosure, handover, hours, own_word, talk
from bot.engine.state import Contact, State
from bot.engine.voice import Moment, Step, say

Answered = Callable[[State, Moment], Step]


def covers(state: State, moment: Moment) -> bool:
    """Whether what the child (or somebody else) does now meets ordinary life only."""
    event = moment.event
    if cover.closed(state, moment.at):
        return not (state.asked in cover.AS_EVER and taken_up(state, moment, event))
    ordinary = bool(state.asked) and cover.ordinary(state.asked)
    goes_on = state.quiet and ordinary and taken_up(state, moment, event)
    return goes_on and not _told_or_left(state, moment)


def _told_or_left(state: State, moment: Moment) -> bool:
    """Whether it tells of harm, or leaves: a person who waits must hear of both."""
    told = guards.telling(moment, moment.event) is not None
    return told or guards.leaving(state, moment, moment.event) is not None


def first(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    """What is heard before ordinary life: leaving, the own word, danger."""
    if not cover.closed(state, moment.at):
        return None
    if isinstance(event, MessageReceived) and event.forwarded:  # gives no orders
        return _danger(state, moment, event)
    left = guards.leaving(state, moment, event)
    if left is not None:
        return left
    if own_word.fits(state, moment, event):
        return own_word.welcome(state, moment)
    hidden = guards.hiding(state, moment, event)
    harmful = None if hidden is not None else guards.harmful(state, moment, event)
    return hidden or harmful or _danger(state, moment, event)


def _danger(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    told = guards.telling(moment, event)
    if told is None:
        return None
    if state.contact is None:
        anew = replace(state, quiet=False, asked="", paused="")
        return guards.triage(anew, moment, event)
    words = (*talk.words_in(moment, moment.event), _note(moment, "not_confirmed"))
    passed = handover.pass_on(replace(state, awaited=True), *words, reading=told.reading)
    if told.reading.severity is Severity.EMERGENCY:
        return passed.then(disclosure.in_emergency(passed.state, moment, told.reading.category))
    return passed.then(disclosure.believed(passed.state, moment))


def under(state: State, moment: Moment, answered: Answered) -> Step:
    """Ordinary life, with what was told put back behind it."""
    kept = _kept(state, moment) if cover.closed(state, moment.at) else Step(state)
    here = kept.state
    shown = answered(cover.plain(here), moment)
    if shown.state.told_of_harm:
        return kept.then(_told_by_press(here, shown, moment))
    after = cover.put_back(shown.state, here)
    after = replace(after, quiet=after.quiet or bool(here.own_word))
    asked = next((each for each in shown.effects if isinstance(each, OpenContact)), None)
    if asked is None:
        return kept.then(Step(after, shown.effects))
    awaited, order = _asked_for_person(after, asked, moment)
    effects = (order if each is asked else _true(here, each, moment) for each in shown.effects)
    return kept.then(Step(awaited, tuple(effects)))


def beside(state: State, moment: Moment, answered: Answered) -> Step:
    """A grave question is answered as ever; what waits for the child stays behind it, unseen.

    If that brings a person, it is for them to judge who it is.
    """
    here = replace(state, quiet=False, held=(), left="", draft=None, lapsed=False, receipt="")
    here = replace(here, adding=None, news=())
    shown = answered(here, moment)
    after = replace(
        shown.state, held=state.held, left=state.left, draft=state.draft, lapsed=state.lapsed
    )
    after = replace(after, receipt=state.receipt, adding=state.adding, news=state.news)
    after = replace(after, quiet=state.quiet or after.quiet, doubt=state.doubt or after.doubt)
    awaited = after.awaited or after.contact is not None
    return Step(replace(after, awaited=awaited), shown.effects)


def _true(state: State, effect: Effect, moment: Moment) -> Effect:
    """Words that are with the helpline already do not arrive: nothing of the kind is said."""
    if not isinstance(effect, Say) or effect.key != "handover.bringing" or state.contact is None:
        return effect
    said = say(cover.plain(state), moment, "stranger.asked")
    return replace(said, help=effect.help, standing=effect.standing)


def _told_by_press(state: State, shown: Step, moment: Moment) -> Step:
    """A press is an act: harm told by one is heard like words, and nothing told is lost."""
    told = shown.state.told
    assert told is not None
    reading = Reading(Severity[told.severity.upper()], told.category, told.score, ())
    words = shown.state.words
    if state.contact is None:
        here = cover.put_back(shown.state, state).kept(*words)
        graver = handover.told_of(reading, state.told)
        return Step(replace(here, told=graver, hold=True, quiet=False), shown.effects)
    passed = handover.pass_on(replace(state, awaited=True), *words, reading=reading)
    return passed.then(disclosure.believed(passed.state, moment))


def _kept(state: State, moment: Moment) -> Step:
    """Words still go where words go; after an absence with the note that none was named."""
    words = talk.words_in(moment, moment.event)
    if words and not cover.lately(state, moment.at):
        words = (*words, _note(moment, "not_confirmed"))
    if not words:
        return Step(state)
    if state.contact is None:
        return handover.hold_words(state, moment, *words)
    reading = getattr(moment.event, "reading", None)
    return handover.pass_on(state, *words, reading=reading)


def _asked_for_person(state: State, order: OpenContact, moment: Moment) -> tuple[State, Effect]:
    """Somebody here asks for a person: with a contact open it is for that person to judge."""
    note = _note(moment, "asks_again")
    awaited = replace(state, awaited=True)
    if state.contact is None:
        number = state.contacts + 1
        opened = Contact(number=number, stage="opening", severity=order.severity)
        words = (*state.words, *order.words, note)
        after = replace(awaited, contact=opened, contacts=number, words=(), rated=0)
        return after, replace(order, contact=number, words=words)
    raised = Severity[order.severity.upper()] > Severity[state.contact.severity.upper()]
    severity = order.severity if raised else "none"
    if raised:
        awaited = replace(awaited, contact=replace(state.contact, severity=severity))
    passed = PassToCounsellor(
        contact=state.contact.number,
        words=(*order.words, note),
        severity=severity,
        category=order.category if raised else "none",
    )
    return awaited, passed


def _note(moment: Moment, text: str) -> Word:
    return Word(at=moment.at, kind="note", text=text)


def handed_over(before: State, answer: Step, moment: Moment) -> Step:
    """The answer; where somebody else took the phone, what was told closes, and who waits knows.

    Only here is seen what was told, whoever was asked under cover.
    """
    if answer.state.profile == before.profile or not cover.guarded(before):
        return answer
    noted = handover.note(replace(answer.state, doubt=True), moment, "handed_over")
    return answer.then(noted)


# ---------- what comes by itself ----------


def unasked(state: State, moment: Moment, answered: Answered) -> Step:
    """News, a person's words, timers: outside the hours and under cover as if it were away."""
    event = moment.event
    if isinstance(event, CounsellorWrote) and _may_open(state, moment):
        return _opened(state, moment, answered)
    if isinstance(event, TimerFired) and event.name.startswith(hours.KNOCK):
        return answered(state, moment)
    if not (hours.silent(state, event) or cover.closed(state, moment.at) or cover.shut(state)):
        return hours.held(state, answered(state, moment), moment)
    shown = answered(replace(state, quiet=True), moment)
    after = replace(shown.state, quiet=state.quiet)
    return hours.held(state, Step(after, shown.effects), moment)


def _may_open(state: State, moment: Moment) -> bool:
    """Whether somebody here asked for the person, who writes though it may be a stranger."""
    named = state.hours is None or hours.inside(state.hours, moment.at)
    return state.awaited and (named or cover.lately(state, moment.at))


def _opened(state: State, moment: Moment, answered: Answered) -> Step:
    """The person has judged who it is: what they write now is shown, the rest by choice."""
    here = replace(state, quiet=False, doubt=False, awaited=False, own_word="", asked="", held=())
    shown = answered(here, moment)
    return Step(replace(shown.state, held=state.held), shown.effects)
