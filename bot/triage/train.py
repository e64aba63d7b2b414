"""Makes ``cues.json`` from labelled messages: the same input gives the same file.

    python -m bot.triage.train bot/triage/training/*.jsonl > content/cues.json

Lines are as for ``bot.triage.measure``. Button labels of the lessons are learned as harmless.
"""

from __future__ import annotations

import json
import math
import random
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.triage.cli import CONTENT
from bot.triage.cues import SCALE, SPELLING, parts_of
from bot.triage.rules import CATEGORIES
from bot.triage.spelling import tokens_of

HEADS = ("grave", "worry", "urgent", *CATEGORIES)
_ROUNDS, _STEP, _SHRINK, _SEEN_AT_LEAST = 12, 0.3, 0.001, 2
_LESSON = {"severity": "none", "category": "none", "lesson": "yes"}
_LESSON_WEIGHT = 0.5  # they can be typed out, but they speak of harm

Row = Mapping[str, str]


def label(row: Row, head: str) -> int | None:
    """Return whether a message belongs to a head; None when the head learns nothing of it."""
    severity = row["severity"]
    if head == "grave":
        return int(severity in ("emergency", "disclosure"))
    if head == "worry":
        return int(severity != "none")
    if severity == "none":
        return None
    if head == "urgent":
        return int(severity == "emergency") if severity != "concern" else 0
    return int(row["category"] == head)


def features(text: str) -> list[str]:
    """Return the cues of a text, as ``Cues.pointed`` counts them."""
    return parts_of([word.key for word in SPELLING.words(tokens_of(text))])


def fitted(
    examples: Sequence[tuple[Sequence[str], int, float]], rng: random.Random
) -> tuple[float, dict[str, float]]:
    """Return bias and weights of one head: logistic regression, AdaGrad, a little shrinking."""
    weights: dict[str, float] = {}
    slopes: dict[str, float] = {}
    bias = 0.0
    order = list(examples)
    for _ in range(_ROUNDS):
        rng.shuffle(order)
        for found, wanted, weight in order:
            scale = 1 / math.sqrt(len(found) + 1)
            value = bias + scale * sum(weights.get(part, 0.0) for part in found)
            miss = 1 / (1 + math.exp(-max(-30.0, min(30.0, value)))) - wanted
            miss *= weight
            bias -= 0.05 * miss
            for part in found:
                slope = miss * scale + _SHRINK * weights.get(part, 0.0)
                slopes[part] = slopes.get(part, 0.01) + slope * slope
                weights[part] = weights.get(part, 0.0) - _STEP * slope / math.sqrt(slopes[part])
    return bias, weights


def trained(rows: Sequence[Row]) -> dict[str, object]:
    """Return what ``cues.json`` holds."""
    parts = [features(row["text"]) for row in rows]
    seen = Counter(part for found in parts for part in set(found))
    kept = [[part for part in found if seen[part] >= _SEEN_AT_LEAST] for found in parts]
    bias: list[float] = []
    table: dict[str, list[int]] = {}
    for place, head in enumerate(HEADS):
        examples = [
            (found, wanted, _LESSON_WEIGHT if row.get("lesson") else 1.0)
            for found, row in zip(kept, rows, strict=True)
            if (wanted := label(row, head)) is not None
        ]
        constant, weights = fitted(examples, random.Random(place))
        bias.append(round(constant, 3))
        for part, weight in weights.items():
            if number := round(weight * SCALE):
                table.setdefault(part, [0] * len(HEADS))[place] = number
    return {"heads": list(HEADS), "bias": bias, "weights": dict(sorted(table.items()))}


def labels(folder: Path = CONTENT) -> Iterator[str]:
    """Return what is written on the buttons of every lesson, in a fixed order."""
    for path in sorted(folder.glob("*/lessons/*.toml")):
        yield from _labels(tomllib.loads(path.read_text("utf-8")))


def _labels(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(words := value.get("label"), str):
            yield words
        for item in value.values():
            yield from _labels(item)
    elif isinstance(value, list):
        for item in value:
            yield from _labels(item)


def main(paths: Sequence[str]) -> int:
    """Write the cues to standard output."""
    rows: list[Row] = []
    for path in paths:
        rows += [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
    rows += [{"text": text, **_LESSON} for text in labels()]
    json.dump(trained(rows), sys.stdout, ensure_ascii=False, separators=(",", ":"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
