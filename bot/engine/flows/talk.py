"""Free words: listening, an unsure sign, a picture, and words that nobody expected."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

from bot.engine import hearing
from bot.engine.care import care
from bot.engine.effects import Effect, Word
from bot.engine.events import AnyEvent, MediaOffered, MessageReceived, Reading, Severity
from bot.engine.flows import cover, disclosure, found, handover, picture, report, schedule
from bot.engine.flows import help as doors
from bot.engine.flows.again import FIXED, ask_again
from bot.engine.state import ONCE, State
from bot.engine.voice import Moment, Step, ask, closing, say, spoken
from bot.engine.words import one_of

TELLING = ("listening", "telling", "soft", "soft_adult", "secret", "media", "doors", "person")
LISTENING = ("listen.1", "listen.2", "listen.3")
SIGN_HOLDS = timedelta(days=7)
PLEASANTRIES = {"greeting_words": "small.hello", "thanks_words": "small.thanks"}
LINK = re.compile(r"https?://|www\.|\bt\.me/", re.IGNORECASE)  # pasted to ask: is this OK?


def to_counsellor(state: State, moment: Moment, event: MessageReceived) -> Step:
    """With a contact open, words go to the person; before one is there, that is said once."""
    passed = handover.pass_on(state, *words_in(moment, event), reading=event.reading)
    if state.held or state.asked == "back":
        return passed.then(handover.welcome_back(passed.state, moment))
    if state.talking:
        return passed
    heard = replace(passed.state, heard=state.heard + 1)
    return Step(heard, passed.effects).then(_while_waiting(heard, moment, state.heard))


def _while_waiting(state: State, moment: Moment, before: int) -> Step:
    """The first words are acknowledged, later ones now and then; in an emergency more often.

    Who comes back to a wait is told where it stands.
    """
    if before == 0:
        return Step(state, handover.added(state, moment))
    if not cover.lately(state, moment.at):
        return handover.waiting_news(state, moment)
    emergency = state.contact is not None and state.contact.severity == "emergency"
    if before % (2 if emergency else 4):
        return Step(state)
    return handover.waiting_news(state, moment)


def words_in(moment: Moment, event: AnyEvent) -> tuple[Word, ...]:
    """What a person should see of an event by the child: its words, or that something came.

    Before what is somebody else's stands a note that it is; whose it was is not known.
    """
    if not isinstance(event, MessageReceived | MediaOffered):
        return ()
    passed_on = Word(at=moment.said_at, kind="note", text="forwarded")
    return (*((passed_on,) if event.forwarded else ()), *_own_words(moment, event))


def _own_words(moment: Moment, event: MessageReceived | MediaOffered) -> tuple[Word, ...]:
    if isinstance(event, MessageReceived):
        return (handover.word_of(moment, event.text, event.reading),)
    offered = Word(at=moment.at, kind="media_offered", text=event.kind)
    beneath = captioned(event)
    return (offered, *_own_words(moment, beneath)) if beneath else (offered,)


def kept(state: State, moment: Moment, event: MessageReceived) -> Step:
    """Words that follow a disclosure: kept with it, read, and not asked about."""
    held = handover.hold_words(state, moment, *words_in(moment, event))
    return held.then(Step(held.state, spoken(held.state, moment, ["disclosure.read"])))


def heard(state: State, moment: Moment, event: MessageReceived) -> Step:
    """Somebody is telling: keep the words, say little, never hurry."""
    held = handover.hold_words(_signed(state, moment, event), moment, *words_in(moment, event))
    count = held.state.heard
    listening = replace(held.state, heard=count + 1, asked="listening")
    second_sign = worth_asking(event.reading) and bool(_recent(state, moment))
    if count < len(LISTENING) and not second_sign:
        return Step(listening, held.effects + spoken(listening, moment, [LISTENING[count]]))
    offer = ask(replace(listening, heard=1), moment, ["listen.offer"], "telling", "go_on", "person")
    return Step(listening, held.effects).then(offer)


def telling_answer(state: State, moment: Moment, option: str) -> Step:
    """Go on telling, or a person."""
    if option == "person":
        return handover.ask_for_person(state, moment)
    listening = replace(state, asked="listening")
    return Step(listening, spoken(listening, moment, ["listen.2"]))


# ---------- an unsure sign ----------


def concern(state: State, moment: Moment, event: MessageReceived) -> Step:
    """Ask softly whether something happened; a second sign within a week weighs more."""
    recent = _recent(state, moment)
    held = handover.hold_words(_signed(state, moment, event), moment, *words_in(moment, event))
    signed = replace(held.state, paused=state.paused or _resumable(state.asked), heard=0)
    held = held.then(Step(held.state, _counted(signed, "soft_asked")))
    question = "soft_adult" if state.adult else "soft"
    keys = ["soft.other" if state.role == "other" else "soft.again" if recent else "soft.ask"]
    return Step(signed, held.effects).then(ask(signed, moment, keys, question, *SOFT))


SOFT = ("a_bit", "fine", "decline")


def _counted(state: State, what: str) -> tuple[Effect, ...]:
    """One more that was asked about this kind of words, or answered so; never who (U5)."""
    return schedule.counted(state, what, state.told.category) if state.told else ()


def _recent(state: State, moment: Moment) -> tuple[datetime, ...]:
    return tuple(at for at in state.signs if moment.at - at < SIGN_HOLDS)


def _signed(state: State, moment: Moment, event: MessageReceived) -> State:
    """The state with an unsure sign noted; unchanged where there is none."""
    if not worth_asking(event.reading):
        return state
    told = handover.told_of(event.reading, state.told)
    return replace(state, signs=(*_recent(state, moment), moment.at), told=told)


def _resumable(question: str) -> str:
    return "" if question in ("soft", "soft_adult", "listening", *ONCE) else question


def soft_answer(state: State, moment: Moment, option: str) -> Step:
    """A bit: two safe steps and the offer. Fine: believed, and back to the same place."""
    counted = Step(state, _counted(state, f"soft_{option}"))
    if option == "a_bit":
        return counted.then(_bothered(hearing.moved(state, hearing.SAID_A_BIT, moment.at), moment))
    return counted.then(_not_bothered(state, moment, option))


def _not_bothered(state: State, moment: Moment, option: str) -> Step:
    key = "soft.believed" if option == "fine" else "soft.open_door"
    gone = option == "fine" and not state.heard  # words that came after the question stay
    state = hearing.fine(state, moment.at) if option == "fine" else state
    corrected = replace(state, told=None, words=() if gone else state.words)
    if not corrected.paused:
        return closing(corrected, moment, key)
    said = Step(corrected, spoken(corrected, moment, [key]))
    return said.then(ask_again(corrected, moment))


def _bothered(state: State, moment: Moment) -> Step:
    for_themselves = state.role == "other"
    said = say(state, moment, "soft.steps_other") if for_themselves else care(state, moment, "soft")
    return Step(state, (said, *handover.outside_numbers(state, moment))).then(
        ask(state, moment, ["soft.offer"], "offer", "yes", "not_now")
    )


# ---------- somebody else's words: “is this OK?” ----------


def passed_on(state: State, moment: Moment, event: MessageReceived) -> Step:
    """Thanked, no judgement of whoever wrote it; what tells a safe message, and softly asked.

    Its links are never opened and it is never called safe: nobody here can know that.
    """
    held = handover.hold_words(_signed(state, moment, event), moment, *words_in(moment, event))
    here = replace(held.state, paused=state.paused or _resumable(state.asked), heard=0)
    asks = worth_asking(event.reading)
    offered = () if asks else found.found_in(moment, event.text)
    if offered:
        return held.then(found.offer(here, moment, offered, "forwarded.thank", "forwarded.signs"))
    question = "soft_adult" if state.adult else "soft"
    own = "forwarded.ask_other" if state.role == "other" else "forwarded.ask"
    held = held.then(Step(here, _counted(here, "soft_asked") if asks else ()))
    keys = ["forwarded.thank", "forwarded.signs", own]
    return Step(here, held.effects).then(ask(here, moment, keys, question, *SOFT))


# ---------- what is no text ----------


def media(state: State, moment: Moment, event: MediaOffered) -> Step:
    """Nothing is fetched or kept. No scolding, no guess; words are asked for instead."""
    words = words_in(moment, event)
    if state.contact is not None:
        passed = handover.pass_on(state, *words)
        return passed.then(Step(passed.state, spoken(passed.state, moment, [_in_words(moment)])))
    if event.kind in picture.SMALL:
        return _small(state, moment)
    if event.kind in picture.UNSPOKEN:
        return Step(state, spoken(state, moment, ["media.voice"])).then(ask_again(state, moment))
    if event.kind in picture.PLACES:
        return Step(state, spoken(state, moment, ["media.place"])).then(ask_again(state, moment))
    gone = "media.removed" if picture.goes(moment) else "media.not_opened"
    if report.open_here(state) and not state.told_of_harm:
        return report.media_came(state, moment, gone, captioned(event))
    held = handover.hold_words(state, moment, *words)
    if state.told_of_harm:
        said = Step(held.state, held.effects + spoken(state, moment, [_in_words(moment)]))
        return said.then(ask_again(held.state, moment))
    here = replace(held.state, paused=state.paused or _resumable(state.asked))
    if offered := found.found_in(moment, event.caption):
        return held.then(found.offer(held.state, moment, offered, gone))
    keys = [gone, "media.words"]
    asked = ask(here, moment, keys, "media", "threat", "sent", "mistake")
    return Step(here, held.effects).then(asked)


def _in_words(moment: Moment) -> str:
    return "media.person_removed" if picture.goes(moment) else "media.person"


def _small(state: State, moment: Moment) -> Step:
    if state.asked == "listening":
        return Step(state, spoken(state, moment, ["listen.2"]))
    return Step(state, spoken(state, moment, ["media.small"])).then(ask_again(state, moment))


def media_answer(state: State, moment: Moment, option: str) -> Step:
    """A choice counts like words."""
    if option == "mistake":
        key = "media.mistake_removed" if moment.takes_back else "media.mistake"
        said = Step(state, spoken(state, moment, [key]))
        return said.then(ask_again(state, moment))
    category = "sextortion" if option == "threat" else "other_distress"
    reading = doors.press_reading(category)
    word = handover.word_of(moment, f"media: {option}", reading, kind="choice")
    return disclosure.begin(replace(state, asked=""), moment, reading, word)


def captioned(event: MediaOffered) -> MessageReceived | None:
    """The words beneath a picture, as the message that they are; ``None`` without any."""
    if not event.caption.strip():
        return None
    return MessageReceived(
        at=event.at,
        helpline=event.helpline,
        abilities=event.abilities,
        text=event.caption,
        reading=event.reading,
        forwarded=event.forwarded,
    )


def how_to_remove(state: State, moment: Moment) -> Step:
    """Where only the child can take its picture out of the chat: how, and back to the offer."""
    return ask(state, moment, ["media.how_remove"], "picture", "done", "cannot")


def picture_answer(state: State, moment: Moment, option: str) -> Step:
    """Removed or not: the offer of a person is still there. A way aside always comes back."""
    key = "media.done_left" if option == "done" else "media.cannot_left"
    return ask(state, moment, [key], "offer", "yes", "not_now")


# ---------- words that nobody expected ----------


def unexpected(state: State, moment: Moment, event: MessageReceived) -> Step:
    """No flow understands: kindly, with a way on, and never twice the same."""
    if LINK.search(event.text) or found.found_in(moment, event.text):
        return passed_on(state, moment, event)
    if key := _pleasantry(moment, event.text):
        return Step(state, spoken(state, moment, [key])).then(ask_again(state, moment))
    held = handover.hold_words(state, moment, *words_in(moment, event))
    if not _has_a_place(state.asked):
        waits = state.asked in FIXED and state.asked != "doors"  # doors open at any time
        here = held.state.put_away() if waits else held.state
        return held.then(doors.not_understood(here, moment))
    if state.confused % 2 == 0:
        return held.then(_choose(held.state, moment))
    return held.then(doors.not_understood(held.state.put_away(), moment))


def _pleasantry(moment: Moment, text: str) -> str:
    """The answer to a greeting, or to “thanks” and “ok”; nothing for other words."""
    for kind, key in PLEASANTRIES.items():
        lists = (getattr(lexicon, kind) for lexicon in moment.content.lexicons.values())
        if one_of(text, chain.from_iterable(lists)):
            return key
    return ""


def greets(moment: Moment, text: str) -> bool:
    """Whether a text is nothing but a greeting."""
    return _pleasantry(moment, text) == PLEASANTRIES["greeting_words"]


def _has_a_place(question: str) -> bool:
    """Whether the question stands in a lesson or a journey, which goes on from there."""
    return "/" in question or ":" in question


def _choose(state: State, moment: Moment) -> Step:
    confused = replace(state, confused=state.confused + 1)
    return Step(confused, spoken(confused, moment, ["not.choose"])).then(
        ask_again(confused, moment)
    )


def worth_asking(reading: Reading) -> bool:
    """Whether a reading calls for the soft question."""
    return reading.severity is Severity.CONCERN
