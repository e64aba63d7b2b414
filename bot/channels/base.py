"""What a channel is: verify and parse on the way in, render and send on the way out.

Library objects (``telegram.Update`` and its like) stop in the adapter; only events and
effects of the engine travel inward and outward. README.md beside this file shows in a
page how one is added.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol, runtime_checkable

from bot.engine.effects import Say
from bot.engine.events import Abilities, AnyEvent


@dataclass(frozen=True, slots=True)
class Inbound:
    """One update: who it is from, what happened, and the id by which a repeat is known.

    ``update_id`` is unique within the channel; ``address`` is what the channel needs to
    answer (a chat id), never shown to the engine. ``message`` is the platform's id of the
    message that came, or that was pressed (then ``pressed``); empty where there is none.
    ``order`` grows with the platform's own order within a chat; 0: not known.
    ``in_answer``: what is said goes into the answer to this very call, not by itself.
    """

    channel: str
    update_id: str
    address: str
    event: AnyEvent
    message: str = ""
    pressed: bool = False
    order: int = 0
    in_answer: bool = False


@dataclass(frozen=True, slots=True)
class MessageFate:
    """What a platform says became of a message that it had accepted."""

    channel: str
    address: str
    message: str
    fate: Literal["delivered", "seen", "failed"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do, as far as anybody but its adapter must know.

    ``abilities`` is what the engine is told. ``session``: how long after a person's last
    word it may be written to for nothing; None: always. ``removable``: how old a message
    may be that is still to be removed. ``rest``: seconds between two messages in one chat.
    """

    abilities: Abilities = field(default_factory=Abilities)
    session: timedelta | None = None
    removable: timedelta = timedelta(hours=47)
    rest: float = 0.0


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


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that the platform has accepted: its id, and what may be asked of it later.

    ``key`` is set for a bubble that is ``fleeting``; ``poll`` and ``buttons`` for a poll:
    the platform's id of it, and the button ids that its options stand for, in order.
    """

    message: str
    key: str = ""
    poll: str = ""
    buttons: tuple[str, ...] = ()


@dataclass(slots=True)
class Progress:
    """How many parts of an answer the platform has accepted, and under which ids.

    A channel appends to ``shown`` with each part, and awaits ``accepted`` after each but
    the last: the last one settles the whole answer. Before a part that had to wait it asks
    whether that is ``wanted`` still.
    """

    done: int = 0
    shown: list[Shown] = field(default_factory=list)

    async def accepted(self, done: int) -> None:
        """So many are accepted now; returns when that, and what is in ``shown``, is kept."""
        self.done = done

    async def wanted(self) -> bool:
        """Whether the rest is to be said; the person may have left since. If not, say no more."""
        return True


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer belongs in its chat.

    ``pressed`` is the message whose button it answers, while that is the newest of the
    chat (else empty); ``instead`` the messages of earlier bubbles, by key. Before
    ``not_before`` (milliseconds since the epoch) the platform would find it too fast.
    """

    pressed: str = ""
    not_before: int = 0
    instead: Mapping[str, str] = field(default_factory=dict)


class Runs(Protocol):
    """The runner, as far as a channel needs it."""

    async def handle(self, inbound: Inbound, /) -> bool:
        """Commit what happened; False for a repeat. Raises when it is not stored."""


Held = Callable[[], Awaitable[bool]]


class Channel(Protocol):
    """One messenger."""

    name: str
    capabilities: Capabilities

    async def send(
        self,
        address: str,
        says: Sequence[Say],
        *,
        key: str,
        progress: Progress | None = None,
        place: Place | None = None,
    ) -> None:
        """Send bubbles in order. ``key`` is unique per call and the same on a retry.

        A channel that sends them one by one goes on after ``progress.done`` and tells of
        each that was accepted, so that a crash repeats the one on its way at most.
        Raises a ``ChannelError``.
        """

    async def take_back(self, address: str, messages: Sequence[str]) -> int:
        """Remove messages, for both sides; return how many could not be.

        One that is gone already counts as removed. Raises ``ChannelBusy``, ``ChannelDown``
        or ``ChatGone``. A channel that can remove nothing returns how many there were.
        """


@runtime_checkable
class Platform(Channel, Protocol):
    """A channel whose platform calls us, or is asked by us: it runs while the bot does."""

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise ``Forged`` unless the call comes from the platform (names in lower case)."""

    def parse(self, body: bytes, at: datetime) -> list[Inbound | MessageFate]:
        """What happened, in order. Raises ``Malformed``; call it only after ``verify``."""

    def answer(self, address: str, says: Sequence[Say]) -> bytes:
        """The body of the 200 to an update of ``address`` that was ``in_answer``; empty: none.

        ``says`` is empty for a repeat.
        """

    async def start(self, runner: Runs, *, lease: Held | None = None) -> None:
        """Begin to receive, without waiting for the platform.

        ``lease`` says whether this process is the one that does what only one may.
        """

    async def stop(self) -> None:
        """Stop receiving; what was not committed comes again from the platform."""


@runtime_checkable
class ShowsTyping(Protocol):
    """A channel that can show for a few seconds that somebody is writing."""

    async def typing(self, address: str, name: str) -> None:
        """Show it; nothing of it stays. Raises a ``ChannelError``."""


@runtime_checkable
class Greets(Protocol):
    """A channel whose platform asks by GET whether the address is ours, before it calls."""

    def greet(self, query: Mapping[str, str]) -> str:
        """Return what it wants to read; raise ``Forged`` unless it knows our secret."""
