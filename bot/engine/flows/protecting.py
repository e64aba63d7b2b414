"""Words that ask for children as somebody would who means to harm them.

Not helped, not accused. It is said before it is done that people who protect children read
such words; who is worried about their own thoughts hears whom to speak to; a minor, who may
copy or be pushed, is also offered a person. Staff see it; nobody waits for an answer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.engine.effects import Effect, Word
from bot.engine.events import Reading
from bot.engine.flows import cover, handover
from bot.engine.state import Contact, Reported, State
from bot.engine.voice import Moment, Step, ask, services, spoken

REASON = "protecting"
ONE_IN = timedelta(days=1)  # later words go to the contact that there was
LINE = "own_behaviour"  # the kind of a service for who is worried about themselves


def heard(state: State, moment: Moment, reading: Reading, *words: Word) -> Step:
    """Say what is done with such words, and do it."""
    if state.contact is not None:
        return _passed_on(state, moment, reading, *words)
    if state.reported is not None and moment.at - state.reported.at < ONE_IN:
        return _passed_on(_open_again(state, state.reported), moment, reading, *words)
    return _reported(state, moment, reading, *words)


def _reported(state: State, moment: Moment, reading: Reading, *words: Word) -> Step:
    """Told before it is done, as with everything that is passed on."""
    told = replace(state.kept(*words), told=handover.told_of(reading, state.told))
    severity = told.told.severity if told.told else reading.severity.word
    opened = handover.open_contact(
        told, moment, severity=severity, reason=REASON, wants_reply=False
    )
    contact = opened.state.contact
    assert contact is not None
    here = replace(
        opened.state,
        contact=replace(contact, awaited=False),
        reported=Reported(moment.at, contact.number),
        doubt=state.doubt,
    )
    done = Step(here, (*_told(state, moment), *opened.effects))
    return done if state.adult else done.then(_offer(here, moment))


def _told(state: State, moment: Moment) -> tuple[Effect, ...]:
    says: tuple[Effect, ...] = spoken(
        state, moment, ["harm.cannot", "harm.read_by", "harm.talk_to"]
    )
    lines = [each.number for each in services(state, moment, LINE) if each.number]
    if not (lines and state.adult):
        return says
    return (*says, *spoken(state, moment, ["harm.line"], number=lines[0]))


def _offer(state: State, moment: Moment) -> Step:
    return ask(state, moment, ["harm.ask"], "harm", "person", "not_now")


def _open_again(state: State, before: Reported) -> State:
    """The contact of today, which words that come after its end open again."""
    contact = Contact(number=before.contact, stage="waiting", severity="none", awaited=False)
    return replace(state, contact=contact, asked="", hold=True)


def _passed_on(state: State, moment: Moment, reading: Reading, *words: Word) -> Step:
    """The words go on to whoever is there, or will be; where a stranger may be, as at first."""
    passed = handover.pass_on(state, *words, reading=reading)
    if cover.closed(state, moment.at):
        return Step(passed.state, (*_told(state, moment), *passed.effects))
    if state.talking:
        return passed
    return Step(passed.state, (*spoken(state, moment, ["harm.passed_on"]), *passed.effects))


def answer(state: State, moment: Moment, option: str) -> Step:
    """A person is wanted after all, or not now."""
    if option == "person":
        return handover.ask_for_person(state, moment)
    return Step(state, spoken(state, moment, ["offer.later"]))
