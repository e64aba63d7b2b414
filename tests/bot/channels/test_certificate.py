"""The certificate: its sheet, its names, and how each channel shows it."""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
from collections.abc import AsyncIterator
from io import BytesIO
from itertools import combinations
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from fakes.telegram import TelegramStandIn
from fakes.telegram_bot import Files, channel_for
from fakes.viber import ViberStandIn
from fakes.webchat import CONTENT
from fastapi import APIRouter, FastAPI
from PIL import Image

from bot import sheets
from bot.channels import art, certificate, sheet
from bot.channels.art import Gallery
from bot.channels.certificate import Certificates, load_certificate_words, topics_of
from bot.channels.sheet import HEIGHT, WIDTH, Box, Layout, Line, Sheet, Topic
from bot.channels.viber import ViberChannel
from bot.channels.web import load_words
from bot.channels.web.bubbles import payload_of
from bot.channels.web.view import View, load_assets
from bot.channels.words import ChannelWordsFault
from bot.engine.content import LANGUAGES, TOPICS
from bot.engine.effects import Button, Say
from bot.engine.flows.progress import picture_of
from bot.store.weblog import Turn

WORDS = load_certificate_words(CONTENT)
PRINTS = {path.stem[:3]: path for path in art.FOLDER.glob("t*.png")}
CERTIFICATES = Certificates(WORDS, PRINTS)
ONE, TWO, ALL = "certificate-sq-00001", "certificate-sq-00003", "certificate-sq-3ffff"
PAPER = 1.414  # a sheet of A4, its longer side by its shorter
BYTES = 300_000  # for a phone that pays for its data
PUBLIC = "https://sigurt.example.com"
FORGED = (
    "certificate-sq-00000",  # nothing done
    "certificate-sq-40000",  # a bit above the eighteenth
    "certificate-sq-fffff",
    "certificate-de-00001",
    "certificate-sq-0001",
    "certificate-sq-000001",
    "certificate-SQ-00001",
    "certificate-sq-0000G",
    "certificate-sq-0000A",
    "certificate-sq-00001 ",
    "certificate-sq-00001\n",
    "certificate-sq-٠٠٠٠١",
    "certificate-sq-00001-ana",
    "certificate",
)


def page(language: str, mask: int) -> Layout:
    """Where everything stands on a certificate."""
    words = WORDS[language]
    topics = [Topic(words.topics[topic], PRINTS[topic]) for topic in topics_of(mask)]
    return sheet.layout(Sheet(words.title, words.sentence, words.name, tuple(topics)))


def some(count: int) -> int:
    """The last so many topics: theirs are among the longest names."""
    return (1 << 18) - (1 << (18 - count))


def texts(placed: Layout) -> list[Line]:
    return [*placed.words, *(line for cell in placed.cells for line in cell.lines)]


def apart(one: Box, other: Box) -> bool:
    """Whether two boxes share no dot."""
    beside = one.right <= other.left or other.right <= one.left
    return beside or one.bottom <= other.top or other.bottom <= one.top


