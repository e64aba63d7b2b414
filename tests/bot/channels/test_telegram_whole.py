"""The whole bot with Telegram: what the adapter shows and what comes of it, once around."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fakes.line import FakeLine
from fakes.telegram import TelegramStandIn
from fakes.telegram_child import Child
from nacl.public import PrivateKey
from pydantic import SecretStr

from bot.app import create_app
from bot.authoring import load
from bot.channels.telegram import TelegramChannel
from bot.engine.state import State
from bot.helpline import BoxKey
from bot.settings import Settings

CONTENT = load(Path(__file__).resolve().parents[3] / "content")
LESSON = CONTENT.lessons["sq"]["t01-privacy-14-17"]
PHRASES = CONTENT.phrases["sq"]


class Line(FakeLine):
    """A helpline with a key that is one."""

    async def key(self) -> BoxKey:
        return BoxKey.of(bytes(PrivateKey.generate().public_key))


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> State:
    """Where each conversation begins: a girl of fifteen who knows us, at the menu."""
    known = State(language="sq", country="al", band="14-17", onboarded=True, asked="menu")
    monkeypatch.setattr(State, "new", classmethod(lambda cls: known))
    rested = replace(TelegramChannel.capabilities, rest=0.0)
    monkeypatch.setattr(TelegramChannel, "capabilities", rested)
    return known


class _To(httpx.AsyncBaseTransport):
    """Posts to an application that is made later."""

    app: httpx.ASGITransport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self.app.handle_async_request(request)


class Platform(TelegramStandIn):
    """The stand-in, and when the bot has noted what it showed."""

    settled: Callable[[], Awaitable[None]]

    async def presses(self, child: Child, what: str) -> None:
        """Wait for this button, as a person does, and press it."""
        await self.until(lambda: any(message.data_of(what) for message in child.seen))
        await self.settled()
        child.taps(what)


@pytest.fixture
async def telegram(state: State, tmp_path: Path) -> AsyncIterator[Platform]:
    """The platform, with the bot behind its webhook; in the end no call was refused."""
    door = _To()
    async with Platform(webhook=door, clock=None) as telegram:
        settings = Settings(
            _env_file=None,
            data_dir=tmp_path,
            telegram_token=SecretStr(telegram.token),
            telegram_api_url=telegram.url,
            public_url="https://sigurt.example.com",
        )
        app = create_app(settings, helpline=Line())
        door.app = httpx.ASGITransport(app)
        async with app.router.lifespan_context(app):
            await telegram.until(lambda: bool(telegram.hook))
            telegram.settled = app.state.bot.delivery.quiet
            yield telegram
    assert telegram.refusals == []


async def opened(telegram: Platform, child: Child) -> None:
    """Walk from the menu to the opening of the lesson."""
    child.says("menu")
    await telegram.presses(child, "menu.lesson")
    await telegram.presses(child, "lessons.t01")
    await telegram.until(lambda: bool(child.seen[-1].data_of(f"{LESSON.id}/open.start")))


async def test_a_lesson_with_its_picture_and_its_quiz(telegram: Platform) -> None:
    """
    The menu turns into the list, the lesson opens with its picture, and a vote is an answer.
    """
    child = telegram.child()
    await opened(telegram, child)
    menu, opening = child.seen
    assert len(menu.before) == 1
    assert opening.picture
    assert LESSON.title in opening.text

    for step in ("open.start", "before.habits", "hook.map", "try1.photos", "try2.recover"):
        await telegram.presses(child, f"{LESSON.id}/{step}")
    await telegram.until(lambda: _quiz(child))
    await telegram.settled()
    child.votes(next(option.label for option in LESSON.quiz.options if option.right))
    await child.sees(LESSON.quiz.right)

    other = telegram.child()
    await opened(telegram, other)
    assert [type(call["photo"]) for call in telegram.named("sendPhoto")] == [bytes, str]


async def test_hiding_leaves_nothing_of_before(telegram: Platform) -> None:
    """
    C5: after "hide this chat" neither side's messages are there, and what is looks like any day.
    """
    child = telegram.child()
    child.says("menu")
    await telegram.until(lambda: bool(child.seen))
    child.says("nje djale me kercenon se do i nxjerre fotot e mia")
    await telegram.until(lambda: len(child.seen) > 2)
    child.says("/fshih")
    await telegram.presses(child, "hide.yes")
    await telegram.until(lambda: not child.left and len(child.seen) == 1)

    assert "kërcën" not in child.seen[0].text
    assert not child.seen[0].protected


def _quiz(child: Child) -> bool:
    return any(message.poll for message in child.seen)
