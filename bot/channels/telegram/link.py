"""The calls that we make of the platform, through the library's ``Bot``.

Every call raises the library's ``TelegramError``; its text may hold the token.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.request import HTTPXRequest

from bot.channels.telegram.polling import updates_in
from bot.channels.telegram.reading import UPDATES, Json
from bot.channels.telegram.writing import Page, Rows

POLL_SECONDS = 15  # well within a lease of 30 s, so that no second process begins meanwhile
CONNECTIONS = 64

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Link:
    """One bot's line to the platform, or to a server that stands in for it."""

    def __init__(self, token: str, api_url: str) -> None:
        self._polling, self._calling = _request(4), _request(CONNECTIONS)
        self._bot = Bot(
            token,
            base_url=api_url.rstrip("/") + "/bot",
            get_updates_request=self._polling,
            request=self._calling,
        )

    async def open(self) -> None:
        """Make ready to call, without calling."""
        await self._polling.initialize()
        await self._calling.initialize()

    async def close(self) -> None:
        """Close every connection."""
        await self._polling.shutdown()
        await self._calling.shutdown()

    async def updates(self, offset: int | None) -> list[Json]:
        """Wait for updates and return them as JSON; those before ``offset`` are confirmed.

        ``Bot.get_updates`` fails for a whole batch when one update is new to the library,
        and logs that batch, words and all.
        """
        query = {"timeout": POLL_SECONDS, "allowed_updates": json.dumps(UPDATES)}
        if offset is not None:
            query["offset"] = offset
        url = f"{self._bot.base_url}/getUpdates?{urlencode(query)}"
        return updates_in(await self._polling.post(url, read_timeout=POLL_SECONDS + 10))

    async def send(self, chat: int, page: Page) -> None:
        """Show one message in a private chat."""
        await self._bot.send_message(
            chat,
            page.html,
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            protect_content=page.grave,
            reply_markup=_markup(page.rows),
        )

    async def answer(self, query: str) -> None:
        """End the waiting sign on a pressed button."""
        await self._bot.answer_callback_query(query)

    async def leave(self, chat: int) -> None:
        """Leave a group or channel."""
        await self._bot.leave_chat(chat)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates posted to ``url``, each with the secret in its header."""
        await self._bot.set_webhook(url, secret_token=secret, allowed_updates=UPDATES)

    async def drop_webhook(self) -> None:
        """Have updates wait until they are asked for."""
        await self._bot.delete_webhook()

    async def set_commands(self, commands: Mapping[str, Mapping[str, str]]) -> None:
        """Fill the command menu by language; the first language also serves all others."""
        for place, (language, words) in enumerate(commands.items()):
            menu = [BotCommand(command, told) for command, told in words.items()]
            await self._bot.set_my_commands(menu, language_code=language)
            if place == 0:
                await self._bot.set_my_commands(menu)


def _request(connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections, connect_timeout=5, read_timeout=10, pool_timeout=30
    )


def _markup(rows: Rows) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.label, callback_data=b.id) for b in row] for row in rows]
    )
