"""Which flow answers a press or typed words, once no guard has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from bot.engine import hearing, journey
from bot.engine.effects import Button
from bot.engine.events import AnyEvent, ButtonTapped, MessageReceived
from bot.engine.flows import (
    apps,
    cover,
    disclosure,
    handover,
    helped,
    hide,
    lesson,
    memory,
    moved,
    pages,
    progress,
    protecting,
    receipt,
    report,
    schedule,
    shelf,
    talk,
    trace,
    who,
)
from bot.engine.flows import help as doors
from bot.engine.flows.again import FIXED, ask_again, speak, unless_grave
from bot.engine.state import GRAVE, State
from bot.engine.turning import turned
from bot.engine.voice import (
    LETTERS,
    Moment,
    Step,
    buttons,
    label,
    language_of,
    leads_to_help,
    spoken,
    too_long,
)
from bot.engine.words import same_word, tokens

Answer = Callable[[State, Moment, str], Step]


Go = Callable[[State, Moment], Step]

# Where an option leads, whoever presses it.
MENU: dict[str, Go] = {
    "review": memory.start,
    "lesson": doors.lessons,
    "guidance": journey.guidance,
    "person": handover.ask_for_person,
    "ask": doors.listen,
    "report": report.start,
    "more": progress.more,
    "help": doors.doors,
}
MORE: dict[str, Go] = {
    "progress": progress.shown,
    "reminders": progress.reminders,
    "apps": apps.apps,
    "who": who.start,
    "menu": doors.menu,
}
PROGRESS: dict[str, Go] = {
    "certificate": progress.certificate,
    "lesson": doors.lessons,
    "menu": doors.menu,
}


def _going(table: Mapping[str, Go]) -> Answer:
    """The answer of a question whose options only lead somewhere."""
    return lambda state, moment, option: table[option](state, moment)


def _doors_answer(state: State, moment: Moment, option: str) -> Step:
    if option == "person":
        return handover.ask_for_person(state, moment)
    if option == "read":
        return lesson.start(state, moment, "t14")
    if option == "report":
        return report.start(state, moment)
    return ask_again(replace(state, asked=""), moment)


def _back_answer(state: State, moment: Moment, option: str) -> Step:
    if option == "yes" and state.receipt:
        return receipt.show_receipt(state, moment, state.receipt)
    if option == "yes" and state.news and not state.held and not state.left:
        return moved.shown(state, moment)
    unasked = state.contact is None and not state.held and not state.left
    if option == "yes" and unasked and state.waiting_question:
        return ask_again(state, moment)
    return handover.back_answer(state, moment, option)


def _after_answer(state: State, moment: Moment, option: str) -> Step:
    if state.receipt and state.contact is None:
        return receipt.show_receipt(state, moment, state.receipt)
    return _unless_waiting(state, moment, ask_again)


def _who_answer(state: State, moment: Moment, option: str) -> Step:
    return ask_again(state, moment) if option == "back" else who.answer(state, moment, option)


def _lessons_answer(state: State, moment: Moment, option: str) -> Step:
    if option == pages.MORE:
        return doors.lessons_on(state, moment)
    if option == pages.MENU:
        return doors.menu(state, moment)
    return lesson.start(state, moment, option)


def _found_answer(state: State, moment: Moment, option: str) -> Step:
    """Report the address that was found; else whether it bothers, and back to where we were."""
    here = replace(state, found=())
    if option == "report":
        return report.begin_with(here, moment, state.found)
    return talk.soft_answer(here, moment, "a_bit" if option == "bothers" else "decline")


def _offer_answer(state: State, moment: Moment, option: str) -> Step:
    if option == "picture":
        return talk.how_to_remove(state, moment)
    return disclosure.offer_answer(state, moment, option)


ANSWERS: dict[str, Answer] = {
    "menu": _going(MENU),
    "more": _going(MORE),
    "progress": _going(PROGRESS),
    "reminders": memory.reminders_answer,
    "remind_when": memory.when_answer,
    "review": memory.answer,
    "reader": memory.reader_answer,
    "doors": _doors_answer,
    "lessons": _lessons_answer,
    "danger": disclosure.danger_answer,
    "offer": _offer_answer,
    "picture": talk.picture_answer,
    "company": disclosure.company_answer,
    "may_write": disclosure.may_write_answer,
    "adult_near": disclosure.adult_near_answer,
    "adult_offer": disclosure.adult_offer_answer,
    "person": handover.person_answer,
    "harm": protecting.answer,
    "back": _back_answer,
    "secret": doors.secret_answer,
    "safe": doors.safe_answer,
    "unseen": doors.unseen_answer,
    "seen": doors.seen_answer,
    "soft": talk.soft_answer,
    "soft_adult": talk.soft_answer,
    "media": talk.media_answer,
    "telling": talk.telling_answer,
    "after": _after_answer,
    helped.QUESTION: helped.answer,
    **trace.ANSWERS,
    "who": _who_answer,
    "animal": who.animal_answer,
    **{name: partial(receipt.answer_to, name) for name in receipt.ASKED},
    "report_code": lambda state, moment, option: receipt.written(state, moment),
    "found": _found_answer,
    "news": moved.answer,
}

OPTIONS: dict[str, tuple[str, ...]] = {
    **{name: options for name, (_, options) in FIXED.items()},
    "menu": tuple(MENU),
    "progress": tuple(PROGRESS),
    "reminders": ("hours", "off", "on", "menu"),
    "offer": ("yes", "not_now", "picture"),
    "after": ("go_on",),
    helped.QUESTION: handover.RATINGS,
    "today": ("start",),
    "report_code": ("written",),
}

# An old press of these still weighs what it says: a press is an act.
WEIGHTY = {
    "danger.yes",
    "danger.unsure",
    "offer.yes",
    "doors.person",
    "menu.person",
    "person.yes",
    "media.threat",
    "media.sent",
    "soft.a_bit",
    "adult_offer.person",
    "telling.person",
    "secret.person",
    "harm.person",
    "safe.yes",
    "seen.numbers",
    "seen.write_later",
    "seen.hide",
}

# They lead on, whenever pressed: the knock too, when a child has the phone again.
SIGNPOSTS = (
    *("menu", "lessons", "doors", "after", "today", "knock"),
    *("review", "more", "progress", "reminders", "remind_when", "who", "animal", "reader"),
)

ANYTIME: dict[str, Callable[[State, Moment], Step]] = {
    "go.help": doors.doors,
    "go.hide": hide.ask_first,
    "go.report": report.start,
    "go.code": receipt.ask_code,
    "go.numbers": doors.numbers,
    "go.menu": lambda state, moment: _unless_waiting(state, moment, doors.menu),
    "go.person": handover.ask_for_person,
    "go.apps": lambda state, moment: _unless_waiting(state, moment, apps.apps),
    "go.lessons": lambda state, moment: _unless_waiting(state, moment, doors.lessons),
    "go.who": lambda state, moment: unless_grave(state, moment, who.start),
    "go.language": lambda state, moment: _other_language(state, moment),
}


def press(state: State, moment: Moment, event: ButtonTapped) -> Step:
    """A press on the open question, on an old one, twice, or on nothing that there is."""
    if event.button in ANYTIME:
        return ANYTIME[event.button](state, moment)
    question, _, option = event.button.rpartition(".")
    if option not in options_of(moment, state, question):
        return _stale(state, moment)
    if question == state.asked or event.button in WEIGHTY or _waits(state, question):
        return turned(_taken(state, moment, question, option), moment, question)
    if question == helped.QUESTION and helped.open_still(state):
        return _taken(state.put_away(), moment, question, option)
    if event.button == state.answered:
        return Step(state)  # the second half of a double press
    if report.answers_again(state, moment, question):
        return _taken(state, moment, question, option)
    if question in SIGNPOSTS and _free(state):
        return turned(_taken(state, moment, question, option), moment, question)
    return _stale(state, moment)


def _waits(state: State, question: str) -> bool:
    """Whether it answers what was put away, or was asked of somebody who then wrote instead.

    Presses and messages come in queues of their own: one may arrive before the other.
    """
    if handover.keeps_shut(state) or state.told_of_harm or state.asked in GRAVE:
        return False
    if question == state.paused:
        return True
    return state.asked == "listening" and question in talk.TELLING


def _free(state: State) -> bool:
    """Whether an old signpost may still be followed: nothing grave, no child waiting."""
    return state.onboarded and not (handover.keeps_shut(state) or state.told_of_harm)


def _taken(state: State, moment: Moment, question: str, option: str) -> Step:
    paused = "" if state.paused == question else state.paused
    answered = replace(state, asked="", paused=paused, answered=f"{question}.{option}", confused=0)
    if question in ANSWERS:
        return ANSWERS[question](answered, moment, option)
    if report.holds(moment, question):
        return report.answer_to(question, answered, moment, option)
    if question.startswith(journey.PREFIX):
        return journey.answer(answered, moment, question, option)
    if shelf.holds(question):
        return shelf.answer(answered, moment, question, option)
    if question.startswith(who.PREFIX):
        return who.colour_answer(answered, moment, option)
    if memory.answers(question):
        return memory.placed(answered, moment, question, option)
    return lesson.answer(answered, moment, question, option)


def _stale(state: State, moment: Moment) -> Step:
    """An old button: where we were, unless a person is talking."""
    if state.asked == "back":
        return handover.welcome_back(state, moment)
    if state.contact is not None:
        return Step(state) if state.talking else handover.waiting_news(state, moment)
    said = Step(state, spoken(state, moment, ["stale.we_were_here"]))
    return said.then(ask_again(state, moment))


def options_of(moment: Moment, state: State, question: str) -> tuple[str, ...]:
    """The ids that a question has; none when there is no such question."""
    if question in OPTIONS:
        return OPTIONS[question]
    if report.holds(moment, question):
        return report.options_of(state, moment, question)
    if question == "lessons":
        return pages.options_of(moment.content.topics)
    if question.startswith(journey.PREFIX):
        return journey.options_of(moment, question)
    if shelf.holds(question):
        return shelf.options_of(state, moment, question)
    if options := who.options_of(question):
        return options
    if lesson.exists(moment, state, question):
        taught = moment.content.lessons[language_of(state)][question.partition("/")[0]]
        return lesson.options_at(taught, lesson.place_of(question))
    return ()


def standing(state: State, moment: Moment) -> tuple[Button, ...]:
    """The buttons of the question that is open, as they were; none where none is open.

    [Dua ndihmë] is left out: every bubble has a way to help of its own.
    """
    known = options_of(moment, state, state.asked)
    labels = {
        option: _label_of(state, moment, option)
        for option in (state.options or _unkept_options(state, moment, known))
        if option in known
    }
    shown = buttons(state.asked, labels)
    return tuple(button for button in shown if not leads_to_help(button))


def _unkept_options(state: State, moment: Moment, known: tuple[str, ...]) -> tuple[str, ...]:
    """The options of a question that was taken up again: a menu's depend on who is asking."""
    return doors.menu(state, moment).state.options if state.asked == "menu" else known


