"""Text as it is compared: folded, cut into words, nearly equal. Pure and bounded.

Children type without ``ë`` and ``ç``, stretch vowels, paste odd alphabets. Folding
makes one spelling of all that; it is for comparing and is never shown to anybody.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

READ_AT_MOST = 20_000  # characters of one message; nothing beyond them is looked at

_APOSTROPHES = "'’‘`´ʼʹ′‛＇ʻˈ"
_LOOKALIKES = dict(
    zip(
        "абвеһікмнорстухјѕԁԛԝαεηικνορτυχıłđøſ",
        "abbehikmhopctyxjsdqwaenikvoptuxildos",
        strict=True,
    )
)
_SIGNS = {"🆘": " sos ", "€": " euro "}
_UNSEEN = {"Mn", "Me", "Mc", "Cf", "Cc", "Cs", "Co", "Cn"}
_BLANKS = "\t\x1c\x1d\x1e\x1f"
_LINE_ENDS = "\n\r\v\f\x85\u2028\u2029"
_STRETCHED = re.compile(r"(.)\1{2,}", re.DOTALL)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_ENGLISH_TAIL = re.compile(r"'(t|s|re|ll|ve|m|d)$")
_NEAR_FROM = 5


class Token(NamedTuple):
    """A folded word and where it stands in the text that ``unaccented`` returned."""

    word: str
    start: int
    end: int


class _Folding(dict[int, str]):
    """One character to its folded form, worked out once."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    if character in _BLANKS:
        return " "
    if character in _LINE_ENDS:
        return "\n"
    if character in _APOSTROPHES:
        return "'"
    if character in _SIGNS:
        return _SIGNS[character]
    plain = unicodedata.normalize("NFKD", character).casefold()
    plain = "".join(c for c in plain if unicodedata.category(c) not in _UNSEEN)
    return "".join("'" if c in _APOSTROPHES else _LOOKALIKES.get(c, c) for c in plain)


_FOLDING = _Folding()


def unaccented(text: str) -> str:
    """Return the first ``READ_AT_MOST`` characters in lower case without marks.

    Accents, invisible and direction characters go, look-alike letters and apostrophes
    become plain ones. Lines stay lines, and repeats stay, so that places can be traced back
    with ``Origins``.
    """
    return text[:READ_AT_MOST].translate(_FOLDING)


class Origins:
    """Finds the part of a text that became a part of its ``unaccented`` form."""

    def __init__(self, text: str) -> None:
        """Count once; asking is then quick, however long the text."""
        self._text = text
        folded = map(_FOLDING.__getitem__, map(ord, text[:READ_AT_MOST]))
        self._ends = list(accumulate(map(len, folded)))

    def of(self, start: int, end: int) -> str:
        """Return the part of the text that became ``unaccented(text)[start:end]``."""
        first = bisect_right(self._ends, start)
        return self._text[first : bisect_left(self._ends, end) + 1]


def unstretched(text: str) -> str:
    """Return ``text`` with every run of three or more equal characters as one."""
    return _STRETCHED.sub(r"\1", text)


def fold(text: str) -> str:
    """Return ``text`` as it is compared: plain, lower case, unstretched, single-spaced."""
    return unstretched(" ".join(unaccented(text).split()))


def spans(text: str) -> list[Token]:
    """Return the words of ``text`` with their places in ``unaccented(text)``.

    Glued pronouns come apart (``m'preku`` is ``m`` and ``preku``), English short forms
    stay whole (``don't`` is ``dont``).
    """
    found: list[Token] = []
    for match in _WORD.finditer(unaccented(text)):
        found.extend(_apart(match.group(), match.start()))
    return found


def _apart(word: str, start: int) -> list[Token]:
    end = start + len(word)
    if "'" not in word:
        return [Token(unstretched(word), start, end)]
    if _ENGLISH_TAIL.search(word):
        return [Token(unstretched(word.replace("'", "")), start, end)]
    parts: list[Token] = []
    for part in word.split("'"):
        parts.append(Token(unstretched(part), start, start + len(part)))
        start += len(part) + 1
    return parts


def tokens(text: str) -> tuple[str, ...]:
    """Return the folded words of ``text`` in order."""
    return tuple(token.word for token in spans(text))


@lru_cache(maxsize=8_192)
def known(word: str) -> tuple[str, ...]:
    """``tokens`` of words of our own. It keeps them: never give it what somebody wrote."""
    return tokens(word)


def same_word(typed: str, word: str) -> bool:
    """Whether both are the same words once folded; punctuation around them is ignored."""
    return one_of(typed, (word,))


def one_of(typed: str, words: Iterable[str]) -> bool:
    """Whether the text is ``same_word`` as one of our own words."""
    folded = tokens(typed)
    return bool(folded) and any(folded == known(word) for word in words)


def nearly(typed: str, word: str) -> bool:
    """Whether both are the same, or one slip apart in a word of five letters or more.

    A slip is a letter too many, too few, wrong, or two neighbours exchanged.
    """
    return nearly_one_of(typed, (word,))


def nearly_one_of(typed: str, words: Iterable[str]) -> bool:
    """Whether the text is ``nearly`` one of our own words."""
    folded = " ".join(tokens(typed))
    return any(_is_nearly(folded, " ".join(known(word))) for word in words)


def _is_nearly(typed: str, word: str) -> bool:
    if len(word) < _NEAR_FROM:
        return bool(word) and typed == word
    return typed == word or _one_slip(typed, word)


def _one_slip(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1:
        return False
    head = _common(a, b)
    rest_a, rest_b = a[head:], b[head:]
    if len(a) != len(b):
        longer, shorter = sorted((rest_a, rest_b), key=len, reverse=True)
        return longer[1:] == shorter
    exchanged = rest_a[:2] == rest_b[:2][::-1] and rest_a[2:] == rest_b[2:]
    return rest_a[1:] == rest_b[1:] or exchanged


def _common(a: str, b: str) -> int:
    """Return how many characters both begin with."""
    for index, (left, right) in enumerate(zip(a, b, strict=False)):
        if left != right:
            return index
    return min(len(a), len(b))
