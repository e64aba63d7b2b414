"""A parcel in our hands, and the books: what became of it, stored with what that causes."""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from bot.alarms import Alarms
from bot.channels.base import Progress, Shown
from bot.engine.events import AnyEvent
from bot.jobs import Settle
from bot.parcels import Parcel
from bot.runner import Runner
from bot.store import outbox, shown
from bot.store.database import StoreUnavailable, millis
from bot.store.outbox import CHANNEL, HELPLINE
from bot.store.shown import Standing

log = logging.getLogger(__name__)

LONGEST_WAIT = {CHANNEL: 300.0, HELPLINE: 15.0}  # seconds

Fate = Literal["sent", "failed"]
Told = Callable[[str, Fate], Awaitable[None]]
Conclusion = Callable[[], Awaitable[None]]  # what is left to store after a try


class Kept(Progress):
    """How far a parcel has come, and what of it stands in the chat: kept with its row."""

    def __init__(self, runner: Runner, parcel: Parcel, note: Callable[[Shown], Standing]) -> None:
        super().__init__(parcel.done)
        self._runner, self._parcel, self._note = runner, parcel, note
        self._stored = 0  # of ``shown``
        self.dropped = False  # whoever was to read it has left, or cannot be reached

    def rows(self) -> tuple[Standing, ...]:
        """What was accepted and is not stored yet."""
        fresh = self.shown[self._stored :]
        return tuple(self._note(item) for item in fresh if shown.is_id(item.message))

    async def accepted(self, done: int) -> None:
        """Store it; while the database is away it is known here alone."""
        self.done = done
        known, rows, row = len(self.shown), self.rows(), self._parcel.id
        try:
            await self._runner.ask(lambda connection: _keep(connection, row, done, rows))
            self._stored = known
        except StoreUnavailable as gone:
            log.warning("row %d came to part %d, not stored: %s", row, done, gone)

    async def wanted(self) -> bool:
        """Ask for the row, which another process may have dropped; when nobody knows, say it."""
        row = self._parcel.id
        try:
            there = self.dropped or await self._runner.ask(lambda c: outbox.is_there(c, row))
        except StoreUnavailable:  # an exit could not be stored either
            return True
        self.dropped = self.dropped or not there
        return not self.dropped


def _keep(connection: Connection, row: int, done: int, rows: Sequence[Standing]) -> None:
    outbox.progress(connection, row, done)
    shown.note_said(connection, rows)


@dataclass(slots=True)
class Held:
    """A parcel that this process answers for."""

    parcel: Parcel
    kept: Kept
    leased_at: int
    under_way: bool = False


class Books:
    """Where it is written down what became of parcels. All of it raises ``StoreUnavailable``.

    ``told`` hears what became of each row, by its key, before the row is forgotten; it may
    hear it again.
    """

    def __init__(
        self,
        runner: Runner,
        alarms: Alarms,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.alarms, self.now = alarms, now
        self._runner, self._chance = runner, chance
        self.told: Told | None = None

    async def tell(self, key: str, fate: Fate) -> None:
        """Say what became of a row."""
        if self.told is not None:
            await self.told(key, fate)

    async def settle(self, settle: Settle) -> None:
        """Write it down."""
        await self._runner.settle(settle)

    async def accepted(self, held: Held, *, free_at: int = 0) -> None:
        """It has left."""
        await self._runner.settle(self.settled(held, "accepted", free_at=free_at))

    async def dropped(self, held: Held) -> None:
        """The rest of it was not to be said any more; its row has gone already."""
        await self.tell(held.parcel.key, "failed")
        await self._runner.settle(self.settled(held, "accepted"))

    async def put_off(self, held: Held, seconds: float | None = None) -> None:
        """It is tried again in so many seconds; without a number, ever later."""
        await self._runner.settle(self.later(held, seconds))

    async def failed(self, held: Held, why: str) -> None:
        """It will not leave, and somebody must look."""
        await self.tell(held.parcel.key, "failed")
        await self._runner.settle(self.settled(held, "failed"))
        self.alarms.sound(why, row=held.parcel.id)

    async def news(
        self, held: Held, event: AnyEvent, kind: str, settle: Settle | None = None
    ) -> None:
        """What became of it is an event of its conversation, in the same commit."""
        await self._runner.handle_event(
            held.parcel.conversation,
            event,
            update_id=f"{kind}:{held.parcel.key}",
            settle=settle or self.settled(held, "accepted"),
        )

    def settled(
        self,
        held: Held,
        how: Literal["accepted", "later", "failed"],
        due_at: int = 0,
        *,
        removed: tuple[int, ...] = (),
        free_at: int = 0,
    ) -> Settle:
        """What is written of a parcel, with the messages that stand in the chat since."""
        parcel, rows = held.parcel, held.kept.rows()
        pair = (parcel.lane, parcel.conversation)
        return Settle(parcel.id, pair, how, due_at, rows, removed, free_at)

    def later(self, held: Held, seconds: float | None = None) -> Settle:
        """It is put off, never a millisecond less than asked."""
        wait = self._wait(held.parcel) if seconds is None else seconds
        return self.settled(held, "later", millis(self.now() + timedelta(seconds=wait)) + 1)

    def _wait(self, parcel: Parcel) -> float:
        """Doubles with every try; chance keeps rows of one outage from coming all at once."""
        longest: float = min(LONGEST_WAIT[parcel.lane], 2.0 ** min(parcel.attempts, 16))
        return longest * (1 + self._chance()) / 2