def typed(state: State, moment: Moment, event: MessageReceived) -> Step:
    """Typed words where a press was expected, told words, or words nobody expected."""
    if event.edited:  # the triage has read it; nothing new was asked
        words = talk.words_in(moment, event)
        return handover.pass_on(state, *words) if state.contact is not None else Step(state)
    option = "" if event.forwarded else typed_option(state, moment, event.text)
    if option:
        return _taken(state, moment, state.asked, option)
    if receipt.takes(state) and state.contact is None:
        return receipt.typed(state, moment, event)
    if report.takes(state, event.text) and state.contact is None:
        return report.typed(state, moment, event)
    if state.asked in trace.TYPED:
        return trace.TYPED[state.asked](state, moment, event)
    if _gives_code(state, event):
        return receipt.typed(replace(state, asked="report_receipt"), moment, event)
    return _words(state, moment, event)


def _words(state: State, moment: Moment, event: MessageReceived) -> Step:
    if state.contact is not None:
        return talk.to_counsellor(state, moment, event)
    if state.held or state.left:
        kept = handover.hold_words(state, moment, *talk.words_in(moment, event))
        return kept.then(handover.welcome_back(kept.state, moment))
    if state.told_of_harm:
        return _more_told(state, moment, event)
    if state.receipt_waits:
        return _code_waits(state, moment, event)
    if event.forwarded and state.asked not in ("soft", "soft_adult"):
        return talk.passed_on(state, moment, event)
    if state.asked in talk.TELLING and not state.confused:
        return talk.heard(state, moment, event)
    if talk.worth_asking(event.reading):
        return talk.concern(state, moment, event)
    back = _back(state, moment, event)
    if back is not None:
        return back
    if not state.onboarded and not state.asked:
        return journey.onboard(state, moment)
    return talk.unexpected(state, moment, event)


