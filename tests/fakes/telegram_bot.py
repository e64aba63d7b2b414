"""The Telegram channel by itself against the stand-in: what keeps what it hands over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fakes.telegram import TelegramStandIn
from fakes.turns import OwnPace

from bot.channels.base import Inbound
from bot.channels.telegram import TelegramChannel
from bot.engine.effects import Say
from bot.engine.events import MessageReceived
from bot.store.database import StoreUnavailable

SECRET = "a-secret_of-ours"


class Runner:
    """Stores what it is given, once each; fails or waits when a test says so."""

    def __init__(self) -> None:
        self.kept: dict[str, Inbound] = {}
        self.handed: list[Inbound] = []
        self.fail_next = 0
        self.gates: dict[str, asyncio.Event] = {}
        self.on_event: Callable[[], None] = lambda: None

    async def handle(self, inbound: Inbound) -> bool:
        self.handed.append(inbound)
        self.on_event()
        if self.fail_next:
            self.fail_next -= 1
            raise OSError("the disk is full")
        if gate := self.gates.get(inbound.address):
            await gate.wait()
        new = inbound.update_id not in self.kept
        self.kept[inbound.update_id] = inbound
        return new

    @property
    def events(self) -> list[object]:
        return [inbound.event for inbound in self.kept.values()]

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, MessageReceived)]


class Time:
    """A clock that jumps when somebody sleeps, and remembers for how long."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class Files:
    """The ids of pictures; ``down`` while the database is away."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.down = False

    async def known(self, name: str) -> str:
        self._check()
        return self.ids.get(name, "")

    async def learn(self, name: str, file_id: str) -> None:
        self._check()
        self.ids[name] = file_id

    async def forget(self, name: str) -> None:
        self._check()
        self.ids.pop(name, None)

    def _check(self) -> None:
        if self.down:
            raise StoreUnavailable("locked")


def channel_for(telegram: TelegramStandIn, **more: object) -> TelegramChannel:
    time = Time()
    settings: dict[str, object] = {
        "token": telegram.token,
        "secret": SECRET,
        "api_url": telegram.url,
        "turns": OwnPace(30.0, clock=time, sleep=time.sleep),
        "pause": time.sleep,
        "clock": time,
        "files": Files(),
        "words": {},
    }
    return TelegramChannel(**(settings | more))  # type: ignore[arg-type]


def say(text: str, **more: object) -> Say:
    return Say(key="test.words", text=text, **more)  # type: ignore[arg-type]
