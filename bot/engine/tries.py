"""How often wrong codes were tried, and until when no more are looked up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

SOON, SLIPS = timedelta(minutes=10), 5  # so many wrong ones in that time, and there is a rest
REST = timedelta(minutes=10)
DAY, MANY = timedelta(days=1), 10  # so many within a day, and the rest is a long one
LONG_REST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Tries:
    """When codes were typed that no report has; the newest last."""

    wrong: tuple[datetime, ...] = ()

    def missed(self, at: datetime) -> Self:
        """One more; those that no longer count are forgotten."""
        return type(self)((*(each for each in self.wrong if at - each < DAY), at)[-MANY:])

    def resting(self, at: datetime) -> bool:
        """Whether no code is looked up now."""
        return at < self._rest_over(at)

    def _rest_over(self, at: datetime) -> datetime:
        day = [each for each in self.wrong if at - each < DAY]
        if not day:
            return at
        newest = day[-1]
        if len(day) >= MANY:
            return newest + LONG_REST
        return newest + REST if _close(day, newest) >= SLIPS else at


def _close(tried: Collection[datetime], newest: datetime) -> int:
    return sum(newest - each < SOON for each in tried)
