"""Harm was told. Believe, thank, give the numbers, ask one thing, and bring a person.

No author can edit this order away: thank, believe, not your fault; the numbers; are
you safe; what happens next and who sees what; one choice. In an emergency the numbers
come first and a person is called before any question.
"""

from __future__ import annotations

from dataclasses import replace

from bot.engine import hearing
from bot.engine.care import UNNAMED, care
from bot.engine.effects import Effect, Say, SetTimer, Word
from bot.engine.events import Helpline, Reading, Severity
from bot.engine.flows import cover, handover, hours, picture
from bot.engine.state import GRAVE, State
from bot.engine.voice import (
    Moment,
    Step,
    ask,
    calls,
    closing,
    has_child_helpline,
    numbers,
    say,
    spoken,
)

YOUNG = ("8-10", "11-13", "")  # an unknown age counts as young
ALWAYS_TOLD = ("sexual_abuse", "self_harm", "exploitation")
NO_DANGER = ("bullying", "account_security")  # passed on too, but not called dangerous
DESPAIR = "self_harm"
BLACKMAIL = ("sextortion", "image_abuse")
HURRY = ("grooming", "exploitation", "sexual_abuse", "violence")
NEAR = ("yes", "no", "unsure")
OPEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "danger": ("danger.ask", ("no", "yes", "unsure", "decline")),
    "offer": ("offer.again", ("yes", "not_now")),
    "picture": ("media.how_remove", ("done", "cannot")),
    "adult_near": ("adult.with_child", NEAR),
    "adult_offer": ("adult.offer_later", ("person", "steps")),
}
FROM_PEOPLE = ("violence", "sexual_abuse", "exploitation", "grooming", "sextortion")


def begin(state: State, moment: Moment, reading: Reading, *words: Word) -> Step:
    """Answer words (or a press) that told of harm."""
    if state.contact is not None:
        return _more(state, moment, reading, *words)
    again = state.told_of_harm and state.waiting_question in GRAVE
    question = state.waiting_question if again else ""
    told = replace(
        state,
        told=handover.told_of(reading, state.told),
        paused=state.paused or state.asked,
        hold=True,
        confused=0,
        asked=question,
    )
    held = handover.hold_words(told, moment, *words)
    if reading.severity is Severity.EMERGENCY:
        return held.then(_emergency(held.state, moment, reading))
    if again:
        return held.then(_told_on(held.state, moment))
    return held.then(_told(held.state, moment, reading))


def _more(state: State, moment: Moment, reading: Reading, *words: Word) -> Step:
    """With a contact open the words go on to the person, who has the floor or will have."""
    assert state.contact is not None
    raised = reading.severity > Severity[state.contact.severity.upper()]
    passed = handover.pass_on(handover.awaiting(state), *words, reading=reading)
    told = replace(passed.state, told=handover.told_of(reading, state.told))
    passed = Step(told, passed.effects)
    if state.talking:
        return passed
    if raised and reading.severity is Severity.EMERGENCY:
        return passed.then(in_emergency(passed.state, moment, reading.category))
    return passed.then(Step(passed.state, handover.added(passed.state, moment)))


# ---------- told ----------


def _told(state: State, moment: Moment, reading: Reading) -> Step:
    if state.adult:
        return _told_by_adult(state, moment)
    several = hearing.completes(reading)
    thanks = say(state, moment, "disclosure.thank_all" if several else "disclosure.thank")
    says = (thanks, care(state, moment, "believe"))
    return Step(state, (*says, *handover.outside_numbers(state, moment))).then(
        ask(state, moment, ["danger.ask"], "danger", *OPEN["danger"][1])
    )


def believed(state: State, moment: Moment) -> Step:
    """Thanked, believed, the numbers: all that may show where a stranger may be looking."""
    key = "adult.thank_other" if state.role == "other" else "adult.thank"
    says: tuple[Say, ...] = spoken(state, moment, [key])
    if not state.adult:
        whatever = care(state, moment, "believe", UNNAMED)
        says = (say(state, moment, "disclosure.thank"), whatever)
    return Step(state, (*says, *handover.outside_numbers(state, moment)))


