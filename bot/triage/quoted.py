"""Whether somebody only repeats what Sigurt said: pastes a bubble or types a button.

Lessons speak of threats and photos; a child who retypes them tells nothing of itself.
``content/cues.json`` holds a number for every three words in a row of what Sigurt says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

_IN_A_ROW = 3
_SHARE = 0.8  # of its rows a quotation shares with the content; slips break three of them


def numbers(keys: Sequence[str]) -> list[int]:
    """Return a number for every three words in a row; shorter texts have one for all."""
    rows = max(1, len(keys) - _IN_A_ROW + 1)
    return [crc32(" ".join(keys[first : first + _IN_A_ROW]).encode()) for first in range(rows)]


class Quoted:
    """What Sigurt says, ready to be compared."""

    def __init__(self, known: Iterable[int]) -> None:
        self._known = frozenset(known)

    def holds(self, keys: Sequence[str]) -> bool:
        """Whether these words are, nearly all, words of Sigurt in their order."""
        rows = numbers(keys)
        return sum(row in self._known for row in rows) >= _SHARE * len(rows)


def quoted(data: Mapping[str, object]) -> Quoted:
    """Return what ``content/cues.json`` holds. Raises ValueError when it is broken."""
    known = data.get("quoted", [])
    if not isinstance(known, list) or not all(isinstance(number, int) for number in known):
        raise ValueError("quoted must be whole numbers")
    return Quoted(known)
