"""Golden conversations again, with the whole bot between: what was said is what is read."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest
from fakes.line import FakeLine
from fakes.telegram import TelegramStandIn
from nacl.public import PrivateKey
from pydantic import SecretStr

from bot import triage
from bot.app import create_app
from bot.authoring import load
from bot.channels.telegram import TelegramChannel
from bot.channels.web.door import Visitor
from bot.engine.content import LANGUAGES
from bot.engine.effects import Erase, OpenContact, Say
from bot.engine.events import ButtonTapped, ContactArrived, Helpline, MessageReceived, Started
from bot.engine.state import State
from bot.helpline import BoxKey, Duty, News, contact_id_of
from bot.script import Script, Talk, begin, event_of, load_script, play, words
from bot.settings import Settings

HERE = Path(__file__).parent
SCRIPTS = sorted((HERE.parent / "transcripts").glob("*.toml"))
CONTENT = load(HERE.parents[1] / "content")
FROM_HELPLINE = ("arrives", "delayed", "climbs", "joins", "writes", "leaves")
TRIES, PAUSE = 2_000, 0.01  # then a test that waits in vain is told so


class Line(FakeLine):
    """The helpline's feed as it really waits, and its key as it really is."""

    def __init__(self) -> None:
        super().__init__()
        self.news = asyncio.Event()
        self.minutes: int | None = None
        self.reached = 0  # the bot has dealt with what happened up to here

    def happens(self, kind: str, conversation: str = "", **more: object) -> int:
        seq = super().happens(kind, conversation, **more)
        self.news.set()
        return seq

    async def events(self, after: int, wait: float) -> News:
        self.reached = after
        if not self.items[after:] and not self.down:
            self.news.clear()
            try:
                await asyncio.wait_for(self.news.wait(), wait)
            except TimeoutError:
                return News((), after)
        return await super().events(after, wait)

    async def key(self) -> BoxKey:
        return BoxKey.of(bytes(PrivateKey.generate().public_key))

    async def duty(self) -> Duty:
        duty = await super().duty()
        return replace(duty, usual_minutes=self.minutes)

    async def post(
        self, kind: str, body: bytes, *, key: str, contact_id: str = ""
    ) -> dict[str, object]:
        answer = await super().post(kind, body, key=key, contact_id=contact_id)
        return answer | {"duty": {"on_duty": self.on_duty, "usual_minutes": self.minutes}}


class Phone(Protocol):
    """What a child does on a channel, and what it has read there, oldest first."""

    conversation: str

    async def knows_the_helpline(self) -> None: ...

    async def does(self, event: Any) -> None: ...

    async def read(self) -> list[str]: ...


class Connected:
    """A phone whose bot has begun to follow the helpline."""

    app: Any

    async def knows_the_helpline(self) -> None:
        """Until the bot knows who is on duty: until then it says, truly, that it does not."""
        for _ in range(TRIES):
            if self.app.state.bot.feed.known() is not Helpline.UNREACHABLE:
                return
            await asyncio.sleep(PAUSE)
        raise AssertionError("the bot does not find the helpline")


class TelegramPhone(Connected):
    """A child with Telegram."""

    def __init__(self, telegram: TelegramStandIn, app: Any) -> None:
        self.app = app
        self.child = telegram.child()
        self.child.started = True  # the script may begin long after that
        self.conversation = app.state.bot.runner.conversation_id("telegram", str(self.child.id))

    async def does(self, event: Any) -> None:
        match event:
            case Started():
                self.child.starts()
            case MessageReceived(edited=True):
                self.child.edits(event.text)
            case MessageReceived():
                self.child.says(event.text)
            case ButtonTapped():
                self.child.taps(event.button)

    async def read(self) -> list[str]:
        return list(self.child.read)


class WebPhone(Connected):
    """A child with a browser without script."""

    def __init__(self, http: httpx.AsyncClient, app: Any) -> None:
        self.http = http
        self.app = app
        self.conversation = ""
        self.turn = 0

    async def does(self, event: Any) -> None:
        self.turn += 1
        fields = {"event": f"00000000-0000-4000-8000-{self.turn:012d}"}
        match event:
            case MessageReceived():
                fields["text"] = event.text
            case ButtonTapped():
                fields["tap"] = event.button
        answer = await self.http.post("/chat", data=fields)
        assert answer.status_code in (200, 303), answer.text

    async def read(self) -> list[str]:
        page = (await self.http.get("/")).text
        log = page[page.index('role="log"') :]
        bubbles = re.findall(r"<p[^>]*class=\"msg (?:bot|person)[^>]*>(.*?)</p>", log, re.S)
        return [_plain(bubble) for bubble in bubbles]


def _plain(markup: str) -> str:
    broken = re.sub(r"<br\s*/?>", "\n", markup)
    return html.unescape(re.sub(r"<[^>]+>", "", broken)).replace("\u00a0", " ").strip()


def start_of(script: Script, language: str) -> State:
    """The state in which a script begins."""
    return begin(script, language, CONTENT, triage.read).state


@asynccontextmanager
async def telegram_bot(tmp_path: Path, line: Line) -> AsyncIterator[TelegramPhone]:
    """The whole bot with Telegram by webhook."""
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        telegram_token=SecretStr(TelegramStandIn.token),
        public_url="https://sigurt.example.com",
    )
    late: list[Any] = []
    transport = _Late(late)
    async with TelegramStandIn(webhook=transport, clock=None) as telegram:
        app = create_app(
            settings.model_copy(update={"telegram_api_url": telegram.url}), helpline=line
        )
        late.append(app)
        async with app.router.lifespan_context(app):
            await telegram.until(lambda: bool(telegram.hook))
            yield TelegramPhone(telegram, app)
        assert telegram.refusals == []


