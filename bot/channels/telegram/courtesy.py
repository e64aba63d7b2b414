"""Small calls that an update asks for at once, off its own way and without a promise."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

from telegram.error import TelegramError

from bot.channels.telegram.link import Link
from bot.channels.telegram.reading import Json, foreign_chat_of, query_of, removed

_log = logging.getLogger(__name__)

AT_ONCE = 256


class Courtesy:
    """Answers presses, so that the phone stops waiting, and leaves groups."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._calls: set[asyncio.Task[None]] = set()

    def show(self, raw: Json) -> None:
        """Begin what this update asks for; needs a running loop only if it asks for something."""
        if query := query_of(raw):
            self._begin(self._link.answer(query), "press not answered")
        if (chat := foreign_chat_of(raw)) is not None and not removed(raw):
            self._begin(self._link.leave(chat), "group not left")

    async def close(self) -> None:
        """Give up what is still under way."""
        calls = list(self._calls)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    def _begin(self, call: Coroutine[object, object, None], failure: str) -> None:
        if len(self._calls) >= AT_ONCE:
            call.close()
            return
        task = asyncio.create_task(_calmly(call, failure))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)


async def _calmly(call: Coroutine[object, object, None], failure: str) -> None:
    try:
        await call
    except TelegramError as error:
        _log.info("telegram: %s (%s)", failure, type(error).__name__)
