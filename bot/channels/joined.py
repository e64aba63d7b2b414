"""What a platform's adapter is given when it is made."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from bot.channels.art import Gallery
from bot.channels.words import ChannelWords
from bot.engine.effects import Say
from bot.settings import Settings


def logged(alarm: str) -> None:
    """An alarm where nobody counts them."""
    logging.getLogger(__name__).error("alarm %s", alarm)


class Files(Protocol):
    """The ids under which platforms already hold our pictures; ``name`` is the adapter's."""

    async def known(self, name: str) -> str:
        """The id, or nothing. Raises ``StoreUnavailable``."""

    async def learn(self, name: str, file_id: str) -> None:
        """Keep the id. Raises ``StoreUnavailable``."""

    async def forget(self, name: str) -> None:
        """The platform no longer knows it. Raises ``StoreUnavailable``."""


class Turns(Protocol):
    """The pace of one platform over all processes."""

    async def turn(self, *, urgent: bool) -> None:
        """Return when one more message may be sent, to whomever; the urgent go first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The parts of the bot that an adapter may use.

    ``secret`` derives a secret by name from the key file. ``turns`` makes the pace of a
    platform that takes so many messages a second. ``greeting`` is what a new
    conversation is told first. ``words`` are by language. ``alarm`` sounds by name what
    somebody must look at. ``now`` is the clock by which what is fetched has come.
    ``gallery`` has every picture that a bubble may name.
    """

    settings: Settings
    secret: Callable[[str], str]
    turns: Callable[[str, float], Turns]
    files: Files
    words: Mapping[str, ChannelWords]
    greeting: Callable[[], Sequence[Say]]
    alarm: Callable[[str], None] = logged
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    gallery: Gallery = field(default_factory=Gallery)
