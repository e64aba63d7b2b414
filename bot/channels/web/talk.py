"""One talk behind the page: what the child sent goes to the runner, and stands in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from bot.channels.base import Inbound
from bot.channels.web import bubbles
from bot.channels.web.channel import WebChannel
from bot.channels.web.door import Visitor, new_token
from bot.channels.web.posts import Post, digest, heard, shown, update_id
from bot.channels.web.words import PageWords
from bot.engine.events import (
    AnyEvent,
    ButtonTapped,
    ExitPressed,
    MediaOffered,
    MessageReceived,
    Started,
)
from bot.store.database import StoreUnavailable
from bot.store.weblog import Entry, Payload, Turn

log = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds that a post waits for the answer before it goes back without one


class Handles(Protocol):
    """What the page needs of the runner."""

    async def handle(self, inbound: Inbound) -> bool: ...


class Talks:
    """Takes what pages send, each thing once."""

    def __init__(
        self,
        runner: Handles,
        web: WebChannel,
        words: Mapping[str, PageWords],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._runner = runner
        self._web = web
        self._words = words
        self._now = now

    async def take(self, visitor: Visitor, post: Post) -> list[Turn] | None:
        """Hand one post to the runner; return what the page has not seen yet.

        ``None``: with this the child left, and the log was erased.
        """
        conversation = self._web.conversation(visitor.address)
        if visitor.fresh:
            await self._begin(visitor, conversation, post.start)
        event, bubble = await self._read(conversation, post)
        if event is None:
            return await self._web.log.read(conversation, after=post.after)
        inbound = _inbound(visitor, post, event)
        before = await self._show_own(conversation, _key(inbound), bubble, post)
        if not await self._handed(inbound):
            await self._clear_after_exit(conversation, post)
        if bubble is not None and not await self._known(_key(inbound)):
            await self._web.forget(conversation)
            return None
        if not post.live:
            await self._web.answer(conversation, after=before, patience=PATIENCE)
        return await self._web.log.read(conversation, after=post.after)

    async def leave(self, visitor: Visitor) -> None:
        """Tell the engine that the child went, and drop what the page showed."""
        conversation = self._web.conversation(visitor.address)
        left = ExitPressed(at=self._now())
        once = digest(visitor.address, new_token())
        try:
            await self._runner.handle(Inbound("web", once, visitor.address, left))
            await self._web.forget(conversation)
        except StoreUnavailable as error:  # the log is dropped by its age then
            log.error("an exit could not be stored: %s", error)

    async def _handed(self, inbound: Inbound) -> bool:
        """Hand an update over; what was not stored does not stay on the page as said."""
        try:
            return await self._runner.handle(inbound)
        except StoreUnavailable:
            await self._web.log.take_back(_key(inbound))
            raise

    async def _clear_after_exit(self, conversation: str, post: Post) -> None:
        """A repeat that stands alone was the last word of an erased talk: erase it again."""
        turns = await self._web.log.read(conversation)
        if len(turns) == len(_own(turns, post)):
            await self._web.log.drop(conversation)

    async def _known(self, key: str) -> bool:
        """Whether the child's bubble is there, or was taken back since; else all was erased."""
        return await self._web.log.holds(key) or await self._web.log.holds(bubbles.gone_key(key))

    async def _begin(self, visitor: Visitor, conversation: str, campaign: str) -> None:
        """Let the engine know the conversation, and its greeting stand first in the log."""
        started = Started(at=self._now(), payload=campaign)
        first = Inbound("web", digest(visitor.address, "started"), visitor.address, started)
        if await self._runner.handle(first):
            await self._web.answer(conversation, after=0, patience=PATIENCE)

    async def _show_own(
        self, conversation: str, key: str, bubble: Payload | None, post: Post
    ) -> int:
        """Store the child's own bubble; return the number behind which answers come.

        One that was taken back does not come again with a repeat.
        """
        if bubble is not None and not await self._web.log.holds(bubbles.gone_key(key)):
            await self._web.put(conversation, [Entry(key, bubble | {"id": key})])
        turns = await self._web.log.read(conversation, after=post.after)
        seen = _own(turns, post) or turns
        return max((turn.seq for turn in seen), default=post.after)

    async def _read(self, conversation: str, post: Post) -> tuple[AnyEvent | None, Payload | None]:
        """Return what happened and how the page shows it."""
        at = self._now()
        if post.button:
            return await self._pressed(conversation, post, at)
        return heard(post, at)

    async def _pressed(
        self, conversation: str, post: Post, at: datetime
    ) -> tuple[AnyEvent, Payload | None]:
        turns = await self._web.log.read(conversation)
        label = bubbles.label_of(turns, post.button)
        if post.button == "go.help":
            label = bubbles.lamp_of(turns) or self._words[post.frame].help
        bubble = shown(label, post) if label else None
        return ButtonTapped(at=at, button=post.button), bubble


def _inbound(visitor: Visitor, post: Post, event: AnyEvent) -> Inbound:
    """What the runner gets; only what the child wrote or offered may be taken back."""
    once = update_id(visitor.address, post)
    written = isinstance(event, MessageReceived | MediaOffered)
    return Inbound("web", once, visitor.address, event, message=f"me:{once}" if written else "")


def _key(inbound: Inbound) -> str:
    return f"me:{inbound.update_id}"


def _own(turns: Sequence[Turn], post: Post) -> list[Turn]:
    return [turn for turn in turns if turn.payload["event"] == post.event]
