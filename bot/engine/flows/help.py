"""The doors of help, the menu, and the innocent word: where a conversation can turn to."""

from __future__ import annotations

from dataclasses import replace

from bot.engine.effects import Word
from bot.engine.events import NOTHING_READ, Evidence, Reading, Severity
from bot.engine.flows import cover, handover, hide, hours, pages, schedule
from bot.engine.state import State, Told
from bot.engine.voice import (
    Moment,
    Step,
    ask,
    closing,
    has_child_helpline,
    say,
    spoken,
)


def doors(state: State, moment: Moment) -> Step:
    """The ways to help. With a contact open: where it stands, and the numbers."""
    if state.contact is not None:
        return numbers(state, moment)
    asked = state.put_away()
    says = (*handover.outside_numbers(asked, moment),)
    options = ("person", "read", "report", "back") if state.onboarded else ("person", "back")
    return Step(asked, says).then(ask(asked, moment, ["help.doors"], "doors", *options))


def numbers(state: State, moment: Moment) -> Step:
    """Only the numbers; a talk with a person is not disturbed by more."""
    shown = Step(state, handover.outside_numbers(state, moment))
    if state.contact is not None:
        return shown
    return shown.then(closing(state.put_away(), moment, "numbers.after"))


def menu(state: State, moment: Moment, *first: str) -> Step:
    """What to do next, for a child or for an adult, who may be waiting for a person.

    A question that is due stands first in it.
    """
    here = replace(state, paused="", confused=0, heard=0)
    waiting = [handover.waiting_key(state, moment)] if state.contact is not None else []
    begun = state.draft is not None and cover.of_report(state.waiting_question)
    waiting += ["report.kept"] if begun else []
    options = _menu_options(here, moment)
    brought = schedule.in_menu(here, moment) if "review" in options else Step(here)
    keys = [*first, *waiting, "menu.ask"]
    return brought.then(ask(brought.state, moment, keys, "menu", *options))


def _menu_options(state: State, moment: Moment) -> tuple[str, ...]:
    if state.hold and not state.adult:
        return ("person", "ask", "help")  # no lesson and no quiz so soon after
    if state.contact is not None:
        return ("guidance", "help")  # a person has been asked for already
    if state.adult:
        return ("guidance", "ask", "report", "more", "help")
    due = ("review",) if schedule.due(state, moment) else ()
    return (*due, "lesson", "ask", "more", "help")


def lessons(state: State, moment: Moment, page: str = "") -> Step:
    """The topics that there are, in pages: first what is not finished, where help is foremost."""
    return pages.asked(state, moment, "lessons.ask", "lessons", _titles(state, moment), page)


def lessons_on(state: State, moment: Moment) -> Step:
    """The next page of the topics."""
    return lessons(state, moment, pages.following(tuple(_titles(state, moment)), state.options))


def lessons_again(state: State, moment: Moment) -> Step:
    """The same page once more."""
    return lessons(state, moment, state.options[0] if state.options else "")


def _titles(state: State, moment: Moment) -> dict[str, str]:
    finished = {each.topic for each in state.learned if each.done_at}
    order = sorted(moment.content.topics, key=lambda topic: topic in finished)
    found = ((topic, schedule.of_topic(state, moment, topic)) for topic in order)
    return {topic: lesson.title for topic, lesson in found if lesson is not None}


def listen(state: State, moment: Moment) -> Step:
    """The child wants to say something in its own words; a contact that is open gets them."""
    if state.contact is not None:
        return handover.waiting_news(state, moment)
    listening = replace(state, asked="listening", heard=0)
    if not state.limits_version:
        listening = handover.limits_told(listening, moment)
        return Step(listening, spoken(listening, moment, ["limits.short", "listen.open"]))
    return Step(listening, spoken(listening, moment, ["listen.open"]))


# ---------- the innocent word ----------


