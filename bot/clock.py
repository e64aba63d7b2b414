"""The bot's clock: wakes conversations whose timers are due, forgets what is old."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Connection

from bot.engine.events import AnyEvent, TimerFired
from bot.known import utcnow
from bot.leases import Lease
from bot.store.conversations import forget_old
from bot.store.database import StoreUnavailable, millis
from bot.store.shown import forget_shown
from bot.store.timers import Due, drop_timers, due_timers, forget_bubbles, forget_seen

log = logging.getLogger(__name__)

DOOR = "door"  # the channel of the browser's report form
TOGETHER = 200
FORGET_TOGETHER = 2_000
SEEN_KEPT = timedelta(hours=48)  # platforms repeat an update for 24 hours
FORMS_KEPT = timedelta(hours=48)  # a form is empty after a day
SHOWN_KEPT = timedelta(hours=48)  # nothing older can be removed from a chat
Found = TypeVar("Found")


class Door(Protocol):
    """What the clock needs of the runner."""

    async def handle_event(self, conversation: str, event: AnyEvent, *, update_id: str) -> bool: ...

    async def ask(self, what: Callable[[Connection], Found]) -> Found: ...


class Clock:
    """Ticks once a second. Of several processes the one that holds the lease does the work.

    A timer is answered in one commit with its removal, and under an id of its own: two
    clocks at once, or a crash in between, still wake a conversation once.
    """

    def __init__(
        self,
        door: Door,
        lease: Lease,
        *,
        web_log_hours: int = 24,
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        self._door, self._lease, self._now = door, lease, now
        self._bubbles_kept = timedelta(hours=web_log_hours)
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._failed = False

    def start(self) -> None:
        """Begin to tick, in the running loop."""
        options = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        start = datetime.now(UTC)
        self._scheduler.add_job(self.tick, "interval", seconds=1, next_run_time=start, **options)
        soon = start + timedelta(minutes=1)
        self._scheduler.add_job(self.tidy, "interval", hours=1, next_run_time=soon, **options)
        self._scheduler.start()

    async def stop(self) -> None:
        """Stop ticking and leave the work to others."""
        self._scheduler.shutdown(wait=False)
        try:
            await self._lease.release()
        except StoreUnavailable:
            log.warning("clock: the lease could not be given back; it runs out by itself")

    async def tick(self) -> None:
        """Wake everybody whose timer is due. A store that fails is tried at the next tick."""
        try:
            if await self._lease.held():
                await self._wake_all()
            self._note(failed=False)
        except StoreUnavailable:
            self._note(failed=True)

    async def tidy(self) -> None:
        """Forget ids of updates and of messages, old bubbles and forms, little by little."""
        try:
            if await self._lease.held():
                await self._forget(forget_seen, SEEN_KEPT)
                await self._forget(forget_shown, SHOWN_KEPT)
                await self._forget(forget_bubbles, self._bubbles_kept)
                await self._forget(partial(forget_old, channel=DOOR), FORMS_KEPT)
        except StoreUnavailable:
            self._note(failed=True)

    async def _wake_all(self) -> None:
        now = millis(self._now())
        while due := await self._door.ask(lambda c: due_timers(c, now=now, limit=TOGETHER)):
            woken = await asyncio.gather(*map(self._wake, due))
            await self._drop([timer for timer, awake in zip(due, woken, strict=True) if not awake])
            if len(due) < TOGETHER or not await self._lease.held():
                return

    async def _wake(self, due: Due) -> bool:
        """False: the conversation is no more, or somebody else has woken it."""
        event = TimerFired(at=self._now(), name=due.name)
        update_id = f"timer:{due.conversation}:{due.name}:{due.due_at}"
        return await self._door.handle_event(due.conversation, event, update_id=update_id)

    async def _drop(self, idle: Sequence[Due]) -> None:
        """Nobody answers to these: the conversation is gone, or another clock was faster."""
        if idle:
            await self._door.ask(lambda c: drop_timers(c, idle))

    async def _forget(self, forget: Callable[..., int], kept: timedelta) -> None:
        before = millis(self._now() - kept)
        gone = FORGET_TOGETHER
        while gone == FORGET_TOGETHER:
            gone = await self._door.ask(lambda c: forget(c, before=before, limit=FORGET_TOGETHER))

    def _note(self, *, failed: bool) -> None:
        if failed and not self._failed:
            log.error("clock: the database cannot be used; trying each second")
        if self._failed and not failed:
            log.info("clock: the database can be used again")
        self._failed = failed
