"""How hard a text is to read: words, sentences and LIX, with the ceilings of each age."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from bot.authoring.faults import Level
from bot.authoring.lines import Path
from bot.authoring.pages import Page
from bot.engine.content import ADULT


class Ceiling(NamedTuple):
    """The most that one bubble or label may hold for an audience, in words."""

    bubble: int
    sentence: int
    label: int


_ALL = "11-13"  # what is said to everybody alike keeps to this age
CEILINGS = {
    "8-10": Ceiling(30, 10, 8),
    "11-13": Ceiling(45, 14, 10),
    "14-17": Ceiling(60, 18, 12),
    ADULT: Ceiling(80, 22, 12),
}
# LIX of a whole lesson: words in a sentence + per cent of words longer than six letters.
# Albanian has longer endings for the same content, so each language has its own ceiling.
LIX = {
    "sq": {"8-10": 28, "11-13": 34, "14-17": 40, ADULT: 48},
    "en": {"8-10": 25, "11-13": 30, "14-17": 36, ADULT: 42},
}
MEAN = {"8-10": 8, "11-13": 10, "14-17": 13, ADULT: 15}  # words in a sentence of a whole file
MESSAGES = {"8-10": 8, "11-13": 9, "14-17": 10}  # of a lesson, with the feedback and the last line
OPTIONS = {"8-10": 3, "11-13": 3, "14-17": 4}  # of one question
_LIX_LETTERS = 6  # longer words are hard ones
_LIX_WORDS = 100  # below that it jumps about
NUMBERS = {  # as long as what will stand there in Albania
    "child_helpline": "116 111",
    "emergency": "129 / 112",
    "two_ways": "129 / 112",
    "police": "129",
    "ambulance": "127",
    "family": "116 117",
}
_SENTENCE = re.compile(r"(?<=[.?!:;…])[”\"’)]*\s+|\n+")
_SIGNS = re.compile(r"[\W_]")


def words_in(text: str) -> int:
    """How many words a text has with its numbers filled in."""
    return len(_words(text))


def longest_sentence(text: str) -> int:
    """The words of the longest sentence; a colon or a new line ends one too."""
    return max(map(words_in, _sentences(text)), default=0)


def lix_of(texts: Iterable[str]) -> float:
    """The LIX of texts taken together; 0 when they are too short to be measured."""
    sentences = _whole(texts)
    words = [word for sentence in sentences for word in sentence]
    long = sum(len(word) > _LIX_LETTERS for word in words)
    return len(words) / len(sentences) + 100 * long / len(words) if sentences else 0.0


def mean_of(texts: Iterable[str]) -> float:
    """The words of a sentence on average; 0 when the texts are too short to be measured."""
    sentences = _whole(texts)
    return sum(map(len, sentences)) / len(sentences) if sentences else 0.0


def check_length(page: Page, path: Path, bubble: str, audience: str) -> None:
    """Check the length of one bubble and of its sentences for those it is said to."""
    most = CEILINGS.get(audience, CEILINGS[_ALL])
    words, longest = words_in(bubble), longest_sentence(bubble)
    if words > most.bubble:
        sentence = f"The bubble has {words} words. Keep it to {most.bubble}, or make two of it."
        page.fault(path, sentence, Level.WORDING)
    if longest > most.sentence:
        sentence = f"A sentence has {longest} words. Keep it to {most.sentence}, or cut it in two."
        page.fault(path, sentence, Level.WORDING)


def check_label(page: Page, path: Path, label: str, audience: str) -> None:
    """Check that a label can be read at a glance."""
    words, most = words_in(label), CEILINGS[audience].label
    if words > most:
        page.fault(path, f"The label has {words} words. Keep it to {most}.", Level.WORDING)


def check_lix(page: Page, bubbles: Iterable[str], *, language: str, band: str) -> None:
    """Check that a file as a whole is no harder to read than those it speaks to can read."""
    lix, most = lix_of(bubbles), LIX[language][band]
    if lix > most:
        sentence = f"It is hard to read: LIX {lix:.0f}. Shorten words and sentences "
        page.fault(("title",), sentence + f"until it is {most} or less.", Level.WORDING)


def check_mean(page: Page, bubbles: Iterable[str], band: str) -> None:
    """Check that the sentences of a whole file are short on average too."""
    mean, most = mean_of(bubbles), MEAN[band]
    if mean > most:
        sentence = f"Its sentences have {mean:.1f} words on average. Cut the longest in two "
        page.fault(("title",), sentence + f"until it is {most} or less.", Level.WORDING)


def check_messages(page: Page, messages: int, band: str) -> None:
    """Check that a lesson is over before a child of this age tires."""
    if messages > MESSAGES[band]:
        sentence = f"The lesson takes {messages} messages. Take out an idea or a try: "
        page.fault(("idea",), sentence + f"{MESSAGES[band]} at most.", Level.WORDING)


def check_options(page: Page, path: Path, options: int, band: str) -> None:
    """Check that a question leaves as few ways as somebody of this age can weigh."""
    if options > OPTIONS[band]:
        sentence = f"The question has {options} options. Keep it to {OPTIONS[band]}."
        page.fault(path, sentence, Level.WORDING)


def _whole(texts: Iterable[str]) -> list[list[str]]:
    """The sentences of texts taken together as words; none when there are too few."""
    sentences = [words for text in texts for part in _sentences(text) if (words := _words(part))]
    return sentences if sum(map(len, sentences)) >= _LIX_WORDS else []


def _sentences(text: str) -> list[str]:
    return _SENTENCE.split(text)


def _words(text: str) -> list[str]:
    for name, number in NUMBERS.items():
        text = text.replace("{" + name + "}", number)
    bare = (_SIGNS.sub("", word) for word in text.split())
    return [word for word in bare if word]
