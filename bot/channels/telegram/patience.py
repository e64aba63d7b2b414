"""Calls that must be made once in the life of a process, whenever the platform lets us."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from telegram.error import RetryAfter, TelegramError

from bot.channels.telegram.faults import cause, reason, refused_alone, seconds_of

_log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0

Call = Callable[[], Awaitable[None]]
Pause = Callable[[float], Awaitable[None]]


async def until_done(call: Call, what: str, pause: Pause, *, needed: bool = True) -> None:
    """Call until the platform takes it, waiting as long as it asks for.

    What is not ``needed`` is let be when the platform refuses it for good.
    """
    wait = FIRST_PAUSE
    while True:
        try:
            return await call()
        except RetryAfter as error:
            wait = seconds_of(error)
        except TelegramError as error:
            if refused_alone(error) and not needed:
                _log.error("telegram: %s is refused: %s", what, reason(error))
                return None
            _log.warning("telegram: %s not set (%s)", what, cause(error))
            wait = min(2 * wait, LONGEST_PAUSE)
        await pause(wait)
