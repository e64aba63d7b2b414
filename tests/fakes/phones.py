"""The whole bot on each channel, and a child's phone there: what it does, and what it reads.

    async with CHANNELS["viber"](folder, helpline) as phone:
        await phone.does(MessageReceived(at=now, text="ndihmë"))
        await phone.read()

A phone does what an app lets a child do: it presses a key that it shows, votes in a quiz
that is open. ``read`` is everything that stood in the chat, oldest first, also what was
changed or removed since.
"""

from __future__ import annotations

import asyncio
import html
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Protocol
from unittest.mock import patch

import httpx
import uvicorn
from fakes.chromium import close
from fakes.telegram import TelegramStandIn
from fakes.viber import ViberStandIn
from playwright.async_api import Browser, Error, Page
from pydantic import SecretStr
from sqlalchemy import text

from bot.app import Bot, create_app
from bot.channels.web.door import Visitor
from bot.engine.events import (
    AnyEvent,
    ButtonTapped,
    ChatLost,
    ExitPressed,
    Helpline,
    LanguageChosen,
    MediaOffered,
    MessageReceived,
    Started,
)
from bot.helpline import Helpline as Line
from bot.known import utcnow
from bot.settings import Settings

PUBLIC = "https://sigurt.example.com"
TRIES, PAUSE = 2_000, 0.01  # then a test that waits in vain is told so
FILE = {"file_id": "BQACAgQAAx", "file_unique_id": "AgAD"}


class Phone(Protocol):
    """A child on one channel; ``bot`` is behind it."""

    channel: str

    @property
    def bot(self) -> Bot: ...

    @property
    def bots(self) -> list[Bot]: ...

    @property
    def conversation(self) -> str: ...

    async def does(self, event: AnyEvent, label: str = "") -> None: ...

    async def offers(self, button: str, label: str = "") -> bool: ...

    async def read(self) -> list[str]: ...

    async def settled(self) -> None: ...


class TelegramPhone:
    """A child with Telegram."""

    channel = "telegram"

    def __init__(self, telegram: TelegramStandIn, service: Service) -> None:
        self.platform, self.service = telegram, service
        self.child = telegram.child()
        self.child.started = True  # a script may begin long after that

    @property
    def bot(self) -> Bot:
        """The bot behind it."""
        return self.bots[0]

    @property
    def bots(self) -> list[Bot]:
        """Those of all processes."""
        return self.service.bots

    @property
    def conversation(self) -> str:
        """The conversation's id as the helpline learns it."""
        return self.bot.runner.conversation_id(self.channel, str(self.child.id))

    async def does(self, event: AnyEvent, label: str = "") -> None:
        """``label`` is what stands on a button: in a quiz of the platform it is the option."""
        match event:
            case Started():
                self.child.starts(event.payload)
            case MessageReceived(edited=True):
                self.child.edits(event.text)
            case MessageReceived(forwarded=True):
                self.child.forwards(event.text)
            case MessageReceived():
                self.child.says(event.text)
            case ButtonTapped() if self._asks(label):
                self.child.votes(label)
            case ButtonTapped():
                self.child.taps(event.button)
            case MediaOffered():
                self._offers(event)
            case ExitPressed():
                self.child.says("/dil")
            case ChatLost():
                self.child.blocks()
            case _:
                raise AssertionError(f"no phone does {event}")

    async def offers(self, button: str, label: str = "") -> bool:
        """Whether a message shows this button, or a quiz that waits for a vote this option."""
        pressed = any(shown.data_of(button) for shown in self.child.seen)
        return pressed or self._asks(label)

    async def read(self) -> list[str]:
        return list(self.child.read)

    async def settled(self) -> None:
        """Return when every update is acknowledged, every press answered."""
        telegram = self.platform
        await telegram.until(lambda: not telegram.waiting, lambda: "updates wait")
        await telegram.until(lambda: not telegram.unanswered, lambda: "presses wait")
        await self.service.quiet()

    def _asks(self, label: str) -> bool:
        polls = [shown.poll for shown in self.child.seen if shown.poll]
        return any(poll.vote is None and label in poll.options for poll in polls)

    def _offers(self, event: MediaOffered) -> None:
        more: dict[str, Any] = {"caption": event.caption} if event.caption else {}
        if event.kind == "photo":
            self.child.sends_photo(event.caption)
        else:
            place = {"latitude": 41.3, "longitude": 19.8}
            self.child.sends(**{event.kind: place if event.kind == "location" else FILE}, **more)


