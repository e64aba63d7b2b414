"""Labelled messages: what people write for the triage to learn from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.triage.messages import BadMessages, kept_out, messages
from bot.triage.training.data import written

GOOD = """
= gro-001 grooming
# somebody offers lifts
d sq gh c14 | trajneri m'con gjithmone t'fundit
n! en em pa | our coach drives | everybody home
"""


def read(folder: Path, text: str, name: str = "own.txt") -> list[dict[str, str]]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return [dict(row) for row in messages([path])]


def test_a_scenario_is_read_with_its_labels(tmp_path: Path) -> None:
    """
    Each line of a scenario becomes a message with the labels in words; harmless has no kind.
    """
    telling, harmless = read(tmp_path, GOOD)

    assert telling == {
        "id": "gro-001",
        "scenario": "gro-001",
        "lang": "sq",
        "register": "gheg",
        "author": "child_14_17",
        "severity": "disclosure",
        "category": "grooming",
        "hard": "",
        "text": "trajneri m'con gjithmone t'fundit",
    }
    assert (harmless["category"], harmless["hard"]) == ("none", "yes")
    assert harmless["text"] == "our coach drives | everybody home"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("d sq st c8 | no scenario yet", 1),
        ("= gro-001", 1),
        ("= gro-001 nonsense", 1),
        ("= gro-001 none\nx sq st c8 | severity", 2),
        ("= gro-001 none\n\nn sq st c8 no bar", 3),
        ("= gro-001 none\nn de st c8 | language", 2),
        ("= gro-001 none\nn sq xx c8 | register", 2),
        ("= gro-001 none\nn sq st me | author", 2),
        ("= gro-001 none\nn sq st c8 | ", 2),
    ],
)
def test_a_slip_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    """
    A line that is no message is named by file and line, and nothing is learned from the file.
    """
    with pytest.raises(BadMessages, match=f"^own.txt:{line}: "):
        read(tmp_path, text)


def test_marks_whose_words_were_not_released_are_passed_over(tmp_path: Path) -> None:
    """
    What the console exports can be laid beside the other files as it is.
    """
    marks = [
        {"id": "m1", "severity": "none", "category": "none", "marked": "false_alarm"},
        {"id": "m2", "severity": "disclosure", "category": "bullying", "text": "me tallin"},
    ]
    lines = "".join(json.dumps(mark) + "\n" for mark in marks)

    assert [row["id"] for row in read(tmp_path, lines, "marks.jsonl")] == ["m2"]


def test_scenarios_are_kept_out_whole() -> None:
    """
    A scenario is read by training or kept out, never divided; about one in eight is kept out.
    """
    assert {kept_out({"scenario": "s-1", "text": text}) for text in ("a", "b", "c")} == {
        kept_out({"scenario": "s-1"})
    }
    share = sum(kept_out({"scenario": f"s-{n}"}) for n in range(4_000)) / 4_000
    assert 0.11 < share < 0.14
    assert not kept_out({"text": "a mark of the console"})


def test_everything_written_for_training_can_be_read() -> None:
    """
    All files of messages in the repository hold, in their labels, what training needs.
    """
    rows = written()

    assert {"emergency", "disclosure", "concern", "none"} == {row["severity"] for row in rows}
    assert all(row["text"].strip() and row["category"] for row in rows)
    assert all((row["category"] == "none") == (row["severity"] == "none") for row in rows)
