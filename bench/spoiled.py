"""The same messages as children, or people who want to get past a filter, might type them."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Mapping

_WORD = re.compile(r"[^\W\d_]{4,}")
_SLIPS = 0.25  # of the longer words
_SPACED = 0.5
_NEAR = dict(
    zip("qwertyuiopasdfghjklzxcvbnm", "wqewrtyuiospadfghjkxzcvbn", strict=False), ë="e", ç="c"
)
_LEET = str.maketrans("aeiostAEIOST", "431057431057")
_LOOKALIKES = str.maketrans("aeopcyxiAEOPCXI", "аеорсухіАЕОРСХІ")

Spoil = Callable[[str, random.Random], str]


def _without_accents(text: str, _: random.Random) -> str:
    plain = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _mistyped(text: str, chance: random.Random) -> str:
    return _WORD.sub(lambda word: _slip(word.group(), chance), text)


def _slip(word: str, chance: random.Random) -> str:
    """Return a word, now and then with a letter missing, doubled, swapped or its neighbour."""
    if chance.random() >= _SLIPS:
        return word
    place = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    slips = (
        before + after,
        before + letter + letter + after,
        before + after[0] + letter + after[1:],
        before + _NEAR.get(letter.lower(), letter) + after,
    )
    return chance.choice(slips)


def _spaced(text: str, chance: random.Random) -> str:
    return _WORD.sub(
        lambda word: " ".join(word.group()) if chance.random() < _SPACED else word.group(), text
    )


SPOILS: Mapping[str, Spoil] = {
    "as they are": lambda text, _: text,
    "without accents": _without_accents,
    "one longer word in four mistyped": _mistyped,
    "in capitals": lambda text, _: text.upper(),
    "digits for letters": lambda text, _: _WORD.sub(
        lambda word: word.group().translate(_LEET), text
    ),
    "half of the longer words l i k e this": _spaced,
    "zero-width signs between letters": lambda text, _: "\u200b".join(text),
    "look-alike letters": lambda text, _: text.translate(_LOOKALIKES),
}


def spoiled(text: str, name: str, number: int) -> str:
    """Return a text spoiled in a named way, in the same way for the same number."""
    return SPOILS[name](text, random.Random(number))
