from __future__ import annotations

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.typed import READ, read_typed

PICTURE = base64.b64encode(random.Random(7).randbytes(3000)).decode()


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300))
def test_words_are_kept_as_typed(text: str) -> None:
    """
    Whatever is typed without control marks and pictures arrives letter for letter.
    """
    if "data:" not in text.lower():
        assert read_typed(text).text == text.strip()


@given(st.text(max_size=2000))
def test_nothing_a_child_types_makes_reading_fail(text: str) -> None:
    """
    Any text is read, and reading what was read changes nothing more.
    """
    once = read_typed(text).text
    assert read_typed(once).text == once


@pytest.mark.parametrize(
    "pasted",
    [
        f"data:image/png;base64,{PICTURE}",
        f"DATA:image/svg+xml;charset=utf-8,{PICTURE[:80]}",
        PICTURE,
        "\n".join(PICTURE[i : i + 76] for i in range(0, len(PICTURE), 76)),
    ],
    ids=["uri", "uri-upper", "block", "wrapped block"],
)
def test_a_pasted_picture_is_dropped(pasted: str) -> None:
    """
    S6: a pasted picture is dropped before anything is kept; the words around it stay.
    """
    typed = read_typed(f"ai ma kerkoi kete {pasted} cfare te bej")

    assert typed.picture
    assert typed.text.split() == ["ai", "ma", "kerkoi", "kete", "cfare", "te", "bej"]


@pytest.mark.parametrize(
    "harmless",
    [
        "ahahaha" * 200,
        "NDIHMË" * 300,
        "https://example.com/a/very/long/path?with=" + "words&" * 80,
        "data: kam frike",
        "fjalë e gjatë " * 500,
    ],
    ids=["laughter", "shouting", "address", "data, the word", "many words"],
)
def test_long_words_are_no_picture(harmless: str) -> None:
    """
    Laughter, shouting and long addresses are words, and none of them is lost.
    """
    typed = read_typed(harmless)

    assert not typed.picture
    assert typed.text == harmless.strip()


def test_ten_thousand_characters_are_read_whole() -> None:
    """
    A message of 10,000 characters is read to its end; the page shows its beginning.
    """
    text = "😭" * 9_990 + " po kercenon"
    typed = read_typed(text)

    assert typed.text == text
    assert typed.cut
    assert text.startswith(typed.shown)


def test_reading_ends_where_nobody_types_any_more() -> None:
    """
    What is longer than any message is cut where reading ends, without an error.
    """
    assert len(read_typed("a b " * READ).text) == READ
