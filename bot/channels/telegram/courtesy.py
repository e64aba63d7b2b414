"""Small calls beside the way of a message, without a promise: nothing waits for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

from telegram.error import TelegramError

from bot.channels.body import Json
from bot.channels.telegram.link import Link
from bot.channels.telegram.reading import foreign_chat_of, query_of, removed

_log = logging.getLogger(__name__)

AT_ONCE = 256
SPARE = 128  # of these are for answers to presses, which a phone waits for


class Courtesy:
    """Answers presses, so that the phone stops waiting, leaves groups, and more on request."""

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

    def begin(
        self, call: Coroutine[object, object, None], failure: str
    ) -> asyncio.Task[None] | None:
        """Make a call that nothing waits for; None when there are too many already."""
        return self._begin(call, failure, most=AT_ONCE - SPARE)

    def _begin(
        self, call: Coroutine[object, object, None], failure: str, *, most: int = AT_ONCE
    ) -> asyncio.Task[None] | None:
        if len(self._calls) >= most:
            call.close()
            return None
        task = asyncio.create_task(_calmly(call, failure))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        return task


async def _calmly(call: Coroutine[object, object, None], failure: str) -> None:
    try:
        await call
    except TelegramError as error:
        _log.info("telegram: %s (%s)", failure, type(error).__name__)
