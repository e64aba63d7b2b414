"""Telegram as a channel: what comes in, what goes out, and how it is kept connected."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Literal

from telegram.error import RetryAfter, TelegramError

from bot.channels.base import Capabilities, Forged, Inbound, Place, Progress, Report, Runs
from bot.channels.telegram.courtesy import Courtesy
from bot.channels.telegram.faults import channel_error, seconds_of, silence_libraries
from bot.channels.telegram.link import Link
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.polling import FIRST_PAUSE, LONGEST_PAUSE, Held, Poller
from bot.channels.telegram.reading import read_body, read_update
from bot.channels.telegram.writing import Page, pages_of
from bot.engine.effects import Say

_log = logging.getLogger(__name__)

HEADER = "x-telegram-bot-api-secret-token"
WEBHOOK_PATH = "/webhooks/telegram"


async def _always() -> bool:
    return True


class TelegramChannel:
    """The Telegram channel, by long polling or by webhook.

    ``commands`` are the words of the command menu: language, command, description; the
    first language is also shown to everyone whose language is not there.
    """

    name = "telegram"
    capabilities = Capabilities(text_limit=4096, label_bytes=128, buttons=100, proactive=True)

    def __init__(
        self,
        *,
        token: str,
        secret: str,
        mode: Literal["polling", "webhook"] = "polling",
        public_url: str = "",
        api_url: str = "https://api.telegram.org",
        commands: Mapping[str, Mapping[str, str]] | None = None,
        pace: Pace | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        silence_libraries()
        self._mode, self._secret = mode, secret
        self._hook = public_url.rstrip("/") + WEBHOOK_PATH
        self._commands = commands or {}
        self._pace, self._pause = pace or Pace(), pause
        self._link = Link(token, api_url)
        self._courtesy = Courtesy(self._link)
        self._tasks: set[asyncio.Task[None]] = set()

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise ``Forged`` unless the call carries our secret (names in lower case, S1)."""
        given = headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not self._secret or not hmac.compare_digest(given, self._secret.encode()):
            raise Forged("wrong or missing secret")

    def parse(self, body: bytes, at: datetime) -> list[Inbound | Report]:
        """Return what happened: nothing or one thing. Raises ``Malformed``.

        A button press is answered meanwhile; call this only after ``verify``.
        """
        raw = read_body(body)
        self._courtesy.show(raw)
        inbound = read_update(raw, at)
        return [inbound] if inbound else []

    async def send(
        self,
        address: str,
        says: Sequence[Say],
        *,
        key: str,
        progress: Progress | None = None,
        place: Place | None = None,
    ) -> None:
        """Send bubbles in order; a retry goes on after the last one accepted.

        Raises a ``ChannelError``. After a time-out the bubble on its way may repeat once.
        """
        progress = progress or Progress()
        pages = pages_of(says)
        for done in range(progress.done, len(pages)):
            await self._page(address, pages[done])
            if done + 1 < len(pages):  # the last one settles the whole answer
                await progress.accepted(done + 1)

    async def take_back(self, address: str, messages: Sequence[str]) -> int:
        """Remove messages; return how many could not be."""
        return len(messages)

    def answer(self, says: Sequence[Say]) -> bytes:
        """Telegram's 200 needs no body."""
        return b""

    async def _page(self, address: str, page: Page) -> None:
        await self._pace.turn(address, urgent=page.grave)
        try:
            await self._link.send(int(address), page)
        except TelegramError as error:
            raise channel_error(error) from None  # its text may hold the token

    async def start(self, runner: Runs, *, lease: Held | None = None) -> None:
        """Begin to receive, without waiting for the platform.

        ``lease`` says whether this process is the one that polls; without it, it is.
        """
        await self._link.open()
        if self._mode == "webhook":
            self._spawn(self._until_done(self._set_webhook, "webhook not set"))
        else:
            self._spawn(self._poller(runner, lease or _always).run())
        self._spawn(self._until_done(self._set_commands, "commands not set"))

    async def stop(self) -> None:
        """Stop receiving; what was not committed comes again from the platform."""
        running = list(self._tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._courtesy.close()
        await self._pace.close()
        await self._link.close()

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _poller(self, runner: Runs, held: Held) -> Poller:
        return Poller(
            fetch=self._link.updates,
            handle=runner.handle,
            prepare=self._link.drop_webhook,
            seen=self._courtesy.show,
            held=held,
            pause=self._pause,
        )

    async def _set_webhook(self) -> None:
        await self._link.set_webhook(self._hook, self._secret)

    async def _set_commands(self) -> None:
        await self._link.set_commands(self._commands)

    async def _until_done(self, call: Callable[[], Awaitable[None]], failure: str) -> None:
        """Every worker does this at its start; those refused for haste try again."""
        wait = FIRST_PAUSE
        while True:
            try:
                return await call()
            except RetryAfter as error:
                wait = seconds_of(error)
            except TelegramError as error:
                _log.warning("telegram: %s (%s)", failure, type(error).__name__)
                wait = min(2 * wait, LONGEST_PAUSE)
            await self._pause(wait)
