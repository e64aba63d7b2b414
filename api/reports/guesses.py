"""Receipts that match nothing: a few are typing errors, many are somebody guessing.

The bot asks for everyone, so misses are counted for the whole service: after a flood of
them nobody looks up a receipt for a minute. Ten thousand tries a minute become thirty.
Additions count as look-ups. The supervisors read of it (S36).
"""

from __future__ import annotations

import logging
from datetime import datetime

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.audit.service import record
from api.contacts.noticing import notify
from api.crypto import Vault
from api.db import Database
from api.errors import TooManyTries

logger = logging.getLogger(__name__)

_MISSES = RateLimitItemPerMinute(30)
_ALARMS = RateLimitItemPerMinute(1)


class Guesses:
    """Counts misses of this process; refuses look-ups while there are too many."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def refuse_flood(self) -> None:
        """Raise ``TooManyTries`` while the last minute held too many misses."""
        if not self._limiter.test(_MISSES, "misses"):
            raise TooManyTries(headers={"Retry-After": "60"})

    def missed(self, database: Database, vault: Vault, *, now: datetime) -> None:
        """Count a miss; the one that fills the minute raises the alarm, once."""
        self._limiter.hit(_MISSES, "misses")
        if self._limiter.test(_MISSES, "misses") or not self._limiter.hit(_ALARMS, "alarm"):
            return
        logger.error("receipts are being guessed: %d misses in a minute", _MISSES.amount)
        with database.write() as session:
            record(session, vault, who="bot", what="report.guessing", now=now)
            notify(session, vault, kind="receipts_guessed", now=now)
