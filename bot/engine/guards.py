"""Heard in every state, before any flow, in an order that is a promise to the child.

1. exit: leaving is silent;  2. the innocent safe word;  3. “hide this chat”;  4. after an
exit: danger, then who asks what was written here, else nothing before a choice;  5. who asks
for children as somebody would who means to harm them;  6. triage: danger and disclosure;
7. help;  8. somebody who asks what was written here;  9. a person;  10. “are you a robot”;
11. “promise not to tell”;  12. language;  13. menu;  14. a report, or the code of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.engine import hearing
from bot.engine.answers import taken_up
from bot.engine.effects import CancelTimer, Effect, Erase, LeaveContact
from bot.engine.events import (
    AnyEvent,
    ButtonTapped,
    ChatLost,
    ExitPressed,
    MediaOffered,
    MessageReceived,
    Severity,
    Started,
)
from bot.engine.flows import (
    cover,
    disclosure,
    handover,
    hide,
    protecting,
    receipt,
    report,
    talk,
    trace,
)
from bot.engine.flows import help as doors
from bot.engine.flows.again import ask_again, speak, unless_grave
from bot.engine.state import GRAVE, State
from bot.engine.voice import Moment, Step, spoken
from bot.engine.words import fold, known, nearly_one_of, one_of, tokens

ASKED_AWAY = (*GRAVE, *cover.AS_EVER, "hours", "own_word")
Guard = Callable[[State, Moment, AnyEvent], Step | None]
Go = Callable[[State, Moment], Step]

_LEAVES = ("/end.leave", "hide_exit.leave")  # an author may call an option so and mean it


def words_of(moment: Moment, kind: str) -> Iterable[str]:
    """The words of a kind in every language: all are heard, whatever was chosen."""
    for lexicon in moment.content.lexicons.values():
        yield from getattr(lexicon, kind)


def _heard(moment: Moment, event: AnyEvent, kind: str) -> bool:
    if not isinstance(event, MessageReceived):
        return False
    return one_of(event.text, words_of(moment, kind))


def orders(moment: Moment, text: str) -> bool:
    """Whether a text is nothing but a word to the program: exit, help, menu, “hello”."""
    near = ("safe_words", "hide_words", "help_words", "report_words", "code_words")
    words = ("exit_words", "person_words", "robot_words", "language_words", "menu_words")
    small = ("greeting_words", "thanks_words")
    if any(nearly_one_of(text, words_of(moment, kind)) for kind in near):
        return True
    return any(one_of(text, words_of(moment, kind)) for kind in (*words, *small))


def leaving(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    """Exit word, exit button, quick exit, blocked: it ends at once, without any answer."""
    how = _how_left(moment, event)
    if not how:
        return None
    away = replace(cover.put_away(state, moment), quiet=True, asked="", rated=0)
    effects: tuple[Effect, ...] = (CancelTimer(name="arrival"), Erase())
    if state.contact is not None:
        effects += (LeaveContact(contact=state.contact.number, how=how, at=moment.at),)
    return Step(away, effects)


def _how_left(moment: Moment, event: AnyEvent) -> str:
    if isinstance(event, ChatLost):
        return "chat_lost"
    pressed = isinstance(event, ButtonTapped) and event.button.endswith(_LEAVES)
    if pressed or isinstance(event, ExitPressed) or _heard(moment, event, "exit_words"):
        return "exit_word"
    return ""


def safe_word(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    """The innocent word, also with one letter wrong."""
    if not isinstance(event, MessageReceived):
        return None
    if not nearly_one_of(event.text, words_of(moment, "safe_words")):
        return None
    asked = doors.safe_word(state, moment)
    if state.contact is None:
        return asked
    return handover.pass_on(asked.state, doors.watched(moment)).then(asked)


def hiding(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    """“Hide this chat”, typed or pressed; also after an exit, since it shows nothing."""
    pressed = isinstance(event, ButtonTapped) and event.button == "go.hide"
    return hide.ask_first(state, moment) if pressed or _asks_to_hide(moment, event) else None


def _asks_to_hide(moment: Moment, event: AnyEvent) -> bool:
    if not isinstance(event, MessageReceived):
        return False
    return nearly_one_of(event.text, words_of(moment, "hide_words"))


def returning(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    """After an exit with harm told, nothing is shown before a choice."""
    by_child = isinstance(event, MessageReceived | ButtonTapped | MediaOffered | Started)
    if not state.quiet or not by_child or _goes_on(state, moment, event):
        return None
    back = replace(state, quiet=False)
    # danger is answered at once, a caption as well
    first = harmful(back, moment, event) or triage(back, moment, event)
    first = first or stranger(state, moment, event)
    if first is not None:
        return first
    kept = _kept_for_person(back, moment, event)
    return kept.then(handover.welcome_back(kept.state, moment))


def _goes_on(state: State, moment: Moment, event: AnyEvent) -> bool:
    """Whether it answers what was asked of the child while it is away."""
    return state.asked in ASKED_AWAY and taken_up(state, moment, event)


def _kept_for_person(state: State, moment: Moment, event: AnyEvent) -> Step:
    words = talk.words_in(moment, event)
    if not words or state.contact is None:
        return handover.hold_words(state, moment, *words) if words else Step(state)
    reading = event.reading if isinstance(event, MessageReceived) else None
    return handover.pass_on(state, *words, reading=reading)


def triage(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    """Danger and disclosure, in every state and in both languages; captions too."""
    message = telling(moment, event)
    if message is None:
        return None
    spoken_in = state if state.language else replace(state, language=_spoken(message))
    words = talk.words_in(moment, moment.event)
    if hearing.completes(message.reading):
        words = (*hearing.untold(state, moment.at), *words)
    kept = report.told(spoken_in, moment, message)
    return kept.then(disclosure.begin(kept.state, moment, message.reading, *words))


def harmful(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    """Who asks for children as somebody would who means to harm them."""
    message = talk.captioned(event) if isinstance(event, MediaOffered) else event
    if not isinstance(message, MessageReceived) or message.forwarded:
        return None
    if not message.reading.wants_harm:
        return None
    words = talk.words_in(moment, moment.event)
    spoken_in = state if state.language else replace(state, language=_spoken(message))
    return protecting.heard(spoken_in, moment, message.reading, *words)


def telling(moment: Moment, event: AnyEvent) -> MessageReceived | None:
    """The message that told of harm, be it a caption; ``None`` where nothing did."""
    message = talk.captioned(event) if isinstance(event, MediaOffered) else event
    if not isinstance(message, MessageReceived):
        return None
    harmless = message.reading.severity < Severity.DISCLOSURE
    return None if harmless or _asks_the_program(moment, message) else message


def _asks_the_program(moment: Moment, message: MessageReceived) -> bool:
    """Whether it is nothing but a request to the program, however it was read."""
    kinds = ("person_words", "robot_words", "language_words", "menu_words")
    return any(_heard(moment, message, kind) for kind in kinds)


def _spoken(message: MessageReceived) -> str:
    return "en" if message.reading.language == "en" else "sq"


def help_word(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    """Help, ndihmë, sos: the doors; with a person there, the numbers and the word itself."""
    if not isinstance(event, MessageReceived):
        return None
    if not nearly_one_of(event.text, words_of(moment, "help_words")):
        return None
    if state.contact is None:
        return doors.doors(state, moment)
    passed = handover.pass_on(state, handover.word_of(moment, event.text, event.reading))
    return passed.then(doors.numbers(passed.state, moment))


def stranger(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    """“What has my son been writing here?”; once the child has left “who is this?” as well."""
    if not isinstance(event, MessageReceived) or event.forwarded:
        return None
    gone = state.quiet or state.asked == "back" or not cover.lately(state, moment.at)
    found = gone and _heard(moment, event, "stranger_words")
    if not found and not _says_of_parents(moment, event.text):
        return None
    kept = _kept_for_person(state, moment, event) if cover.guarded(state) else Step(state)
    noted = handover.note(kept.state, moment, "doubt")
    return kept.then(noted).then(trace.stranger(noted.state, moment))


def _says_of_parents(moment: Moment, text: str) -> bool:
    said = f" {' '.join(tokens(text))} "
    return any(f" {' '.join(known(word))} " in said for word in words_of(moment, "parent_words"))


def person(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    """“I want to talk to a person”; while one is waited for, where things stand."""
    if state.talking or not _heard(moment, event, "person_words"):
        return None
    if state.contact is None:
        return handover.ask_for_person(state, moment)
    passed = handover.pass_on(state, *talk.words_in(moment, event))
    return passed.then(handover.ask_for_person(passed.state, moment))


def robot(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    """“Are you a robot?” is answered at once, unless a person has the floor."""
    if state.talking or not _heard(moment, event, "robot_words"):
        return None
    return doors.robot(state, moment)


def secret(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    """“Don't tell anyone”: no promise; with a contact open, it is passed on with the truth."""
    if state.talking or not isinstance(event, MessageReceived):
        return None
    if not _asks_for_secrecy(moment, event.text):
        return None
    if state.contact is None:
        return doors.secret(report.told(state, moment, event).state, moment)
    passed = handover.pass_on(state, handover.word_of(moment, event.text, event.reading))
    return passed.then(Step(passed.state, spoken(passed.state, moment, ["secret.passed_on"])))