class _Late(httpx.AsyncBaseTransport):
    """Posts to an application that is made after the stand-in."""

    def __init__(self, apps: list[Any]) -> None:
        self._apps = apps

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await httpx.ASGITransport(self._apps[0]).handle_async_request(request)


@asynccontextmanager
async def web_bot(tmp_path: Path, line: Line) -> AsyncIterator[WebPhone]:
    """The whole bot with the browser chat."""
    app = create_app(Settings(_env_file=None, data_dir=tmp_path), helpline=line)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport,
            base_url="http://localhost",
            headers={"Sec-Fetch-Site": "same-origin"},
        ) as http:
            yield WebPhone(http, app)


CHANNELS: dict[str, Callable[[Path, Line], Any]] = {"telegram": telegram_bot, "web": web_bot}


def fits(script: Script, channel: str) -> bool:
    """Whether every turn can be done on this channel; the rest is the engine's own test."""
    beyond = {"timer", "blocked", "media", "exit", "speak", "edited", "delayed", "climbs"}
    beyond |= {"forwards", "votes", "hidden"}
    if channel == "web":
        beyond |= {"start"}
    kinds = {key for turn in script.turns for key in turn}
    if script.channel not in ("", channel):
        return False
    if kinds & beyond or script.helpline is Helpline.UNREACHABLE:
        return False
    return channel != "web" or not leaves_page(script)


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform's limits of speed and the page's patience have tests of their own."""
    unhurried = replace(TelegramChannel.capabilities, rest=0.0)
    monkeypatch.setattr(TelegramChannel, "capabilities", unhurried)
    monkeypatch.setattr("bot.channels.telegram.channel.PER_SECOND", 1e6)
    monkeypatch.setattr("bot.channels.web.talk.PATIENCE", 0.2)


def leaves_page(script: Script) -> bool:
    """Whether somebody leaves: on the web that empties the page, which has tests of its own."""
    played = play(script, "sq", CONTENT, triage.read)
    return any(isinstance(effect, Erase) for turn in played for effect in turn.effects)


CASES = [
    (path, channel) for path in SCRIPTS for channel in CHANNELS if fits(load_script(path), channel)
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("path", "channel"), CASES, ids=lambda case: getattr(case, "stem", case))
async def test_conversation_is_read_as_it_was_said(
    path: Path, channel: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every bubble of a golden conversation is read on the phone, whole and in order."""
    script = load_script(path)
    start = start_of(script, language)
    hurry(monkeypatch)
    monkeypatch.setattr(State, "new", classmethod(lambda cls: start))
    line = Line()
    line.minutes = next((turn["minutes"] for turn in script.turns if "minutes" in turn), None)
    line.on_duty = 0 if script.helpline is Helpline.EMPTY else 1
    oracle = Talk(CONTENT, triage.read, language, start, script.helpline)

    async with CHANNELS[channel](tmp_path, line) as phone:
        await phone.knows_the_helpline()
        expected: list[str] = []
        if channel == "web":  # the page opens the conversation by itself
            expected += texts(oracle.happens(Started(at=oracle.at)))
        for number, turn in enumerate(script.turns, start=1):
            if "arrives" in turn:
                continue  # it came by itself, with the turn that opened the contact
            event = event_of(turn, oracle, number)
            effects = oracle.happens(event)
            expected += texts(effects)
            if any(isinstance(effect, OpenContact) for effect in effects):
                expected += arrival(line, oracle)
            if not any(kind in turn for kind in FROM_HELPLINE):
                await phone.does(event)
            else:
                await helpline_does(line, phone, turn, oracle)
            await reads(phone, expected)


def arrival(line: Line, oracle: Talk) -> list[str]:
    """What is said when the contact arrives."""
    came = ContactArrived(at=oracle.at, contact_id="c", minutes=line.minutes)
    return texts(oracle.happens(came))


async def helpline_does(line: Line, phone: Phone, turn: Any, oracle: Talk) -> None:
    """A person at the helpline acts."""
    conversation = await conversation_of(phone)
    contact = {"contact_id": contact_id_of(conversation, oracle.state.contacts)}
    if "joins" in turn:
        line.happens("contact.claimed", conversation, name=turn["joins"], **contact)
    elif "writes" in turn:
        text = words(turn["writes"], oracle.language)
        line.happens("message.sent", conversation, message_id="m", text=text, **contact)
    elif "leaves" in turn:
        kind = "contact.closed" if turn.get("closed", True) else "contact.returned"
        line.happens(kind, conversation, name=turn["leaves"], **contact)
    await heard(line)


async def heard(line: Line) -> None:
    """Wait until the bot has dealt with what the helpline told, also when it says nothing."""
    for _ in range(TRIES):
        if line.reached >= len(line.items):
            return
        await asyncio.sleep(PAUSE)
    raise AssertionError("the bot does not hear the helpline")


async def conversation_of(phone: Phone) -> str:
    """The conversation's id as the helpline learned it."""
    if isinstance(phone, WebPhone):
        visitor = Visitor(next(iter(phone.http.cookies.values())), fresh=False)
        return str(phone.app.state.bot.runner.conversation_id("web", visitor.address))
    return phone.conversation


def texts(effects: Any) -> list[str]:
    """The texts as a channel shows them; a person's name stands before theirs on Telegram."""
    return [effect.text for effect in effects if isinstance(effect, Say)]


async def reads(phone: Phone, expected: list[str]) -> None:
    """Wait until the phone shows exactly this."""
    shown: list[str] = []
    for _ in range(TRIES):
        shown = await phone.read()
        if len(shown) >= len(expected):
            break
        await asyncio.sleep(PAUSE)
    assert len(shown) == len(expected), f"expected {expected}, read {shown}"
    for was, wanted in zip(shown, expected, strict=True):
        assert wanted in was
