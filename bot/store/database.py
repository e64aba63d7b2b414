"""Opens the bot's database, SQLite or PostgreSQL, so that every query meets the same rules."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, exc, make_url
from sqlalchemy.dialects import postgresql, sqlite

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
BUSY_MS = 10_000
_DATA_FAULTS = (exc.IntegrityError, exc.DataError, exc.ProgrammingError, exc.NotSupportedError)
_TRY_AGAIN = ("40001", "40P01")  # PostgreSQL: serialization failure, deadlock


class StoreUnavailable(Exception):
    """Nothing was stored (locked, full, read-only, gone): the caller must not say it was."""


class StoreBusy(StoreUnavailable):
    """Two processes crossed each other; trying again at once is likely to help."""


def connect(url: str, *, busy_ms: int = BUSY_MS) -> Engine:
    """Return an engine; nothing is opened yet.

    On SQLite a transaction of ``writing`` takes the write lock at its start, so that none
    fails half way; others take it with their first write.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_size=10, max_overflow=10)
    engine = create_engine(url)
    event.listen(engine, "connect", partial(_prepare_sqlite, busy_ms))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that is durable when the block has ended.

    To use for everything that reads before it writes.
    Raises ``StoreUnavailable`` when the database cannot take it; faults of the data
    (such as a broken constraint) stay what they are.
    """
    grasping = engine.execution_options(sigurt_writing=True)
    with _translated(), grasping.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view, that waits for no writer. Raises ``StoreUnavailable``."""
    with _translated(), engine.begin() as connection:
        yield connection


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest form; several processes may call it at once.

    Raises ``StoreUnavailable``.
    """
    _make_file(engine.url)
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(5340211)")
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def insert_new(connection: Connection, table: Table) -> Any:
    """An insert that leaves rows which are already there as they are, on both databases."""
    return upsert(connection, table).on_conflict_do_nothing()


def upsert(connection: Connection, table: Table) -> Any:
    """An insert to which ``on_conflict_do_update`` can be added, on both databases."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def millis(at: datetime) -> int:
    """An aware time as it is stored: milliseconds since the epoch, UTC."""
    return int(at.timestamp() * 1000)


def moment(at: int) -> datetime:
    """The aware UTC time of stored milliseconds."""
    return datetime.fromtimestamp(at / 1000, UTC)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except _DATA_FAULTS:
        raise
    except exc.DBAPIError as error:
        again = getattr(error.orig, "sqlstate", None) in _TRY_AGAIN
        kind = StoreBusy if again else StoreUnavailable
        raise kind(type(error.orig).__name__) from error
    except exc.TimeoutError as error:
        raise StoreUnavailable("no free connection") from error


def _make_file(url: URL) -> None:
    """For the service alone; SQLite gives the files beside it the same rights."""
    if url.get_backend_name() != "sqlite" or not url.database or Path(url.database).exists():
        return
    try:
        Path(url.database).touch(mode=0o600)
    except OSError as error:
        raise StoreUnavailable(f"{url.database}: {error.strerror}") from error


def _prepare_sqlite(busy_ms: int, connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where _begin_sqlite says
    connection.execute(f"PRAGMA busy_timeout={busy_ms}").close()
    _keep_journal(connection, until=time.monotonic() + busy_ms / 1000)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _keep_journal(connection: Any, *, until: float) -> None:
    """Write ahead. Of several that open a new file at once, the switch waits for nobody."""
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    grasping = connection.get_execution_options().get("sigurt_writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if grasping else "BEGIN")
