from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
from fakes.runner import GREETING, doors
from fakes.webchat import CONTENT, WebChat, web_chat

from bot.channels.web import load_words
from bot.channels.web.door import BODY_LIMIT, Pace
from bot.engine.effects import Button, Say
from bot.engine.events import (
    AnyEvent,
    ButtonTapped,
    ExitPressed,
    LanguageChosen,
    MediaOffered,
    MessageReceived,
    Started,
)
from bot.pages import Pages
from bot.store.database import StoreUnavailable

OURS = {"Sec-Fetch-Site": "same-origin"}
JSON = OURS | {"Accept": "application/json"}


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
    async with a_browser(chat) as client:
        yield client


def a_browser(chat: WebChat, base: str = "http://127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(chat.app)
    return httpx.AsyncClient(transport=transport, base_url=base, headers=OURS)


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's forms."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([\w-]+)"', page))


async def open_page(browser: httpx.AsyncClient) -> dict[str, str]:
    return hidden((await browser.get("/")).text)


async def post(browser: httpx.AsyncClient, **fields: str) -> httpx.Response:
    """Post a form of the page as it stands now."""
    return await browser.post("/chat", data=await open_page(browser) | fields)


async def shown(browser: httpx.AsyncClient) -> str:
    return (await browser.get("/")).text


def kinds(chat: WebChat) -> list[type[AnyEvent]]:
    return [type(event) for event in chat.runner.events]


def buttons(page: str) -> list[str]:
    return re.findall(r'name="tap" value="([\w.]+)"', page)


async def test_who_only_looks_leaves_no_trace(chat: WebChat, browser: httpx.AsyncClient) -> None:
    """
    The first page shows the greeting; it sets no cookie, stores nothing and tells nobody.
    """
    page = await browser.get("/")

    assert "Unë jam Sigurt" in page.text
    assert buttons(page.text) == ["sq", "en"]
    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "no-store"
    assert await chat.log.newest() == 0
    assert chat.runner.taken == []