def _told_on(state: State, moment: Moment) -> Step:
    """More of the same telling: thanked in a line, and the open question stays open."""
    said = Step(state, spoken(state, moment, ["disclosure.more"]))
    return said.then(asked_still(state, moment))


def asked_still(state: State, moment: Moment) -> Step:
    """The grave question that is open, asked once more in few words."""
    question = state.waiting_question
    key, options = OPEN[question]
    if question == "adult_near" and state.role == "teacher":
        key = "adult.back_today"
    return ask(replace(state, paused=""), moment, [key], question, *options)


def danger_answer(state: State, moment: Moment, option: str) -> Step:
    """Not knowing counts as danger; not saying keeps the numbers in view and goes on."""
    noted = handover.hold_words(state, moment, _note(moment, f"in_danger={option}"))
    if option in ("yes", "unsure"):
        return noted.then(_in_danger(noted.state, moment))
    return noted.then(_offer(noted.state, moment))


def _note(moment: Moment, text: str) -> Word:
    return Word(at=moment.at, kind="note", text=text)


def _offer(state: State, moment: Moment) -> Step:
    """What cannot wait, then who could read it and what they would see, then the choice."""
    steps: tuple[Say, ...] = (_cannot_wait(state, moment),)
    if not state.limits_version:
        state = handover.limits_told(state, moment)
        steps = (*steps, say(state, moment, "limits.short"))
    key = {
        Helpline.STAFFED: "offer.person",
        Helpline.EMPTY: "offer.nobody",
        Helpline.UNREACHABLE: "offer.unknown",
    }[moment.helpline]
    options = ("yes", "not_now", *(("picture",) if picture.stays(state, moment) else ()))
    return Step(state, steps).then(ask(state, moment, [key], "offer", *options))


def _cannot_wait(state: State, moment: Moment) -> Say:
    """What cannot wait; somebody who is neither parent nor teacher may be the one harmed."""
    if state.role != "other":
        return care(state, moment, "now")
    despair = state.told is not None and state.told.category == DESPAIR
    return say(state, moment, "adult.now_despair" if despair else "adult.now_other")


def offer_answer(state: State, moment: Moment, option: str) -> Step:
    """Yes opens the contact. Not now is the child's to say, but danger is passed on."""
    if option == "yes":
        return _bring(state, moment)
    if state.contact is None and _must_be_told(state):
        return _duty_of_care(state, moment)
    return Step(state, handover.outside_numbers(state, moment)).then(
        closing(state, moment, "offer.later")
    )


def _must_be_told(state: State) -> bool:
    """C7: under 14, or in what looks like danger, it goes to a person in any case."""
    if state.told is None or state.adult:
        return False
    return state.band in YOUNG or state.told.category in ALWAYS_TOLD


def _duty_of_care(state: State, moment: Moment) -> Step:
    """Told before it is done: the bot cannot keep quiet about this."""
    safe = state.told is not None and state.told.category in NO_DANGER
    key = "care.not_alone" if safe else "care.cannot_keep_quiet"
    warned = Step(state, spoken(state, moment, [key]))
    severity = state.told.severity if state.told else "disclosure"
    opened = handover.open_contact(
        state, moment, severity=severity, reason="duty_of_care", wants_reply=False
    )
    asked = ask(opened.state, moment, ["care.may_write"], "may_write", "yes", "not_yet")
    return warned.then(opened).then(asked)


def may_write_answer(state: State, moment: Moment, option: str) -> Step:
    """Whether the counsellor may write first; it goes with the contact."""
    if state.contact is None:
        return Step(state)
    passed = handover.pass_on(state, _note(moment, f"may_write={option}"))
    if option == "yes":
        return passed.then(hours.ask_when(passed.state, moment))
    return passed.then(Step(passed.state, spoken(passed.state, moment, ["offer.later"])))


