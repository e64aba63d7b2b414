"""Learns the cues: ``python -m bot.triage.training.cues > content/cues.json``; see ``make train``.

A linear support vector machine for each head. The same messages and lexicons give the same
file.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from bot.engine.content import Lexicon
from bot.triage.cli import load_lexicons
from bot.triage.concepts import SPELLING, Concepts
from bot.triage.cues import LARGEST, SCALE, WEIGHTS, ZERO, Blocks, parts_of
from bot.triage.messages import Row
from bot.triage.rules import CATEGORIES
from bot.triage.spelling import tokens_of
from bot.triage.training.data import read_by_training

HEADS = ("grave", "worry", "urgent", *CATEGORIES)
_SEEN_AT_LEAST = 3
_LEAST = 2  # a cue whose weights are all smaller than this is left out
_COST = 0.12  # what one message read wrongly costs against large weights
_CONSTANT = 3.0
_SAID, _WORRY = 0.3, 0.2  # harmless, but close to harm: these count for less
_UNSURE = {"severity": "concern", "category": "other_distress", "called": "yes"}


def label(row: Row, head: str) -> int | None:
    """Return whether a message belongs to a head; None when the head learns nothing of it."""
    severity = row["severity"]
    if head == "grave":
        return int(severity in ("emergency", "disclosure"))
    if head == "worry":
        return int(severity != "none")
    if severity == "none" or (head == "urgent" and severity == "concern"):
        return None
    return int(severity == "emergency") if head == "urgent" else int(row["category"] == head)


def weight(row: Row, head: str) -> float:
    """Return how much a message counts while a head is learned."""
    if row.get("said"):
        return _SAID
    concerned = head == "grave" and row["severity"] == "concern" and not row.get("called")
    return _WORRY if concerned else 1.0


def called(lexicons: Mapping[str, Lexicon]) -> Iterator[Row]:
    """Return the words with which Sigurt is called, as messages."""
    for lexicon in lexicons.values():
        for text in lexicon.secret_words:
            yield {**_UNSURE, "text": text}
        for text in (*lexicon.person_words, *lexicon.robot_words, *lexicon.menu_words):
            yield {"text": text, "severity": "none", "category": "none", "called": "yes"}


def matrix(blocks: Sequence[Blocks], numbered: Mapping[str, int]) -> Any:
    """Return the cues of texts as rows; the last column is constant."""
    places, columns, values = [0], list[int](), list[float]()
    for each in blocks:
        for parts, share in zip(each, WEIGHTS, strict=True):
            known = [numbered[part] for part in parts if part in numbered]
            columns += known
            values += [share / math.sqrt(len(known) + 1)] * len(known)
        columns.append(len(numbered))
        values.append(_CONSTANT)
        places.append(len(columns))
    shape = (len(blocks), len(numbered) + 1)
    return csr_matrix((np.array(values), np.array(columns), np.array(places)), shape)


def trained(rows: Sequence[Row], lexicons: Mapping[str, Lexicon]) -> dict[str, object]:
    """Return what ``cues.json`` holds."""
    concepts = Concepts(lexicons.values())
    blocks = [parts_of(keys_of(row["text"]), concepts) for row in rows]
    seen = Counter(part for each in blocks for part in {p for parts in each for p in parts})
    names = sorted(part for part, count in seen.items() if count >= _SEEN_AT_LEAST)
    table = matrix(blocks, {part: number for number, part in enumerate(names)})
    columns = [_fitted(table, rows, head) for head in HEADS]
    whole = np.clip(np.rint(np.stack(columns, 1) * SCALE), -LARGEST, LARGEST).astype(int)
    loud = np.abs(whole[:-1]).max(1) >= _LEAST
    return {
        "heads": list(HEADS),
        "bias": [round(float(column[-1]) * _CONSTANT, 3) for column in columns],
        "weights": {
            name: "".join(chr(ZERO + value) for value in row)
            for name, row, kept in zip(names, whole, loud, strict=False)
            if kept
        },
    }


def _fitted(table: Any, rows: Sequence[Row], head: str) -> Any:
    known = [(n, wanted) for n, row in enumerate(rows) if (wanted := label(row, head)) is not None]
    costs = [weight(rows[n], head) for n, _ in known]
    machine = LinearSVC(C=_COST, fit_intercept=False, random_state=1, max_iter=3_000)
    machine.fit(table[[n for n, _ in known]], [wanted for _, wanted in known], costs)
    return machine.coef_[0]


def keys_of(text: str) -> list[str]:
    """Return the words of a text as cues see them."""
    return [word.key for word in SPELLING.words(tokens_of(text))]


def main() -> int:
    """Write the cues to standard output."""
    lexicons = load_lexicons(cues={})
    rows = [*read_by_training(), *called(lexicons)]
    json.dump(trained(rows, lexicons), sys.stdout, ensure_ascii=False, separators=(",", ":"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
