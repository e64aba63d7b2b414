"""From the bot to a person and back: open, wait, hand over, take over again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.engine.effects import (
    CancelTimer,
    Effect,
    OpenContact,
    PassToCounsellor,
    Say,
    SetTimer,
    Word,
)
from bot.engine.events import (
    ContactArrived,
    ContactClimbed,
    ContactDelayed,
    CounsellorJoined,
    CounsellorLeft,
    CounsellorWrote,
    Helpline,
    Reading,
    Severity,
)
from bot.engine.flows import cover, opening
from bot.engine.state import GRAVE, Contact, State, Told
from bot.engine.voice import (
    Moment,
    Step,
    ask,
    bubble,
    calls,
    closing,
    language_of,
    numbers,
    one,
    say,
    services,
    spoken,
)

ARRIVAL = timedelta(seconds=60)  # then the child hears that the line was not reached
# Questions that are open when somebody else may be looking.
SCREENED = ("back", "safe", "unseen", "seen", "hide", "hide_self", "hide_exit", "hours", "knock")
RATINGS = ("yes", "some", "no", "decline")  # whether the talk helped
FORGET = timedelta(hours=24)  # words that nobody was asked to read are dropped


def word_of(moment: Moment, text: str, reading: Reading, *, kind: str = "text") -> Word:
    """The child's words as the counsellor will see them."""
    return Word(
        at=moment.said_at,
        kind=kind,
        text=text,
        severity=reading.severity.word,
        evidence=reading.evidence,
    )


def choice(moment: Moment, text: str) -> Word:
    """A press: it counts like words."""
    return Word(at=moment.at, kind="choice", text=text)


def told_of(reading: Reading, before: Told | None) -> Told:
    """The graver of what was told before and now."""
    now = Told(reading.severity.word, reading.category, reading.score)
    if before is None or Severity[before.severity.upper()] <= reading.severity:
        return now
    return before


def open_contact(
    state: State, moment: Moment, *, severity: str, reason: str, wants_reply: bool = True
) -> Step:
    """Bring what was said to the helpline; with a contact open already, raise that one."""
    told = state.told or Told(severity, "none", 0.0)
    if state.contact is not None:
        return _raise(state, severity=severity, category=told.category)
    state = _doubt_told(state, moment)
    number = state.contacts + 1
    order = OpenContact(
        contact=number,
        severity=severity,
        category=told.category,
        score=told.score,
        language=language_of(state),
        band="adult" if state.adult else state.band,
        role=state.role,
        country=state.country,
        wants_reply=wants_reply,
        reason=reason,
        limits_version=state.limits_version,
        limits_at=state.limits_at,
        words=state.words,
    )
    opened = replace(
        state,
        contact=Contact(number=number, stage="opening", severity=severity),
        contacts=number,
        words=(),
        hold=True,
        asked="",
        paused="" if state.paused in GRAVE else state.paused,
        heard=0,
        left="",
        rated=0,
    )
    timers: tuple[Effect, ...] = (
        CancelTimer(name="forget"),
        SetTimer(name="arrival", at=moment.at + ARRIVAL),
    )
    return Step(opened, (order, *timers))


def _doubt_told(state: State, moment: Moment) -> State:
    """Whoever opens a contact is answered; that it may be somebody else goes with it."""
    if not state.doubt:
        return state
    note = Word(at=moment.at, kind="note", text="doubt")
    return replace(state.kept(note), doubt=False)


def _raise(state: State, *, severity: str, category: str) -> Step:
    contact = state.contact
    assert contact is not None
    graver = max(Severity[severity.upper()], Severity[contact.severity.upper()])
    order = PassToCounsellor(
        contact=contact.number, words=state.words, severity=graver.word, category=category
    )
    raised = replace(
        state, contact=replace(contact, severity=graver.word), words=(), hold=True, asked=""
    )
    return Step(raised, (order,))


