"""Words that must not stay in a chat, as an author may and may not write them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.authoring import check

ROOT = Path(__file__).parents[3] / "content"
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("file", "find", "put", "says"),
    [
        (
            "en/journeys/onboarding.toml",
            'say.adult = ["Two words as well.',
            'say.adult = ["One bubble more.", "Two words as well.',
            "en/journeys/onboarding.toml:32: Fleeting words are one bubble, so that none is left "
            "behind. Join them.",
        ),
        (
            "journeys/onboarding.toml",
            'elsewhere = "one_word"',
            'elsewhere = "words"',
            'journeys/onboarding.toml:55: Some channels take nothing back. Write elsewhere = "…": '
            'a node without the words of "words".',
        ),
        (
            "journeys/onboarding.toml",
            'instead = "words"\n',
            "",
            'journeys/onboarding.toml:52: After "got_it" the words would stay. Lead to a node '
            'with instead = "words".',
        ),
    ],
)
def test_words_that_would_stay_are_named(
    tmp_path: Path, file: str, find: str, put: str, says: str
) -> None:
    """
    The loader refuses fleeting words that some channel or some way on would leave in the chat.
    """
    root = tmp_path / "content"
    shutil.copytree(ROOT, root)
    text = (root / file).read_text(encoding="utf-8")
    (root / file).write_text(text.replace(find, put, 1), encoding="utf-8")

    faults = [str(fault) for fault in check(root, today=TODAY)]

    assert says in faults
