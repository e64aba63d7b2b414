"""Learned cues: what words, neighbours, runs of letters and concepts point to.

The rules say what people wrote down; the cues catch what nobody thought of. They are a
linear model made by ``bot.triage.training.cues``, kept as ``content/cues.json`` and handed in with
the lexicons. There each cue has one character for each head; see ``ZERO``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

from bot.triage.concepts import Concepts

SCALE = 30  # the file holds whole numbers; this many make 1
ZERO = 79  # the character that stands for 0; the one after it stands for 1
LARGEST = 44
WEIGHTS = (1.0, 1.0, 1.0, 1.6)  # words, neighbours, runs of letters, concepts
_LENGTHS = (3, 4, 5)  # letters of a run; runs reach across the gap between words
_STEM = 5
_PHRASE = (2, 3, 4)  # words that are shown as evidence
_NEAR = 8  # words that are weighed together when a long text is looked over

Blocks = tuple[list[str], ...]


def parts_of(keys: Sequence[str], concepts: Concepts) -> Blocks:
    """Return the cues of a text, each once, in the kinds that ``WEIGHTS`` names.

    Said sixty times it is no more than said once.
    """
    line = f" {' '.join(keys)} "
    kinds = (keys, _pairs(keys), _runs(line), concepts.parts(keys))
    return tuple(list(dict.fromkeys(kind)) for kind in kinds)


def _pairs(keys: Sequence[str]) -> list[str]:
    return [f"{first[:_STEM]}_{second[:_STEM]}" for first, second in pairwise(keys)]


def _runs(line: str, lengths: Sequence[int] = _LENGTHS) -> list[str]:
    return [
        "#" + line[start : start + length]
        for length in lengths
        for start in range(len(line) - length + 1)
    ]


class Cues:
    """A set of weights, ready to be asked about words."""

    def __init__(
        self, heads: Sequence[str], bias: Sequence[float], weights: Mapping[str, str]
    ) -> None:
        self.heads = {head: place for place, head in enumerate(heads)}
        self.bias = bias
        self._rows = {part: row.encode("ascii") for part, row in weights.items()}

    def found(self, parts: Sequence[str]) -> list[bytes]:
        """Return the rows of those cues that are known."""
        rows = self._rows
        return [rows[part] for part in parts if part in rows]

    def loudness(self, keys: Sequence[str], concepts: Concepts) -> list[int]:
        """Return how much each word alone speaks for a grave reading."""
        known: dict[str, int] = {}
        for key in keys:
            if key not in known:
                known[key] = self._loudness(key, concepts)
        return [known[key] for key in keys]

    def _loudness(self, key: str, concepts: Concepts) -> int:
        own = [key, *("@" + name for name in concepts.of(key))]
        return 2 * self.grave(own) + self.grave(_runs(f" {key} ", _LENGTHS[1:2]))

    def grave(self, parts: Sequence[str]) -> int:
        """Return the plain sum of what some parts say for a grave reading."""
        place = self.heads["grave"]
        found = self.found(parts)
        return sum([row[place] for row in found]) - ZERO * len(found)


class Pointed:
    """What the cues of one window point to. Heads are added up only when asked for."""

    def __init__(self, cues: Cues, concepts: Concepts, keys: Sequence[str]) -> None:
        self._cues = cues
        self._concepts = concepts
        self._keys = keys
        self.length = len(keys)
        self._found = [cues.found(parts) for parts in parts_of(keys, concepts)]

    def value(self, head: str) -> float:
        """Return what speaks for a head; longer texts need proportionally more."""
        place = self._cues.heads[head]
        total = self._cues.bias[place]
        for found, weight in zip(self._found, WEIGHTS, strict=True):
            points = sum([row[place] for row in found]) - ZERO * len(found)
            total += points * weight / (SCALE * math.sqrt(len(found) + 1))
        return total

    def loudest(self, hollow: frozenset[str]) -> tuple[int, int] | None:
        """Return the first and last word of the phrase that speaks most for a grave reading.

        A phrase neither begins nor ends with a ``hollow`` word; None when all are hollow.
        """
        words = self._cues.loudness(self._keys, self._concepts)
        sums = [0, *accumulate(words)]
        phrases = [
            (sums[first + length] - sums[first], first, first + length - 1)
            for length in _PHRASE
            for first in range(len(words) - length + 1)
            if self._keys[first] not in hollow and self._keys[first + length - 1] not in hollow
        ]
        phrases = phrases or [
            (points, place, place)
            for place, points in enumerate(words)
            if self._keys[place] not in hollow
        ]
        best = max(phrases, default=None, key=lambda phrase: (phrase[0], -phrase[1]))
        return best and (best[1], best[2])


def loudest_places(loudness: Sequence[int]) -> list[int]:
    """Return for each word how grave it and those just before it sound together."""
    sums = [0, *accumulate(loudness)]
    return [sums[end] - sums[max(0, end - _NEAR)] for end in range(1, len(sums))]


def loaded(data: Mapping[str, object]) -> Cues:
    """Return the cues of a file's content. Raises ValueError when it is none."""
    heads, bias, weights = data.get("heads"), data.get("bias"), data.get("weights")
    if not (isinstance(heads, list) and isinstance(bias, list) and isinstance(weights, dict)):
        raise ValueError("cues need heads, bias and weights")
    if not all(isinstance(row, str) and len(row) == len(heads) for row in weights.values()):
        raise ValueError("a cue needs one character for each head")
    return Cues([str(head) for head in heads], [float(value) for value in bias], weights)
