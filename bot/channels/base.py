"""What a channel is: verify and parse on the way in, render and send on the way out.

Library objects (``telegram.Update`` and its like) stop in the adapter; only events and
effects of the engine travel inward and outward.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.engine.effects import Say
from bot.engine.events import AnyEvent


@dataclass(frozen=True, slots=True)
class Inbound:
    """One update: who it is from, what happened, and the id by which a repeat is known.

    ``update_id`` is unique within the channel; ``address`` is what the channel needs to
    answer (a chat id), never shown to the engine.
    """

    channel: str
    update_id: str
    address: str
    event: AnyEvent


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can show; counts are characters unless a name says bytes."""

    text_limit: int
    label_bytes: int
    buttons: int
    proactive: bool


class Forged(Exception):
    """A call that does not prove it comes from the platform: refuse it, store nothing."""


class Malformed(Exception):
    """A call from the platform's door that is no update: refuse it, store nothing."""


class ChannelError(Exception):
    """A message was not accepted by the channel."""


class ChannelBusy(ChannelError):
    """Too fast: try again after ``retry_after`` seconds, this chat only."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class ChannelDown(ChannelError):
    """No answer we can trust (time-out, 5xx, broken connection): try again later."""


class ChatGone(ChannelError):
    """The person blocked the bot or is no more: stop sending to this chat."""


class ChannelRefused(ChannelError):
    """The channel understood and said no: a bug of ours; alarm, do not retry."""


@dataclass(slots=True)
class Progress:
    """How many parts of an answer the platform has accepted."""

    done: int = 0

    async def accepted(self, done: int) -> None:
        """So many are accepted now; returns when that is kept."""
        self.done = done


class Channel(Protocol):
    """One messenger."""

    name: str
    capabilities: Capabilities

    async def send(
        self, address: str, says: Sequence[Say], *, key: str, progress: Progress | None = None
    ) -> None:
        """Send bubbles in order. ``key`` is unique per call and the same on a retry.

        A channel that sends them one by one goes on after ``progress.done`` and tells of
        each that was accepted, so that a crash repeats the one on its way at most.
        Raises a ``ChannelError``.
        """
