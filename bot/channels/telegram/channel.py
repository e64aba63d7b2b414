"""Telegram as a channel: what comes in, what goes out, and how it is kept connected."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol
from urllib.parse import urlencode

from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.base import Capabilities, ChannelError, Forged, Inbound
from bot.channels.telegram.faults import channel_error, seconds_of, silence_libraries
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.polling import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    Held,
    Poller,
    updates_in,
)
from bot.channels.telegram.reading import (
    UPDATES,
    Json,
    foreign_chat_of,
    query_of,
    read_body,
    read_update,
    removed,
)
from bot.channels.telegram.writing import Page, Rows, pages_of
from bot.engine.effects import Say

_log = logging.getLogger(__name__)

HEADER = "x-telegram-bot-api-secret-token"
WEBHOOK_PATH = "/webhooks/telegram"
POLL_SECONDS = 25
CONNECTIONS = 64
COURTESIES = 256
HALF_SENT = 10_000

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Takes(Protocol):
    """The runner, as far as a channel needs it."""

    async def handle(self, inbound: Inbound, /) -> bool:
        """Commit what happened; False for a repeat. Raises when it is not stored."""


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
        self._mode, self._secret = mode, secret.encode()
        self._hook = public_url.rstrip("/") + WEBHOOK_PATH
        self._commands = commands or {}
        self._pace, self._pause = pace or Pace(), pause
        self._requests = (_request(4), _request(CONNECTIONS))
        self._bot = Bot(
            token,
            base_url=api_url.rstrip("/") + "/bot",
            get_updates_request=self._requests[0],
            request=self._requests[1],
        )
        self._half_sent: OrderedDict[str, int] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._courtesies: set[asyncio.Task[None]] = set()

    # What comes in

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise ``Forged`` unless the call carries our secret (names in lower case, S1)."""
        given = headers.get(HEADER, "")
        if not self._secret or not hmac.compare_digest(_bytes(given), self._secret):
            raise Forged("wrong or missing secret")

    def parse(self, body: bytes, at: datetime) -> list[Inbound]:
        """Return what happened: nothing or one thing. Raises ``Malformed``.

        A button press is answered meanwhile, so that the phone stops waiting.
        """
        raw = read_body(body)
        self._be_polite(raw)
        inbound = read_update(raw, at)
        return [inbound] if inbound else []

    def _be_polite(self, raw: Json) -> None:
        """Answer a press and leave a group, best effort and off the way of the update."""
        if query := query_of(raw):
            self._try(self._bot.answer_callback_query(query), "press not answered")
        if (chat := foreign_chat_of(raw)) is not None and not removed(raw):
            self._try(self._bot.leave_chat(chat), "group not left")

    def _try(self, call: Coroutine[object, object, object], failure: str) -> None:
        if len(self._courtesies) >= COURTESIES:
            call.close()
            return
        task = asyncio.create_task(_calmly(call, failure))
        self._courtesies.add(task)
        task.add_done_callback(self._courtesies.discard)

    # What goes out

    async def send(self, address: str, says: Sequence[Say], *, key: str) -> None:
        """Send bubbles in order; a retry of ``key`` goes on after the last one accepted.

        Raises a ``ChannelError``. After a time-out the bubble on its way may repeat once.
        """
        pages = pages_of(says)
        start = self._half_sent.pop(key, 0)
        for place in range(start, len(pages)):
            try:
                await self._page(address, pages[place])
            except ChannelError:
                self._remember(key, place)
                raise

    async def _page(self, address: str, page: Page) -> None:
        await self._pace.turn(address, urgent=page.grave)
        try:
            await self._bot.send_message(
                int(address),
                page.html,
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                protect_content=page.grave,
                reply_markup=_markup(page.rows),
            )
        except TelegramError as error:
            raise channel_error(error) from None  # its text may hold the token

    def _remember(self, key: str, place: int) -> None:
        self._half_sent[key] = place
        while len(self._half_sent) > HALF_SENT:
            self._half_sent.popitem(last=False)

    # How it is kept connected

    async def start(self, runner: Takes, *, lease: Held | None = None) -> None:
        """Begin to receive, without waiting for the platform.

        ``lease`` says whether this process is the one that polls; without it, it is.
        """
        for request in self._requests:
            await request.initialize()
        if self._mode == "webhook":
            self._spawn(self._until_done(self._set_webhook, "webhook not set"))
        else:
            self._spawn(self._poller(runner, lease or _always).run())
        self._spawn(self._until_done(self._set_commands, "commands not set"))

    async def stop(self) -> None:
        """Stop receiving; what was not committed comes again from the platform."""
        running = [*self._tasks, *self._courtesies]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._pace.close()
        for request in self._requests:
            await request.shutdown()

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _poller(self, runner: Takes, held: Held) -> Poller:
        return Poller(
            fetch=self._fetch,
            handle=runner.handle,
            prepare=self._drop_webhook,
            seen=self._be_polite,
            held=held,
            pause=self._pause,
        )

    async def _fetch(self, offset: int | None) -> list[Json]:
        """Ask for updates as JSON.

        ``Bot.get_updates`` fails for a whole batch when one update is new to the library,
        and logs that batch, words and all.
        """
        query = {"timeout": POLL_SECONDS, "allowed_updates": json.dumps(UPDATES)}
        if offset is not None:
            query["offset"] = offset
        answer = await self._requests[0].post(
            f"{self._bot.base_url}/getUpdates?{urlencode(query)}", read_timeout=POLL_SECONDS + 10
        )
        return updates_in(answer)

    async def _drop_webhook(self) -> None:
        await self._bot.delete_webhook()

    async def _set_webhook(self) -> None:
        """Every worker does so at its start; those refused for haste try again."""
        await self._bot.set_webhook(
            self._hook, secret_token=self._secret.decode(), allowed_updates=UPDATES
        )

    async def _set_commands(self) -> None:
        for place, (language, words) in enumerate(self._commands.items()):
            menu = [BotCommand(command, told) for command, told in words.items()]
            await self._bot.set_my_commands(menu, language_code=language)
            if place == 0:
                await self._bot.set_my_commands(menu)

    async def _until_done(self, call: Callable[[], Awaitable[None]], failure: str) -> None:
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


def _request(connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections, connect_timeout=5, read_timeout=10, pool_timeout=30
    )


def _bytes(value: str) -> bytes:
    """Header values may hold any byte; ``compare_digest`` takes text only in ASCII."""
    return value.encode("utf-8", "surrogateescape")


def _markup(rows: Rows) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.label, callback_data=b.id) for b in row] for row in rows]
    )


async def _calmly(call: Coroutine[object, object, object], failure: str) -> None:
    try:
        await call
    except TelegramError as error:
        _log.info("telegram: %s (%s)", failure, type(error).__name__)
