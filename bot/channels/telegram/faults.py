"""What the platform's refusals mean, cut by what delivery does next."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels.base import ChannelBusy, ChannelDown, ChannelError, ChannelRefused, ChatGone
from bot.channels.quiet import silence

_log = logging.getLogger(__name__)

_NO_TOKEN = (401, 404)  # the second for a token that never was one
_GONE = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated")
_TALKATIVE = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "telegram.Bot",
    "telegram.request.BaseRequest",
    "telegram.request.HTTPXRequest",
)


def channel_error(error: TelegramError) -> ChannelError:
    """Return the error that delivery understands.

    The library's own text may hold the token or a child's words, so it is not kept:
    raise the result ``from None``.
    """
    match error:
        case RetryAfter():
            return ChannelBusy(seconds_of(error))
        case Forbidden() | ChatMigrated():
            return ChatGone(reason(error))
        case BadRequest() if says(error, *_GONE):
            return ChatGone(reason(error))
        case BadRequest():
            return ChannelRefused(reason(error))
        case _:
            return ChannelDown(type(error).__name__)


def refused_alone(error: TelegramError) -> bool:
    """Tell whether only this call was refused: the chat is there, and another call may pass."""
    return isinstance(error, BadRequest) and not says(error, *_GONE)


def broke_off(error: TelegramError) -> bool:
    """Tell whether the call did not come to an end: a time-out, a broken line, a 5xx, too much."""
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)


def cause(error: TelegramError) -> str:
    """Return for whoever runs the service what it was: the library's text may hold the token."""
    if isinstance(error, InvalidToken):
        return "the token is refused: look at SIGURT_TELEGRAM_TOKEN"
    return type(error).__name__


def says(error: TelegramError, *words: str) -> bool:
    """Tell whether the platform's sentence holds one of these words (in lower case)."""
    return any(word in error.message.lower() for word in words)


def seconds_of(error: RetryAfter) -> float:
    """Return how long the platform wants to be left alone."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def reason(error: TelegramError) -> str:
    """Return the refusal up to its first colon: what follows may quote the message."""
    return error.message.split(":")[0][:80]


class Standing:
    """Whether the platform knows our token; told of once when it no longer does."""

    def __init__(self, alarm: Callable[[str], None]) -> None:
        self._alarm = alarm
        self._known = True

    async def heard(self, answer: httpx.Response) -> None:
        """Learn from the answer to any call."""
        known = answer.status_code not in _NO_TOKEN
        if self._known and not known:
            self._alarm("telegram_shut")
        if known and not self._known:
            _log.info("telegram: the token is taken again")
        self._known = known


def silence_libraries() -> None:
    """Stop the libraries' own logs, whatever level is set on them.

    They write addresses with the token in them, whole messages, and at the gravest
    level what they could not parse. What matters of it is logged by us, as counts.
    """
    silence(*_TALKATIVE)
