"""The bot as the bench drives it: its real webhook route, and a channel that accepts at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from nacl.public import PrivateKey

from bench.asgi import post
from bot.app import create_app
from bot.channels.base import Capabilities, Inbound, Place, Progress
from bot.engine.effects import Say
from bot.engine.events import ButtonTapped
from bot.engine.state import State
from bot.helpline import BoxKey, Duty, HelplineUnavailable, News, ReportState
from bot.settings import Settings


class Counting:
    """A channel like any other, except that its platform is as fast as can be."""

    name = "bench"
    capabilities = Capabilities()

    def __init__(self) -> None:
        self.sent = 0

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Everybody is who they say."""

    def parse(self, body: bytes, at: datetime) -> list[Inbound]:
        """One press."""
        update = json.loads(body)
        event = ButtonTapped(at=at, button=update["button"])
        return [Inbound(self.name, str(update["update_id"]), str(update["chat"]), event)]

    async def send(
        self,
        address: str,
        says: Sequence[Say],
        *,
        key: str,
        progress: Progress | None = None,
        place: Place | None = None,
    ) -> None:
        """Accepted."""
        self.sent += len(says)

    async def take_back(self, address: str, messages: Sequence[str]) -> int:
        """Nothing can be removed."""
        return len(messages)


class NoHelpline:
    """A helpline out of reach: a button dialogue does not need it."""

    async def key(self) -> BoxKey:
        return BoxKey.of(bytes(PrivateKey.generate().public_key))

    async def post(
        self, kind: str, body: bytes, *, key: str, contact_id: str = ""
    ) -> dict[str, object]:
        raise HelplineUnavailable("bench")

    async def events(self, after: int, wait: float) -> News:
        raise HelplineUnavailable("bench")

    async def duty(self) -> Duty:
        raise HelplineUnavailable("bench")

    async def report(self, receipt: str) -> ReportState:
        raise HelplineUnavailable("bench")

    async def figures(self, body: dict[str, object], *, key: str) -> None:
        raise HelplineUnavailable("bench")

    async def receipt(self, seq: int, status: str, *, key: str) -> None:
        raise HelplineUnavailable("bench")


class Service:
    """The running bot; ``post`` presses the next button of somebody's dialogue."""

    def __init__(self, folder: Path, dialogue: tuple[State, list[str]]) -> None:
        self._first, self._buttons = dialogue
        self._channel = Counting()
        settings = Settings(_env_file=None, data_dir=folder)
        self._app = create_app(settings, helpline=NoHelpline(), channels=[self._channel])
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._app.router.lifespan_context(self._app))
        self._new, State.new = State.new, classmethod(lambda cls: self._first)  # type: ignore[assignment,method-assign]
        return self

    async def __aexit__(self, *_: Any) -> None:
        State.new = self._new  # type: ignore[method-assign]
        await self._stack.aclose()

    async def post(self, person: int, turn: int) -> int:
        """Press the button whose turn it is."""
        body = {
            "update_id": person * 100_000 + turn,
            "chat": person,
            "button": self._buttons[turn % len(self._buttons)],
        }
        return await post(self._app, "/webhooks/bench", json.dumps(body).encode())

    async def settled(self) -> None:
        """Until everything has been sent and is marked so."""
        await self._app.state.bot.delivery.quiet()
