"""Makes ``cues.json`` from labelled messages: the same input gives the same file.

    python -m bot.triage.train bot/triage/training/*.jsonl > content/cues.json

Lines are as for ``bot.triage.measure``. What Sigurt says itself is learned as harmless.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from zlib import crc32

from bot.engine.content import Lexicon
from bot.triage.cli import labelled, load_lexicons, said
from bot.triage.concepts import SPELLING, Concepts
from bot.triage.cues import LARGEST, SCALE, WEIGHTS, ZERO, Blocks, parts_of
from bot.triage.rules import CATEGORIES
from bot.triage.spelling import tokens_of

HEADS = ("grave", "worry", "urgent", *CATEGORIES)
_ROUNDS, _ENOUGH, _CONSTANT = 25, 0.02, 3.0
_SEEN_AT_LEAST = 2
_COST = 0.2  # what one message read wrongly costs against large weights
_SAID, _WORRY = 0.15, 0.15  # harmless, but close to harm: these count for less
_SAID_AT_MOST = 700  # more lessons must not make deaf; what they say is known word by word

_UNSURE = {"severity": "concern", "category": "other_distress", "called": "yes"}

Row = Mapping[str, str]
Example = tuple[Sequence[int], Sequence[float]]


def label(row: Row, head: str) -> int | None:
    """Return whether a message belongs to a head; None when the head learns nothing of it."""
    severity = row["severity"]
    if head == "grave":
        return int(severity in ("emergency", "disclosure"))
    if head == "worry":
        return int(severity != "none")
    if severity == "none" or (head == "urgent" and severity == "concern"):
        return None
    if head == "urgent":
        return int(severity == "emergency")
    return int(row["category"] == head)


def keys_of(text: str) -> list[str]:
    """Return the words of a text as cues see them."""
    return [word.key for word in SPELLING.words(tokens_of(text))]


def weight(row: Row, head: str) -> float:
    """Return how much a message counts while a head is learned."""
    if row.get("said"):
        return _SAID
    if row.get("called"):
        return 1.0
    return _WORRY if head == "grave" and row["severity"] == "concern" else 1.0


def example(blocks: Blocks, numbered: Mapping[str, int]) -> Example:
    """Return the numbers of the cues of a text, each once, and how much each counts."""
    values: dict[int, float] = {len(numbered): _CONSTANT}
    for parts, share in zip(blocks, WEIGHTS, strict=True):
        known = [numbered[part] for part in parts if part in numbered]
        for number in known:
            values[number] = values.get(number, 0.0) + share / math.sqrt(len(known) + 1)
    return tuple(values), tuple(values.values())


def fitted(
    examples: Sequence[Example], wanted: Sequence[int], costs: Sequence[float], size: int
) -> list[float]:
    """Return the weights of one head, the constant last: a linear support vector machine.

    Squared hinge, dual coordinate descent; the order of each round is fixed.
    """
    weights = [0.0] * (size + 1)
    alphas = [0.0] * len(examples)
    signs = [1.0 if each else -1.0 for each in wanted]
    softness = [0.5 / (_COST * cost) for cost in costs]
    norms = [sum(v * v for v in values) for _, values in examples]
    for turn in range(_ROUNDS):
        largest = 0.0
        for n in sorted(range(len(examples)), key=lambda n: crc32(b"%d %d" % (turn, n))):
            places, values = examples[n]
            told = sum([weights[p] * v for p, v in zip(places, values, strict=True)])
            slope = signs[n] * told - 1 + softness[n] * alphas[n]
            if alphas[n] == 0 and slope >= 0:
                continue
            largest = max(largest, abs(slope))
            new = max(alphas[n] - slope / (norms[n] + softness[n]), 0.0)
            step, alphas[n] = (new - alphas[n]) * signs[n], new
            for p, v in zip(places, values, strict=True):
                weights[p] += step * v
        if largest < _ENOUGH:
            break
    return weights


def trained(
    rows: Sequence[Row], lexicons: Mapping[str, Lexicon], heads: Sequence[str] = HEADS
) -> dict[str, object]:
    """Return what ``cues.json`` holds."""
    concepts = Concepts(lexicons.values())
    keys = [keys_of(row["text"]) for row in rows]
    blocks = [parts_of(each, concepts) for each in keys]
    seen = Counter(part for each in blocks for part in {p for parts in each for p in parts})
    names = sorted(part for part, count in seen.items() if count >= _SEEN_AT_LEAST)
    numbered = {part: number for number, part in enumerate(names)}
    examples = [example(each, numbered) for each in blocks]
    columns = [_column(rows, examples, head, len(names)) for head in heads]
    table = {part: _row([column[n] for column in columns]) for n, part in enumerate(names)}
    nothing = chr(ZERO) * len(heads)
    return {
        "heads": list(heads),
        "bias": [round(column[-1] * _CONSTANT, 3) for column in columns],
        "weights": {part: row for part, row in table.items() if row != nothing},
    }


def _column(rows: Sequence[Row], examples: Sequence[Example], head: str, size: int) -> list[float]:
    known = [(n, wanted) for n, row in enumerate(rows) if (wanted := label(row, head)) is not None]
    costs = [weight(rows[n], head) for n, _ in known]
    return fitted([examples[n] for n, _ in known], [wanted for _, wanted in known], costs, size)


def _row(values: Sequence[float]) -> str:
    bounded = (max(-LARGEST, min(LARGEST, round(value * SCALE))) for value in values)
    return "".join(chr(ZERO + value) for value in bounded)


def harmless(lexicons: Mapping[str, Lexicon]) -> Iterator[Row]:
    """Return what Sigurt says, and the words it is called with, as messages without harm."""
    for text in sorted(said(), key=lambda text: crc32(text.encode()))[:_SAID_AT_MOST]:
        yield {"text": text, "severity": "none", "category": "none", "said": "yes"}
    for lexicon in lexicons.values():
        for text in lexicon.secret_words:
            yield {**_UNSURE, "text": text}
        for text in (*lexicon.person_words, *lexicon.robot_words, *lexicon.menu_words):
            yield {"text": text, "severity": "none", "category": "none", "called": "yes"}


def main(paths: Sequence[str]) -> int:
    """Write the cues to standard output."""
    lexicons = load_lexicons(cues={})
    rows = [*labelled(paths), *harmless(lexicons)]
    json.dump(trained(rows, lexicons), sys.stdout, ensure_ascii=False, separators=(",", ":"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
