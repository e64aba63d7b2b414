"""Who has signed a text, and whether it still is that text."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.authoring import check
from bot.authoring.pages import Faults, Page, read_page
from bot.authoring.reviews import fingerprint, words_of

GOOD = Path(__file__).parent / "good"
LESSON = "en/lessons/t14-help-8-10.toml"
TODAY = date(2026, 11, 23)
SIGNED = 'reviewed = [{ by = "A. B.", as = "editor", on = 2026-11-01, text = "%s" }]'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the good library."""
    return Path(shutil.copytree(GOOD, tmp_path / "content"))


def read(root: Path, file: str = LESSON) -> Page:
    """One file of a library."""
    page = read_page(root, file, Faults())
    assert page is not None
    return page


def change(root: Path, find: str, put: str, file: str = LESSON) -> None:
    """Put something else into a file, once."""
    text = (root / file).read_text("utf-8")
    assert find in text
    (root / file).write_text(text.replace(find, put, 1), "utf-8")


@pytest.mark.parametrize(
    ("find", "put", "same"),
    [
        ("reviewed = []", SIGNED % "000000", True),
        ('band = "8-10"', 'band = "8-10"  # those of third class', True),
        ("tender = false", "\ntender = false", True),
        ("Right, because they listen.", "Right, because they hear you.", False),
        ('label = "Talks to sister"', 'label = "Talks to brother"', False),
        (", right = true", "", False),
    ],
)
def test_a_fingerprint_is_of_the_words(root: Path, find: str, put: str, same: bool) -> None:
    """
    Signing, comments and empty lines leave the fingerprint as it is; another word, or another
    right answer, does not.
    """
    before = fingerprint(read(root))
    change(root, find, put)

    assert (fingerprint(read(root)) == before) is same


def test_a_change_after_the_review_is_seen(root: Path) -> None:
    """
    What was signed is clean until a word of it changes; then a note says whose eyes it needs.
    """
    change(root, "reviewed = []", SIGNED % fingerprint(read(root)))
    assert check(root, today=TODAY) == []

    change(root, "Right, because they listen.", "Right, because they hear you.")

    (note,) = check(root, today=TODAY)
    assert str(note).startswith(
        f"{LESSON}:8: note: Changed since the editor read it on 2026-11-01. Have it read again"
    )


def test_a_node_may_be_called_like_a_key(root: Path) -> None:
    """
    In a journey's words and in phrases the names are the author's own: a node called "topic"
    is read like any other.
    """
    change(root, "[duty]", "[topic]", "en/journeys/teachers.toml")

    words = dict(words_of(read(root, "en/journeys/teachers.toml")))
    assert words == {("topic", "say", 0): "Here is what to do now."}
