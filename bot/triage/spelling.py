"""From a text as typed to the words that rules are written in, one language at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.engine.words import Token, spans

_LEET = str.maketrans("0134578", "oieastb")
_HIDDEN_DIGIT = re.compile(r"[a-z][013457]+[a-z]")
_SQ_LETTERS = (
    ("xh", "gj"),
    *((pair, pair[0]) for pair in ("sh", "zh", "dh", "th", "ch")),
    ("q", "c"),
    ("x", "s"),
    ("y", "i"),
)
_DOUBLED = re.compile(r"(.)\1+")
_REMEMBERED = 20_000
_AGAIN = 2  # times that a word may stand in a row
_SPELLED_OUT = 4  # letters typed one by one, with one space between them, that make a word


class Word(NamedTuple):
    """A word as rules see it, and where it stands in the unaccented text."""

    key: str
    start: int
    end: int


def key_of(word: str, language: str) -> str:
    """Return the spelling under which a folded word is compared in a language.

    In Albanian ``ç``, ``q``, ``c``, ``ch`` are one letter, as are ``sh``, ``x``, ``s``
    and ``rr``, ``r``; an ``e`` at the end (an ``ë`` that many leave out) does not count.
    """
    if language != "sq":
        return word
    for letters, one in _SQ_LETTERS:
        word = word.replace(letters, one)
    word = _DOUBLED.sub(r"\1", word)
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def letters_of(word: str) -> str:
    """Return a folded word with the digits that stand for letters read as letters."""
    return word.translate(_LEET) if _HIDDEN_DIGIT.search(word) else word


class Spelling:
    """The spellings of one language: other forms of a word, and short forms glued to it."""

    def __init__(
        self, language: str, same: Mapping[str, Sequence[str]], glued: Mapping[str, Sequence[str]]
    ) -> None:
        self.language = language
        self._known: dict[str, str] = {}
        self._same = {
            key_of(form, language): key_of(word, language)
            for word, forms in same.items()
            for form in forms
        }
        self._glued = {
            key_of(first + rest, language): (self.key(first), self.key(rest))
            for first, rests in glued.items()
            for rest in rests
        }

    def key(self, word: str) -> str:
        """Return the one spelling that stands for a folded word and its other forms."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[word] = self._found(word)
        return known

    def _found(self, word: str) -> str:
        key = key_of(word if word in self._same else letters_of(word), self.language)
        return self._same.get(key, key)

    def words(self, tokens: Sequence[Token]) -> list[Word]:
        """Return the words of a text in order; a glued word counts as its two parts."""
        found: list[Word] = []
        for token in tokens:
            key = self.key(token.word)
            for part in self._glued.get(key, (key,)):
                found.append(Word(part, token.start, token.end))
        return found


def tokens_of(text: str) -> list[Token]:
    """Return the folded words of a text; letters typed one by one become a word."""
    tokens: list[Token] = []
    run: list[Token] = []
    for token in spans(text):
        if run and not (_is_letter(token) and token.start - run[-1].end == 1):
            tokens += _joined(run)
            run = []
        if _is_letter(token):
            run.append(token)
        else:
            tokens.append(token)
    return _said_once(tokens + _joined(run))


def _said_once(tokens: list[Token]) -> list[Token]:
    """Words without those that only repeat the two before them: “lol lol lol lol”."""
    return [
        token
        for place, token in enumerate(tokens)
        if place < _AGAIN or any(token.word != each.word for each in tokens[place - _AGAIN : place])
    ]


def _is_letter(token: Token) -> bool:
    return token.end - token.start == 1


def _joined(run: list[Token]) -> list[Token]:
    if len(run) < _SPELLED_OUT:
        return run
    return [Token("".join(token.word for token in run), run[0].start, run[-1].end)]
