"""The runner's door for the feed and the clock: a real database, events only noted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, Engine

from bot.engine.events import AnyEvent, TimerFired
from bot.store import conversations
from bot.store.database import StoreUnavailable, connect, migrate, millis, writing

Found = TypeVar("Found")


class Told(NamedTuple):
    """One event that changed something."""

    conversation: str
    event: AnyEvent
    update_id: str


class FakeDoor:
    """Remembers ids of updates as the runner does; ``strangers`` are unknown conversations."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = connect(url)
        migrate(self.engine)
        self.now = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
        self.told: list[Told] = []
        self.strangers: set[str] = set()
        self.fault: StoreUnavailable | None = None

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)

    def clock(self) -> datetime:
        """The time as everybody here knows it."""
        return self.now

    async def ask(self, what: Callable[[Connection], Found]) -> Found:
        if self.fault:
            raise self.fault
        with writing(self.engine) as connection:
            return what(connection)

    async def handle_event(self, conversation: str, event: AnyEvent, *, update_id: str) -> bool:
        return await self.ask(lambda c: self._handle(c, Told(conversation, event, update_id)))

    def _handle(self, connection: Connection, told: Told) -> bool:
        at = millis(self.now)
        if not conversations.remember(connection, {told.update_id}, at=at):
            return False
        if told.conversation in self.strangers:
            return False
        if isinstance(told.event, TimerFired):
            name = told.event.name
            if not conversations.take_timer(connection, told.conversation, name, at=at):
                return False
        self.told.append(told)
        return True

    def set_timers(self, timers: dict[tuple[str, str], datetime]) -> None:
        """Set timers by conversation and name."""
        with writing(self.engine) as connection:
            due = {place: millis(at) for place, at in timers.items()}
            conversations.set_timers(connection, dict(due))
