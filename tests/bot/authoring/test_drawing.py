"""Journeys and lessons as pictures: everything is there, and nothing lies on anything else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from xml.etree import ElementTree

import pytest
from fakes.lifeline import CONTENT
from hypothesis import given
from hypothesis import strategies as st

from bot.authoring.drawing import LANE, WIDTH, Box, Node, Picture, Way, drawn, placed
from bot.authoring.shapes import NothingToDraw, graph

SVG = "{http://www.w3.org/2000/svg}"
NAMES = (*CONTENT.journeys, *CONTENT.lessons["sq"])


@st.composite
def nodes(draw: st.DrawFn) -> list[Node]:
    """Any nodes at all: circles, ways to oneself, exits, ways to nowhere, islands."""
    names = [f"n{number}" for number in range(draw(st.integers(1, 12)))]
    targets = st.sampled_from([*names, "@menu", "gone"])
    ways = st.lists(st.builds(Way, st.text("abc ", max_size=60), targets), max_size=5)
    says = st.lists(st.text("word ", max_size=200), max_size=3)
    return [Node(name, tuple(draw(says)), tuple(draw(ways))) for name in names]


def rooms(picture: Picture) -> Iterator[tuple[float, float, float, float]]:
    """What is taken: every box with the pills beside it, and every lane."""
    for column in picture.columns:
        for item in column:
            height = item.height if isinstance(item, Box) else LANE
            yield item.x, item.y, item.x + WIDTH + picture.pill, item.y + height


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two of them have anything in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@given(nodes())
def test_nothing_overlaps(found: list[Node]) -> None:
    """
    Whatever an author joins, no box, no pill and no line lies on a box.
    """
    picture = placed(found)

    assert not any(overlap(*pair) for pair in combinations(list(rooms(picture)), 2))


@given(nodes())
def test_every_line_leads_to_the_right(found: list[Node]) -> None:
    """
    Every way is drawn, and as a line only where it leads on; everything else has a pill.
    """
    svg = ElementTree.fromstring(drawn(found, "any", "en"))
    lines = [each for each in svg.iter(f"{SVG}path") if each.get("class") == "line"]
    pills = [each for each in svg.iter(f"{SVG}rect") if each.get("class") in ("exit", "back")]

    assert len(lines) + len(pills) == sum(len(node.ways) for node in found)
    for line in lines:
        heights = [float(part) for part in line.attrib["d"].replace("M", "").split()[:1]]
        assert heights[0] < float(line.attrib["d"].split()[-2])


@pytest.mark.parametrize("language", ["sq", "en"])
def test_every_journey_and_every_lesson_can_be_drawn(language: str) -> None:
    """
    Each is one whole picture by itself, with every node in it and nothing from elsewhere.
    """
    for name in NAMES:
        text = graph(CONTENT, name, language)
        svg = ElementTree.fromstring(text)
        ids = {group.get("id") for group in svg.iter(f"{SVG}g")}
        told = CONTENT.journeys.get(name)
        assert ids >= (set(told.turns) if told else {"before", "hook", "quiz", "review3", "end"})
        assert "href" not in text
        assert "url(" not in text


def test_a_picture_shows_the_words_and_the_exits() -> None:
    """
    The first words of a node, the labels of its buttons and its exits can be read.
    """
    text = graph(CONTENT, "teachers", "en")
    words = CONTENT.journeys["teachers"].words["en"]["begin"]

    assert all(f">{label}<" in text for label in words.labels.values())
    assert ">@menu<" in text
    assert f">{words.say['all'][0][:20]}" in text


def test_a_name_that_nothing_has_is_told_with_what_is_near() -> None:
    """
    A slip in a name is answered with the names that are like it.
    """
    with pytest.raises(NothingToDraw, match="Did you mean parents"):
        graph(CONTENT, "parent", "sq")