def _code_waits(state: State, moment: Moment, event: MessageReceived) -> Step:
    """Who was here all the time is shown it; who comes back is asked first."""
    kept = handover.hold_words(state, moment, *talk.words_in(moment, event))
    if cover.lately(state, moment.at):
        return kept.then(receipt.show_receipt(kept.state, moment, state.receipt))
    return kept.then(handover.welcome_back(kept.state, moment))


def _gives_code(state: State, event: MessageReceived) -> bool:
    """Whether it is nothing but the code of a report, and nothing waits that comes first."""
    code = receipt.is_code(event.text) and not event.forwarded
    waits = state.contact is not None or state.held or state.left or state.receipt_waits
    return code and not waits and state.waiting_question not in GRAVE


def _back(state: State, moment: Moment, event: MessageReceived) -> Step | None:
    """Somebody comes back: to news of a report, or to a question that waits."""
    if state.news and talk.greets(moment, event.text):
        return moved.offer(state, moment)
    if memory.greeted(state, moment, event):
        return memory.offer(state, moment, "small.hello")
    return None


def _more_told(state: State, moment: Moment, event: MessageReceived) -> Step:
    """After harm was told every word is kept, and the grave question stays open."""
    if state.waiting_question in GRAVE:
        held = talk.kept(state, moment, event)
        return held.then(ask_again(held.state, moment))
    return talk.heard(state, moment, event)


