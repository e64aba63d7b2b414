from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.console.render import environment
from api.console.words import said
from api.locale.catalogue import LANGUAGES, read, translations, wanted

API = Path(__file__).parents[3] / "api"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_there_and_none_is_stale(language: str) -> None:
    """
    Each language has exactly the words that pages and code ask for, all of them translated.
    """
    catalogue = read(language)
    asked = {message.id for message in wanted() if message.id}
    known = {message.id for message in catalogue if message.id}
    empty = [m.id for m in catalogue if m.id and not all(_texts(m.string))]
    doubtful = [m.id for m in catalogue if m.id and m.fuzzy]

    assert asked - known == set(), "run python -m api.locale.catalogue and translate"
    assert known - asked == set(), "run python -m api.locale.catalogue"
    assert empty == []
    assert doubtful == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_survive_translation(language: str) -> None:
    """
    A translation fills in exactly what its English does.
    """
    for message in read(language):
        if message.id:
            for text in _texts(message.string):
                assert _holes(text) == _holes(_texts(message.id)[-1]), message.id


def test_albanian_is_albanian() -> None:
    """
    The words that staff meet first are those of the look: Radha, Kthe në radhë, Ka treguar.
    """
    words = translations("sq").gettext

    assert [words("Queue"), words("Disclosure"), words("On duty")] == [
        "Radha",
        "Ka treguar",
        "Në detyrë",
    ]


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("guidance=parents:told", "Erdhi nga këshillat: “Fëmija më tregoi diçka”"),
        ("guidance=parents:hurt_body", "Erdhi nga këshillat: “Fëmija im lëndoi dikë” (hurt body)"),
        ("guidance=parents:set_seen", "Erdhi nga këshillat: set seen"),
        ("guidance=", "Erdhi nga këshillat: "),
        ("in_danger=no", "Thotë se nuk është në rrezik tani"),
        ("new_one=100 %s", "new one=100 %s"),
    ],
)
def test_a_note_is_shown_in_words(note: str, shown: str) -> None:
    """
    A note of the guidance tells where the adult was; what has no words is shown as it is.
    """
    assert said("note", note, translations("sq").gettext) == shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_compiles(language: str) -> None:
    """
    No template has a mistake that only a visitor would find.
    """
    templates = environment(language).list_templates()

    assert len(templates) > 15
    for name in templates:
        environment(language).get_template(name)


def test_templates_hold_no_script_or_style_of_their_own() -> None:
    """
    S23: pages carry no inline script, style or handler, and name no other host.
    """
    for path in [*API.rglob("templates/*.html"), *API.glob("console/static/**/*.svg")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), path.name
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path.name
        assert not re.search(r"(src|href)=\"(https?:)?//", text), path.name


def test_static_files_name_no_other_host() -> None:
    """
    S41: style and script of the console reach for nothing outside.
    """
    for path in (API / "console/static").glob("*.*"):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|@import|url\((?!art/)", text), path.name


def _texts(found: object) -> list[str]:
    return list(found) if isinstance(found, tuple | list) else [str(found or "")]


def _holes(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s", text))
