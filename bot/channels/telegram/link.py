"""The calls that we make of the platform, through the library's ``Bot``.

Every call raises the library's ``TelegramError``; its text may hold the token.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MenuButtonCommands,
)
from telegram.constants import ChatAction, ParseMode, PollType
from telegram.request import HTTPXRequest

from bot.channels.body import Json
from bot.channels.telegram.polling import updates_in
from bot.channels.telegram.reading import UPDATES
from bot.channels.telegram.writing import Page, Poll, Rows

POLL_SECONDS = 15  # well within a lease of 30 s, so that no second process begins meanwhile
CONNECTIONS = 64

Menu = tuple[tuple[str, str], ...]  # each command and what it is said to do
Hears = Callable[[httpx.Response], Awaitable[None]]

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The ids that the platform gave: of a message, and of the poll or picture in it."""

    message: int
    poll: str = ""
    file: str = ""


class Link:
    """One bot's line to the platform, or to a server that stands in for it.

    ``heard`` is told of every answer.
    """

    def __init__(self, token: str, api_url: str, heard: Hears) -> None:
        self._polling, self._calling = _request(4, heard), _request(CONNECTIONS, heard)
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

    async def send(self, chat: int, page: Page) -> Accepted:
        """Show one message in a private chat."""
        message = await self._bot.send_message(
            chat,
            page.html,
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            protect_content=page.grave,
            reply_markup=_markup(page.rows),
        )
        return Accepted(message.message_id)

    async def send_photo(self, chat: int, page: Page, photo: str | bytes) -> Accepted:
        """Show a picture, by the platform's id of it or uploaded, with the words beneath it."""
        message = await self._bot.send_photo(
            chat,
            photo,
            caption=page.html or None,
            parse_mode=ParseMode.HTML,
            protect_content=page.grave,
            reply_markup=_markup(page.rows),
            filename=None if isinstance(photo, str) else "picture.png",
        )
        return Accepted(message.message_id, file=message.photo[-1].file_id if message.photo else "")

    async def send_poll(self, chat: int, poll: Poll) -> Accepted:
        """Ask a quiz.

        Protected always: who sees a forwarded quiz also sees who answered what.
        """
        message = await self._bot.send_poll(
            chat,
            poll.question,
            [option.label for option in poll.options],
            is_anonymous=False,
            type=PollType.QUIZ,
            correct_option_ids=[poll.right],  # type: ignore[list-item]
            explanation=poll.why,
            protect_content=True,
            reply_markup=_markup(poll.rows),
        )
        return Accepted(message.message_id, poll=message.poll.id if message.poll else "")

    async def edit(self, chat: int, message: int, page: Page) -> None:
        """Put other words and buttons in the place of a message's."""
        await self._bot.edit_message_text(
            page.html,
            chat,
            message,
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            reply_markup=_markup(page.rows),
        )

    async def edit_caption(self, chat: int, message: int, page: Page) -> None:
        """Put other words and buttons beneath a picture."""
        await self._bot.edit_message_caption(
            chat,
            message,
            caption=page.html,
            parse_mode=ParseMode.HTML,
            reply_markup=_markup(page.rows),
        )

    async def take_buttons(self, chat: int, message: int) -> None:
        """Take the buttons away from beneath a message."""
        await self._bot.edit_message_reply_markup(chat, message)

    async def delete(self, chat: int, messages: Sequence[int]) -> None:
        """Remove at most a hundred messages, for both sides; all or none."""
        if len(messages) == 1:
            await self._bot.delete_message(chat, messages[0])
        else:
            await self._bot.delete_messages(chat, messages)

    async def typing(self, chat: int) -> None:
        """Show for five seconds at most that words are on their way."""
        await self._bot.send_chat_action(chat, ChatAction.TYPING)

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

    # The frame. An empty language is what everyone sees whose language is not there.

    async def name(self, language: str) -> str:
        """The bot's name."""
        return (await self._bot.get_my_name(language)).name

    async def set_name(self, language: str, text: str) -> None:
        """Set the name; the platform allows few changes a day."""
        await self._bot.set_my_name(text, language)

    async def description(self, language: str) -> str:
        """What an empty chat shows."""
        return (await self._bot.get_my_description(language)).description

    async def set_description(self, language: str, text: str) -> None:
        """Set what an empty chat shows."""
        await self._bot.set_my_description(text, language)

    async def about(self, language: str) -> str:
        """What the profile shows."""
        return (await self._bot.get_my_short_description(language)).short_description

    async def set_about(self, language: str, text: str) -> None:
        """Set what the profile shows."""
        await self._bot.set_my_short_description(text, language)

    async def commands(self, language: str) -> Menu:
        """The command menu."""
        found = await self._bot.get_my_commands(language_code=language)
        return tuple((each.command, each.description) for each in found)

    async def set_commands(self, language: str, menu: Menu) -> None:
        """Fill the command menu."""
        await self._bot.set_my_commands([BotCommand(*each) for each in menu], None, language)

    async def menu_shows_commands(self) -> bool:
        """Whether the menu button beside the writing line opens the commands."""
        return isinstance(await self._bot.get_chat_menu_button(), MenuButtonCommands)

    async def show_commands_in_menu(self) -> None:
        """Let the menu button open the commands."""
        await self._bot.set_chat_menu_button(menu_button=MenuButtonCommands())


def _request(connections: int, heard: Hears) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        connect_timeout=5,
        read_timeout=10,
        pool_timeout=30,
        httpx_kwargs={"event_hooks": {"response": [heard]}},
    )


def _markup(rows: Rows) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.label, callback_data=b.id) for b in row] for row in rows]
    )