def pass_on(state: State, *words: Word, reading: Reading | None = None) -> Step:
    """More words for the contact that is open; graver words raise it."""
    contact = state.contact
    assert contact is not None
    severity, category = Severity.NONE, "none"
    if reading is not None and reading.severity > Severity[contact.severity.upper()]:
        severity, category = reading.severity, reading.category
        state = replace(state, contact=replace(contact, severity=severity.word))
    order = PassToCounsellor(
        contact=contact.number,
        words=words,
        severity=severity.word,
        category=category,
        wants_reply=contact.awaited,
    )
    return Step(state, (order,))


def note(state: State, moment: Moment, text: str) -> Step:
    """What the bot knows: passed on with a contact open, else kept with what was told."""
    known = Word(at=moment.at, kind="note", text=text)
    if state.contact is not None:
        return pass_on(state, known)
    return hold_words(state, moment, known) if state.told_of_harm else Step(state)


def hold_words(state: State, moment: Moment, *words: Word) -> Step:
    """Keep words until the child has decided; they are forgotten after a day."""
    forget = SetTimer(name="forget", at=moment.at + FORGET)
    return Step(state.kept(*words), (forget,))


def ask_for_person(state: State, moment: Moment) -> Step:
    """The child wants a person: limits first if it never heard them, then the contact."""
    if state.contact is not None:
        return _asked_again(state, moment)
    if not state.limits_version:
        return _limits_first(state, moment)
    severity = state.told.severity if state.told else "none"
    opened = open_contact(state, moment, severity=severity, reason="asked")
    return opened.then(Step(opened.state, bringing(opened.state, moment)))


def _asked_again(state: State, moment: Moment) -> Step:
    """Asked for while one has the words: said to them where nobody waited for an answer yet."""
    assert state.contact is not None
    if state.contact.awaited or state.talking:
        return waiting_news(state, moment)
    waits = awaiting(state)
    passed = pass_on(waits, Word(at=moment.at, kind="note", text="asks_person"))
    return passed.then(Step(passed.state, bringing(passed.state, moment)))


def awaiting(state: State) -> State:
    """The state in which whoever wrote waits for an answer from now on."""
    contact = state.contact
    return replace(state, contact=replace(contact, awaited=True)) if contact else state


def _limits_first(state: State, moment: Moment) -> Step:
    told = limits_told(state, moment)
    return ask(told, moment, ["limits.short", "not.person"], "person", "yes", "not_now")


def limits_told(state: State, moment: Moment) -> State:
    """The state after the limits of confidentiality were said; version and time stay."""
    return replace(state, limits_version=moment.content.limits_version, limits_at=moment.at)


def person_answer(state: State, moment: Moment, option: str) -> Step:
    """After the limits: a person, or not now."""
    if option == "yes":
        return ask_for_person(state, moment)
    return closing(state, moment, "offer.later")


def bringing(state: State, moment: Moment) -> tuple[Effect, ...]:
    """What the child reads while its words are on the way: true, and with a number."""
    if moment.helpline is Helpline.STAFFED:
        return spoken(state, moment, ["handover.bringing"])
    if moment.helpline is Helpline.EMPTY:
        return nobody_on_duty(state, moment)
    return (say(state, moment, "handover.bringing"), *outside_numbers(state, moment))


def nobody_on_duty(state: State, moment: Moment) -> tuple[Effect, ...]:
    """Said in the first breath: nobody is here, who answers now, that it waits, until when."""
    first, waits = spoken(state, moment, ["duty.nobody", "duty.waits"])
    return (first, *outside_numbers(state, moment), waits, *opening.said(state, moment))


def outside_numbers(state: State, moment: Moment) -> tuple[Effect, ...]:
    """The telephone line that answers now, or the emergency numbers where there is none."""
    key = _numbers_key(state, moment)
    despair = state.told is not None and state.told.category == "self_harm"
    first = "ambulance" if despair else "police"
    danger = numbers(state, moment)["ambulance" if despair else "emergency"]
    bubble_of_numbers = say(state, moment, key, emergency=danger)
    found = calls(state, moment, "child_helpline", first, "emergency")
    return (replace(bubble_of_numbers, calls=found),)


def _numbers_key(state: State, moment: Moment) -> str:
    lines = services(state, moment, "child_helpline")
    if not lines:
        return "numbers.danger"
    free = all(line.free and line.around_the_clock for line in lines)
    return "numbers.both_free" if free else "numbers.both"


