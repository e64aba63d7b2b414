from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.channels.web.words import PageWordsFault, load_words
from bot.engine.content import LANGUAGES

CONTENT = Path(__file__).resolve().parents[3] / "content"


def test_the_frame_speaks_both_languages() -> None:
    """
    Every word of the page's frame is there in each language, and none is left untranslated.
    """
    words = load_words(CONTENT)

    assert set(words) == set(LANGUAGES)
    assert words["sq"].help != words["en"].help


@pytest.mark.parametrize(
    ("line", "instead", "sentence"),
    [
        ('send = "Send"', "", "“send” has no words"),
        ('send = "Send"', 'send = " "', "“send” has no words"),
        ('send = "Send"', 'send = "Send"\nsned = "Send"', "nothing on the page is called “sned”"),
        ('with_you = "{name} is with you"', 'with_you = "with you"', "must say {name}"),
        ('send = "Send"', "send = Send", "page.toml"),
    ],
)
def test_a_fault_in_the_frame_is_named(
    tmp_path: Path, line: str, instead: str, sentence: str
) -> None:
    """
    A word that is missing, empty, unknown or broken stops the start, and is named.
    """
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
        shutil.copy(CONTENT / language / "page.toml", tmp_path / language)
    page = tmp_path / "en" / "page.toml"
    page.write_text(page.read_text().replace(line, instead))

    with pytest.raises(PageWordsFault, match="page") as fault:
        load_words(tmp_path)
    assert str(page) in str(fault.value)
    assert sentence in str(fault.value)


def test_a_missing_twin_is_named(tmp_path: Path) -> None:
    """
    A language without its page file stops the start.
    """
    with pytest.raises(PageWordsFault, match="is missing"):
        load_words(tmp_path)
