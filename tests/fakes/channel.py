"""A channel that records what it was given, and fails as a test tells it to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from bot.channels.base import (
    Capabilities,
    ChannelDown,
    Forged,
    Inbound,
    Malformed,
    Place,
    Progress,
    Shown,
)
from bot.engine.effects import Say

ABLE = Capabilities()


class Sent(NamedTuple):
    """One accepted call."""

    address: str
    texts: tuple[str, ...]
    key: str


class FakeChannel:
    """Accepts everything unless told otherwise.

    ``faults`` of an address are raised one after the other before it accepts again;
    an address in ``slow`` waits for its event. To an address in ``breaks`` bubbles go one
    by one, and the line breaks once before that many have gone. While ``ids`` is set it
    reports a message for each bubble: ``m1``, ``m2``, … over all chats. ``stubborn`` are
    messages that cannot be removed.
    """

    def __init__(
        self, name: str = "fake", capabilities: Capabilities = ABLE, *, ids: bool = False
    ) -> None:
        self.name, self.capabilities, self.ids = name, capabilities, ids
        self.places: list[Place] = []
        self.standing: list[str] = []  # messages of ours that were not removed
        self.taken_back: list[tuple[str, tuple[str, ...]]] = []
        self.stubborn: set[str] = set()
        self.sent: list[Sent] = []
        self.tries: list[str] = []
        self.faults: dict[str, deque[Exception]] = {}
        self.slow: dict[str, asyncio.Event] = {}
        self.breaks: dict[str, int] = {}
        self._count = 0
        self._rang = asyncio.Event()

    def fails(self, address: str, *faults: Exception) -> None:
        """The next calls for this address end like this."""
        self.faults[address] = deque(faults)

    async def send(
        self,
        address: str,
        says: Sequence[Say],
        *,
        key: str,
        progress: Progress | None = None,
        place: Place | None = None,
    ) -> None:
        """Record the bubbles, or fail."""
        progress = progress or Progress()
        await self._tried(address)
        self.places.append(place or Place())
        if address in self.breaks:
            return await self._one_by_one(address, says, key, progress)
        self._shows(says[progress.done :], progress)
        self.sent.append(Sent(address, tuple(say.text for say in says), key))
        self._rang.set()

    def rewinds(self) -> None:
        """The next bubble takes the place of the last one, as an edit does."""
        self._count -= 1

    async def take_back(self, address: str, messages: Sequence[str]) -> int:
        """Remove what is not stubborn, or fail."""
        await self._tried(address)
        self.taken_back.append((address, tuple(messages)))
        gone = set(messages) - self.stubborn
        self.standing = [message for message in self.standing if message not in gone]
        return len(messages) - len(gone)

    async def _tried(self, address: str) -> None:
        self.tries.append(address)
        if address in self.slow:
            await self.slow[address].wait()
        if self.faults.get(address):
            raise self.faults[address].popleft()

    def _shows(self, says: Sequence[Say], progress: Progress) -> None:
        for say in says if self.ids else ():
            self._count += 1
            message = f"m{self._count}"
            self.standing.append(message)
            poll = f"p{self._count}" if say.quiz else ""
            buttons = tuple(button.id for button in say.buttons) if say.quiz else ()
            progress.shown.append(Shown(message, say.key if say.fleeting else "", poll, buttons))

    async def _one_by_one(
        self, address: str, says: Sequence[Say], key: str, progress: Progress
    ) -> None:
        for place in range(progress.done, len(says)):
            if place == self.breaks[address]:
                self.breaks[address] = -1
                raise ChannelDown
            self._shows(says[place : place + 1], progress)
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

    def answer(self, address: str, says: Sequence[Say]) -> bytes:
        """The words, one bubble a line."""
        return "\n".join(say.text for say in says).encode()

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
