"""When a platform may next be written to, over all processes.

A row holds the first millisecond that nobody has reserved yet. What is reserved and not
used runs out by itself: nothing is ever given back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Connection, Engine, Executable, Table, bindparam, case
from sqlalchemy.dialects import postgresql, sqlite

from bot.leases import Asked
from bot.store.database import writing
from bot.store.tables import Pace

AHEAD_MS = 5_000  # more than all processes together reserve: a clock has jumped

_PACES: Table = Pace.__table__  # type: ignore[attr-defined]
Found = TypeVar("Found")


def reserve(connection: Connection, name: str, *, now: int, span: int) -> int:
    """Reserve ``span`` milliseconds, ``now`` or as soon as nobody has them; return the first.

    One statement, so that two processes never get the same. A row that lies more than
    ``AHEAD_MS`` ahead was written by a clock that has been put back since, and is passed over.
    """
    dialect = connection.dialect.name
    values = {"which": name, "now": now, "span": span}
    return int(connection.execute(_STATEMENTS[dialect], values).scalar_one()) - span


def asking(engine: Engine, ask: Asked) -> Asked:
    """Where reservations are made: ``ask``, or on PostgreSQL a transaction of their own.

    SQLite has one writer, whose next commit costs nothing more. On PostgreSQL the row
    would stay locked while a whole batch is written, and its lock would meet those of
    other processes in any order; alone it meets none. It does not wait for the disk either:
    a reservation that a crash forgets was a second old.
    """
    return _Aside(engine) if engine.dialect.name == "postgresql" else ask


class _Aside:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def __call__(self, what: Callable[[Connection], Found], /) -> Found:
        return await asyncio.to_thread(self._run, what)

    def _run(self, what: Callable[[Connection], Found]) -> Found:
        with writing(self._engine) as connection:
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            return what(connection)


def _statement(insert: Any) -> Executable:
    now, span = bindparam("now", type_=BigInteger), bindparam("span", type_=BigInteger)
    there = _PACES.c.free_at
    first = case((there.between(now, now + AHEAD_MS), there), else_=now)
    fresh = insert(_PACES).values(name=bindparam("which"), free_at=now + span)
    change = fresh.on_conflict_do_update(index_elements=["name"], set_={"free_at": first + span})
    statement: Executable = change.returning(there)
    return statement


_STATEMENTS = {
    "sqlite": _statement(sqlite.insert),
    "postgresql": _statement(postgresql.insert),
}
