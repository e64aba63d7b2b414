"""What training reads, and what it must not read."""

from __future__ import annotations

from pathlib import Path

from bot.triage.cli import said
from bot.triage.messages import Row, kept_out, messages

FOLDER = Path(__file__).parent
SCENARIOS = FOLDER / "scenarios"
WORDS = FOLDER / "words.txt"  # common words of both languages that are one piece


def written() -> list[Row]:
    """Return all messages that were written for training, scenarios first."""
    return messages([*sorted(SCENARIOS.glob("*.txt")), *sorted(FOLDER.glob("*.jsonl"))])


def read_by_training() -> list[Row]:
    """Return what training reads: what Sigurt itself says counts as harmless."""
    rows = [row for row in written() if not kept_out(row)]
    says: list[Row] = [
        {"text": text, "severity": "none", "category": "none", "said": "yes"} for text in said()
    ]
    return [*rows, *says[:: max(1, len(says) // 1_000)]]


def weighed_with() -> list[Row]:
    """Return what no training reads: by it the witnesses are weighed against each other."""
    return [row for row in written() if kept_out(row)]


def kept_words() -> list[str]:
    """Return common words that the encoder should know whole, from ``words.txt``."""
    return WORDS.read_text("utf-8").split()