def _bring(state: State, moment: Moment) -> Step:
    if state.contact is not None:
        return handover.waiting_news(state, moment)
    severity = state.told.severity if state.told else "disclosure"
    opened = handover.open_contact(state, moment, severity=severity, reason="disclosure")
    return opened.then(Step(opened.state, handover.bringing(opened.state, moment)))


# ---------- danger ----------


def _in_danger(state: State, moment: Moment) -> Step:
    """In danger now, or not sure: numbers, a person is called, who is near."""
    opened = handover.open_contact(state, moment, severity="emergency", reason="emergency")
    category = state.told.category if state.told else "none"
    ways = _danger_numbers(opened.state, moment, "danger.call", category)
    calling = _calling(opened.state, moment)
    return opened.then(Step(opened.state, (*ways, *calling))).then(
        _who_is_near(opened.state, moment)
    )


def _emergency(state: State, moment: Moment, reading: Reading) -> Step:
    """Words of an emergency: the contact opens at once, before any question."""
    opened = handover.open_contact(state, moment, severity="emergency", reason="emergency")
    return opened.then(in_emergency(opened.state, moment, reading.category))


def in_emergency(
    state: State, moment: Moment, category: str, *also: Effect, near: bool = True
) -> Step:
    """The numbers, that a person is being called, and who is near."""
    key = _emergency_key(state, category)
    ways = _danger_numbers(state, moment, key, category)
    called = Step(state, (*ways, *_calling(state, moment), *also))
    return called.then(_who_is_near(state, moment)) if near else called


def _emergency_key(state: State, category: str) -> str:
    if state.adult:
        return "emergency.adult"
    if category == DESPAIR:
        return "emergency.despair"
    if category in BLACKMAIL:  # the danger comes through the phone, not through the door
        return "emergency.blackmail"
    return "emergency.people" if category in FROM_PEOPLE else "danger.call"


def _danger_numbers(state: State, moment: Moment, key: str, category: str) -> tuple[Effect, ...]:
    despair = category == DESPAIR
    kinds = ("ambulance", "emergency") if despair else ("police", "emergency")
    shown = say(state, moment, key, number=_ways(state, moment, category))
    return (replace(shown, calls=calls(state, moment, *kinds)),)


def _ways(state: State, moment: Moment, category: str) -> str:
    """Two numbers out of this danger: an ambulance for despair, else the police."""
    return numbers(state, moment)["ambulance" if category == DESPAIR else "emergency"]


def _calling(state: State, moment: Moment) -> tuple[Effect, ...]:
    key = {
        Helpline.STAFFED: "emergency.calling",
        Helpline.EMPTY: "emergency.nobody",
        Helpline.UNREACHABLE: "emergency.trying",
    }[moment.helpline]
    return spoken(state, moment, [key])


def _who_is_near(state: State, moment: Moment) -> Step:
    if state.role in ("parent", "teacher"):
        return ask(state, moment, ["adult.with_child"], "adult_near", *NEAR)
    return ask(state, moment, ["company.ask"], "company", "yes", "no")


def company_answer(state: State, moment: Moment, option: str) -> Step:
    """A grown-up near: go to them, with words to show. Nobody: the number, and how."""
    told = _pass_if_open(state, _note(moment, f"grown_up_near={option}"))
    keys = ["company.go", "company.show"] if option == "yes" else ["company.alone"]
    number = _ways(state, moment, state.told.category if state.told else "none")
    return told.then(Step(told.state, spoken(told.state, moment, keys, number=number)))


def _pass_if_open(state: State, *words: Word) -> Step:
    return handover.pass_on(state, *words) if state.contact is not None else Step(state)


# ---------- told by an adult ----------


def _told_by_adult(state: State, moment: Moment) -> Step:
    if state.role == "other":
        return _told_by_somebody(state, moment)
    key = "adult.thank_teacher" if state.role == "teacher" else "adult.thank"
    says: tuple[Effect, ...] = spoken(state, moment, [key])
    question = "adult.back_today" if state.role == "teacher" else "adult.with_child"
    told = Step(state, (*says, *handover.outside_numbers(state, moment)))
    return told.then(ask(state, moment, [question], "adult_near", *NEAR))