def _asks_for_secrecy(moment: Moment, text: str) -> bool:
    folded = fold(text)
    return any(fold(word) in folded for word in words_of(moment, "secret_words"))


def language(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    """“In English”, “shqip”: the language changes, and the question is asked again."""
    if state.talking or not isinstance(event, MessageReceived):
        return None
    for name, lexicon in moment.content.lexicons.items():
        if one_of(event.text, lexicon.language_words):
            return speak(state, moment, name)
    return None


def menu(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    """“Menu”; while a child waits for a person, where things stand."""
    if state.talking or not _heard(moment, event, "menu_words"):
        return None
    if handover.keeps_shut(state):
        return handover.waiting_news(state, moment)
    return unless_grave(state, moment, doors.menu if state.onboarded else ask_again)


def reporting(state: State, moment: Moment, event: AnyEvent) -> Step | None:
    """“I want to report something”, “I have a code”, unless they answer what is open.

    With a contact open they are words for the person, like all others.
    """
    if state.contact is not None or not isinstance(event, MessageReceived):
        return None
    go, spoken_in = _report_asked_for(moment, event.text)
    if go is None or taken_up(state, moment, event):
        return None
    opened = state.asked in ("report", "report_receipt")  # nobody comes back to these
    here = replace(state, language=state.language or spoken_in)
    return unless_grave(replace(here, asked="") if opened else here, moment, go)


def _report_asked_for(moment: Moment, text: str) -> tuple[Go | None, str]:
    """Which question of a report the words ask for, and in which language they are."""
    for name, lexicon in moment.content.lexicons.items():
        if nearly_one_of(text, lexicon.code_words):
            return receipt.ask_code, name
        if nearly_one_of(text, lexicon.report_words):
            return report.start, name
    return None, ""


GUARDS: tuple[Guard, ...] = (
    leaving,
    safe_word,
    hiding,
    returning,
    harmful,
    triage,
    help_word,
    stranger,
    person,
    robot,
    secret,
    language,
    menu,
    reporting,
)

PASSED_ON: tuple[Guard, ...] = (returning, triage, help_word)


def guards_for(event: AnyEvent) -> tuple[Guard, ...]:
    """What may answer before any flow; somebody else's words, passed on, give no orders."""
    forwarded = isinstance(event, MessageReceived) and event.forwarded
    return PASSED_ON if forwarded else GUARDS