class ViberPhone:
    """A child with Viber."""

    channel = "viber"

    def __init__(self, viber: ViberStandIn, service: Service) -> None:
        self.platform, self.service = viber, service
        self.child = viber.child()

    @property
    def bot(self) -> Bot:
        """The bot behind it."""
        return self.bots[0]

    @property
    def bots(self) -> list[Bot]:
        """Those of all processes."""
        return self.service.bots

    @property
    def conversation(self) -> str:
        """The conversation's id as the helpline learns it."""
        return self.bot.runner.conversation_id(self.channel, self.child.id)

    async def does(self, event: AnyEvent, label: str = "") -> None:
        """A button that stands on no keyboard was pressed just before the keyboard changed."""
        match event:
            case Started():
                self.child.opens(event.payload)
            case MessageReceived():
                self.child.types(event.text)
            case ButtonTapped() if await self.offers(event.button):
                self.child.presses(f"▸{event.button}")
            case ButtonTapped():
                self.child.sends(silent=True, type="text", text=f"▸{event.button}")
            case MediaOffered(kind="photo"):
                self.child.sends_picture(event.caption)
            case MediaOffered(kind="document"):
                url = "https://files.example.com/x.pdf"
                self.child.sends(type="file", media=url, file_name="x.pdf", size=9)
            case MediaOffered(kind="sticker"):
                self.child.sends(type="sticker", sticker_id=46105)
            case ChatLost():
                self.child.unsubscribes()
            case _:
                raise AssertionError(f"no phone does {event}")

    async def offers(self, button: str, label: str = "") -> bool:
        """Whether the keyboard has this key."""
        return any(sent == f"▸{button}" for _, sent in self.child.buttons)

    async def read(self) -> list[str]:
        return [shown.text for shown in self.child.shown if not shown.picture]

    async def settled(self) -> None:
        """Return when every callback is answered."""
        await self.platform.quiet()
        await self.service.quiet()


class Pages:
    """What a page of the browser chat has shown, by the numbers of its bubbles."""

    def __init__(self) -> None:
        self._greeting: list[str] = []
        self._shown: dict[int, str] = {}

    def show(self, bubbles: list[tuple[int, str]], *, fresh: bool) -> list[str]:
        """Learn what stands there now; return everything that did."""
        if fresh and not self._shown:
            self._greeting = [text for number, text in bubbles if not number]
        # Number 0 is in nobody's log: a greeting, or what an empty page says.
        self._shown |= {number: text for number, text in bubbles if number}
        shown = [text for _, text in sorted(self._shown.items())]
        return shown if set(self._greeting) <= set(shown) else self._greeting + shown


