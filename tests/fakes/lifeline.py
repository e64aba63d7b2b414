"""A child on Telegram, a service that can die between them, and a counsellor."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from fakes.counsellor import Counsellor
from fakes.house import House
from fakes.telegram import Child, TelegramStandIn

from bot import triage
from bot.authoring import load
from bot.engine.content import Content
from bot.engine.effects import Say
from bot.engine.events import Helpline
from bot.engine.state import State
from bot.script import Talk, event_of

PATIENCE = 180.0  # seconds until a test that waits in vain is told so
CONTENT: Content = load(Path(__file__).resolve().parents[2] / "content")
TOLD = "dikush po me kercenon me nje foto"
MORE = "kam frik"
ANSWER = "Jam Drita. I lexova të gjitha. Si je tani?"
LAST_ANSWER = "Jam këtu me ty."
TURNS: tuple[dict[str, Any], ...] = (
    {"start": True},
    {"tap": "sq"},
    {"child": TOLD},
    {"tap": "no"},
    {"tap": "yes"},
    {"arrives": True},
    {"joins": "Drita"},
    {"writes": ANSWER, "name": "Drita"},
    {"child": MORE},
    {"writes": LAST_ANSWER, "name": "Drita"},
)


class Lifeline:
    """One conversation; ``say`` is what the child reads in it when nothing goes wrong."""

    def __init__(self, telegram: TelegramStandIn, house: House) -> None:
        self.telegram, self.house = telegram, house
        self.child: Child = telegram.child()
        self.desk = Counsellor()
        self.say = bubbles(TURNS)

    async def lives(self) -> None:
        """Start the service, and let the bot learn who is on duty."""
        since = time.time()
        await self.house.start()
        if self.house.link:
            await self.desk.enters(self.house.link)

        async def known() -> bool:
            return knows_of_duty(self.house.data / "bot.db", since)

        await until(known)

    @asynccontextmanager
    async def death(self, comes: bool) -> AsyncIterator[None]:
        """Kill the service when the answer to what is done inside is on its way, and begin anew."""
        if not comes:
            yield
            return
        sent = len(self.telegram.named("sendMessage"))
        gate = self.telegram.holds("sendMessage")
        yield
        await self.telegram.until(lambda: len(self.telegram.named("sendMessage")) > sent)
        await self.house.kill()
        gate.set()
        await self.lives()

    async def dies(self, comes: bool) -> None:
        """Kill the service now, whatever it does, and begin anew."""
        if comes:
            await self.house.kill()
            await self.lives()

    async def sees(self, *bubbles: str) -> None:
        """Wait until the child has read these."""
        for bubble in bubbles:
            await self.child.sees(bubble)

    async def reads(self, bubbles: Sequence[str]) -> None:
        """Wait until the child has read all of these, each as often as it stands here."""
        await self.telegram.until(
            lambda: not Counter(bubbles) - Counter(self.read),
            lambda: f"{Counter(bubbles) - Counter(self.read)} missing after {self.read}",
        )

    @property
    def read(self) -> list[str]:
        """What the child has read, oldest first, without the names above a person's words."""
        return [text.removeprefix(f"{self.desk.name}\n") for text in self.child.read]

    async def contact(self) -> str:
        """The one contact on the desk."""
        contacts = await self.desk.queue()
        assert len(contacts) == 1, contacts
        return contacts[0]


def bubbles(turns: Sequence[dict[str, Any]], helpline: Helpline = Helpline.STAFFED) -> list[str]:
    """What a child reads in these turns, oldest first."""
    talk = Talk(CONTENT, triage.read, "sq", State.new(), helpline)
    effects = [effect for turn in turns for effect in talk.happens(event_of(turn, talk))]
    return [effect.text for effect in effects if isinstance(effect, Say)]


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Ask again and again until it is so."""
    async with asyncio.timeout(PATIENCE):
        while not await true():  # noqa: ASYNC110  no event comes from another process
            await asyncio.sleep(0.05)


def knows_of_duty(database: Path, since: float) -> bool:
    """Whether a bot has learned since then that somebody is on duty."""
    with closing(sqlite3.connect(database)) as opened:
        query = "SELECT value, at FROM marks WHERE name = 'helpline'"
        mark = opened.execute(query).fetchone()
    if mark is None or mark[1] < since * 1000:
        return False
    return bool(json.loads(mark[0]).get("on_duty"))
