"""A person's words that a page has: told to the helpline as delivered, each once."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from bot.channels.web.bubbles import PERSON
from bot.store.database import StoreUnavailable
from bot.store.weblog import Turn

log = logging.getLogger(__name__)

REMEMBERED = 10_000  # bubbles; to tell of one again is no fault

Arrived = Callable[[str], Awaitable[None]]  # told the key of the parcel


class Receipts:
    """Remembers what was told, as long as the process lives."""

    def __init__(self, arrived: Arrived | None = None) -> None:
        self._arrived = arrived
        self._told: OrderedDict[str, None] = OrderedDict()

    async def tell(self, turns: Sequence[Turn]) -> None:
        """These stand on a page. What cannot be noted now is told with the next look at it."""
        if self._arrived is None:
            return
        for name in (turn.payload.get("id", "") for turn in turns if turn.payload["who"] == PERSON):
            if name in self._told:
                continue
            try:
                await self._arrived(name.rpartition(":")[0])
            except StoreUnavailable as gone:
                log.warning("what a page has could not be noted: %s", gone)
                return
            self._remember(name)

    def _remember(self, name: str) -> None:
        self._told[name] = None
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
