"""Telegram as a channel: what comes in, what goes out, and how it is kept connected."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from telegram.error import TelegramError

from bot.channels.art import Gallery
from bot.channels.base import (
    Capabilities,
    Forged,
    Held,
    Inbound,
    MessageFate,
    Place,
    Progress,
    Runs,
)
from bot.channels.joined import Files, Joined, Turns, logged
from bot.channels.line import Clock, Sleep
from bot.channels.pace import Pace
from bot.channels.telegram.courtesy import Courtesy
from bot.channels.telegram.faults import Standing, channel_error, silence_libraries
from bot.channels.telegram.frame import Part, parts_of
from bot.channels.telegram.link import Link
from bot.channels.telegram.names import number_of
from bot.channels.telegram.patience import until_done
from bot.channels.telegram.polling import LEASE_PAUSE, Poller, holds
from bot.channels.telegram.reading import read_body, read_update
from bot.channels.telegram.removing import remove
from bot.channels.telegram.sending import Sender
from bot.channels.telegram.writing import pages_of
from bot.channels.words import ChannelWords
from bot.engine.effects import Say
from bot.engine.events import Abilities, Hiding

NAME = "telegram"
HEADER = "x-telegram-bot-api-secret-token"
WEBHOOK_PATH = "/webhooks/telegram"
PER_SECOND = 30.0  # over all chats, as the platform's own advice to bots says


async def _always() -> bool:
    return True


def from_settings(joined: Joined) -> TelegramChannel | None:
    """The channel of the settings; None without a token."""
    settings = joined.settings
    token = settings.telegram_token.get_secret_value()
    if not token:
        return None
    return TelegramChannel(
        token=token,
        secret=settings.telegram_secret.get_secret_value() or joined.secret("telegram webhook"),
        mode="webhook" if settings.telegram_by_webhook else "polling",
        public_url=settings.public_url,
        api_url=settings.telegram_api_url,
        words=joined.words,
        turns=joined.turns(NAME, PER_SECOND),
        files=joined.files,
        alarm=joined.alarm,
        now=joined.now,
        gallery=joined.gallery,
    )


class TelegramChannel:
    """The Telegram channel, by long polling or by webhook.

    ``words`` is the frame by language; the first is also shown to everyone whose language
    is not there. ``pause`` is how it waits, ``clock`` how it knows for how long; ``alarm``
    sounds when the platform no longer knows the token.
    """

    name = NAME
    capabilities = Capabilities(
        abilities=Abilities(takes_back=True, hides=Hiding.RECENT),
        rest=1.0,
    )

    def __init__(
        self,
        *,
        token: str,
        secret: str,
        turns: Turns,
        files: Files,
        words: Mapping[str, ChannelWords],
        mode: Literal["polling", "webhook"] = "polling",
        public_url: str = "",
        api_url: str = "https://api.telegram.org",
        pause: Sleep = asyncio.sleep,
        clock: Clock = time.monotonic,
        alarm: Callable[[str], None] = logged,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        gallery: Gallery | None = None,
    ) -> None:
        silence_libraries()
        self._mode, self._secret = mode, secret
        self._hook = public_url.rstrip("/") + WEBHOOK_PATH
        self._words, self._turns, self._pause = words, turns, pause
        self._now = now
        self._link = Link(token, api_url, Standing(alarm).heard)
        self._courtesy = Courtesy(self._link)
        pace = Pace(turns, rest=self.capabilities.rest, clock=clock, sleep=pause)
        self._sender = Sender(
            self._link,
            self._courtesy,
            gallery=gallery or Gallery(),
            turns=turns,
            pace=pace,
            files=files,
            pause=pause,
        )
        self._tasks: set[asyncio.Task[None]] = set()

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise ``Forged`` unless the call carries our secret (names in lower case, S1)."""
        given = headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not self._secret or not hmac.compare_digest(given, self._secret.encode()):
            raise Forged("wrong or missing secret")

    def parse(self, body: bytes, at: datetime) -> list[Inbound | MessageFate]:
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

        Raises a ``ChannelError``. After a time-out the bubble on its way may repeat once,
        save one that takes the place of another.
        """
        progress, place, pages = progress or Progress(), place or Place(), pages_of(says)
        try:
            await self._sender.send(int(address), pages, progress, place)
        except TelegramError as error:
            raise channel_error(error) from None  # its text may hold the token

    async def take_back(self, address: str, messages: Sequence[str]) -> int:
        """Remove messages, for both sides; return how many could not be.

        Raises a ``ChannelError``; what was removed by then stays removed.
        """
        numbers = [number_of(name) for name in messages]
        try:
            return await remove(self._link, self._turns, int(address), numbers)
        except TelegramError as error:
            raise channel_error(error) from None

    async def typing(self, address: str, name: str) -> None:
        """Show that somebody writes, for five seconds at most; the platform names nobody.

        Raises a ``ChannelError``.
        """
        try:
            await self._link.typing(int(address))
        except TelegramError as error:
            raise channel_error(error) from None

    def answer(self, address: str, says: Sequence[Say]) -> bytes:
        """Telegram's 200 needs no body."""
        return b""

    async def start(self, runner: Runs, *, lease: Held | None = None) -> None:
        """Begin to receive, without waiting for the platform.

        ``lease`` says whether this process is the one that polls and words the frame;
        without it, it is.
        """
        held = lease or _always
        await self._link.open()
        if self._mode == "webhook":
            self._spawn(until_done(self._set_webhook, "webhook", self._pause))
        else:
            self._spawn(self._poller(runner, held).run())
        self._spawn(self._furnish(held))

    async def stop(self) -> None:
        """Stop receiving; what was not committed comes again from the platform."""
        running = list(self._tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._courtesy.close()
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
            now=self._now,
        )

    async def _set_webhook(self) -> None:
        await self._link.set_webhook(self._hook, self._secret)

    async def _furnish(self, held: Held) -> None:
        """Several processes that change a name at once would use up what a day allows."""
        while not await holds(held):
            await self._pause(LEASE_PAUSE)
        first, *others = parts_of(self._link, self._words)
        await self._fit(first)  # alone, so that an outage is told of once, not by each part
        for part in others:
            self._spawn(self._fit(part))

    async def _fit(self, part: Part) -> None:
        await until_done(part.fit, part.name, self._pause, needed=False)
