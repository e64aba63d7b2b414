"""One database, two ways in: ``read()`` and ``write()``; one commit per request.

Writers stand in line (BEGIN IMMEDIATE on SQLite, one advisory lock on PostgreSQL). So
numbers are given in the order of commit and a reader of the feed can never pass over one
that appears later. Use in an endpoint, inside the function and not as a dependency, so
that waiting writers never hold the threads that the writing one needs:

    with database.write() as session:
        service.claim(session, vault, contact_id, staff=staff, now=clock())
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any, ClassVar

from alembic import command
from alembic.config import Config
from annotated_types import Interval
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, make_url, text
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from api.live import Bell

_WRITERS = 0x5167757274  # any number, the same in every process
_BUSY_MS = 10_000

Number = Annotated[int, Interval(ge=-(2**31), lt=2**31)]
"""A number that a column of numbers can hold; what a request names must be one."""


class HelplineTable(SQLModel):
    """Base of the helpline's tables; its metadata is the helpline's alone."""

    metadata: ClassVar[MetaData] = MetaData()


class Database:
    """The helpline's database; rings ``bell`` after each commit."""

    def __init__(self, url: str, bell: Bell | None = None) -> None:
        self.engine = make_engine(url)
        self.bell = bell or Bell()
        self._writer = self.engine.execution_options(writes=True)
        self._turn = threading.Lock() if self.engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits at the end, or keeps nothing if an exception leaves it."""
        with self._turn, Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session
        self.bell.ring()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session over one consistent view; what is changed in it is not kept."""
        with Session(self.engine) as session:
            yield session

    def upgrade(self) -> None:
        """Bring the tables to the newest form; safe when several processes start at once."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self._turn, self._writer.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def upgrade(url: str) -> None:
    """Bring the database at this URL to the newest form."""
    database = Database(url)
    try:
        database.upgrade()
    finally:
        database.close()


def make_engine(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL that keeps our promises on durability and order."""
    # Errors of the driver must not carry values into a log.
    engine = create_engine(url, hide_parameters=True, pool_size=10, max_overflow=40)
    if engine.dialect.name == "sqlite":
        _make_file(url)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _make_file(url: str) -> None:
    """For the service alone; SQLite gives the files beside it the same rights."""
    if database := make_url(url).database:
        path = Path(database)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)


def _keep_journal(cursor: Any, *, until: float) -> None:
    """Write ahead. Of several that open a new file at once, the switch waits for nobody."""
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours, see below
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    _keep_journal(cursor, until=time.monotonic() + _BUSY_MS / 1000)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.execute("PRAGMA recursive_triggers = ON")  # REPLACE must not pass by the guards
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("writes", False):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS})
