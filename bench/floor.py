"""The floor that the triage must be above: character n-grams with logistic regression.

It learns from the same messages as the cues; needs scikit-learn, which ``make train`` brings.
"""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from bot.engine.words import fold
from bot.triage.measure import GRAVE, Share, Table, interval_of
from bot.triage.messages import Row
from bot.triage.training.data import read_by_training

_LENGTHS = (2, 5)  # letters of an n-gram


def floor(rows: Sequence[Row]) -> Table:
    """Return what it reaches on some messages, raising at even odds."""
    machine = make_pipeline(
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=_LENGTHS, preprocessor=fold, sublinear_tf=True
        ),
        LogisticRegression(C=10, class_weight="balanced", max_iter=2_000),
    )
    known = read_by_training()
    machine.fit([row["text"] for row in known], [row["severity"] in GRAVE for row in known])
    raised = list(machine.predict([row["text"] for row in rows]))
    return Table(
        "The floor: character n-grams with logistic regression, the same training",
        ("messages", "emergencies raised", "disclosures raised", "harmless raised"),
        [_figures(name, rows, raised) for name in ("sq", "en", "mixed", "all")],
    )


def _figures(name: str, rows: Sequence[Row], raised: Sequence[bool]) -> list[str]:
    pairs = [
        (row["severity"], bool(up))
        for row, up in zip(rows, raised, strict=True)
        if name in ("all", row.get("lang"))
    ]
    found = (
        Share(sum(up for severity, up in pairs if severity == wanted), count)
        for wanted in (*GRAVE, "none")
        for count in [sum(severity == wanted for severity, _ in pairs)]
    )
    return [name, *map(interval_of, found)]