def taken_up(state: State, moment: Moment, event: AnyEvent) -> bool:
    """Whether this answers the question that is open, by a press or in words."""
    if isinstance(event, ButtonTapped):
        question, _, option = event.button.rpartition(".")
        return question == state.asked and option in options_of(moment, state, question)
    if not isinstance(event, MessageReceived) or event.forwarded or not state.asked:
        return False
    return state.asked == "own_word" or bool(typed_option(state, moment, event.text))


def typed_option(state: State, moment: Moment, text: str) -> str:
    """Everything that can be pressed can be typed: the words of the button, or its letter."""
    if state.asked == "own_word":  # any word may be chosen there, that of a button too
        return ""
    options = options_of(moment, state, state.asked)
    labels = {option: _label_of(state, moment, option) for option in options}
    shown = [option for option in state.options or options if option in options]
    if lettered := _lettered(state, moment, text, {option: labels[option] for option in shown}):
        return lettered
    for option in options:
        if same_word(text, labels[option]):
            return option
    begun = _begun_option(tokens(text), labels) or _age_option(text, options)
    begun = begun or hearing.short_answer(state.asked, text)
    return begun or _numbered(state, moment, text, shown)


def _numbered(state: State, moment: Moment, text: str, shown: Sequence[str]) -> str:
    """“2” for the second answer of a lesson or a report; elsewhere a number may mean another."""
    bare = text.strip(" .)")
    counts = "/" in state.asked or report.counts(moment, state.asked)
    place = int(bare) if counts and bare.isdecimal() and len(bare) == 1 else 0
    return shown[place - 1] if 0 < place <= len(shown) else ""


def _lettered(state: State, moment: Moment, text: str, labels: Mapping[str, str]) -> str:
    """The option of a letter; to a grave question that shows none a slip must be no answer."""
    shows = too_long(labels) or not moment.event.abilities.presses
    if state.asked in GRAVE and not shows:
        return ""
    pairs = zip(LETTERS, labels, strict=False)
    return next((option for letter, option in pairs if _is_letter(text, letter)), "")


def _is_letter(text: str, letter: str) -> bool:
    """Whether it is that one letter: “A”, “b)”; a key that was held down chooses nothing."""
    return sum(map(str.isalnum, text)) == 1 and same_word(text, letter)


def _begun_option(typed: tuple[str, ...], labels: Mapping[str, str]) -> str:
    """“Po” for [Po, pak], “jo” for [Jo tani]: words with which just one label begins."""
    begun = [
        option for option, label in labels.items() if typed and tokens(label)[: len(typed)] == typed
    ]
    return begun[0] if len(begun) == 1 else ""


def _age_option(text: str, options: Sequence[str]) -> str:
    """“11” or “jam 11 vjeç” for [11–13]: one number where every option is a range of ages."""
    ages = re.findall(r"\d+", text)
    if len(ages) != 1 or len(ages[0]) > 2 or not all(each[:1].isdigit() for each in options):
        return ""
    for option in options:
        low, _, high = option.partition("-")
        if int(low) <= int(ages[0]) <= int(high or 99):
            return option
    return ""


def _label_of(state: State, moment: Moment, option: str) -> str:
    question = state.asked
    if question.startswith(journey.PREFIX):
        _, name, node = question.split(":", 2)
        return moment.content.journeys[name].words[language_of(state)][node].labels[option]
    if "/" in question:
        return _lesson_label(state, moment, question, option)
    if question == "lessons":
        return _title(state, moment, option)
    if shelf.holds(question):
        return shelf.label_of(state, moment, question, option)
    if report.holds(moment, question):
        return report.label_of(state, moment, question, option)
    if question == "reader":
        return who.called(state, moment, option)
    return label(state, moment, question, option)


def _lesson_label(state: State, moment: Moment, question: str, option: str) -> str:
    taught = moment.content.lessons[language_of(state)][question.partition("/")[0]]
    place = lesson.place_of(question)
    for choice in lesson.choices_at(taught, place):
        if choice.id == option:
            return choice.label
    return label(state, moment, "lesson", option)


def _title(state: State, moment: Moment, topic: str) -> str:
    if topic in (pages.MORE, pages.MENU):
        return label(state, moment, "lessons", topic)
    taught = schedule.of_topic(state, moment, topic)
    return taught.title if taught else topic


def _unless_waiting(state: State, moment: Moment, go: Callable[[State, Moment], Step]) -> Step:
    """Go there; while a child waits say where that stands, before onboarding finish that."""
    if handover.keeps_shut(state):
        return handover.waiting_news(state, moment)
    return unless_grave(state, moment, go if state.onboarded else ask_again)


def _other_language(state: State, moment: Moment) -> Step:
    languages = tuple(moment.content.phrases)
    following = (languages.index(language_of(state)) + 1) % len(languages)
    return speak(state, moment, languages[following])
