"""Finds how much to believe whom: ``python -m bot.triage.training.weighing``; see ``make train``.

On messages that neither cues nor encoder learned from, a logistic regression for each head
says what rules, cues and encoder count together; then the points are set from which a text
is raised, asked about, or an emergency.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from itertools import product
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.engine.words import unaccented
from bot.triage.cli import load_lexicons
from bot.triage.ears import Ears, made_ready
from bot.triage.kept import WEIGHING
from bot.triage.messages import Row
from bot.triage.spelling import tokens_of
from bot.triage.training.data import weighed_with
from bot.triage.weighing import HEADS, Seen, Weighing, lengthy, weighed
from bot.triage.window import Window, named

# Shares of harmless messages, here, from which the points follow.
RAISED, ASKED, HURRIED = 0.085, 0.2, 0.08
LONGER = 0.8  # with it harmless texts are raised about alike, whatever their length
_CONCERN = 0.25  # what a message of concern counts when grave is weighed
_UNSURE = (-2.1, 2.2)  # round the point of raising; beyond, the encoder changes hardly anything
_SMOOTH = 1.0
_TRIED = (0.0, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0)
NEUTRAL = Weighing({}, {}, (-1e9, 1e9), 0.0, 0.0, 0.0, (1.0, 0.5), 0.0)


def windows(rows: Sequence[Row], ears: Ears) -> list[Window]:
    """Return a window for each message, in which the encoder is asked in any case."""
    found = [Window(tokens_of(row["text"]), unaccented(row["text"]), ears) for row in rows]
    for window in found:
        window.judged = window.read_whole()
    return found


def witnesses(read: Sequence[Window]) -> tuple[Any, Any]:
    """Return what cues and rules say of each message, and what the encoder says besides."""
    seen = np.array([window.seen for window in read])
    judged = np.array([window.judged[:3] for window in read if window.judged])
    return seen, np.concatenate([seen, judged], 1)


def names(rows: Sequence[Row], read: Sequence[Window]) -> tuple[float, float]:
    """Return what rules and the encoder count where most kinds of harm are named rightly."""
    known = [(w.kinds, r["category"]) for w, r in zip(read, rows, strict=True) if _grave(r)]

    def right(counts: tuple[float, float]) -> int:
        return sum(named(kinds, counts) == category for kinds, category in known)

    return max(product(_TRIED, _TRIED), key=right)


def _grave(row: Row) -> bool:
    return row["severity"] in ("disclosure", "emergency")


def learned(rows: Sequence[Row], table: Any, head: str) -> list[float]:
    """Return the constant and what each witness counts for a head."""
    harm = {"none": 0, "concern": 1, "disclosure": 2, "emergency": 3}
    grave = np.array([harm[row["severity"]] for row in rows])
    wanted = {"grave": grave >= 2, "worry": grave >= 1, "urgent": grave == 3}[head]
    known = grave >= 2 if head == "urgent" else grave >= 0
    costs = np.where((grave == 1) & (head == "grave"), _CONCERN, 1.0)
    machine = LogisticRegression(C=_SMOOTH, max_iter=2_000)
    table = np.array(table)
    table[:, Seen._fields.index("few")] = 0  # too few such messages to learn from
    machine.fit(table[known], wanted[known], costs[known])
    return [round(float(value), 4) for value in (machine.intercept_[0], *machine.coef_[0])]


def found(rows: Sequence[Row], ears: Ears) -> Weighing:
    """Return the weighing that fits messages."""
    read = windows(rows, ears)
    seen, both = witnesses(read)
    alone = {head: learned(rows, seen, head) for head in HEADS}
    together = {head: learned(rows, both, head) for head in HEADS}
    harmless = np.array([row["severity"] == "none" for row in rows])
    disclosed = np.array([row["severity"] == "disclosure" for row in rows])
    odds = {head: _odds(together[head], both) for head in HEADS}
    lengths = np.array([lengthy(window.pointed.length) for window in read])
    raises = _beyond((odds["grave"] - LONGER * lengths)[harmless], RAISED)
    return Weighing(
        alone=alone,
        both=together,
        unsure=(round(raises + _UNSURE[0], 3), round(raises + _UNSURE[1], 3)),
        raises=raises,
        asks=_beyond(odds["worry"][harmless], ASKED),
        hurries=_beyond(odds["urgent"][disclosed], HURRIED),
        names=names(rows, read),
        longer=LONGER,
    )


def _odds(factors: Sequence[float], table: Any) -> Any:
    return np.array([weighed(factors, *row) for row in table])


def _beyond(odds: Any, share: float) -> float:
    return round(float(np.quantile(odds, 1 - share)), 3)


def main() -> int:
    """Find the weighing and write it."""
    rows = weighed_with()
    print(f"{len(rows)} messages", file=sys.stderr)
    ears = made_ready(tuple(load_lexicons().values()), NEUTRAL)
    weighing = found(rows, ears)
    WEIGHING.write_text(json.dumps(asdict(weighing), indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