class WebPhone:
    """A child with a browser without script."""

    channel = "web"
    MEDIA: ClassVar = {"photo": "image", "document": "file", "voice": "audio"}

    def __init__(self, http: httpx.AsyncClient, service: Service) -> None:
        self.http, self.service = http, service
        self.pages = Pages()
        self.page = self.door = ""
        self.times = 1  # how often each form is sent at once
        self._address = ""
        self._turn = 0

    @property
    def bot(self) -> Bot:
        """The bot behind it."""
        return self.bots[0]

    @property
    def bots(self) -> list[Bot]:
        """Those of all processes."""
        return self.service.bots

    @property
    def conversation(self) -> str:
        """The conversation's id as the helpline learns it."""
        if token := next(iter(self.http.cookies.values()), ""):
            self._address = Visitor(token, fresh=False).address
        return self.bot.runner.conversation_id(self.channel, self._address)

    async def does(self, event: AnyEvent, label: str = "") -> None:
        match event:
            case Started():
                await self.read()
            case ExitPressed():
                await self.posts("/exit")
            case _:
                await self.posts("/chat", **self._fields(event))

    async def posts(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of the page, under an id of its own unless one is given."""
        self._turn += 1
        once = {"event": f"00000000-0000-4000-8000-{self._turn:012d}", "door": self.door}
        posts = (self.http.post(path, data=once | fields) for _ in range(self.times))
        answers = await asyncio.gather(*posts)
        assert {answer.status_code for answer in answers} <= {200, 303}, answers[0].text
        assert self.conversation
        return answers[0]

    def _fields(self, event: AnyEvent) -> dict[str, str]:
        match event:
            case MessageReceived():
                return {"text": event.text}
            case ButtonTapped():
                return {"tap": event.button}
            case LanguageChosen():
                return {"lang": event.language}
            case MediaOffered():
                return {"media": self.MEDIA[event.kind]}
        raise AssertionError(f"no phone does {event}")

    async def offers(self, button: str, label: str = "") -> bool:
        """Whether the page as it is now has this button."""
        await self.read()
        _, _, name = button.partition("go.")
        frame = f'name="go" value="{name}"'
        return f'name="tap" value="{button}"' in self.page or frame in self.page

    async def read(self) -> list[str]:
        self.page = (await self.http.get("/")).text
        door = re.search(r'name="door" value="([^"]+)"', self.page)
        self.door = door[1] if door else ""
        return self.pages.show(_bubbles(self.page), fresh=bool(door))

    async def settled(self) -> None:
        """Return when what was said is in the page's log."""
        await self.service.quiet()


def _bubbles(page: str) -> list[tuple[int, str]]:
    """The bubbles of a page that are not the child's own: number and words."""
    turns = re.split(r'<div class="turn" ', page)[1:]
    found = []
    for turn in turns:
        number = re.match(r'data-seq="(\d+)" data-who="(?:bot|person)"', turn)
        words = re.search(r'<p (?:class="msg[^>]*|lang="..")>(.*?)</p>', turn, re.S)
        if number and words:
            found.append((int(number[1]), _plain(words[1])))
    return found


def _plain(markup: str) -> str:
    broken = re.sub(r"<br\s*/?>", "\n", markup)
    return html.unescape(re.sub(r"<[^>]+>", "", broken)).replace("\u00a0", " ").strip()


class ChromiumPhone:
    """A child with a browser: it clicks what is there."""

    channel = "web"
    SHOWN = """turns => [...turns].filter(turn => turn.dataset.who !== 'me').map(turn =>
        [Number(turn.dataset.seq), turn.querySelector('.msg, .pic p').innerText])"""

    def __init__(self, page: Page, url: str, bot: Bot) -> None:
        self.page, self.url, self.bot, self.bots = page, url, bot, [bot]
        self.pages = Pages()
        self.faults: list[str] = []
        self._address = ""
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith(url) else self.faults.append(r.url))

    @property
    def conversation(self) -> str:
        """The conversation's id as the helpline learns it."""
        return self.bot.runner.conversation_id(self.channel, self._address)

    async def does(self, event: AnyEvent, label: str = "") -> None:
        match event:
            case Started():
                await self.page.goto(self.url)
            case MessageReceived():
                await self.page.locator("#text").fill(event.text)
                await self.page.locator("#text").press("Enter")
            case ButtonTapped():
                await self._button(event.button).click()
            case _:
                raise AssertionError(f"no phone does {event}")
        for cookie in await self.page.context.cookies():
            self._address = Visitor(cookie.get("value", ""), fresh=False).address

    async def offers(self, button: str, label: str = "") -> bool:
        """Whether the page has this button; it may come in a moment."""
        await self._button(button).wait_for()
        return True

    async def read(self) -> list[str]:
        """A page that is just loaded anew, in the other language, shows what it showed."""
        try:
            fresh = await self.page.locator("#log[data-fresh]").count() > 0
            shown = await self.page.locator("#log .turn").evaluate_all(self.SHOWN)
        except Error:
            return self.pages.show([], fresh=False)
        plain = [(int(number), text.replace("\u00a0", " ").strip()) for number, text in shown]
        return self.pages.show(plain, fresh=fresh)

    async def settled(self) -> None:
        """Return when what was said is in the page's log."""
        await self.bot.delivery.quiet()

    def _button(self, button: str) -> Any:
        return self.page.locator(f'button[name=tap][value="{button}"]').last


