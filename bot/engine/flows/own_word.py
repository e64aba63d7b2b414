"""The child's own word: who comes back with it is the child, and nobody else is believed.

On a channel that can take messages back the word is typed and removed at once. Elsewhere
the child presses one of nine small pictures, so that no word stays in the chat.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import pbkdf2_hmac
from hmac import compare_digest

from bot.engine.effects import Effect, Say, TakeBack
from bot.engine.events import AnyEvent, ButtonTapped, MessageReceived
from bot.engine.flows import cover, handover
from bot.engine.state import State
from bot.engine.voice import Moment, Step, ask, label, one
from bot.engine.words import tokens

PICTURES = tuple("123456789")
OFFERED = ("own_word.ask", "own_word.other")  # bubbles that must not stay where they can go
SHORTEST = 4  # letters: “po” and “hej” are typed by everybody
LONGEST = 3  # words: more of them is somebody telling something
ROUNDS = 2_000
REST = timedelta(days=1)  # after so many wrong pictures
SLIPS = 2


def offer(state: State, moment: Moment) -> Step:
    """Ask for a word of the child's own, or for a picture where words cannot be taken back."""
    here = replace(state, own_word="")
    if not moment.takes_back:
        return ask(here, moment, ["own_word.pick"], "own_word", *PICTURES, "skip")
    return _fleeting(ask(here, moment, ["own_word.ask"], "own_word", "skip"))


def _fleeting(asked: Step) -> Step:
    shown = (replace(e, fleeting=True) if isinstance(e, Say) else e for e in asked.effects)
    return Step(asked.state, tuple(shown))


def pressed(state: State, moment: Moment, option: str) -> Step:
    """A picture, or none: both end in the same small word."""
    if option == "skip":
        return _done(state, moment, "")
    return _done(state, moment, _locked(_picture(option), moment))


def typed(state: State, moment: Moment, event: MessageReceived) -> Step:
    """The word itself; the child's message goes with the question, whatever it was."""
    word = _said(moment, event.text)
    if word == _said(moment, label(state, moment, "own_word", "skip")):
        return _done(state, moment, "")
    if len(word.split()) > LONGEST:
        return _told(state, moment, event)
    if not _unlike_others(moment, word):
        again = _fleeting(ask(state, moment, ["own_word.other"], "own_word", "skip"))
        return _taken_back(moment, again, *OFFERED)
    return _done(state, moment, _locked(word, moment))


def _told(state: State, moment: Moment, event: MessageReceived) -> Step:
    """So many words are no password: they go to the person, and the question stands."""
    if state.contact is None:
        return handover.hold_words(
            state, moment, handover.word_of(moment, event.text, event.reading)
        )
    word = handover.word_of(moment, event.text, event.reading)
    passed = handover.pass_on(state, word, reading=event.reading)
    return passed.then(Step(passed.state, handover.added(passed.state, moment)))


def _unlike_others(moment: Moment, word: str) -> bool:
    """Whether not everybody would type it: no short word, and none of the knock's own."""
    knock = {
        piece
        for phrases in moment.content.phrases.values()
        for text in phrases["knock.ask"].values()
        for piece in tokens(text)
    }
    pieces = set(word.split())
    return len(word) >= SHORTEST and not pieces <= knock


def _done(state: State, moment: Moment, own_word: str) -> Step:
    kept = replace(state, own_word=own_word, asked="")
    noted = handover.note(kept, moment, f"own_word={'set' if own_word else 'none'}")
    said = one("own_word.kept", cover.plain(noted.state), moment)
    return _taken_back(moment, noted.then(Step(noted.state, said.effects)), *OFFERED)


def _taken_back(moment: Moment, answer: Step, *keys: str) -> Step:
    if not moment.takes_back:
        return answer
    typed_it = isinstance(moment.event, MessageReceived)
    gone: tuple[Effect, ...] = (TakeBack(keys=keys, theirs=typed_it),)
    return Step(answer.state, gone + answer.effects)


def left_behind(answer: Step) -> tuple[str, ...]:
    """The bubbles that must go when the question was left some other way, by an exit say."""
    gone = any(isinstance(effect, TakeBack) for effect in answer.effects)
    return () if gone or answer.state.asked == "own_word" else OFFERED


# ---------- coming back with it ----------


def question(state: State, moment: Moment) -> Step:
    """Where words cannot be taken back: the same nine pictures, as if it were a game."""
    return ask(state, moment, ["own_word.which"], "own_again", *PICTURES)


def fits(state: State, moment: Moment, event: AnyEvent) -> bool:
    """Whether this is the own word, or the picture asked for; one letter wrong is wrong.

    There are nine pictures, so after two wrong ones none fits for a day.
    """
    said = _tried(state, moment, event)
    if said in map(_picture, PICTURES) and len(_recent(state, moment)) >= SLIPS:
        return False
    return bool(state.own_word) and _opens(state.own_word, said)


def tried(state: State, moment: Moment, event: AnyEvent) -> State:
    """The state with a wrong picture noted; unchanged where none was named."""
    said = _tried(state, moment, event)
    if said not in map(_picture, PICTURES) or _opens(state.own_word, said):
        return state
    return replace(state, misses=(*_recent(state, moment), moment.at)[-SLIPS:])


def _recent(state: State, moment: Moment) -> tuple[datetime, ...]:
    return tuple(at for at in state.misses if moment.at - at < REST)


def _tried(state: State, moment: Moment, event: AnyEvent) -> str:
    if isinstance(event, MessageReceived):
        return "" if event.forwarded else _said(moment, event.text)
    if not isinstance(event, ButtonTapped) or state.asked != "own_again":
        return ""
    return _picture(event.button.rpartition(".")[2])


def welcome(state: State, moment: Moment) -> Step:
    """It is the child: welcome, who is there, and a choice. Nothing that was told is shown."""
    here = replace(state, quiet=False, doubt=False, awaited=False, asked="")
    noted = handover.note(here, moment, "own_word=fits")
    back = noted.state
    if back.talking and back.contact is not None:
        key, name = "own_word.back", back.contact.name
        asked = ask(back, moment, [key], "back", "yes", "not_now", name=name)
    else:
        asked = handover.welcome_back(back, moment)
    return _taken_back(moment, noted.then(asked), "own_word.which")


# ---------- how it is kept ----------


def _said(moment: Moment, text: str) -> str:
    """What is compared: folded words; the name of a picture is the picture."""
    word = " ".join(tokens(text))
    for phrases in moment.content.phrases.values():
        for number in PICTURES:
            if word and " ".join(tokens(phrases[f"button.{number}"]["all"])) == word:
                return _picture(number)
    return word


def _picture(number: str) -> str:
    return f"picture {number}"


def _locked(word: str, moment: Moment) -> str:
    """The word as it is kept: salted with the time of its choice and hashed.

    A child's word is one of a few thousand, so no hash, however slow, would withstand
    somebody who can try: what protects it is that the whole state is stored sealed, that a
    person at the helpline sees each word that was tried, and that two pictures
    can be tried in a day. The hash keeps it from being read by whoever sees a state. So it need not
    be slower than a millisecond.
    """
    salt = moment.at.isoformat()
    return f"{salt}/{_hashed(word, salt)}"


def _opens(own_word: str, said: str) -> bool:
    salt, _, kept = own_word.partition("/")
    return bool(said) and compare_digest(_hashed(said, salt), kept)


def _hashed(word: str, salt: str) -> str:
    return pbkdf2_hmac("sha256", word.encode(), salt.encode(), ROUNDS).hex()
