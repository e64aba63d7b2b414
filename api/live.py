"""A bell that rings when something was stored, so that waiting readers look again."""

from __future__ import annotations

import asyncio
import threading


class Bell:
    """Rung from any thread, heard on any event loop of this process.

    Use: take ``strokes``, look into the database, then wait ``since`` that number. A ring
    between the look and the wait ends the wait at once, so none is missed. Writes of
    another process are not heard: wait in short turns and look again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._strokes = 0
        self._closed = False
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    @property
    def strokes(self) -> int:
        """How often the bell has rung."""
        return self._strokes

    @property
    def closed(self) -> bool:
        """True once the service stops; readers should leave."""
        return self._closed

    def ring(self) -> None:
        """Wake everyone who waits."""
        with self._lock:
            self._strokes += 1
            waiting = list(self._waiting)
        for loop, event in waiting:
            loop.call_soon_threadsafe(event.set)

    def close(self) -> None:
        """Wake everyone for the last time; later waits return at once."""
        self._closed = True
        self.ring()

    async def wait(self, seconds: float, *, since: int | None = None) -> bool:
        """Wait up to so many seconds; True when the bell rang (since that stroke)."""
        entry = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            if self._closed or (since is not None and self._strokes != since):
                return True
            self._waiting.add(entry)
        try:
            async with asyncio.timeout(seconds):
                await entry[1].wait()
        except TimeoutError:
            return False
        finally:
            with self._lock:
                self._waiting.discard(entry)
        return True
