"""A channel that records what it was given, and fails as a test tells it to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from bot.channels.base import Capabilities, ChannelDown, Forged, Inbound, Malformed, Progress
from bot.engine.effects import Say


class Sent(NamedTuple):
    """One accepted call."""

    address: str
    texts: tuple[str, ...]
    key: str


class FakeChannel:
    """Accepts everything unless told otherwise.

    ``faults`` of an address are raised one after the other before it accepts again;
    an address in ``slow`` waits for its event. To an address in ``breaks`` bubbles go one
    by one, and the line breaks once before that many have gone.
    """

    name = "fake"
    capabilities = Capabilities(4096, 64, 8, True)

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.tries: list[str] = []
        self.faults: dict[str, deque[Exception]] = {}
        self.slow: dict[str, asyncio.Event] = {}
        self.breaks: dict[str, int] = {}
        self._rang = asyncio.Event()

    def fails(self, address: str, *faults: Exception) -> None:
        """The next calls for this address end like this."""
        self.faults[address] = deque(faults)

    async def send(
        self, address: str, says: Sequence[Say], *, key: str, progress: Progress | None = None
    ) -> None:
        """Record the bubbles, or fail."""
        self.tries.append(address)
        if address in self.slow:
            await self.slow[address].wait()
        if self.faults.get(address):
            raise self.faults[address].popleft()
        if address in self.breaks:
            return await self._one_by_one(address, says, key, progress or Progress())
        self.sent.append(Sent(address, tuple(say.text for say in says), key))
        self._rang.set()

    async def _one_by_one(
        self, address: str, says: Sequence[Say], key: str, progress: Progress
    ) -> None:
        for place in range(progress.done, len(says)):
            if place == self.breaks[address]:
                self.breaks[address] = -1
                raise ChannelDown
            self.sent.append(Sent(address, (says[place].text,), key))
            if place + 1 < len(says):
                await progress.accepted(place + 1)

    async def has_sent(self, number: int) -> None:
        """Return when so many calls were accepted."""
        while len(self.sent) < number:
            self._rang.clear()
            await self._rang.wait()

    def texts(self, address: str) -> list[str]:
        """Every bubble this address has received, in order."""
        return [text for sent in self.sent if sent.address == address for text in sent.texts]


class FakeWebhook(FakeChannel):
    """Its updates are ``id address text``; the header ``x-secret`` must be ``right``."""

    def verify(self, headers: object, body: bytes) -> None:
        """Raise ``Forged`` unless the secret is right."""
        if getattr(headers, "get", lambda _: None)("x-secret") != "right":
            raise Forged

    def parse(self, body: bytes, at: object) -> list[Inbound]:
        """Read one update."""
        from datetime import datetime

        from bot.engine.events import MessageReceived

        words = body.decode().split(" ", 2)
        if len(words) < 3 or not isinstance(at, datetime):
            raise Malformed
        return [Inbound(self.name, words[0], words[1], MessageReceived(at=at, text=words[2]))]