def waiting_news(state: State, moment: Moment) -> Step:
    """Asked again while waiting: where things stand."""
    if state.talking:
        return Step(state)
    where = say(state, moment, waiting_key(state, moment))
    return Step(state, (where, *outside_numbers(state, moment)))


def waiting_key(state: State, moment: Moment) -> str:
    """The phrase that says where the words are that wait for a person."""
    contact = state.contact
    assert contact is not None
    if not contact.awaited:
        return "harm.with_them"
    if _cut_off(state, moment):
        return "handover.delayed"
    return "waiting.still" if contact.stage == "waiting" else "handover.bringing"


def keeps_shut(state: State) -> bool:
    """Whether an open contact keeps all else shut; an adult who waits may read the guidance."""
    reads_on = state.adult and not (state.talking or away(state))
    return state.contact is not None and not (reads_on and state.waiting_question not in GRAVE)


def added(state: State, moment: Moment) -> tuple[Effect, ...]:
    """What becomes of words written while waiting: passed on, or kept until the line answers."""
    return spoken(state, moment, ["waiting.kept" if _cut_off(state, moment) else "waiting.added"])


def _cut_off(state: State, moment: Moment) -> bool:
    """Whether the contact has not arrived and the helpline cannot be reached."""
    opening = state.contact is not None and state.contact.stage == "opening"
    return opening and moment.helpline is Helpline.UNREACHABLE


# ---------- what the helpline did ----------


def away(state: State) -> bool:
    """Whether the child is away, or has not yet said that nobody looks on."""
    return state.quiet or state.asked in SCREENED


def untold(state: State) -> bool:
    """Whether news of the contact is not said: nobody waits for any, or may see it."""
    return away(state) or (state.contact is not None and not state.contact.awaited)


def arrived(state: State, moment: Moment, event: ContactArrived) -> Step:
    """The helpline has the words: only now the child is told so."""
    if state.contact is None or state.contact.stage != "opening":
        return Step(state)
    waiting = replace(state, contact=replace(state.contact, stage="waiting"))
    done = CancelTimer(name="arrival")
    if untold(state):
        return Step(waiting, (done,))
    return Step(waiting, (done, *_arrival_says(waiting, moment, event.minutes)))


def _arrival_says(state: State, moment: Moment, minutes: int | None) -> tuple[Effect, ...]:
    if when := opening.when(state, moment):
        return spoken(state, moment, ["handover.stored_opens"], when=when)
    if moment.helpline is Helpline.EMPTY:
        return spoken(state, moment, ["handover.stored"])
    if minutes is None:
        return spoken(state, moment, ["handover.told_unknown"])
    return spoken(state, moment, ["handover.told"], minutes=str(max(minutes, 2)))


def delayed(state: State, moment: Moment, event: ContactDelayed) -> Step:
    """The line cannot be reached: the truth, the numbers, and whether it is being retried."""
    if state.contact is None or state.contact.stage != "opening" or untold(state):
        return Step(state)
    key = "handover.refused" if event.refused else "handover.delayed"
    says = (say(state, moment, key), *outside_numbers(state, moment))
    return Step(state, (CancelTimer(name="arrival"), *says))


def climbed(state: State, moment: Moment, event: ContactClimbed) -> Step:
    """Nobody has answered yet; who is being called now."""
    if state.contact is None or _is_another(state, event.contact):
        return Step(state)
    if state.talking or untold(state):
        return Step(state)
    waiting = replace(state, contact=replace(state.contact, stage="waiting"))
    news = say(waiting, moment, f"climb.{event.step}")
    return Step(waiting, (news, *outside_numbers(waiting, moment)))


def joined(state: State, moment: Moment, event: CounsellorJoined) -> Step:
    """A person has the words before them: the bot says who, and goes quiet.

    Words that crossed the end of a contact open it again, so one that ended may come back,
    even beside a newer one: from now on words go to whoever is there.
    """
    number = event.contact or state.contacts
    before = state.contact or Contact(number=number, stage="waiting", severity="none")
    if _is_another(state, event.contact):
        before = replace(before, number=number, name="")
    again = state.talking and before.name == event.name
    contact = replace(before, stage="talking", name=event.name)
    talking = replace(state, contact=contact, asked=state.asked if away(state) else "")
    if again or away(state):
        return Step(talking, (CancelTimer(name="arrival"),))
    hello = say(talking, moment, "handover.joined", name=event.name)
    return Step(talking, (CancelTimer(name="arrival"), hello))


