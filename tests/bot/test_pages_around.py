"""What stands around the browser chat: links, little pages, files, and what is taken back."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import AsyncIterator

import httpx
import pytest
from fakes.webchat import CONTENT, WebChat, web_chat

from bot import authoring
from bot.channels.web import load_words
from bot.channels.web.bubbles import standing
from bot.channels.web.view import load_assets
from bot.engine.events import ExitPressed, MediaOffered, Started

OURS = {"Sec-Fetch-Site": "same-origin"}
READS_PAGES = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def chat(sqlite_url: str) -> WebChat:
    """
    The page over an empty database.
    """
    return web_chat(sqlite_url)


@pytest.fixture
async def browser(chat: WebChat) -> AsyncIterator[httpx.AsyncClient]:
    """
    A browser that keeps cookies and follows nothing by itself.
    """
    transport = httpx.ASGITransport(chat.app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=OURS
    ) as client:
        yield client


async def open_page(browser: httpx.AsyncClient, path: str = "/") -> dict[str, str]:
    page = (await browser.get(path)).text
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([\w-]+)"', page))


async def test_a_link_carries_its_campaign_with_the_first_press(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    Looking at a campaign's link stores nothing; the first press tells its name, once.
    """
    form = await open_page(browser, "/?start=school-42")
    assert await chat.log.newest() == 0
    assert chat.runner.taken == []

    for event in ("0123456789", "0123456788"):
        await browser.post("/chat", data=form | {"tap": "sq", "event": event})

    begun = [event for event in chat.runner.events if isinstance(event, Started)]
    assert [event.payload for event in begun] == ["school-42"]
    assert "start" not in await open_page(browser, "/?start=school-7")


@pytest.mark.parametrize("start", ["a b", "x" * 65, "<b>", "é", "%00", ""])
async def test_a_link_carries_nothing_but_a_name(
    chat: WebChat, browser: httpx.AsyncClient, start: str
) -> None:
    """
    What is no name of a campaign is left out, from links as from forms.
    """
    form = await open_page(browser, f"/?start={start}")
    await browser.post("/chat", data=form | {"tap": "sq", "start": start})

    assert isinstance(chat.runner.events[0], Started)
    assert chat.runner.events[0].payload == ""


@pytest.mark.parametrize("path", ["/fjalet", "/fjalet/"])
async def test_the_little_words_stand_on_a_page(browser: httpx.AsyncClient, path: str) -> None:
    """
    The page for Viber and posters has both words in both languages as the lexicon has them,
    the numbers and how to leave; without script, and it stores nothing.
    """
    page = await browser.get(path)
    lexicons = authoring.load(CONTENT).lexicons

    for language in ("sq", "en"):
        part = re.search(rf'<section lang="{language}">.*?</section>', page.text, re.DOTALL)
        assert part is not None
        assert re.findall("<dt>(.*?)</dt>", part[0]) == [
            lexicons[language].safe_words[0],
            lexicons[language].exit_words[0],
        ]
        assert 'href="tel:116111"' in part[0]
        assert "Esc" in part[0]
    assert "<script" not in page.text
    assert "set-cookie" not in page.headers
    assert "<title>Sigurt</title>" in page.text


def test_the_page_knows_every_exit_word() -> None:
    """
    C2: a page without a line knows the exit words that the lexicon has, all of them.
    """
    lexicons = authoring.load(CONTENT).lexicons

    for language, words in load_words(CONTENT).items():
        assert tuple(words.exit_words.split(", ")) == tuple(lexicons[language].exit_words)


@pytest.mark.parametrize("path", ["/nope", "/chat", "/static", "/helpline-x", "/static/"])
async def test_an_address_with_nothing_helps_people(browser: httpx.AsyncClient, path: str) -> None:
    """
    Somebody who reads pages finds the numbers and the way back, in both languages.
    """
    answer = await browser.get(path, headers=READS_PAGES)

    assert answer.status_code in (404, 405)
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.count('href="tel:116111"') == 2
    assert answer.text.count('href="/"') == 2
    assert not re.search("nope|helpline-x", answer.text)


async def test_an_address_with_nothing_answers_machines(browser: httpx.AsyncClient) -> None:
    """
    S56: whoever does not ask for a page gets the error shape of machines, and no more.
    """
    for answer in (
        await browser.get("/nope"),
        await browser.post("/nope", headers=READS_PAGES),
        await browser.get("/nope", headers={"Accept": "application/json"}),
    ):
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json() == {"type": "about:blank", "title": "Not Found", "status": 404}


async def test_who_left_without_a_line_is_seen_off_later(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    A page that was left when nobody could be told is erased with the next visit, which shows
    the greeting; the cookies go.
    """
    await browser.post("/chat", data=await open_page(browser) | {"text": "fjala ime"})
    browser.cookies.set("sigurt-left", "1", domain="127.0.0.1")

    page = await browser.get("/")

    assert "fjala ime" not in page.text
    assert "Unë jam Sigurt" in page.text
    assert isinstance(chat.runner.events[-1], ExitPressed)
    assert await chat.log.newest() == 0
    assert not browser.cookies


async def test_what_was_taken_back_comes_with_no_repeat(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    R2: a message that was taken back stays gone when its post is repeated, and that is no exit.
    """
    form = await open_page(browser) | {"media": "image"}
    await browser.post("/chat", data=form)
    offered = next(i for i in chat.runner.taken if isinstance(i.event, MediaOffered))
    await chat.web.take_back(offered.address, [offered.message])

    again = await browser.post("/chat", data=form)

    assert again.headers["location"] == "/"
    turns = await chat.log.read(chat.web.conversation(offered.address))
    assert "me" not in [turn.payload["who"] for turn in standing(turns)]
    assert len(turns) > 1


async def test_only_what_was_written_can_be_taken_back(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    A message of the child has an id of its own; a press has none.
    """
    await browser.post("/chat", data=await open_page(browser) | {"tap": "sq"})
    await browser.post("/chat", data=await open_page(browser) | {"text": "ndihmë"})

    assert [bool(inbound.message) for inbound in chat.runner.taken] == [False, False, True]


async def test_the_manifest_names_what_is_there(browser: httpx.AsyncClient) -> None:
    """
    The page's manifest has its type, and every icon in it is a PNG of the size that it says.
    """
    page = (await browser.get("/")).text
    address = re.search(r'rel="manifest" href="([^"]+)"', page)
    assert address is not None
    answer = await browser.get(address[1])
    assert answer.headers["content-type"] == "application/manifest+json"

    for icon in json.loads(answer.text)["icons"]:
        image = await browser.get(icon["src"])
        assert image.headers["content-type"] == icon["type"] == "image/png"
        width, height = struct.unpack(">II", image.content[16:24])
        assert f"{width}x{height}" == icon["sizes"]


def test_no_file_of_the_page_registers_a_worker() -> None:
    """
    Nothing keeps pages in the browser: a talk must not be found in a cache.
    """
    for name, asset in load_assets().items():
        if name.endswith((".js", ".html", ".webmanifest")):
            assert b"serviceWorker" not in asset.plain
            assert b"caches" not in asset.plain
