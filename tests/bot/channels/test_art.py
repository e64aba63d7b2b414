"""Pictures for messengers: every drawing has a print, and no print is older than its drawing."""

from __future__ import annotations

import hashlib
import json
import re
import struct
from pathlib import Path

import pytest
from drawings import PRINTS, digests, drawings

from bot.authoring.load import load
from bot.channels.art import Art, picture
from bot.channels.web.view import load_assets
from bot.engine.content import TOPICS

CONTENT = load(Path(__file__).parents[3] / "content")
LESSONS = [lesson for lessons in CONTENT.lessons.values() for lesson in lessons.values()]
NAMED = sorted({lesson.picture for lesson in LESSONS if lesson.picture})
VIBER_BYTES = 1024 * 1024
OURS = 100_000  # bytes: a picture for a phone that pays for its data
DRAWN = 6 * 1024  # bytes: a drawing travels with the page
LAMP = "#ffc940"  # marks the way to a person, and nothing else on any screen
LAKE = {"#10272e", "#0b5c66", "#3d97a0", "#6fb6bb", "#cfe5e4", "#6f9f6b"}
WARM = {"#fff", "#fff4e2", "#cf7c45", "#8a4a26", "#e9e2f0"}
SKINS = {"#f0c7a2", "#b27a52", "#8d5a3b"}
GROUNDS = {"#f6e0cf", "#e4ecdf", "#12323c", "#1c4a55"}
OLDER = ("t01", "t04", "t08", "t11", "t14", "t16")  # came with shades of their own
TELEGRAM_SIDES = 10_000  # pixels, width and height together


def printed(name: str) -> Art:
    """The print of that name; it must be there."""
    art = picture(name)
    assert art, f"{name} has no print: run make art"
    return art


def size(data: bytes) -> tuple[int, int]:
    """Width and height, from the header of a PNG."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def test_no_print_is_older_than_its_drawing() -> None:
    """
    The prints are those of the drawings as they are now; after a change, run make art.
    """
    kept = json.loads(PRINTS.read_text(encoding="utf-8"))

    assert kept == {drawing.stem: digests(drawing) for drawing in drawings()}


def test_every_topic_has_one_drawing() -> None:
    """
    Eighteen topics, eighteen drawings.
    """
    assert [drawing.stem[:3] for drawing in drawings()] == sorted(TOPICS)


@pytest.mark.parametrize("drawing", drawings(), ids=lambda drawing: drawing.stem)
def test_drawing_keeps_the_look(drawing: Path) -> None:
    """
    A drawing is small and flat, on the grid of all, without letters, in the palette; the
    yellow of help is in that of help alone. It carries no script and fetches nothing.
    """
    text = drawing.read_text(encoding="utf-8")
    colours = set(re.findall(r"#[0-9a-f]{3,8}\b", text))

    assert drawing.stat().st_size < DRAWN
    assert 'viewBox="0 0 320 200" role="img" aria-label="' in text
    assert not re.search(r"<(text|image|script|style|\w*Gradient|filter|foreignObject)\b", text)
    assert not re.search(r'href="(?!#)|\bon\w+=', text)
    assert (LAMP in colours) is drawing.stem.startswith("t14")
    assert drawing.stem[:3] in OLDER or colours <= LAKE | WARM | SKINS | GROUNDS


@pytest.mark.parametrize("name", NAMED)
def test_picture_of_a_lesson_is_there_in_both_forms(name: str) -> None:
    """
    What a lesson names is there as a drawing for the page and as a print for messengers.
    """
    assert name in {drawing.stem for drawing in drawings()}
    assert printed(name).name == name


@pytest.mark.parametrize("name", [drawing.stem for drawing in drawings()])
def test_print_fits_every_messenger(name: str) -> None:
    """
    A print is 1280 by 800, under 100 kB, and its address ends as Viber wants it.
    """
    art = printed(name)

    assert size(art.data) == (1280, 800)
    assert sum(size(art.data)) < TELEGRAM_SIDES
    assert len(art.data) < OURS < VIBER_BYTES
    assert art.path == f"/static/art/{name}.png"
    assert art.digest == hashlib.sha256(art.data).hexdigest()


@pytest.mark.parametrize("name", [drawing.stem for drawing in drawings()])
def test_print_is_served_where_its_path_says(name: str) -> None:
    """
    Viber fetches the picture itself: it is there, unchanged, with the type of a picture.
    """
    art = printed(name)
    asset = load_assets()[art.path.removeprefix("/static/")]

    assert (asset.kind, asset.plain) == ("image/png", art.data)


@pytest.mark.parametrize("name", ["", "t00-none", "../../../etc/passwd", "lynx-calm", "t01"])
def test_name_of_no_print_gives_none(name: str) -> None:
    """
    A name without a print leaves the words without a picture; it never opens another file.
    """
    assert picture(name) is None
