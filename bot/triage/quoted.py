"""Whether somebody only repeats what Sigurt said: pastes a bubble or types a button.

Lessons speak of threats and photos; a child who retypes them tells nothing of itself. The
words must come from one place (a lesson, a phrase): ordinary words in a row can be found
somewhere in a hundred lessons, but a telling is not found nearly whole in one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from zlib import crc32

_IN_A_ROW = 3
_SHARE = 0.8  # of its rows a quotation shares with its place; slips break three of them
_ONE_WORD = {"label", "all", "adult", "8-10", "11-13", "14-17"}  # said also when it is one
_TELLINGS = {"button.threat", "button.sent"}  # by which a child tells; typed, it is a telling
_EACH_ALONE = "phrases.toml"  # its keys are places of their own


def said_in(file: str, data: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    """Yield what a content file says, the texts of one place together."""
    if file.rpartition("/")[2] != _EACH_ALONE:
        yield tuple(dict.fromkeys(_texts(data, "")))
        return
    for key, value in data.items():
        yield tuple(dict.fromkeys(_texts({key: value}, "")))


def _texts(value: object, key: str) -> Iterator[str]:
    if key in _TELLINGS:
        return
    if isinstance(value, str) and (" " in value or key in _ONE_WORD):
        yield value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _texts(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, key)


def _rows(keys: Sequence[str]) -> list[int]:
    """A number for every three words in a row; shorter texts have one for all."""
    rows = max(1, len(keys) - _IN_A_ROW + 1)
    return [crc32(" ".join(keys[first : first + _IN_A_ROW]).encode()) for first in range(rows)]


class Quoted:
    """What Sigurt says, ready to be compared."""

    def __init__(self, places: Iterable[Iterable[Sequence[str]]]) -> None:
        """``places`` holds the words of each text as the triage folds them."""
        found: dict[int, set[int]] = {}
        for place, texts in enumerate(places):
            for row in {row for keys in texts for row in _rows(keys)}:
                found.setdefault(row, set()).add(place)
        self._places = {row: tuple(places) for row, places in found.items()}

    def holds(self, keys: Sequence[str]) -> bool:
        """Whether these words are, nearly all, words of one place in their order."""
        rows = _rows(keys)
        shared = Counter(place for row in rows for place in self._places.get(row, ()))
        return max(shared.values(), default=0) >= _SHARE * len(rows)
