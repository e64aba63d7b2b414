"""The whole bot between strict platforms, in one process or several, and what flows.

    async with flowing(tmp_path, processes=2) as flow:
        child = flow.telegram.child()
        child.says("ndihmë")
        await child.sees("116 111")
        flow.calls_to(child.id)     # when each was made

Every process is an application of its own over the same database; calls of the
platforms reach them in turn. The platform's limits of speed are on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import httpx
from fakes.talk import BOX, FakeHelpline
from fakes.telegram import Fault, TelegramStandIn
from fakes.viber import ViberStandIn
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import TextClause, text

from bot.app import Bot, create_app
from bot.helpline import BoxKey, Duty, News
from bot.settings import Settings

PUBLIC = "https://bot.example.com"
PATIENCE = 60.0  # seconds until a test that waits in vain is told so
SHOWS = {"sendMessage", "sendPhoto", "sendPoll"}


class Desk(FakeHelpline):
    """A helpline with one counsellor on duty, that has nothing to tell by itself."""

    async def key(self) -> BoxKey:
        """The key of the tests."""
        return BOX

    async def duty(self) -> Duty:
        """One person."""
        return Duty(1, 4)

    async def events(self, after: int, wait: float) -> News:
        """Nothing, for as long as it is asked for."""
        await asyncio.Event().wait()
        return News((), after)

    async def figures(self, body: dict[str, object], *, key: str) -> None:
        """What was learned is counted elsewhere."""

    async def receipt(self, seq: int, status: str, *, key: str) -> None:
        """Fine."""


class Call(NamedTuple):
    """One call for a chat, and when it came (seconds of a monotonic clock)."""

    at: float
    method: str
    chat: str


class Timed(TelegramStandIn):
    """Telegram, with a note of when each call came."""

    def __init__(self, webhook: httpx.AsyncBaseTransport) -> None:
        super().__init__(webhook=webhook)
        self.times: list[Call] = []

    def cuts(
        self, method: str, *, after: bool = False, skip: int = 0, chat: int | None = None
    ) -> None:
        """Cut the line under a call, of one chat or of any."""
        address = None if chat is None else str(chat)
        self._faults.append(Fault(method, address, skip=skip, cut=True, after=after))

    async def _answer(self, token: str, method: str | None, raw: dict[str, Any]) -> object:
        self.times.append(Call(time.monotonic(), method or "", str(raw.get("chat_id", ""))))
        return await super()._answer(token, method, raw)


class Doors(httpx.AsyncBaseTransport):
    """The doors of all processes: each call goes to the next one, as behind a balancer."""

    def __init__(self) -> None:
        self.calls = 0
        self._doors: list[httpx.ASGITransport] = []

    def open(self, app: FastAPI) -> None:
        """One more answers from now on."""
        self._doors.append(httpx.ASGITransport(app=app))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand the call to whoever is next."""
        if not self._doors:
            raise httpx.ConnectError("nobody is there yet")
        self.calls += 1
        return await self._doors[self.calls % len(self._doors)].handle_async_request(request)


class Flow:
    """The platforms, the helpline and the bots between them."""

    def __init__(self, telegram: Timed, viber: ViberStandIn, doors: Doors) -> None:
        self.telegram, self.viber, self.doors = telegram, viber, doors
        self.desk = Desk()
        self.bots: list[Bot] = []

    def settings(self, folder: Path, url: str) -> Settings:
        """Both platforms, by webhook."""
        return Settings(
            _env_file=None,
            data_dir=folder,
            database_url=url,
            public_url=PUBLIC,
            telegram_token=SecretStr(self.telegram.token),
            telegram_api_url=self.telegram.url,
            telegram_mode="webhook",
            viber_token=SecretStr(self.viber.token),
            viber_api_url=self.viber.url,
        )

    def calls_to(self, chat: object) -> list[Call]:
        """The calls that showed something in a chat on Telegram, or tried to."""
        return [
            call for call in self.telegram.times if call.chat == str(chat) and call.method in SHOWS
        ]

    async def called(self, chat: object) -> None:
        """Return when something was to be shown in a chat on Telegram."""
        await self.telegram.until(lambda: bool(self.calls_to(chat)), lambda: f"no call for {chat}")

    async def due_at(self, channel: str, address: object) -> float:
        """When the next row for a chat may leave (seconds since the epoch)."""
        which = self.bots[0].runner.conversation_id(channel, str(address))
        query = text("SELECT min(due_at) FROM outbox WHERE lane = 'channel' AND conversation = :it")
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await self._ask(query, it=which)
                if found and found / 1000 > time.time():
                    return float(found) / 1000
                await asyncio.sleep(0.02)

    async def later(self) -> None:
        """Time passes: whatever was put off is due."""
        await self.bots[0].runner.ask(lambda c: c.execute(text("UPDATE outbox SET due_at = 0")))

    async def still(self) -> None:
        """Return when nothing waits to leave for a chat."""
        query = text("SELECT count(*) FROM outbox WHERE lane = 'channel'")
        async with asyncio.timeout(PATIENCE):
            while await self._ask(query):  # noqa: ASYNC110  rows tell nobody when they go
                await asyncio.sleep(0.05)

    async def _ask(self, query: TextClause, **values: Any) -> Any:
        return await self.bots[0].runner.ask(lambda c: c.execute(query, values).scalar())

    async def taken(self) -> None:
        """Return when every update has been acknowledged."""
        await self.telegram.until(lambda: not self.telegram.waiting, lambda: "updates wait")

    @property
    def too_fast(self) -> list[str]:
        """What Telegram refused for haste."""
        return [text for text in self.telegram.refusals if "Too Many Requests" in text]


@asynccontextmanager
async def flowing(folder: Path, url: str = "", *, processes: int = 1) -> AsyncIterator[Flow]:
    """The bot at work; ``url`` is its database, by default a file in the folder."""
    doors = Doors()
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(Timed(doors))
        viber = await stack.enter_async_context(ViberStandIn(webhook=doors))
        flow = Flow(telegram, viber, doors)
        settings = flow.settings(folder, url)
        for number in range(processes):
            with patch("bot.leases.this_process", lambda number=number: f"machine-{number}:1"):
                app = create_app(settings, helpline=flow.desk)
                await stack.enter_async_context(app.router.lifespan_context(app))
            doors.open(app)
            flow.bots.append(app.state.bot)
        await telegram.until(lambda: bool(telegram.hook), lambda: "no webhook at Telegram")
        await viber.until(lambda: bool(viber.hook), lambda: "no webhook at Viber")
        doors.calls = 0
        yield flow
