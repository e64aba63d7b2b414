"""Patterns over words: parsed once, then looked up by word. No regular expressions.

A pattern is words in order. ``a|b`` either, ``kercen*`` any ending, ``@name`` a group,
``..`` up to four words between (without it up to one), `` + `` in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.engine.words import fold
from bot.triage.spelling import Spelling, Word, key_of

_NEAR, _FAR = 1, 4  # words that may stand between two words of a pattern
_REMEMBERED = 20_000


class BrokenPattern(ValueError):
    """A pattern that cannot be read; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Words in order: the slots, and how many words may stand before each."""

    slots: tuple[int, ...]
    gaps: tuple[int, ...]


Pattern = tuple[Chain, ...]  # all of them, in any order
Places = Mapping[int, Sequence[int]]  # slot to the indexes of words that fit it
Hit = tuple[int, int]  # index of the first and of the last word


class Slots:
    """Everything that one word of a pattern may be, numbered; finds the numbers of a word."""

    def __init__(self, spelling: Spelling, groups: Mapping[str, Sequence[str]]) -> None:
        self._spelling = spelling
        self._groups = groups
        self._numbers: dict[str, int] = {}
        self._exact: dict[str, set[int]] = {}
        self._stems: dict[str, set[int]] = {}
        self._known: dict[str, tuple[int, ...]] = {}

    def parse(self, pattern: str) -> Pattern:
        """Return the pattern ready for matching. Raises BrokenPattern."""
        return tuple(self._chain(part.split(), pattern) for part in pattern.split(" + "))

    def _chain(self, pieces: Sequence[str], pattern: str) -> Chain:
        slots: list[int] = []
        gaps: list[int] = []
        gap = 0
        for piece in pieces:
            if piece == "..":
                gap = _FAR
                continue
            slots.append(self._slot(piece, pattern))
            gaps.append(gap)
            gap = _NEAR
        if not slots:
            raise BrokenPattern(f'"{pattern}" has a part without words')
        return Chain(tuple(slots), tuple(gaps))

    def _slot(self, piece: str, pattern: str) -> int:
        number = self._numbers.get(piece)
        if number is not None:
            return number
        number = self._numbers[piece] = len(self._numbers)
        for form in self._forms(fold(piece), pattern):
            self._register(form, number)
        return number

    def _forms(self, piece: str, pattern: str) -> Iterable[str]:
        for form in piece.split("|"):
            if not form.startswith("@"):
                yield form
            elif form[1:] not in self._groups:
                raise BrokenPattern(f'"{pattern}" names the group {form}, which is not there')
            else:
                yield from self._groups[form[1:]]

    def _register(self, form: str, number: int) -> None:
        if form.endswith("*"):
            # The mark keeps the last letter of the stem, which the spelling might drop.
            stem = key_of(form[:-1] + "0", self._spelling.language)[:-1]
            self._stems.setdefault(stem, set()).add(number)
        else:
            self._exact.setdefault(self._spelling.key(form), set()).add(number)

    def places(self, words: Sequence[Word]) -> dict[int, list[int]]:
        """Return for each slot that some word fits, where those words stand."""
        places: dict[int, list[int]] = {}
        for index, word in enumerate(words):
            for slot in self._of(word.key):
                places.setdefault(slot, []).append(index)
        return places

    def _of(self, key: str) -> tuple[int, ...]:
        known = self._known.get(key)
        if known is not None:
            return known
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        found = set(self._exact.get(key, ()))
        for length in range(2, min(len(key), 24) + 1):
            found |= self._stems.get(key[:length], set())
        known = self._known[key] = tuple(sorted(found))
        return known


def find(pattern: Pattern, places: Places) -> Hit | None:
    """Return where the first part of the pattern stands, if all parts are there."""
    first: Hit | None = None
    for chain in pattern:
        hit = _follow(chain, places)
        if hit is None:
            return None
        first = first or hit
    return first


def _follow(chain: Chain, places: Places) -> Hit | None:
    if any(slot not in places for slot in chain.slots):
        return None
    ends = {index: index for index in places[chain.slots[0]]}  # last word so far to the first
    for slot, gap in zip(chain.slots[1:], chain.gaps[1:], strict=True):
        here = places[slot]
        ends = _next(ends, here if isinstance(here, list) else list(here), gap)
        if not ends:
            return None
    last = min(ends)
    return ends[last], last


def _next(ends: Mapping[int, int], here: Sequence[int], gap: int) -> dict[int, int]:
    """Return the words of ``here`` that stand closely enough behind an end."""
    reached: dict[int, int] = {}
    for index in here:
        for distance in range(1, gap + 2):
            if index - distance in ends:
                reached[index] = ends[index - distance]
                break
    return reached
