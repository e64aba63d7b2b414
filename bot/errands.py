"""What is carried into a chat: bubbles, and messages that are taken out of it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from bot.carried import Books, Conclusion, Held
from bot.channels.base import (
    Capabilities,
    Channel,
    ChannelBusy,
    ChannelDown,
    ChannelRefused,
    ChatGone,
)
from bot.engine.events import ChatHidden, ChatLost
from bot.jobs import PLAIN
from bot.parcels import Parcel
from bot.store.database import millis
from bot.store.outbox import HIDE, SAYS
from bot.traces import place_of

PATIENCE = timedelta(hours=24)  # then a bubble answers a question that nobody asks any more


class Errands:
    """Does each once; ``left_out`` counts what would have cost, or come after its hours."""

    def __init__(self, channels: Mapping[str, Channel], books: Books) -> None:
        self.channels = channels
        self._books = books
        self.left_out = 0

    def able(self, name: str) -> Capabilities:
        """What a channel can do; of one that is no more, nothing."""
        channel = self.channels.get(name)
        return channel.capabilities if channel else PLAIN

    async def attempt(self, held: Held) -> Conclusion:
        """Send once; return what is left to store. Never raises for what a send may do."""
        if self._unasked(held.parcel) or self._too_late(held.parcel):
            return partial(self._leave_out, held)
        try:
            left = await self._do(held)
        except ChannelBusy as busy:
            return partial(self._later, held, busy.retry_after)
        except ChatGone:
            return partial(self._gone, held)
        except ChannelRefused:
            return partial(self._books.failed, held, "channel_refused")
        except ChannelDown:
            return partial(self._later, held)
        except Exception as error:  # a bug of an adapter must not cost the child an answer
            kind = type(error).__name__
            self._books.alarms.sound("channel_bug", row=held.parcel.id, error=kind)
            return partial(self._later, held)
        if held.parcel.kind == SAYS:
            return partial(self._books.dropped if held.kept.dropped else self._sent, held)
        return partial(self._removed, held, left)

    async def _do(self, held: Held) -> int:
        """Do the errand; return how many messages could not be removed. Raises what a send may."""
        parcel = held.parcel
        channel = self.channels[parcel.channel]
        if parcel.kind != SAYS:
            messages = [row.message for row in parcel.traces]
            return await channel.take_back(parcel.address, messages) if messages else 0
        await channel.send(
            parcel.address,
            parcel.errand.says,
            key=parcel.key,
            progress=held.kept,
            place=place_of(parcel),
        )
        return 0

    def _unasked(self, parcel: Parcel) -> bool:
        """Whether it would be written to somebody who wrote too long ago, with no person behind.

        The platform takes money for that, or does not take it at all.
        """
        session, says = self.able(parcel.channel).session, parcel.errand.says
        if session is None or not says or parcel.heard_at >= millis(self._books.now() - session):
            return False
        return all(say.notice and not say.name for say in says)

    def _too_late(self, parcel: Parcel) -> bool:
        """Whether its hours went by while it waited for the platform or for us (C3)."""
        ends = [say.until for say in parcel.errand.says]
        return bool(ends) and all(end is not None and end <= self._books.now() for end in ends)

    async def _leave_out(self, held: Held) -> None:
        await self._books.accepted(held)
        self.left_out += 1

    async def _sent(self, held: Held) -> None:
        await self._books.tell(held.parcel.key, "sent")
        await self._books.accepted(held, free_at=self._free_at(held.parcel))

    def _free_at(self, parcel: Parcel) -> int:
        """When the chat may be written to again, if that is later than planned."""
        rest = int(self.able(parcel.channel).rest * 1000)
        again = millis(self._books.now()) + rest
        return again if rest and again > parcel.errand.free_at + rest // 2 else 0

    async def _removed(self, held: Held, left: int) -> None:
        parcel = held.parcel
        removed = tuple(row.id for row in parcel.traces)
        settle = self._books.settled(held, "accepted", removed=removed)
        if parcel.kind != HIDE:
            return await self._books.settle(settle)
        event = ChatHidden(at=self._books.now(), left=left + parcel.left)
        await self._books.news(held, event, "hidden", settle)

    async def _later(self, held: Held, seconds: float | None = None) -> None:
        """Tried again, as the platform asks or ever more seldom, but not for ever."""
        if millis(self._books.now() - PATIENCE) > held.parcel.created_at:
            return await self._books.failed(held, "channel_undelivered")
        await self._books.put_off(held, seconds)

    async def _gone(self, held: Held) -> None:
        await self._books.tell(held.parcel.key, "failed")
        await self._books.news(held, ChatLost(at=self._books.now()), "gone")
