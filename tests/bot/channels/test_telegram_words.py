"""The words of the messengers' frames: there in both languages, and short enough."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bot.channels.words import COMMANDS, ChannelWordsFault, load_words
from bot.engine.content import LANGUAGES

CONTENT = Path(__file__).resolve().parents[3] / "content"


def test_the_frame_is_worded_in_both_languages() -> None:
    """
    Name, profile and commands are there in each language, do the same, and offer help first.
    """
    words = load_words(CONTENT)

    assert set(words) == set(LANGUAGES)
    deeds = [[COMMANDS[command] for command in each.commands] for each in words.values()]
    assert deeds[0] == deeds[1]
    assert set(deeds[0]) == set(COMMANDS.values())
    assert deeds[0][0] == "go.help"
    assert words["sq"].about != words["en"].about


@pytest.mark.parametrize(
    ("line", "instead", "sentence"),
    [
        ('name = "Sigurt"', "", "“name” has no words"),
        ('name = "Sigurt"', 'name = " "', "“name” has no words"),
        ('name = "Sigurt"', f'name = "{"ë" * 65}"', "65 characters; shorten it to 64"),
        ('name = "Sigurt"', 'name = "Sigurt"\nnmae = "x"', "no messenger shows “nmae”"),
        ('name = "Sigurt"', 'name = "Sigurt 116"', "numbers come from services.toml"),
        ('about = "Short', f'about = "{"a" * 120}', "shorten it to 120"),
        ('help = "', 'holp = "', "nothing hears “/holp”"),
        ('help = "I need help"\n', "", "the way to help must be the first"),
        ('hide = "Remove the messages of this chat"\n', "", "do not do the same"),
        ('lesson = "I want a lesson"', 'lesson = ""', "“lesson” has no words"),
        ("[commands]", "[comands]", "no messenger shows “comands”"),
        ('name = "Sigurt"', "name = Sigurt", "channels.toml"),
    ],
)
def test_a_fault_in_the_words_is_named(
    tmp_path: Path, line: str, instead: str, sentence: str
) -> None:
    """
    What a messenger would refuse, or a child could not use, stops the start and is named.
    """
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
        shutil.copy(CONTENT / language / "channels.toml", tmp_path / language)
    broken = tmp_path / "en" / "channels.toml"
    text = broken.read_text("utf-8")
    assert line in text
    broken.write_text(text.replace(line, instead, 1), "utf-8")

    with pytest.raises(ChannelWordsFault, match=re.escape(sentence)) as fault:
        load_words(tmp_path)
    assert str(broken) in str(fault.value)


def test_a_missing_twin_is_named(tmp_path: Path) -> None:
    """
    A language without its file stops the start.
    """
    with pytest.raises(ChannelWordsFault, match="is missing"):
        load_words(tmp_path)
