"""Bubbles become messages that the platform takes and that read the same."""

from __future__ import annotations

import unicodedata

import pytest
from fakes.telegram_rules import (
    check_poll,
    clean,
    parse_html,
    parsed_caption,
    parsed_text,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.base import ChannelRefused
from bot.channels.telegram.writing import Poll, html_of, pages_of, rows_of
from bot.channels.text import split, units, visible, whole
from bot.engine.effects import Button, Call, Quiz, Say

SPECIAL = st.sampled_from(["<b>", "</", "&lt;", "&amp;", "&#60;", "&", ">", "*_[`", "\n\n", ". "])
WORDS = st.lists(st.text() | SPECIAL, max_size=30).map("".join)


def long_texts(times: int) -> st.SearchStrategy[str]:
    """Texts with parts that repeat up to so many times."""
    part = st.tuples(st.text(min_size=1, max_size=12) | SPECIAL, st.integers(1, times))
    return st.lists(part, max_size=12).map(lambda parts: "".join(p * n for p, n in parts))


FAMILY, FLAG, WAVE = "👩‍👩‍👧", "🇦🇱", "👋🏽"


def say(text: str, **more: object) -> Say:
    return Say(key="test.words", text=text, **more)  # type: ignore[arg-type]


@settings(deadline=None)
@given(WORDS, st.sampled_from(["", "Tom & <b>", "A_B"]))
@example("1 < 2 &amp; _x_ *y* &#0; </b>", "<i>")
def test_words_read_the_same_after_parsing(words: str, name: str) -> None:
    """
    Whatever the words, the platform parses them back to themselves, and only a name is bold.
    """
    text, entities = parse_html(html_of(whole(words), name))

    assert text == (f"{name}\n" if name else "") + whole(words)
    assert [entity["type"] for entity in entities] == ["bold"] * bool(name)


@settings(deadline=None)
@given(long_texts(20), st.integers(12, 200))
def test_parts_hold_everything_in_order(text: str, limit: int) -> None:
    """
    Splitting loses nothing but white space, keeps the order and keeps to the limit.
    """
    parts = split(text, limit)

    assert all(0 < units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@settings(deadline=None)
@given(long_texts(400))
def test_every_page_is_taken_by_the_platform(text: str) -> None:
    """
    Any text becomes at least one message, and none that is empty or too long.
    """
    pages = pages_of([say(whole(text), buttons=(Button("a", "Po"),))])

    assert pages
    for page in pages:
        assert parsed_text({"text": page.html, "parse_mode": "HTML"})
    assert [bool(page.rows) for page in pages] == [False] * (len(pages) - 1) + [True]


@pytest.mark.parametrize("letter", ["ë" * 9000, "&" * 9000, "😀" * 5000, "a\u0301" * 5000])
def test_limits_hold_in_characters_and_in_bytes(letter: str) -> None:
    """
    Letters of two bytes, escapes of five and emoji of four stay under both limits.
    """
    pages = pages_of([say(letter, name="Ema")])

    texts = [parsed_text({"text": page.html, "parse_mode": "HTML"})[0] for page in pages]
    assert "".join(text.removeprefix("Ema\n") for text in texts) == letter


@pytest.mark.parametrize("unit", [FAMILY, FLAG, WAVE, "e\u0301\u0323"])
@pytest.mark.parametrize("limit", [13, 16, 17, 19])
def test_no_cut_tears_a_letter_or_an_emoji(unit: str, limit: int) -> None:
    """
    A family, a flag, a skin tone and a letter with marks are never cut in two.
    """
    parts = split(unit * 20, limit)

    assert all(part == unit * (len(part) // len(unit)) for part in parts)


def test_cuts_fall_between_paragraphs_then_sentences_then_words() -> None:
    """
    A long text breaks where a reader would pause.
    """
    assert split("Një dy. Tri.\n\nKatër pesë gjashtë.", 24) == (
        "Një dy. Tri.",
        "Katër pesë gjashtë.",
    )
    assert split("Një dy tri. Katër pesë.", 16) == ("Një dy tri.", "Katër pesë.")
    assert split("Një dy tri katër pesë", 15) == ("Një dy tri", "katër pesë")


def test_what_cannot_be_seen_is_still_a_message() -> None:
    """
    Invisible words become a visible sign rather than a refused call; new emoji are visible.
    """
    (page,) = pages_of([say("\u200b\u2060 \n")])

    assert parsed_text({"text": page.html, "parse_mode": "HTML"})[0] == "…"
    many = pages_of([say("\u200b" * 5000 + "po")])
    assert [clean(page.html).strip("\u200b") for page in many] == ["po"]
    assert visible("\U0001fae9")
    assert unicodedata.category("\u200b") == "Cf"


def test_numbers_are_in_the_words_once() -> None:
    """
    A number that the words already show is not repeated; one inside a longer number is.
    """
    calls = (Call("116 111", "Alo"), Call("129", "Policia"))

    (page,) = pages_of([say("Telefono 116 111 ose 1290.", calls=calls)])

    assert clean(page.html) == "Telefono 116 111 ose 1290.\n\n129: Policia"


def test_short_labels_share_a_row_and_help_stands_alone() -> None:
    """
    Short answers stand side by side, long ones below each other, the way to help is last.
    """
    help_button = Button("go.help", "Dua ndihmë")
    short = (Button("a", "Po"), Button("b", "Jo"), Button("c", "Nuk e di"))
    long = (Button("a", "Ia them një të rrituri"), Button("b", "Po"))

    assert rows_of(say("?", buttons=short, help=help_button)) == (
        short[:2],
        short[2:],
        (help_button,),
    )
    assert rows_of(say("?", buttons=long)) == ((long[0],), (long[1],))
    assert rows_of(say("?", buttons=(help_button,), help=help_button)) == ((help_button,),)


@pytest.mark.parametrize("button", [Button("ë" * 33, "Po"), Button("", "Po"), Button("a", " ")])
def test_a_button_that_the_platform_refuses_is_refused_before(button: Button) -> None:
    """
    An id over 64 bytes (ë is two), an empty id or label never leaves.
    """
    with pytest.raises(ChannelRefused):
        pages_of([say("?", buttons=(button,))])


LABELS = st.text(min_size=1, max_size=120).filter(visible)
CHOICES = st.lists(LABELS, max_size=14).map(
    lambda labels: tuple(Button(f"q.{place}", whole(text)) for place, text in enumerate(labels))
)


@settings(deadline=None)
@given(long_texts(60), CHOICES, st.text(max_size=250), st.booleans(), st.booleans())
def test_any_question_is_taken_in_every_form(
    text: str, choices: tuple[Button, ...], why: str, pictured: bool, grave: bool
) -> None:
    """
    Whatever is asked, the platform takes it as a quiz, under a picture and as words.
    """
    bubble = say(
        whole(text),
        buttons=choices,
        help=Button("go.help", "Dua ndihmë"),
        quiz=Quiz("q.1", whole(why)),
        picture="t01-privacy" if pictured else "",
        grave=grave,
    )

    pages = pages_of([bubble])

    for page in pages:
        assert page.poll is None or not grave
        if page.poll:
            assert check_poll(call_of(page.poll))[2] == 1
        if page.picture:
            assert parsed_caption({"caption": page.html, "parse_mode": "HTML"}) is not None
        if page.html:
            assert parsed_text({"text": page.html, "parse_mode": "HTML"})
    assert pages[-1].rows[-1][0].id == "go.help"


def call_of(poll: Poll) -> dict[str, object]:
    """The fields of the call that would ask this quiz."""
    return {
        "question": poll.question,
        "options": [option.label for option in poll.options],
        "type": "quiz",
        "correct_option_ids": [poll.right],
        "explanation": poll.why,
    }


def test_a_quiz_names_its_options_in_order_and_help_beneath() -> None:
    """
    A quiz that fits keeps the order of its options, the right one among them, help beneath.
    """
    buttons = (Button("q.a", "E bllokoj"), Button("q.b", "I them dikujt"))
    help_button = Button("go.help", "Dua ndihmë")

    (page,) = pages_of([say("?", buttons=buttons, help=help_button, quiz=Quiz("q.b", "Sepse."))])

    assert page.poll == Poll("?", buttons, 1, "Sepse.", ((help_button,),))
    assert page.rows == (buttons, (help_button,))