# The bots behind them


class Service(httpx.AsyncBaseTransport):
    """The bot in one process or several over one database; calls reach them in turn.

    ``answers`` are the statuses of what was posted to it. While ``open`` is not set nobody
    listens; ``restarts`` ends every process and begins anew. ``now`` is their clock.
    """

    def __init__(
        self, lines: Callable[[], Line], processes: int, now: Callable[[], datetime] = utcnow
    ) -> None:
        self.lines, self.processes, self.now = lines, processes, now
        self.settings: dict[str, Any] = {}
        self.open = True
        self.answers: list[int] = []
        self.apps: list[Any] = []
        self._lives = AsyncExitStack()

    @property
    def bots(self) -> list[Bot]:
        """Those of all processes."""
        return [app.state.bot for app in self.apps]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand a call to the process whose turn it is."""
        if not (self.open and self.apps):
            raise httpx.ConnectError("nobody listens")
        app = self.apps[len(self.answers) % len(self.apps)]
        self.answers.append(0)
        place = len(self.answers) - 1
        answer = await httpx.ASGITransport(app).handle_async_request(request)
        self.answers[place] = answer.status_code
        return answer

    async def starts(self) -> None:
        """Begin; the platform can reach it."""
        for number in range(self.processes):
            with patch("bot.leases.this_process", lambda number=number: f"machine-{number}:1"):
                settings = Settings(_env_file=None, **self.settings)
                app = create_app(settings, helpline=self.lines(), now=self.now)
                await self._lives.enter_async_context(app.router.lifespan_context(app))
            self.apps.append(app)

    async def stops(self) -> None:
        """End in good order."""
        await self._lives.aclose()
        self.apps.clear()

    async def quiet(self) -> None:
        """Return when nothing is on its way."""
        for bot in self.bots:
            await bot.delivery.quiet()

    async def acknowledged(self, since: int) -> list[int]:
        """The statuses of what was posted since then, once all of it has been answered."""
        for _ in range(TRIES):
            if 0 not in self.answers[since:]:
                break
            await asyncio.sleep(PAUSE)
        return self.answers[since:]

    async def later(self) -> None:
        """Time passes: whatever was put off is due, and looked for."""
        await self.bots[0].runner.ask(lambda c: c.execute(text("UPDATE outbox SET due_at = 0")))
        await self.bots[0].delivery.look()

    async def wakes(self, conversation: str, timer: str) -> None:
        """A timer is due, if it is set; return when it was heard."""
        due = text("UPDATE timers SET due_at = 0 WHERE conversation = :it AND name = :name")
        values = {"it": conversation, "name": timer}
        await self.bots[0].runner.ask(lambda c: c.execute(due, values))
        await self.bots[0].clock.tick()

    async def restarts(self) -> None:
        """End, and begin over the same data."""
        await self.stops()
        await self.starts()


def seconds_of(now: Callable[[], datetime]) -> float:
    """What a clock shows, as the platforms say it."""
    return now().timestamp()


@asynccontextmanager
async def telegram_bot(
    folder: Path,
    lines: Callable[[], Line],
    *,
    processes: int = 1,
    now: Callable[[], datetime] = utcnow,
) -> AsyncIterator[TelegramPhone]:
    """The whole bot with Telegram by webhook."""
    service = Service(lines, processes, now)
    wall = partial(seconds_of, now)
    async with TelegramStandIn(webhook=service, clock=None, wall=wall) as telegram:
        service.settings = {
            "data_dir": folder,
            "telegram_token": SecretStr(telegram.token),
            "telegram_api_url": telegram.url,
            "public_url": PUBLIC,
        }
        await service.starts()
        await telegram.until(lambda: bool(telegram.hook), lambda: "no webhook")
        try:
            yield TelegramPhone(telegram, service)
        finally:
            await service.stops()


@asynccontextmanager
async def viber_bot(
    folder: Path,
    lines: Callable[[], Line],
    *,
    processes: int = 1,
    listens: bool = True,
    now: Callable[[], datetime] = utcnow,
) -> AsyncIterator[ViberPhone]:
    """The whole bot with Viber; unless it ``listens`` its server is still to come."""
    service = Service(lines, processes, now)
    service.open = listens
    async with ViberStandIn(webhook=service, now=partial(seconds_of, now)) as viber:
        service.settings = {
            "data_dir": folder,
            "viber_token": SecretStr(viber.token),
            "viber_api_url": viber.url,
            "public_url": PUBLIC,
        }
        await service.starts()
        await viber.until(lambda: bool(viber.hook) is listens, lambda: "no webhook")
        try:
            yield ViberPhone(viber, service)
        finally:
            await service.stops()


@asynccontextmanager
async def web_bot(
    folder: Path,
    lines: Callable[[], Line],
    *,
    processes: int = 1,
    now: Callable[[], datetime] = utcnow,
) -> AsyncIterator[WebPhone]:
    """The whole bot with the browser chat."""
    service = Service(lines, processes, now)
    service.settings = {"data_dir": folder}
    await service.starts()
    try:
        async with browser_at(service) as http:
            yield WebPhone(http, service)
    finally:
        await service.stops()


def browser_at(service: Service) -> httpx.AsyncClient:
    """A browser without script, with cookies of its own."""
    ours = {"Sec-Fetch-Site": "same-origin"}
    return httpx.AsyncClient(transport=service, base_url="http://localhost", headers=ours)


@asynccontextmanager
async def chromium_bot(
    folder: Path, lines: Callable[[], Line], browser: Browser
) -> AsyncIterator[ChromiumPhone]:
    """The whole bot behind a server on loopback, and its page in a browser."""
    app = create_app(Settings(_env_file=None, data_dir=folder), helpline=lines())
    config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    door = socket.create_server(("127.0.0.1", 0))  # open before the server is: nobody waits
    serving = asyncio.create_task(server.serve(sockets=[door]))
    narrow: Any = {"width": 320, "height": 568}
    context = await browser.new_context(viewport=narrow, reduced_motion="reduce")
    url = f"http://127.0.0.1:{door.getsockname()[1]}/"
    try:
        yield ChromiumPhone(await context.new_page(), url, app.state.bot)
    finally:
        await close(context)
        server.should_exit = True
        await serving


CHANNELS: dict[str, Callable[..., AbstractAsyncContextManager[Any]]] = {
    "telegram": telegram_bot,
    "viber": viber_bot,
    "web": web_bot,
}


async def knows_of(bot: Bot, wanted: Helpline = Helpline.STAFFED) -> None:
    """Until the bot knows how it is at the helpline: before, it says truly that it does not."""
    for _ in range(TRIES):
        if bot.feed.known() is wanted:
            return
        await asyncio.sleep(PAUSE)
    raise AssertionError(f"the bot does not find the helpline {wanted}")


async def reads(phone: Phone, expected: list[str]) -> None:
    """Wait until the phone shows exactly this, in this order."""
    shown: list[str] = []
    for _ in range(TRIES):
        shown = await phone.read()
        if len(shown) >= len(expected):
            break
        await asyncio.sleep(PAUSE)
    assert len(shown) == len(expected), f"expected {expected[-4:]}, read {shown[-4:]}"
    for was, wanted in zip(shown, expected, strict=True):
        assert wanted in was, f"expected {wanted!r}, read {was!r}"
