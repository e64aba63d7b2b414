"""Learned cues: what single words and pairs of words, in all their endings, point to.

The rules say what people wrote down; the cues catch what nobody thought of. They are a
linear model over parts of words, made by ``bot.triage.train``, kept as ``content/cues.json``
and handed in with the lexicons.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from bot.triage.spelling import Spelling, Word

SCALE = 40  # the file holds whole numbers; this many make 1
_LENGTHS = (3, 4, 5)  # letters of a part; parts reach across the gap between words
_STEM = 5
SPELLING = Spelling("sq", {}, {})  # for every language; an edited lexicon does not change it


def parts_of(keys: Sequence[str]) -> list[str]:
    """Return the cues of a text: its words, pairs of neighbours, and runs of letters."""
    line = f" {' '.join(keys)} "
    parts = list(keys)
    parts += [f"{a[:_STEM]}_{b[:_STEM]}" for a, b in pairwise(keys)]
    for length in _LENGTHS:
        parts += ["#" + line[start : start + length] for start in range(len(line) - length + 1)]
    return parts


class Cues:
    """A set of weights, ready to be asked about words."""

    def __init__(
        self, heads: Sequence[str], bias: Sequence[float], weights: Mapping[str, Sequence[int]]
    ) -> None:
        self.heads = {head: place for place, head in enumerate(heads)}
        self.bias = bias
        self._weights = weights

    def found(self, keys: Sequence[str]) -> list[Sequence[int]]:
        """Return the weights of every cue that is there, one row per cue."""
        weights = self._weights
        return [weights[part] for part in parts_of(keys) if part in weights]


class Pointed:
    """What the cues of one window point to. Heads are added up only when asked for."""

    def __init__(self, cues: Cues, words: Sequence[Word]) -> None:
        self._cues = cues
        self._words = words
        self.length = len(words)
        self._found = cues.found([word.key for word in words])
        self._scale = 1 / (SCALE * math.sqrt(len(self._found) + 1))

    def value(self, head: str) -> float:
        """Return what speaks for a head; longer texts need proportionally more."""
        place = self._cues.heads[head]
        total = sum(weights[place] for weights in self._found)
        return total * self._scale + self._cues.bias[place]

    def loudest(self) -> Word:
        """Return the word that counts most towards a grave reading."""
        return max(self._words, key=self._loudness)

    def _loudness(self, word: Word) -> int:
        grave = self._cues.heads["grave"]
        return sum(weights[grave] for weights in self._cues.found([word.key]))


def loaded(data: Mapping[str, object]) -> Cues:
    """Return the cues of a file's content. Raises ValueError when it is none."""
    heads, bias, weights = data.get("heads"), data.get("bias"), data.get("weights")
    if not (isinstance(heads, list) and isinstance(bias, list) and isinstance(weights, dict)):
        raise ValueError("cues need heads, bias and weights")
    return Cues([str(head) for head in heads], [float(value) for value in bias], weights)
