"""Tells the helpline what became of a counsellor's message: sent, delivered, seen, or failed."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from bot.helpline import Helpline, HelplineRefused, HelplineUnavailable
from bot.known import utcnow
from bot.leases import Asked
from bot.store.database import StoreUnavailable, millis
from bot.store.marks import drop_mark, get_mark, marks_like, put_mark
from bot.store.outbox import REPLY

log = logging.getLogger(__name__)

Status = Literal["sent", "delivered", "seen", "failed"]

PREFIX = "receipt:"
FURTHER = {"sent": 1, "delivered": 2, "seen": 3, "failed": 4}  # what waits is never undone
TOGETHER = 50
LOOK_AGAIN = 20.0  # seconds: for what another process noted and could not tell
_FROM_FEED = re.compile(r"feed:(\d+):\d+\.0")


def update_id_of(seq: int, at: datetime, *, reply: bool) -> str:
    """The id under which an event of the feed is handled; its bubbles' key begins with it.

    Only what a counsellor wrote (``reply``) is told of; other news is none of its own.

    The time is part of it, because a helpline that was put back to an older day counts
    from there again.
    """
    return f"{REPLY if reply else 'news:'}{seq}:{millis(at)}"


class Receipts:
    """Keeps each receipt until the helpline has it; a receipt may be told twice."""

    def __init__(
        self,
        helpline: Helpline,
        ask: Asked,
        *,
        now: Callable[[], datetime] = utcnow,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._helpline, self._ask, self._now, self._pause = helpline, ask, now, pause
        self._noted = asyncio.Event()

    async def note(self, key: str, status: Status) -> None:
        """Note what became of a parcel, before it is forgotten; others than replies: nothing.

        ``key`` is the parcel's. Raises ``StoreUnavailable``.
        """
        match = _FROM_FEED.fullmatch(key)
        if match is None:
            return
        name, at = PREFIX + match.group(1), millis(self._now())
        await self._ask(lambda c: _keep(c, name, status, at))
        self._noted.set()

    async def run(self) -> None:
        """Tell for ever; ended by cancelling it."""
        while True:
            self._noted.clear()
            if await self.tell():
                await self._wait()
            else:
                await self._pause(LOOK_AGAIN)

    async def tell(self) -> bool:
        """Tell everything that is noted; False: the helpline or the store cannot be used."""
        try:
            while marks := await self._ask(lambda c: marks_like(c, PREFIX, limit=TOGETHER)):
                for name, status in marks.items():
                    await self._tell(name, status)
        except (HelplineUnavailable, StoreUnavailable):
            return False
        return True

    async def _tell(self, name: str, status: str) -> None:
        seq = int(name.removeprefix(PREFIX))
        try:
            await self._helpline.receipt(seq, status, key=f"{name}:{status}")
        except HelplineRefused as refused:
            log.error("receipt of event %d refused with %d", seq, refused.status)
        await self._ask(lambda c: drop_mark(c, name, status))

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_AGAIN):
                await self._noted.wait()
        except TimeoutError:
            return


def _keep(connection: Connection, name: str, status: Status, at: int) -> None:
    """Keep what is further on than what waits; words may be delivered before they count as sent."""
    waits = get_mark(connection, name)
    if waits is None or FURTHER[waits[0]] < FURTHER[status]:
        put_mark(connection, name, status, at=at)
