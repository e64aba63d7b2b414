"""Words that are none, in both languages."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.authoring import check, spelling
from bot.authoring.check import main
from bot.authoring.spelling import Speller, dictionaries

GOOD = Path(__file__).parent / "good"
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sq", "S'ka gjë. T'i themi m'i dhe ç'të duash; ia thua, s'e sheh, ta jap."),
        ("sq", "Një 16-vjeçare, 11–13 vjeç, te ALO 116 111 ose {child_helpline} 🌿."),
        ("sq", "“Hajde,” tha ai. Shkruaji te example.com ose @dikush, /ndihme."),
        ("sq", "Bullizëm. bullizëm. Bullizmi."),
        ("sq", "Përshëndetje.\nHello. Here is one program for you."),
        ("en", "It's grandma's; don't, they're, a grown-up’s face, six-year-old, colour."),
        ("en", "Write to https://example.org/xyzzy, or to nobody@example.com."),
    ],
)
def test_what_is_a_word(language: str, text: str) -> None:
    """
    Clitics, endings after a hyphen, curly apostrophes, figures, addresses, handles, and a line
    that greets in the other language are no faults.
    """
    accepted = {"ALO": 1, "vjeçare": 2, "bullizëm": 3, "bullizmi": 4}
    spellers = {name: Speller(name, each, accepted) for name, each in dictionaries().items()}

    assert list(spelling._wrong(text, language, spellers)) == []


@pytest.mark.parametrize(
    ("language", "text", "wrong"),
    [
        ("sq", "Fjalekalimi eshte sekret.", ["Fjalekalimi", "eshte"]),
        ("sq", "S'kaa gjë, t'ii them.", ["S'kaa", "t'ii"]),
        ("sq", "Ana vjen ne shtepi neser.", ["shtepi", "neser"]),  # "ne" is a word too
        ("sq", "bulizëm", ["bulizëm"]),
        ("en", "Dont tel nobody color.", ["Dont", "tel", "color"]),
        ("en", "a grown-upp", ["grown-upp"]),
        ("en", "Shko tani.", ["Shko", "tani"]),
    ],
)
def test_what_is_none(language: str, text: str, wrong: list[str]) -> None:
    """
    Letters without ë and ç, doubled letters, American spelling, and words of the other
    language within a text are named as they stand.
    """
    spellers = {name: Speller(name, each) for name, each in dictionaries().items()}

    assert list(spelling._wrong(text, language, spellers)) == wrong


def test_a_name_keeps_its_capital() -> None:
    """
    An accepted name is none without its capital; an accepted word may begin a sentence.
    """
    speller = Speller("en", dictionaries()["en"], {"Kejsi": 1, "sextortion": 2})

    assert speller.wrong_in("Kejsi and KEJSI's; kejsi. Sextortion.") == ["KEJSI's", "kejsi"]


def test_where_nothing_can_be_checked_it_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """
    Without the dictionaries a note says so and stops nothing, unless everything must be
    checked: then it stops the release.
    """
    monkeypatch.setattr(spelling, "dictionaries", dict)
    root = shutil.copytree(GOOD, tmp_path / "content")

    assert [str(fault) for fault in check(root, today=TODAY)] == [
        f"sq/words.txt:1: note: {spelling.NOT_CHECKED}"
    ]
    assert main([str(root)]) == 0
    assert main([str(root)], whole=True) == 1
