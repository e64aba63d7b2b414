"""Folding: one spelling for all the ways a child types a word."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.words import (
    READ_AT_MOST,
    Origins,
    fold,
    known,
    nearly,
    nearly_one_of,
    one_of,
    same_word,
    spans,
    tokens,
    unaccented,
)

CONTENT = Path(__file__).parents[3] / "content"
ANY_TEXT = st.text(max_size=200)


@pytest.mark.parametrize(
    "typed",
    [
        "Limonadë",
        "limonade",
        "LIMONADË!!",
        "  limonadëëëë ",
        "limonadё",
        "li\u200bmo\u202enade\u0308",
    ],
)
def test_safe_word_is_heard_however_it_is_typed(typed: str) -> None:
    """
    U2: the safe word is the same word with or without ë, accents, case, invisible letters.
    """
    assert same_word(typed, "limonadë")


@pytest.mark.parametrize("typed", ["limnadë", "limoandë", "limonnade", "limonada"])
def test_one_slip_of_the_thumb_is_forgiven(typed: str) -> None:
    """
    U2: a letter missing, doubled, wrong or exchanged still is the safe word.
    """
    assert nearly(typed, "limonadë")
    assert not same_word(typed, "limonadë")


@pytest.mark.parametrize(
    ("typed", "word"), [("dal", "dil"), ("di", "dil"), ("limon", "limonadë"), ("", "limonadë")]
)
def test_short_words_need_every_letter(typed: str, word: str) -> None:
    """
    A short word one letter off is another word, and so is half of a long one.
    """
    assert not nearly(typed, word)


def test_glued_pronouns_come_apart_and_english_short_forms_do_not() -> None:
    """
    Albanian glues pronouns to verbs; an English short form is one word.
    """
    assert tokens("M’preku, s'e di. Don't!") == ("m", "preku", "s", "e", "di", "dont")


def test_the_sign_for_sos_is_a_word() -> None:
    """
    The SOS sign is read as the word, also when it stands against another.
    """
    assert tokens("ndihmë🆘") == ("ndihme", "sos")


@given(ANY_TEXT)
def test_folding_is_settled_after_once(text: str) -> None:
    """
    What is folded stays as it is when it is folded again.
    """
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT)
def test_every_word_can_be_shown_as_it_was_typed(text: str) -> None:
    """
    A word that was found comes from a part of the text that folds to it.
    """
    for token in spans(text):
        assert unaccented(text)[token.start : token.end] in unaccented(
            Origins(text).of(token.start, token.end)
        )


@given(ANY_TEXT, ANY_TEXT)
def test_nearly_is_fair_to_both(a: str, b: str) -> None:
    """
    Comparing never raises, and a word is always nearly itself.
    """
    nearly(a, b)
    assert nearly(a, a) or not tokens(a)


def test_what_was_typed_is_not_kept_in_memory() -> None:
    """
    Our own words are folded once and kept; what a child typed is folded for each message and
    forgotten.
    """
    ours = ("fshihe bisedën", "limonadë")
    nearly_one_of("përshëndetje", ours)
    kept = known.cache_info().currsize
    for typed in ("fshihe bisedem", "nuk ia kam treguar askujt", "limonad"):
        nearly_one_of(typed, ours)
        one_of(typed, ours)

    assert known.cache_info().currsize == kept


def test_an_endless_message_is_read_to_its_limit_only() -> None:
    """
    A message of a million letters costs no more than one of 20,000.
    """
    assert len(unaccented("a" * 1_000_000)) == READ_AT_MOST


@pytest.mark.parametrize("language", ["sq", "en"])
def test_no_word_means_two_things(language: str) -> None:
    """
    U2: safe, exit, help and menu words are told apart, in each language's own list.
    """
    lexicon = tomllib.loads((CONTENT / language / "lexicon.toml").read_text("utf-8"))
    lists = [lexicon[f"{kind}_words"] for kind in ("safe", "exit", "help", "menu", "robot")]
    for index, words in enumerate(lists):
        for other in lists[index + 1 :]:
            assert not [(a, b) for a in words for b in other if nearly(a, b)]
