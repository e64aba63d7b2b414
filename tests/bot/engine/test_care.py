"""What is said once harm was told: the words of its category, for whoever told it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from unicodedata import combining, normalize

import pytest
from fakes.onlooker import CHILD, CONTENT, Talk

from bot.authoring.graph import CATEGORIES
from bot.engine.care import UNNAMED
from bot.engine.content import BANDS, LANGUAGES, Care
from bot.engine.events import Evidence, Reading, Severity
from bot.engine.state import State
from bot.triage import read

EVIDENCE = (Evidence("r", "w"),)
GRAVE = (Severity.DISCLOSURE, Severity.EMERGENCY)


def told(category: str, severity: Severity = Severity.DISCLOSURE) -> Reading:
    """
    What the triage makes of words about this.
    """
    return Reading(severity, category, 0.9, EVIDENCE)


def spoken_to(language: str, audience: str) -> State:
    """
    A child of this band, or a parent.
    """
    if audience == "adult":
        return replace(CHILD, language=language, role="parent", band="", child_band="11-13")
    return replace(CHILD, language=language, band=audience)


def said(talk: Talk, key: str) -> str:
    """
    The one bubble with this key, numbers filled in.
    """
    (only,) = (say.text for say in talk.says if say.key == key)
    return only


def filled(text: str) -> str:
    """
    A text with the numbers of Albania.
    """
    ways = {"{emergency}": "129", "{ambulance}": "127", "{child_helpline}": "116 111"}
    for blank, number in ways.items():
        text = text.partition(blank)[0] + number if blank in text else text
    return text


def care_of(language: str, category: str) -> Care:
    """
    The reviewed words.
    """
    return CONTENT.care[language][category]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("band", BANDS)
def test_each_telling_is_answered_in_its_own_words(language: str, category: str, band: str) -> None:
    """
    U6: every category has words for every band, and a telling says them in the promised
    order: thanks, belief, numbers, are you in danger; then what cannot wait, and the offer.
    """
    talk, words = Talk(spoken_to(language, band)), care_of(language, category)

    keys = talk.types("…", told(category))

    assert keys == ["disclosure.thank", "care.believe", "numbers.both_free", "danger.ask"]
    assert said(talk, "care.believe") == words.believe[band]
    for answer in ("no", "decline"):
        asked = Talk(talk.state)
        assert asked.taps(f"danger.{answer}") == ["care.now", "offer.person"]
        assert said(asked, "care.now").startswith(filled(words.now[band]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("audience", [*BANDS, "adult"])
def test_an_unsure_sign_is_met_with_one_safe_sentence(
    language: str, category: str, audience: str
) -> None:
    """
    “Po, pak” brings the sentence of the category, the numbers, and the offer of a person.
    """
    talk = Talk(spoken_to(language, audience))
    talk.types("…", told(category, Severity.CONCERN))

    assert talk.taps(f"{talk.state.asked}.a_bit")[0] == "care.soft"
    assert said(talk, "care.soft") == care_of(language, category).soft[audience]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("category", CATEGORIES)
def test_a_parent_hears_what_to_say_and_what_cannot_wait(language: str, category: str) -> None:
    """
    With the child beside them: the words to say to it, then the first steps, then a person.
    """
    talk, words = Talk(spoken_to(language, "adult")), care_of(language, category)
    talk.types("…", told(category))

    assert talk.taps("adult_near.yes") == ["care.believe", "care.now", "adult.offer"]
    assert said(talk, "care.believe") == words.believe["adult"]
    assert said(talk, "care.now").startswith(filled(words.now["adult"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_has_no_words_of_its_own_is_met_with_those_that_fit_anything(language: str) -> None:
    """
    A category that the content does not know is believed like any other.
    """
    talk = Talk(spoken_to(language, "11-13"))
    talk.types("…", told("something_new"))

    assert said(talk, "care.believe") == care_of(language, UNNAMED).believe["11-13"]


def every_text() -> Iterator[str]:
    """
    All words of care in both languages, as they are and without dots and hooks.
    """
    for language in LANGUAGES:
        for words in CONTENT.care[language].values():
            for variants in (words.believe, words.now, words.soft):
                for text in variants.values():
                    yield text
                    bare = (sign for sign in normalize("NFD", text) if not combining(sign))
                    yield "".join(bare)


def test_nothing_of_it_is_heard_as_a_telling() -> None:
    """
    Words of care that are sent back or copied open no contact.
    """
    raised = [text for text in every_text() if read(text, CONTENT.lexicons).severity in GRAVE]

    assert raised == []


def test_despair_is_met_with_the_signed_words() -> None:
    """
    The words for thoughts of ending it are those of the curriculum, in both languages.
    """
    for language, first, ways in (
        ("sq", "Kjo që po ndien është shumë e rëndë. Mos e mbaj vetëm.", "Telefono tani"),
        ("en", "What you feel is very heavy. You should not carry it alone.", "Call"),
    ):
        words = care_of(language, "self_harm")
        for band in BANDS[1:]:
            assert first in words.believe[band]
        assert all(words.now[band].startswith(ways) for band in BANDS)
        assert all("{ambulance}" in words.now[band] for band in BANDS)