def safe_word(state: State, moment: Moment) -> Step:
    """The first line gives nothing away; help is behind a press."""
    waiting = replace(state.put_away(), quiet=False)
    return ask(waiting, moment, ["safe.open"], "safe", "yes", "later")


def safe_answer(state: State, moment: Moment, option: str) -> Step:
    """Opened: can the child write unseen? Later: nothing more."""
    if option == "later" and state.contact is not None:
        return Step(replace(state, quiet=True), spoken(state, moment, ["safe.later"]))
    if option == "later":
        return closing(state, moment, "safe.later")
    return ask(state, moment, ["safe.here"], "unseen", "yes", "no")


def unseen_answer(state: State, moment: Moment, option: str) -> Step:
    """Unseen: the doors. Seen: presses only."""
    if option == "yes":
        return handover.held_words(state) if state.held else doors(state, moment)
    return ask(state, moment, ["safe.buttons"], "seen", "numbers", "write_later", "hide")


def seen_answer(state: State, moment: Moment, option: str) -> Step:
    """The numbers, or a person who sees that the child cannot write now, or a hidden chat.

    With a contact open, what the person writes is held until the child comes back.
    """
    if option == "hide":
        return hide.ask_first(state, moment)
    if state.contact is not None:
        state = replace(state, quiet=True)
    if option == "numbers":
        return numbers(state, moment)
    note = watched(moment, "safe_word, cannot_write")
    if state.contact is not None:
        passed = handover.pass_on(state, note)
        said = Step(passed.state, handover.added(passed.state, moment))
        return passed.then(said).then(hours.ask_watched(passed.state, moment))
    return _open_quietly(state.kept(note), moment)


def watched(moment: Moment, text: str = "safe_word") -> Word:
    """What a person should know: the innocent word was used, somebody may be looking."""
    return Word(
        at=moment.at,
        kind="note",
        text=text,
        severity="concern",
        evidence=(Evidence("safe_word", "safe_word"),),
    )


def _open_quietly(state: State, moment: Moment) -> Step:
    told = state.told or Told("concern", "other_distress", 0.5)
    opened = handover.open_contact(
        replace(state, told=told), moment, severity=told.severity, reason="safe_word"
    )
    gone = replace(opened.state, quiet=True)  # nothing shows until the child comes back
    said = Step(gone, spoken(gone, moment, ["safe.passed_on"]))
    return opened.then(said).then(hours.ask_watched(gone, moment))


# ---------- always answered ----------


def robot(state: State, moment: Moment) -> Step:
    """A program is never mistaken for a person."""
    return Step(state, spoken(state, moment, ["robot.answer"]))


def secret(state: State, moment: Moment) -> Step:
    """“Promise not to tell”: no promise, the truth, and the limits before any telling."""
    told = handover.limits_told(state, moment)
    return ask(
        told, moment, ["secret.no_promise", "limits.short"], "secret", "tell", "person", "not_now"
    )


def secret_answer(state: State, moment: Moment, option: str) -> Step:
    """To tell, to ask for a person, or not now: no second try."""
    if option == "tell":
        return listen(state, moment)
    if option == "person":
        return handover.ask_for_person(state, moment)
    return closing(state, moment, "offer.later")


def press_reading(category: str) -> Reading:
    """A press is an act: it weighs as much as the same words typed."""
    return replace(
        NOTHING_READ,
        severity=Severity.DISCLOSURE,
        category=category,
        score=1.0,
        evidence=(Evidence("press", category),),
    )


def not_understood(state: State, moment: Moment) -> Step:
    """Never the same twice in a row: every second time the number and the person are shown."""
    confused = replace(state, confused=state.confused + 1)
    if state.confused % 2 == 0:
        key = "not.understood" if state.confused == 0 else "not.here"
        return ask(confused, moment, [key], "menu", *_menu_options(state, moment))
    key = "not.again" if has_child_helpline(state, moment) else "not.again_danger"
    return Step(confused, (say(confused, moment, key),)).then(
        ask(confused, moment, ["not.person"], "doors", "person", "back")
    )
