"""The figures by which the triage is judged, and that they are honest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.spoiled import SPOILS, spoiled
from bench.triage import main
from bot.engine.events import Reading, Severity
from bot.engine.words import tokens
from bot.triage.measure import (
    HELD_OUT,
    Heard,
    Share,
    Table,
    calibration,
    calibration_error,
    groups,
    held_out,
    shares,
    tables,
)
from bot.triage.messages import messages
from bot.triage.training.data import read_by_training, weighed_with, written


def heard(
    severity: str, read: Severity, score: float = 0.5, kind: str = "violence", **row: str
) -> Heard:
    label = {"severity": severity, "category": kind, "text": "a b", "lang": "sq", **row}
    return Heard(label, Reading(read, "violence", score, ()), False)


FOUND = [
    heard("emergency", Severity.EMERGENCY),
    heard("emergency", Severity.DISCLOSURE, kind="bullying"),
    heard("disclosure", Severity.CONCERN, lang="en"),
    heard("disclosure", Severity.NONE),
    heard("concern", Severity.DISCLOSURE),
    heard("none", Severity.CONCERN),
    heard("none", Severity.EMERGENCY),
    heard("none", Severity.NONE),
]


def test_figures_count_what_they_say() -> None:
    """
    Raised is read as disclosure or emergency, asked is read as concern, each of its own kind.
    """
    assert shares(FOUND) == {
        "emergencies raised": (2, 2),
        "disclosures raised": (0, 2),
        "raised or asked": (3, 4),
        "emergencies as such": (1, 2),
        "concern heard": (1, 1),
        "harmless raised": (1, 3),
        "harmless asked": (1, 3),
        "category right": (1, 2),
        "encoder asked": (0, 8),
    }


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(10, 10, 72.2, 100), (0, 20, 0, 16.1), (50, 100, 40.4, 59.6), (97, 100, 91.5, 99.0)],
)
def test_intervals_are_wilsons(hits: int, of: int, low: float, high: float) -> None:
    """
    A few messages say little: the interval is Wilson's, also where all or none were heard.
    """
    assert Share(hits, of).interval == pytest.approx((low, high), abs=0.06)


def test_every_message_is_in_its_groups() -> None:
    """
    Each message counts once in every kind of group that it is labelled for.
    """
    named = groups(FOUND)

    assert len(named["all"]) == len(FOUND)
    assert len(named["lang sq"]) + len(named["lang en"]) == len(FOUND)
    assert len(named["not hard"]) == len(named["words 1–5"]) == len(FOUND)
    assert not any(name.startswith("register") for name in named)


def test_scores_are_held_against_what_was_there() -> None:
    """
    Of messages scored 0.9 nine in ten should tell of harm; the error is how far off they are.
    """
    good = [heard("disclosure", Severity.DISCLOSURE, 0.9)] * 9 + [
        heard("none", Severity.DISCLOSURE, 0.9)
    ]
    bad = [heard("none", Severity.DISCLOSURE, 0.9)] * 10

    assert calibration_error(calibration(good)) == pytest.approx(0)
    assert calibration_error(calibration(bad)) == pytest.approx(0.9)
    assert calibration([heard("concern", Severity.CONCERN, 1.0)]) == []


def test_tables_are_printed_for_both() -> None:
    """
    Every table has as many cells in a row as it has columns, in both forms.
    """
    for table in tables(FOUND):
        assert all(len(row) == len(table.head) for row in table.rows)
        assert len(table.plain().splitlines()) == len(table.rows) + 2
    assert Table("T", ("a", "b"), [["1", "2"]]).markdown().endswith("| --- | --- |\n| 1 | 2 |")


@pytest.mark.parametrize("name", [name for name in SPOILS if name != "as they are"])
def test_spoiled_texts_are_the_same_each_time(name: str) -> None:
    """
    A text is spoiled, and with the same number in the same way.
    """
    text = "Çdo natë më shkruan një njeri që nuk e njoh, shkruan gjithmonë nga telefoni i tij"

    assert spoiled(text, name, 1) == spoiled(text, name, 1) != text


def test_nothing_learns_from_what_it_is_judged_by() -> None:
    """
    No message that is held out is read by any training, nor do the witnesses' weights see it.
    """
    known = {tokens(row["text"]) for row in (*read_by_training(), *weighed_with())}
    rows = [row for row in held_out() if row["severity"] != "none"]  # "hi" is said by anybody

    assert len(rows) > 500
    assert sum(tokens(row["text"]) in known for row in rows) == 0
    assert {row["scenario"] for row in rows}.isdisjoint(
        each.get("scenario", "") for each in written()
    )
    assert len(held_out()) > 0.99 * len(messages(sorted(HELD_OUT.glob("*.txt"))))


def test_no_message_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Measuring a file of messages prints figures alone, also in Markdown.
    """
    label = {"severity": "disclosure", "category": "violence", "lang": "sq"}
    rows = [{**label, "text": "babi me rreh cdo nate"}, {**label, "text": "me godet vellai"}]
    path = tmp_path / "own.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))

    assert main([str(path), "--markdown"]) == 0
    printed = capsys.readouterr().out
    assert "| disclosures raised | at least 95 |" in printed
    assert "rreh" not in printed


def test_what_cannot_be_measured_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    A file that is missing, empty or no file of messages is named, with the line.
    """
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "odd.txt").write_text("= a none\nhello\n")

    assert main([str(tmp_path / "nowhere.txt")]) == 2
    assert main([str(tmp_path / "empty.txt")]) == 2
    assert main([str(tmp_path / "odd.txt")]) == 2
    printed = capsys.readouterr().out
    assert "nowhere.txt" in printed
    assert "odd.txt:2" in printed
