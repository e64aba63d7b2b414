"""Brings the helpline what was learned by everybody together: counts from ten on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta

from bot.helpline import Body, Helpline, HelplineError, rfc3339
from bot.known import utcnow
from bot.leases import Asked, Lease
from bot.store.database import StoreUnavailable
from bot.store.learning import Figure, large

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
AGAIN = timedelta(minutes=5)  # after a failure


class Figures:
    """Sends all counts anew each time: a lost or doubled call changes nothing."""

    def __init__(
        self,
        helpline: Helpline,
        ask: Asked,
        lease: Lease,
        *,
        now: Callable[[], datetime] = utcnow,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._helpline, self._ask, self._lease = helpline, ask, lease
        self._now, self._pause = now, pause

    async def run(self) -> None:
        """Tell again and again; ended by cancelling it, which frees the lease."""
        try:
            while True:
                told = await self.tell()
                await self._pause((EVERY if told else AGAIN).total_seconds())
        finally:
            with suppress(StoreUnavailable):  # it runs out by itself
                await self._lease.release()

    async def tell(self) -> bool:
        """Tell once, if this is the process that does; False: it must be tried again soon."""
        try:
            if await self._lease.held():
                body = body_of(await self._ask(large), self._now())
                await self._helpline.figures(body, key=f"figures:{body['counted_at']}")
        except (HelplineError, StoreUnavailable) as error:
            log.warning("figures of learning were not told: %s", error)
            return False
        return True


def body_of(figures: Sequence[Figure], at: datetime) -> Body:
    """The body of ``POST /v1/figures``: every count, and when it was taken."""
    return {"counted_at": rfc3339(at), "figures": [asdict(figure) for figure in figures]}