def wrote(state: State, moment: Moment, event: CounsellorWrote) -> Step:
    """A person's words, unchanged; held while the child is away with the exit word."""
    if state.contact is not None:
        state = replace(state, contact=replace(state.contact, answered=True))
    if away(state) or state.held:
        return Step(replace(state, held=(*state.held, (event.name, event.text))))
    return Step(state, (_from_person(state, event.name, event.text),))


def _from_person(state: State, name: str, text: str) -> Effect:
    return replace(bubble(state, "person", text), name=name, grave=True)


def left(state: State, moment: Moment, event: CounsellorLeft) -> Step:
    """The person is gone; the bot says so before it says anything else."""
    if state.contact is None or _is_another(state, event.contact):
        return Step(state)
    if not event.closed:
        return _interrupted(state, moment, event)
    rated = state.contact.number if state.contact.answered else 0
    ended = replace(state, contact=None, hold=False, told=None, asked="", heard=0, awaited=False)
    ended = replace(ended, rated=0 if state.doubt else rated)
    if away(state):  # said when the child comes back
        left = replace(ended, asked=state.asked, left="" if state.doubt else event.name)
        return Step(cover.doubt_over(left))
    return _ended(ended, moment, event.name)


def _ended(state: State, moment: Moment, name: str) -> Step:
    """A person was here and is gone: the last bubbles that are still protected."""
    kept = "person.kept" if moment.event.abilities.stays else "person.kept_page"
    keys = ["person.left", kept, "talk.end"]
    last = closing(state, moment, *keys, name=name)
    if state.rated:
        last = ask(state, moment, [*keys, "helped.ask"], "helped", *RATINGS, name=name)
    says = (replace(each, grave=True) if isinstance(each, Say) else each for each in last.effects)
    return Step(last.state, tuple(says))


def _is_another(state: State, contact: int) -> bool:
    """Whether news is of another contact of this child than the one that is open."""
    return state.contact is not None and contact not in (0, state.contact.number)


def _interrupted(state: State, moment: Moment, event: CounsellorLeft) -> Step:
    """Back in the queue: why, and with nobody there that truth, with the numbers."""
    assert state.contact is not None
    if state.contact.stage != "talking":
        return Step(state)
    waiting = replace(state, contact=replace(state.contact, stage="waiting", name=""))
    if away(state):
        return Step(waiting)
    key = "person.put_back" if event.by_hand else "person.interrupted"
    news = say(waiting, moment, key, name=event.name)
    if moment.helpline is Helpline.EMPTY:
        return Step(waiting, (news, *nobody_on_duty(waiting, moment)))
    return Step(waiting, (news, *spoken(waiting, moment, ["waiting.together"])))


# ---------- away and back ----------


def welcome_back(state: State, moment: Moment) -> Step:
    """After the exit word somebody writes again: nothing is shown before a choice."""
    back = replace(state, quiet=False)
    return ask(back, moment, ["back.open"], "back", "yes", "not_now")


def back_answer(state: State, moment: Moment, option: str) -> Step:
    """What the counsellor wrote meanwhile, or nothing yet."""
    if option != "yes":
        return closing(replace(state, left=""), moment, "offer.later")
    if state.left:
        return _left_meanwhile(state, moment)
    if state.held:
        return held_words(state)
    if state.contact is None:
        return closing(state, moment, "back.none")
    if state.talking:
        return one("handover.joined", state, moment, name=state.contact.name)
    return waiting_news(state, moment)


def _left_meanwhile(state: State, moment: Moment) -> Step:
    shown = held_words(replace(state, left=""))
    return shown.then(_ended(shown.state, moment, state.left))


def held_words(state: State) -> Step:
    """Everything a person wrote while the child was away, whole and in order."""
    says = tuple(_from_person(state, name, text) for name, text in state.held)
    return Step(replace(state, held=(), asked=""), says)
