"""Jobs that only one process may do at a time: whoever holds the lease does them."""

from __future__ import annotations

import os
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Table, delete, select, update

from bot.known import utcnow
from bot.store.database import insert_new, millis
from bot.store.tables import Lease as Row

_LEASES: Table = Row.__table__  # type: ignore[attr-defined]
Found = TypeVar("Found")


class Asked(Protocol):
    """Where a query is run; ``Runner.ask`` is one."""

    def __call__(self, what: Callable[[Connection], Found], /) -> Awaitable[Found]: ...


class Lease:
    """A job by name. Ask ``held`` before each piece of work, which may take half the lease.

    Holding it twice at once is possible when a process sleeps through its lease, so the
    work itself must be safe to repeat.
    """

    def __init__(
        self,
        ask: Asked,
        name: str,
        *,
        seconds: float = 60.0,
        holder: str = "",
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        self._ask, self._name, self._now = ask, name, now
        self._length = int(seconds * 1000)
        self._holder = holder or this_process()
        self._until = 0

    async def held(self) -> bool:
        """Take or renew the lease; whether it is ours. Raises ``StoreUnavailable``."""
        now = millis(self._now())
        if self._until - now > self._length * 2 // 3:
            return True
        self._until = 0
        until = now + self._length
        if await self._ask(lambda c: _take(c, self._name, self._holder, now, until)):
            self._until = until
        return self._until > 0

    async def release(self) -> None:
        """Give the lease back, so that another need not wait. Raises ``StoreUnavailable``."""
        self._until = 0
        mine = (_LEASES.c.name == self._name) & (_LEASES.c.holder == self._holder)
        await self._ask(lambda c: c.execute(delete(_LEASES).where(mine)).rowcount)


def this_process() -> str:
    """A name for this process that tells others on this machine whether it still lives."""
    return f"{_place()}:{os.getpid()}"[:64]


def _place() -> str:
    """This machine and, where there are such, the process space in which our number counts."""
    try:
        space = str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        space = "0"
    return f"{socket.gethostname()[:40]}:{space}"


def _take(connection: Connection, name: str, holder: str, now: int, until: int) -> bool:
    row = connection.execute(select(_LEASES).where(_LEASES.c.name == name)).first()
    ours = {"holder": holder, "until": until}
    if row is None:
        fresh = insert_new(connection, _LEASES).values(name=name, **ours)
        return connection.execute(fresh.returning(_LEASES.c.name)).first() is not None
    if row.holder != holder and row.until > now and not _gone(row.holder):
        return False
    same = (_LEASES.c.holder == row.holder) & (_LEASES.c.until == row.until)
    change = update(_LEASES).where(_LEASES.c.name == name, same).values(**ours)
    return connection.execute(change).rowcount == 1


def _gone(holder: str) -> bool:
    """Whether a holder on this machine is dead: after a crash nobody waits for its lease."""
    place, _, number = holder.rpartition(":")
    if place != _place() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
