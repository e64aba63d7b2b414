"""The browser as a channel: bubbles go to the page's log, and a bell wakes open pages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from bot.channels.base import Capabilities, ChannelDown, Place, Progress, Shown
from bot.channels.web.bubbles import entries_of, gone, message_id, says_of
from bot.engine.effects import Say
from bot.engine.events import Abilities, Hiding
from bot.store.database import StoreUnavailable
from bot.store.weblog import Entry, Turn, WebLog

log = logging.getLogger(__name__)

LOOK = 0.5  # seconds between looks for what other processes wrote
WRITES = 5.0  # seconds that a sign of writing is worth anything
BEAT = 15.0  # seconds of silence after which an open page hears that the line is alive


@dataclass(frozen=True, slots=True)
class Writes:
    """A person is writing at this moment: for open pages, and kept nowhere."""

    name: str


class Bell:
    """Wakes the pages of this process that wait for one conversation."""

    def __init__(self) -> None:
        self._ears: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def ear(self, conversation: str) -> Iterator[asyncio.Event]:
        """Give an event that is set by each ring, for as long as the block lasts."""
        event = asyncio.Event()
        self._ears.setdefault(conversation, set()).add(event)
        try:
            yield event
        finally:
            self._ears[conversation].discard(event)
            if not self._ears[conversation]:
                del self._ears[conversation]

    def ring(self, conversation: str) -> None:
        """Wake whoever waits for this conversation."""
        for event in self._ears.get(conversation, ()):
            event.set()

    def ring_all(self) -> None:
        """Wake everybody: something may have been missed."""
        for conversation in self._ears:
            self.ring(conversation)

    def __bool__(self) -> bool:
        return bool(self._ears)


class WebChannel:
    """The browser chat. An address is the hash of the page's secret, never the secret."""

    name = "web"
    capabilities = Capabilities(
        abilities=Abilities(takes_back=True, hides=Hiding.EXIT, stays=False)
    )

    def __init__(self, weblog: WebLog, *, conversation_of: Callable[[str, str], str]) -> None:
        self.log = weblog
        self._bell = Bell()
        self._conversation_of = conversation_of
        self._watcher: asyncio.Task[None] | None = None
        self._left: set[str] = set()  # whose pages are being shut
        self._writes: dict[str, tuple[float, Writes]] = {}  # by conversation, since when
        self._closed = False

    def conversation(self, address: str) -> str:
        """Return the conversation that the engine knows this address by."""
        return self._conversation_of(self.name, address)

    async def send(
        self,
        address: str,
        says: Sequence[Say],
        *,
        key: str,
        progress: Progress | None = None,
        place: Place | None = None,
    ) -> None:
        """Store bubbles for the page and wake it; the same ``key`` again adds nothing.

        A bubble that stands ``instead`` of another comes at the end, where it is read
        aloud and makes sense, and the other is taken back. Only what is fleeting is
        reported: the page needs no other id. Raises ``ChannelDown``.
        """
        instead = place.instead if place else {}
        old = [instead[say.instead] for say in says if say.instead in instead]
        conversation = self.conversation(address)
        try:
            await self._remove(conversation, old)
            await self.put(conversation, entries_of(says, key=key))
        except StoreUnavailable as error:
            raise ChannelDown(str(error)) from error
        if progress is not None:
            progress.shown.extend(_fleeting(says, key))

    async def take_back(self, address: str, messages: Sequence[str]) -> int:
        """Remove bubbles of either side from the log and from open pages; none is left.

        Raises ``ChannelDown``.
        """
        conversation = self.conversation(address)
        try:
            await self._remove(conversation, messages)
        except StoreUnavailable as error:
            raise ChannelDown(str(error)) from error
        self._bell.ring(conversation)
        return 0

    async def _remove(self, conversation: str, messages: Sequence[str]) -> None:
        """Mark first, so that no page misses it when the second half must be done again."""
        if not messages:
            return
        turns = await self.log.read(conversation)
        found = [turn for turn in turns if turn.payload.get("id") in messages]  # old ones had none
        await self.log.append(conversation, [gone(turn) for turn in found])
        for turn in found:
            await self.log.take_back(turn.payload["id"])

    async def put(self, conversation: str, entries: Sequence[Entry]) -> None:
        """Store bubbles of either side and wake the open pages."""
        await self.log.append(conversation, entries)
        self._bell.ring(conversation)

    async def forget(self, conversation: str) -> None:
        """Drop what the pages show, and shut those that are open."""
        await self.log.drop(conversation)
        self._left.add(conversation)
        self._bell.ring(conversation)
        asyncio.get_running_loop().call_later(LOOK, self._left.discard, conversation)

    async def answer(self, conversation: str, *, after: int, patience: float) -> list[Turn]:
        """Return what is behind ``after`` as soon as the other side has spoken.

        After ``patience`` seconds without a word it returns what there is.
        """
        with self._bell.ear(conversation) as rung, suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while not says_of(await self.log.read(conversation, after=after)):
                    await rung.wait()
                    rung.clear()
        return await self.log.read(conversation, after=after)

    async def typing(self, address: str, name: str) -> None:
        """Tell the pages that are open in this process that somebody writes."""
        conversation, at = self.conversation(address), asyncio.get_running_loop().time()
        young = {who: sign for who, sign in self._writes.items() if at - sign[0] < WRITES}
        self._writes = young | {conversation: (at, Writes(name))}
        self._bell.ring(conversation)

    async def live(
        self, conversation: str, *, after: int
    ) -> AsyncIterator[list[Turn] | Writes | None]:
        """Yield what comes behind ``after``, an empty list as a beat; ``None`` at the exit.

        Between them: that a person writes.
        """
        begun = self._written_at(conversation)
        with self._bell.ear(conversation) as rung:
            while True:
                rung.clear()
                turns = await self.log.read(conversation, after=after)
                if turns:
                    after = turns[-1].seq
                    yield turns
                if conversation in self._left:
                    yield None
                    return
                if self._closed:
                    return
                if (at := self._written_at(conversation)) > begun:
                    begun = at
                    yield self._writes[conversation][1]
                if not await _heard(rung, BEAT):
                    yield []

    def _written_at(self, conversation: str) -> float:
        return self._writes[conversation][0] if conversation in self._writes else 0.0

    async def start(self) -> None:
        """Begin to notice what other processes write."""
        self._watcher = asyncio.create_task(self._watch())

    def close(self) -> None:
        """End the open streams; a browser comes back by itself, to another process."""
        self._closed = True
        self._bell.ring_all()

    async def stop(self) -> None:
        """Stop noticing."""
        if self._watcher is None:
            return
        self._watcher.cancel()
        with suppress(asyncio.CancelledError):
            await self._watcher
        self._watcher = None

    async def _watch(self) -> None:
        seen: int | None = None
        while True:
            await asyncio.sleep(LOOK)
            try:
                seen = await self.look(seen) if self._bell else None
            except StoreUnavailable as error:
                log.warning("web log cannot be read: %s", error)

    async def look(self, seen: int | None) -> int:
        """Wake the pages that something was written for behind ``seen``; return the newest."""
        if seen is None:
            newest = await self.log.newest()
            self._bell.ring_all()
            return newest
        changed = await self.log.changed(after=seen)
        for _, conversation in changed:
            self._bell.ring(conversation)
        return max((seq for seq, _ in changed), default=seen)


def _fleeting(says: Sequence[Say], key: str) -> list[Shown]:
    return [
        Shown(message_id(key, place), key=say.key) for place, say in enumerate(says) if say.fleeting
    ]


async def _heard(rung: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            return await rung.wait()
    return False