# ---------- the sheet ----------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mask", [*map(some, range(1, 19)), 1, 0b1010101])
def test_every_topic_stands_once_and_everything_on_the_paper(language: str, mask: int) -> None:
    """
    However many topics are done, each is there once with its drawing and its whole name,
    nothing lies over anything else, and nothing outside the paper or under the bands.
    """
    placed = page(language, mask)
    done = topics_of(mask)
    boxes = [placed.mark, placed.line, *(cell.box for cell in placed.cells)]
    boxes += [line.box for line in texts(placed)]

    assert [cell.drawing.stem[:3] for cell in placed.cells] == done
    named = [" ".join(line.text for line in cell.lines) for cell in placed.cells]
    assert named == [WORDS[language].topics[topic] for topic in done]
    assert all(len(cell.lines) <= sheet.CAPTION_LINES for cell in placed.cells)
    assert all(apart(one, other) for one, other in combinations(boxes, 2))
    assert all(box.left > 0 and box.right < WIDTH for box in boxes)
    assert all(box.top > sheet.BAND and box.bottom < HEIGHT - sheet.BAND for box in boxes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_fits_above_its_line(language: str) -> None:
    """
    A hand writes larger than a machine: above the empty line there is room for it.
    """
    for count in (1, 6, 18):
        placed = page(language, some(count))
        lowest = max(line.box.bottom for cell in placed.cells for line in cell.lines)
        assert placed.line.top - lowest >= 60
        assert placed.line.width >= WIDTH // 3


def test_the_face_has_every_letter_of_the_words() -> None:
    """
    No letter of the sheet, ë and ç among them, comes out as the box of an unknown one.
    """
    face = sheet._face(40, 600)
    unknown = bytes(face.getmask("\uffff"))
    letters = set("ëËçÇ“”’").union(*(line.text for line in texts(page("sq", 0x3FFFF))))
    letters |= set().union(*(line.text for line in texts(page("en", 0x3FFFF))))

    assert [each for each in letters - {" "} if bytes(face.getmask(each)) == unknown] == []


# ---------- the picture ----------


def test_a_certificate_can_be_printed_and_costs_a_phone_little() -> None:
    """
    The fullest one is a sheet of A4, sharp on paper, in under 300 kB.
    """
    data = CERTIFICATES.make(ALL)
    assert data is not None
    image = Image.open(BytesIO(data))

    assert image.format == "PNG"
    assert image.width / image.height == pytest.approx(PAPER, abs=0.01)
    assert image.width >= 1750
    assert len(data) < BYTES


def test_the_same_name_gives_the_same_bytes_and_another_others() -> None:
    """
    Language and topics make the picture; no clock, no chance, nobody's name.
    """
    names = (ONE, TWO, "certificate-en-00001")
    made = [CERTIFICATES.make(name) for name in names]

    assert made[0] == Certificates(WORDS, PRINTS).make(ONE)
    assert len({data for data in made if data}) == 3
    assert b"tIME" not in b"".join(filter(None, made))
    assert all(not Image.open(BytesIO(data)).info for data in made if data)


def test_the_name_that_the_engine_gives_is_understood() -> None:
    """
    Bit 0 is the first topic and bit 17 the last, on both sides.
    """
    done = {"t01", "t02", "t18"}

    assert picture_of("en", done) == "certificate-en-20003"
    assert set(topics_of(0x20003)) == done
    assert topics_of(0x3FFFF) == sorted(TOPICS)


@pytest.mark.parametrize("name", FORGED)
async def test_a_forged_name_makes_nothing(name: str) -> None:
    """
    What is no certificate of ours is no picture: nothing is made, opened or addressed.
    """
    gallery = Gallery(WORDS)

    assert not gallery.makes(name)
    assert gallery.path(name) == ""
    assert await gallery.find(name) is None
    assert CERTIFICATES.make(name) is None


# ---------- how they are made ----------


class Press:
    """Stands for the drawing, and counts what it makes."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, _sheet: Sheet) -> bytes:
        self.made += 1
        return f"{self.made}".encode()


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Press:
    press = Press()
    monkeypatch.setattr(certificate, "draw", press)
    return press


async def test_a_certificate_is_made_once_for_all_who_ask_together(press: Press) -> None:
    """
    Many who ask at once for the same sheet get the one that the first of them had made.
    """
    gallery = Gallery(WORDS)

    found = await asyncio.gather(*(gallery.find(name) for name in [ONE, TWO] * 20))

    assert press.made == 2
    assert {each.name for each in found if each} == {ONE, TWO}


async def test_only_the_last_ones_are_remembered(press: Press) -> None:
    """
    Whoever tries every name fills no memory: the oldest are forgotten and made anew.
    """
    gallery = Gallery(WORDS)
    names = [f"certificate-sq-{mask:05x}" for mask in range(1, art.KEPT + 3)]

    for name in names:
        await gallery.find(name)
    await gallery.find(names[-1])
    assert press.made == len(names)
    assert len(gallery._made) == art.KEPT
    await gallery.find(names[0])
    assert press.made == len(names) + 1


async def test_a_print_waits_for_no_certificate(press: Press) -> None:
    """
    A lesson's picture comes at once, whatever is being made.
    """
    gallery = Gallery(WORDS)

    async with gallery._turn:
        found = await asyncio.wait_for(gallery.find("t01-privacy"), 5)

    assert found == art.picture("t01-privacy")


# ---------- the words ----------


@pytest.mark.parametrize(
    ("line", "instead", "sentence"),
    [
        ('title = "Certificate"', "", "“title” has no words"),
        ('title = "Certificate"', f'title = "{"ë" * 21}"', "21 characters; shorten it to 20"),
        ('t18 = "Friendship"', "", "“t18” has no words"),
        ('t18 = "Friendship"', "t18 = 5", "“t18” has no words"),
        ('t18 = "Friendship"', f't18 = "{"a" * 27}"', "27 characters; shorten it to 26"),
        ('t18 = "Friendship"', 't19 = "Friendship"', "there is no topic “t19”"),
        ("[topics]", "[topic]", "“topic” stands nowhere"),
        ('name = "Name"', "name = Name", "certificate.toml"),
    ],
)
def test_a_fault_in_the_words_is_named(
    tmp_path: Path, line: str, instead: str, sentence: str
) -> None:
    """
    A sheet that could not be drawn stops the start, in a sentence that says where.
    """
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
        shutil.copy(CONTENT / language / "certificate.toml", tmp_path / language)
    broken = tmp_path / "en" / "certificate.toml"
    text = broken.read_text("utf-8")
    assert line in text
    broken.write_text(text.replace(line, instead, 1), "utf-8")

    with pytest.raises(ChannelWordsFault, match=re.escape(sentence)) as fault:
        load_certificate_words(tmp_path)
    assert str(broken) in str(fault.value)


def test_a_missing_twin_is_named(tmp_path: Path) -> None:
    """
    A language without its file stops the start.
    """
    with pytest.raises(ChannelWordsFault, match="is missing"):
        load_certificate_words(tmp_path)


# ---------- the channels ----------


def shows(text: str = "Ja dëshmia jote.", name: str = TWO) -> Say:
    """The bubble with which a certificate is given."""
    help_ = Button("go.help", "Dua ndihmë")
    return Say(key="a", text=text, picture=name, picture_text="Një fletë.", help=help_)


async def test_telegram_uploads_it_once_and_then_sends_its_id() -> None:
    """
    The first child with these topics costs an upload, the second an id; both see the sheet.
    """
    files, made = Files(), CERTIFICATES.make(TWO)
    assert made is not None
    async with TelegramStandIn(clock=None) as telegram:
        channel = channel_for(telegram, files=files, gallery=Gallery(WORDS))
        children = [telegram.child() for _ in range(2)]
        for child in children:
            child.starts()
            await channel.send(str(child.id), [shows()], key="k")
        await channel.stop()

        assert [type(call["photo"]) for call in telegram.named("sendPhoto")] == [bytes, str]
    for child in children:
        (message,) = child.shown
        assert (message.picture, message.text) == (made, "Ja dëshmia jote.")
    assert list(files.ids) == [f"telegram:{hashlib.sha256(made).hexdigest()}"]


async def test_viber_is_told_where_to_fetch_it() -> None:
    """
    The address is ours, public and https, and ends as the platform wants it; the words follow.
    """
    async with ViberStandIn() as viber:
        channel = ViberChannel(
            token=viber.token, public_url=PUBLIC, api_url=viber.url, gallery=Gallery(WORDS)
        )
        child = viber.child()
        child.subscribed = True
        await channel.send(child.id, [shows(), shows("Pa fletë.", FORGED[0])], key="k")
        await channel.stop()

    assert [shown.picture for shown in child.shown] == [f"{PUBLIC}/certificate/{TWO}.png", "", ""]
    assert viber.refusals == []


def test_the_page_shows_it_with_its_words() -> None:
    """
    In the browser it is a picture with its text, and no way out of the page, where the exit
    is; a forged name leaves the words.
    """
    view = View(load_words(CONTENT), load_assets(), made=Gallery(WORDS).path)
    turns = [Turn(n, payload_of(say)) for n, say in enumerate([shows(), shows(name=FORGED[0])])]
    whole, bare = (str(item["html"]) for item in view.bubbles(turns))

    assert f'<img src="/certificate/{TWO}.png"' in whole
    assert "<a " not in whole
    assert 'alt="Një fletë."' in whole
    assert "Ja dëshmia jote." in whole
    assert "<img" not in bare
    assert "Ja dëshmia jote." in bare


@pytest.fixture
def gallery() -> Gallery:
    return Gallery(WORDS)


@pytest.fixture
async def browser(gallery: Gallery) -> AsyncIterator[httpx.AsyncClient]:
    """
    A browser before a site that has only certificates.
    """
    routes, app = APIRouter(), FastAPI()
    sheets.add_routes(routes, gallery)
    app.include_router(routes)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def test_it_is_served_where_its_path_says(
    browser: httpx.AsyncClient, gallery: Gallery
) -> None:
    """
    The page and Viber fetch it themselves: the bytes that Telegram is given, as a picture.
    """
    found = await gallery.find(ONE)
    assert found is not None
    answer = await browser.get(found.path)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.content == found.data
    assert answer.headers["cache-control"].startswith("private")


@pytest.mark.parametrize("name", [*FORGED, "../page.css", "t01-privacy"])
async def test_a_forged_address_is_nowhere(browser: httpx.AsyncClient, name: str) -> None:
    """
    Where there is no certificate there is nothing, and nothing is made.
    """
    assert (await browser.get(f"/certificate/{quote(name)}.png")).status_code == 404


async def test_a_crowd_is_asked_to_come_later(
    browser: httpx.AsyncClient, gallery: Gallery, press: Press
) -> None:
    """
    Whoever asks for very many at once holds up nobody: some are sent away, the rest served.
    """
    names = [f"certificate-sq-{mask:05x}" for mask in range(1, 2 * art.CROWD + 2)]
    async with gallery._turn:
        asked = [asyncio.create_task(browser.get(f"/certificate/{name}.png")) for name in names]
        answers = asyncio.as_completed(asked)
        refused = [await next(answers) for _ in names[art.CROWD :]]
        assert press.made == 0
    served = [await answer for answer in answers]

    assert {answer.status_code for answer in refused} == {503}
    assert all(answer.headers["retry-after"] for answer in refused)
    assert {answer.status_code for answer in served} == {200}
    assert press.made == len(served) == art.CROWD