def _told_by_somebody(state: State, moment: Moment) -> Step:
    """Neither parent nor teacher: it may be about themselves, so no child is assumed."""
    says: tuple[Effect, ...] = spoken(state, moment, ["adult.thank_other"])
    told = Step(state, (*says, *handover.outside_numbers(state, moment)))
    return told.then(ask(state, moment, ["danger.ask"], "danger", *OPEN["danger"][1]))


def adult_near_answer(state: State, moment: Moment, option: str) -> Step:
    """Is the child safe with them tonight? Not knowing is treated as no."""
    asked = "back_today" if state.role == "teacher" else "child_with_adult"
    noted = _noted(state, moment, f"{asked}={option}")
    if state.contact is not None:
        return noted.then(Step(noted.state, (_near(noted.state, moment, option),)))
    if state.role == "teacher":
        return noted.then(_teacher_steps(noted.state, moment, urgent=option != "no"))
    if option == "yes":
        near = _near(noted.state, moment, option)
        return noted.then(_adult_offer(noted.state, moment, near, care(noted.state, moment, "now")))
    return noted.then(_adult_urgent(noted.state, moment))


def _near(state: State, moment: Moment, option: str) -> Say:
    """With the child: what to say to it. Not with it, or not sure: where it is."""
    return care(state, moment, "believe") if option == "yes" else say(state, moment, "adult.find")


def _noted(state: State, moment: Moment, text: str) -> Step:
    note = _note(moment, text)
    if state.contact is not None:
        return handover.pass_on(state, note)
    return handover.hold_words(state, moment, note)


def _teacher_steps(state: State, moment: Moment, *, urgent: bool) -> Step:
    if urgent and state.told is not None:
        state = replace(state, told=replace(state.told, severity="emergency"))
    keys = ["teacher.urgent" if urgent else "teacher.today", "teacher.write_down"]
    return _adult_offer(state, moment, *spoken(state, moment, keys))


def _adult_urgent(state: State, moment: Moment) -> Step:
    """The child is not with them, or they do not know where: a person is called at once."""
    category = state.told.category if state.told else "none"
    if category not in HURRY:
        find = say(state, moment, "adult.find")
        return _adult_offer(state, moment, find, care(state, moment, "now"))
    found = Step(state, spoken(state, moment, ["adult.find"]))
    opened = handover.open_contact(state, moment, severity="emergency", reason="emergency")
    return found.then(opened).then(Step(opened.state, _calling(opened.state, moment)))


def _adult_offer(state: State, moment: Moment, *first: Say) -> Step:
    key = "adult.offer" if moment.helpline is Helpline.STAFFED else "adult.offer_later"
    offer = ask(state, moment, [key], "adult_offer", "person", "steps")
    return Step(state, first).then(offer)


def adult_offer_answer(state: State, moment: Moment, option: str) -> Step:
    """A person, or only the steps; both ends name the number."""
    if option == "person":
        return _bring(state, moment)
    who = "teacher" if state.role == "teacher" else "adult"
    end = "end" if has_child_helpline(state, moment) else "end_danger"
    return closing(state, moment, f"{who}.steps", f"{who}.{end}")


def forget(state: State) -> Step:
    """A day has passed without a decision: what was held is dropped, and a doubt about it."""
    if state.contact is not None:
        return Step(state)
    return Step(cover.doubt_over(replace(state, words=(), told=None, hold=False)))


def remind_arrival(state: State, moment: Moment, *, last: bool) -> Step:
    """The helpline has not said that it has the words: told after a minute, and once more."""
    if state.contact is None or state.contact.stage != "opening" or handover.untold(state):
        return Step(state)
    says = (say(state, moment, "handover.delayed"), *handover.outside_numbers(state, moment))
    if last:
        return Step(state, says)
    again = SetTimer(name="arrival_last", at=moment.at + handover.ARRIVAL * 5)
    return Step(state, (again, *says))
