"""New files for authors."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.authoring import Level, check
from bot.authoring.skeletons import CannotMake, make

GOOD = Path(__file__).parent / "good"
TODAY = date(2026, 11, 23)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the good library."""
    return Path(shutil.copytree(GOOD, tmp_path / "content"))


@pytest.mark.parametrize(
    ("kind", "names", "files"),
    [
        ("lesson", ["t14", "8-10", "door"], ["lessons/t14-door-8-10.toml"]),
        ("lesson", ["t14", "14-17", "two-doors"], ["lessons/t14-two-doors-14-17.toml"]),
        ("journey", ["visit"], ["journeys/visit.toml"]),
    ],
)
def test_new_files_wait_for_words_alone(
    root: Path, kind: str, names: list[str], files: list[str]
) -> None:
    """
    What is made is well formed in both languages: all that ``check`` says of it is what is
    still to be written, and that keeps it from a release.
    """
    made = make(root, kind, names)

    faults = check(root, today=TODAY)
    assert {f"{language}/{file}" for language in ("sq", "en") for file in files} <= {
        path.relative_to(root).as_posix() for path in made
    }
    assert faults
    assert all(fault.sentence.startswith("Still to be written: «") for fault in faults)
    assert all(fault.level is Level.WORDING for fault in faults)


@pytest.mark.parametrize("kind", ["guide", "activity"])
def test_a_new_topic_has_its_files(root: Path, kind: str) -> None:
    """
    A guide and an activity are made anew where they were missing, whole in both languages.
    """
    folder = {"guide": "guides", "activity": "activities"}[kind]
    for language in ("sq", "en"):
        (root / language / folder / "t14.toml").unlink()

    make(root, kind, ["t14"])

    said = [str(fault) for fault in check(root, today=TODAY) if "words.txt" not in fault.file]
    assert said
    assert all(re.match(rf"(sq|en)/{folder}/t14\.toml:\d+: Still to be", each) for each in said)


@pytest.mark.parametrize(
    ("kind", "names", "told"),
    [
        ("lesson", ["t14", "8-10"], "Name a lesson: t19 11-13 name."),
        ("lesson", ["14", "8-10", "x"], '"14" will not do. A topic is t and two digits'),
        ("lesson", ["t14", "8-11", "x"], '"8-11" is no band. Use one of: 8-10, 11-13, 14-17.'),
        ("lesson", ["t14", "8-10", "../x"], '"../x" will not do. A name is small letters'),
        ("lesson", ["t14", "8-10", "help"], "sq/lessons/t14-help-8-10.toml is there already."),
        ("guide", ["t14"], "sq/guides/t14.toml is there already."),
        ("guide", ["../../t14"], '"../../t14" will not do.'),
        ("activity", [], "Name an activity: t19."),
        ("journey", ["A b"], '"A b" will not do. A journey'),
        ("journey", ["parents"], "journeys/parents.toml is there already."),
    ],
)
def test_nothing_is_written_over(root: Path, kind: str, names: list[str], told: str) -> None:
    """
    Names that will not do, and files that are there, are told in a sentence; nothing changes.
    """
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

    with pytest.raises(CannotMake, match=re.escape(told)):
        make(root, kind, names)

    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
