"""Time that passes only when everybody waits for it: an event loop with a clock of its own."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

END = 1_000.0  # after which a test that waits in vain is told so
BEGINS = 1_790_000_000.0  # what a wall clock shows when the loop's clock shows 0

Result = TypeVar("Result")


class Hours(asyncio.SelectorEventLoop):
    """Sleepers wake, earliest first, as soon as nothing else is to be done.

    Only for what waits for time and for nothing outside: no sockets, no threads.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.jumped = 0.0  # how far somebody has moved the wall clock
        super().__init__(_Leaping(self))

    def time(self) -> float:
        return self.now

    def wall(self) -> float:
        """The wall clock, seconds since the epoch."""
        return BEGINS + self.now + self.jumped


class _Leaping(selectors.DefaultSelector):
    def __init__(self, hours: Hours) -> None:
        super().__init__()
        self._hours = hours

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._hours.now += timeout or 0.0
        assert self._hours.now < END, "waited in vain"
        return super().select(0)


def lived(hours: Hours, life: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end in a loop of this time."""
    with asyncio.Runner(loop_factory=lambda: hours) as runner:
        return runner.run(life)
