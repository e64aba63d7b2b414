from __future__ import annotations

import pytest
from fakes.webchat import CONTENT

from bot.channels.web import load_words
from bot.channels.web.bubbles import columns, dialled, payload_of, unbroken
from bot.channels.web.view import View, load_assets
from bot.engine.effects import Call, Say
from bot.store.weblog import Turn

VIEW = View(load_words(CONTENT), load_assets())


def html_of(say: Say) -> str:
    return str(VIEW.bubbles([Turn(1, payload_of(say))])[0]["html"])


@pytest.mark.parametrize(
    ("number", "link"),
    [("116 111", "116111"), ("129", "129"), ("+355 4 123-456", "+3554123456")],
)
def test_numbers_can_be_dialled(number: str, link: str) -> None:
    """
    A number is shown in its groups and dialled by its digits.
    """
    assert dialled(number) == link
    assert f'href="tel:{link}"' in html_of(Say(key="k", text="x", calls=(Call(number, "falas"),)))


def test_a_number_does_not_break_at_the_end_of_a_line() -> None:
    """
    The groups of a telephone number stay on one line; other spaces may break.
    """
    assert unbroken("Telefono 116 111, falas") == "Telefono 116\u00a0111, falas"


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        (["Po", "Jo"], "two"),
        (["8–10", "11–13", "14–17"], "three"),
        (["Po", "Jo", "Nuk e di", "Nuk dua të them"], "two"),
        (["Vazhdoj"], ""),
        (["Po", "Ruaj provat, nuk përgjigjem"], ""),
        (["a", "b", "c", "d", "e"], ""),
    ],
)
def test_only_short_choices_stand_side_by_side(labels: list[str], name: str) -> None:
    """
    Two, three or four short labels share a row; longer ones get a row each.
    """
    assert columns([["id", label] for label in labels]) == name


@pytest.mark.parametrize(("grave", "drawn"), [(False, True), (True, False)])
def test_nothing_grave_has_a_drawing(grave: bool, drawn: bool) -> None:
    """
    After a disclosure neither lynx nor illustration stands beside a bubble.
    """
    lynx = html_of(Say(key="k", text="x", mood="glad", grave=grave))
    picture = html_of(
        Say(key="k", text="x", picture="t01-privacy", picture_text="Një çelës.", grave=grave)
    )

    assert ("lynx-glad.svg" in lynx) == drawn
    assert ('alt="Një çelës."' in picture) == drawn


@pytest.mark.parametrize("picture", ["nothing", "../page", "t01-privacy.svg", "a" * 99, "T01"])
def test_an_unknown_picture_leaves_the_words(picture: str) -> None:
    """
    A picture that is not there costs no word of the bubble.
    """
    html = html_of(Say(key="k", text="Fjalëkalimi yt.", picture=picture))

    assert "<img" not in html
    assert '<p class="msg bot" lang="sq">Fjalëkalimi yt.</p>' in html


def test_every_mood_has_its_drawing() -> None:
    """
    The moods that the engine knows are drawn, and an unknown one draws nothing.
    """
    for mood in ("calm", "listening", "glad"):
        assert f"art/lynx-{mood}.svg" in load_assets()
    assert "<img" not in html_of(Say(key="k", text="x", mood="angry"))