async def test_the_first_press_begins_the_conversation(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    The first press brings the cookie, lets the engine begin, and stands under the greeting.
    """
    answer = await post(browser, tap="sq")
    page = await shown(browser)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert kinds(chat) == [Started, ButtonTapped]
    assert re.findall(r'data-who="(\w+)"', page)[:3] == ["bot", "me", "bot"]
    assert (
        page.index("Unë jam Sigurt") < page.index("<bdi>Shqip</bdi>") < page.index("Po të dëgjoj")
    )


@pytest.mark.parametrize(
    ("base", "name", "secure"),
    [
        ("https://example.com", "__Host-sigurt-chat", True),
        ("http://127.0.0.1", "sigurt-chat", False),
    ],
)
async def test_the_cookie_is_closed_to_everybody(
    chat: WebChat, base: str, name: str, secure: bool
) -> None:
    """
    S21: the cookie is HttpOnly, SameSite, gone with the browser, and on https Secure.
    """
    async with a_browser(chat, base) as browser:
        cookie = (await post(browser, tap="sq")).headers["set-cookie"]

    assert cookie.startswith(f"{name}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert ("Secure" in cookie) == secure
    assert not re.search("expires|max-age|domain", cookie, re.IGNORECASE)


async def test_the_secret_itself_is_kept_nowhere(
    chat: WebChat, browser: httpx.AsyncClient, tmp_path: Path
) -> None:
    """
    S32: runner and store know the page by a hash; the secret opens nothing from there.
    """
    await post(browser, tap="sq")
    token = browser.cookies["sigurt-chat"]

    assert len(token) == 43
    assert all(token not in repr(inbound) for inbound in chat.runner.taken)
    assert token.encode() not in everything_in(tmp_path)


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_a_doubled_first_press_is_one_conversation(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    R2: the first form sent twice, before any cookie came, is one person with one press.
    """
    form = await open_page(browser) | {"tap": "sq"}

    await browser.post("/chat", data=form)
    browser.cookies.clear()
    await browser.post("/chat", data=form)

    assert kinds(chat) == [Started, ButtonTapped]


async def test_a_doubled_message_is_read_once(chat: WebChat, browser: httpx.AsyncClient) -> None:
    """
    R2: the same form with the same words, sent again, changes nothing; other words count.
    """
    await post(browser, tap="sq")
    form = await open_page(browser)

    for words in ("ndihmë", "ndihmë", "tani"):
        await browser.post("/chat", data=form | {"text": words})

    assert [e.text for e in chat.runner.events if isinstance(e, MessageReceived)] == [
        "ndihmë",
        "tani",
    ]
    assert (await shown(browser)).count("<bdi>ndihmë</bdi>") == 1


async def test_only_the_open_question_can_be_pressed(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    Buttons of an answered question are gone; a forged or old id still reaches the engine.
    """
    await post(browser, tap="sq")
    assert buttons(await shown(browser)) == ["on", "later"]

    answer = await post(browser, tap="sq")

    assert answer.status_code == 303
    assert chat.runner.events[-1] == ButtonTapped(at=chat.runner.events[-1].at, button="sq")


async def test_help_is_on_every_page(chat: WebChat, browser: httpx.AsyncClient) -> None:
    """
    The yellow button is there before and after the first word, and leads to the doors.
    """
    assert 'name="go" value="help"' in await shown(browser)

    await post(browser, go="help")
    page = await shown(browser)

    assert isinstance(chat.runner.events[-1], ButtonTapped)
    assert chat.runner.events[-1].button == "go.help"
    assert 'name="go" value="help"' in page
    assert 'href="tel:116111"' in page
    assert "lynx" not in page


async def test_the_language_changes_the_whole_page(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    The language link is heard at once, and the frame follows the talk.
    """
    await post(browser, lang="en")
    page = await shown(browser)

    assert isinstance(chat.runner.events[-1], LanguageChosen)
    assert '<html lang="en">' in page
    offered = hidden(page) | {"media": "image", "after": "2"}
    answer = await browser.post("/chat", data=offered, headers=JSON)
    assert "it was not sent" in answer.json()["bubbles"][0]["html"]
    assert "Quick exit" in page


async def test_a_script_gets_finished_bubbles(browser: httpx.AsyncClient) -> None:
    """
    A script that asks for JSON gets what is new, and the place to go on from.
    """
    fields = await open_page(browser) | {"tap": "sq"}
    first = (await browser.post("/chat", data=fields, headers=JSON)).json()
    again = {"text": "po", "after": str(first["next"]), "event": "0123456789"}
    second = (await browser.post("/chat", data=again, headers=JSON)).json()

    assert [bubble["seq"] for bubble in first["bubbles"]] == [1, 2, 3]
    assert 'data-event="0123456789"' in second["bubbles"][0]["html"]
    assert "Po të dëgjoj." in second["bubbles"][1]["html"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://example.org"},
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {},
    ],
)
@pytest.mark.parametrize("path", ["/chat", "/exit"])
async def test_other_pages_cannot_post(chat: WebChat, path: str, headers: dict[str, str]) -> None:
    """
    S21: a post that another page made is refused; nothing happens and no cookie comes.
    """
    async with a_browser(chat) as browser:
        form = await open_page(browser) | {"text": "x"}
        del browser.headers["sec-fetch-site"]
        answer = await browser.post(path, data=form, headers=headers)

    assert answer.status_code == 403
    assert chat.runner.taken == []
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("headers", [{"Origin": "http://127.0.0.1"}, {"Origin": "null"}, {}])
async def test_an_old_browser_can_still_write(
    chat: WebChat, browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    """
    A browser without Sec-Fetch-Site is known by its origin, or by its SameSite cookie.
    """
    await post(browser, tap="sq")
    form = await open_page(browser) | {"text": "ndihmë"}
    del browser.headers["sec-fetch-site"]

    assert (await browser.post("/chat", data=form, headers=headers)).status_code == 303
    assert isinstance(chat.runner.events[-1], MessageReceived)


async def a_flood_of_bytes() -> AsyncIterator[bytes]:
    for _ in range(3):
        yield b"text=" + b"a" * (BODY_LIMIT // 2)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("status", "request_of"),
    [
        (413, {"data": {"event": "12345678", "text": "a" * BODY_LIMIT}}),
        (413, {"content": a_flood_of_bytes, "headers": FORM}),
        (415, {"json": {"text": "x"}}),
        (415, {"content": b"text=x"}),
        (400, {"data": {"text": "x"}}),
        (400, {"data": {"event": "12345678"}}),
        (400, {"data": {"event": "12345678", "lang": "de"}}),
        (400, {"data": {"event": "12345678", "tap": "ë" * 3}}),
        (400, {"data": {"event": "12345678", "tap": "x" * 65}}),
        (400, {"data": {"event": "<script>", "text": "x"}}),
        (400, {"data": {"event": "12345678"}, "files": {"photo": ("p.jpg", b"JFIF")}}),
        (400, {"content": b"\xff\x00", "headers": {"Content-Type": "multipart/form-data"}}),
    ],
)
async def test_what_no_page_of_ours_sends_is_refused(
    chat: WebChat, browser: httpx.AsyncClient, status: int, request_of: dict[str, object]
) -> None:
    """
    S4: bodies over the limit, other types, files and nonsense are refused, with a way to help.
    """
    if callable(content := request_of.get("content")):
        request_of = request_of | {"content": content()}

    answer = await browser.post("/chat", **request_of)  # type: ignore[arg-type]

    assert answer.status_code == status
    assert "116\u00a0111" in answer.text
    assert chat.runner.taken == []


async def test_a_pasted_picture_is_offered_not_kept(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    S5, S6: of a pasted picture only that it was offered is known; the words are read.
    """
    await post(browser, text="shiko data:image/png;base64,iVBORw0KGgo= cfare te bej")

    offered = chat.runner.events[-1]
    assert isinstance(offered, MediaOffered)
    assert (offered.kind, offered.caption.split()) == ("picture", ["shiko", "cfare", "te", "bej"])
    assert "iVBOR" not in await shown(browser)


async def test_a_dropped_file_is_told_by_its_kind(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    S5: the page tells that a file was offered, and nothing of the file comes with it.
    """
    await post(browser, media="image")

    assert isinstance(chat.runner.events[-1], MediaOffered)
    assert "nuk u dërgua" in await shown(browser)


async def test_a_very_long_message_is_read_whole(chat: WebChat, browser: httpx.AsyncClient) -> None:
    """
    10,000 emoji and the words behind them reach the engine; the page shows the beginning.
    """
    text = "😭" * 9_980 + "po me kercenon"
    form = {
        name: (None, value) for name, value in (await open_page(browser) | {"text": text}).items()
    }

    answer = await browser.post("/chat", files=form)

    heard = chat.runner.events[-1]
    assert answer.status_code == 303
    assert isinstance(heard, MessageReceived)
    assert heard.text == text
    assert "U lexua i gjithë mesazhi" in await shown(browser)


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "\u202egnitsop\u202c", "a\u200bb", "&amp; <b> _x_", "{{ 7*7 }}"],
)
async def test_words_are_shown_inert(browser: httpx.AsyncClient, text: str) -> None:
    """
    S9: markup and invisible marks stand on the page as they were typed, and do nothing.
    """
    await post(browser, text=text)
    page = await shown(browser)

    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f"<bdi>{escaped}</bdi>" in page


@pytest.mark.parametrize("empty", ["", "   ", "\u0000", "\r\n"])
async def test_nothing_typed_is_nothing_said(
    chat: WebChat, browser: httpx.AsyncClient, empty: str
) -> None:
    """
    An empty message changes nothing and is no error.
    """
    await post(browser, tap="sq")

    assert (await post(browser, text=empty)).status_code == 303
    assert kinds(chat) == [Started, ButtonTapped]


async def test_the_exit_leaves_nothing(chat: WebChat, browser: httpx.AsyncClient) -> None:
    """
    S22: the exit tells the engine, drops the talk, the cookie and all the browser kept.
    """
    await post(browser, text="fjala ime")
    kept = dict(browser.cookies)
    answer = await browser.post("/exit")

    assert (answer.status_code, answer.headers["location"]) == (303, "/tabela")
    assert isinstance(chat.runner.events[-1], ExitPressed)
    assert "storage" in answer.headers["clear-site-data"]
    assert not browser.cookies
    assert await chat.log.newest() == 0
    browser.cookies.update(kept)
    assert "fjala ime" not in await shown(browser)


async def test_behind_the_exit_nothing_is_ours(browser: httpx.AsyncClient) -> None:
    """
    The page behind the exit is a table of numbers, with no word or colour of the chat.
    """
    page = await browser.get("/tabela")

    assert "<title>Tabela e shumëzimit</title>" in page.text
    assert not re.search("sigurt|chat|bised|page.css|ndihm", page.text, re.IGNORECASE)
    assert "<td>100</td>" in page.text


async def test_the_exit_opens_also_when_nothing_can_be_stored(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    R4: with the store broken the exit still leads away and takes the cookie.
    """
    await post(browser, tap="sq")
    chat.runner.fault = StoreUnavailable("disk full")

    answer = await browser.post("/exit")

    assert answer.headers["location"] == "/tabela"
    assert not browser.cookies


async def test_what_could_not_be_stored_is_never_shown_as_said(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    R4: with the store broken the child gets the numbers and a 503; the same form works later.
    """
    await post(browser, tap="sq")
    form = await open_page(browser) | {"text": "fjala ime"}
    chat.runner.fault = StoreUnavailable("disk full")

    refused = await browser.post("/chat", data=form)
    page = await shown(browser)
    chat.runner.fault = None
    await browser.post("/chat", data=form)

    assert refused.status_code == 503
    assert 'href="tel:116111"' in refused.text
    assert "fjala ime" not in page
    assert "fjala ime" in await shown(browser)


async def test_a_flood_is_slowed_and_still_read(sqlite_url: str) -> None:
    """
    S7: beyond the pace each message waits a little longer; all are read, others wait not.
    """
    waits: list[float] = []

    async def noted(seconds: float) -> None:
        waits.append(seconds)

    chat = web_chat(sqlite_url, lambda event: (), pace=Pace(amount=5, seconds=10, pause=noted))
    async with a_browser(chat) as flood, a_browser(chat) as other:
        fields = {"live": "1"}
        await flood.post("/chat", data=await open_page(flood) | fields | {"tap": "sq"})
        for n in range(8):
            event = f"event-{n:04}"
            await flood.post("/chat", data=fields | {"event": event, "text": f"po me vret {n}"})
        slowed = len(waits)
        await other.post("/chat", data=await open_page(other) | fields | {"text": "une"})

    assert slowed == len(waits) == 3
    assert [e.text for e in chat.runner.events if isinstance(e, MessageReceived)] == [
        *(f"po me vret {n}" for n in range(8)),
        "une",
    ]


async def test_a_page_whose_talk_was_dropped_goes_on(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    After the hours of the log the page is empty but for a way on; nothing is an error.
    """
    await post(browser, text="fjala ime")
    await chat.log.drop(chat.web.conversation(chat.runner.taken[0].address))

    assert buttons(await shown(browser)) == ["go.menu"]
    assert (await post(browser, tap="go.menu")).status_code == 303


async def test_live_words_come_in_their_place(chat: WebChat, browser: httpx.AsyncClient) -> None:
    """
    The stream begins behind the last bubble that the page has, and gives each its number.
    """
    await post(browser, tap="sq")
    address = chat.runner.taken[0].address
    await chat.web.send(address, [Say(key="k", text="E lexova.", name="Elira")], key="row-7")
    routes = Pages(chat.runner, chat.web, GREETING, doors, load_words(CONTENT), "", Pace())
    stream = routes.stream(chat.web.conversation(address), 3)
    lines = [await anext(stream), await anext(stream)]
    await stream.aclose()  # type: ignore[attr-defined]

    assert lines[1].startswith("id: 4\nevent: bubbles\ndata: ")
    assert "Elira" in lines[1]
    assert lines[1].count("\n") == 4


async def test_nobody_listens_without_a_cookie(browser: httpx.AsyncClient) -> None:
    """
    A stream asked for without a cookie ends at once and is not asked for again.
    """
    assert (await browser.get("/chat/live")).status_code == 204


@pytest.mark.parametrize(
    "name", ["../pages.py", "..%2fpages.py", "art/../../pages.py", "nothing", ""]
)
async def test_only_files_of_the_page_are_served(browser: httpx.AsyncClient, name: str) -> None:
    """
    No name leads out of the folder of the page's files.
    """
    assert (await browser.get(f"/static/{name}")).status_code == 404


async def test_the_page_is_light_and_asks_nobody_else(browser: httpx.AsyncClient) -> None:
    """
    S41: page, sheet and script weigh under 60 kB, come from us alone, and hold no inline code.
    """
    page = await shown(browser)
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    weight = len(page.encode())
    for file in (name for name in files if "/art/" not in name):
        weight += len((await browser.get(file, headers={"Accept-Encoding": "identity"})).content)

    assert weight < 60_000
    assert not re.search(r'(?:href|src|action)="(?:https?:)?//', page)
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=)", page)


async def test_a_persons_words_are_told_from_the_programs(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    A person's bubble carries name, circle and tag, the frame names her, the lynx is away.
    """
    await post(browser, tap="sq")
    says: Sequence[Say] = [Say(key="k", text="Si je tani?", name="Elira", grave=True)]
    await chat.web.send(chat.runner.taken[0].address, says, key="row-7")
    page = await shown(browser)

    assert "Elira është këtu" in page
    assert re.search(r'class="face"[^>]*>E<', page)
    assert "njeri" in page
    assert "lynx" not in page
    assert buttons(page) == []


async def test_news_does_not_take_a_choice_away(chat: WebChat, browser: httpx.AsyncClient) -> None:
    """
    A bubble without buttons leaves the open question open.
    """
    await post(browser, tap="sq")
    address = chat.runner.taken[0].address
    await chat.web.send(address, [Say(key="k", text="Ende nuk ka përgjigje.")], key="row-7")
    assert buttons(await shown(browser)) == ["on", "later"]

    other = Say(key="k", text="Vazhdojmë?", buttons=(Button("yes", "Po"), Button("no", "Jo")))
    await chat.web.send(address, [other], key="row-8")
    assert buttons(await shown(browser)) == ["yes", "no"]


async def test_the_exit_word_leaves_like_the_exit(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    C2: a word with which the engine erases the talk shuts the page, also when it is repeated.
    """
    await post(browser, tap="sq")
    form = await open_page(browser) | {"text": "dil"}
    kept = dict(browser.cookies)
    chat.runner.erases = "dil"

    first = await browser.post("/chat", data=form)
    browser.cookies.update(kept)
    again = await browser.post("/chat", data=form, headers=JSON)

    assert first.headers["location"] == "/tabela"
    assert again.json()["left"]
    assert "storage" in again.headers["clear-site-data"]
    assert await chat.log.newest() == 0


async def test_a_repeat_from_behind_its_answer_is_no_exit(
    chat: WebChat, browser: httpx.AsyncClient
) -> None:
    """
    A message sent again by a page that has its answer already changes and erases nothing.
    """
    await post(browser, tap="sq")
    fields = {"event": "0123456789", "text": "po", "live": "1"}
    await browser.post("/chat", data=fields, headers=JSON)
    await chat.runner.settle()
    newest = str(await chat.log.newest())

    again = await browser.post("/chat", data=fields | {"after": newest}, headers=JSON)

    assert again.json() == {"bubbles": [], "next": 0}
    assert str(await chat.log.newest()) == newest
