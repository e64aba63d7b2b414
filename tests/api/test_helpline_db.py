from __future__ import annotations

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import api.staff.tables  # noqa: F401 - the console brings tables of its own
from api.counters import last_number, next_number
from api.db import Database, HelplineTable, upgrade


def test_migrations_make_what_the_code_expects(either):
    """
    R11: the migrations and the tables in the code say the same, in both databases.
    """
    with either.database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, HelplineTable.metadata) == []


def test_processes_that_start_at_once_take_turns(database_url):
    """
    Several processes may bring the tables up to date together.
    """
    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
        for work in [pool.submit(upgrade, database_url) for pool in (first, second)]:
            work.result()
    upgrade(database_url)


def test_numbers_are_given_in_the_order_of_commit(database_url):
    """
    A reader never sees a number before a lower one, however many write at once.
    """
    upgrade(database_url)
    databases = [Database(database_url) for _ in range(3)]
    given: list[int] = []
    lock = threading.Lock()

    def write(n: int) -> None:
        with databases[n % 3].write() as session:
            number = next_number(session, "events")
            with lock:
                given.append(number)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(60)))
    with databases[0].read() as session:
        last = last_number(session, "events")
    for database in databases:
        database.close()

    assert given == list(range(1, 61))
    assert last == 60


def test_writing_that_fails_keeps_nothing_and_rings_no_bell(either):
    """
    An exception that leaves a writing session takes everything with it.
    """
    strokes = either.bell.strokes

    def fail() -> None:
        with either.database.write() as session:
            next_number(session, "events")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert either.bell.strokes == strokes
    with either.database.read() as session:
        assert last_number(session, "events") == 0


async def test_database_files_are_for_the_service_alone(helpline, tmp_path):
    """
    S53: nobody else on the machine may read the database or what lies beside it.
    """
    await helpline.opens()

    assert modes(tmp_path) == {0o600}


def modes(folder: Path) -> set[int]:
    """The rights of every file of the embedded database."""
    return {stat.S_IMODE(file.stat().st_mode) for file in folder.glob("helpline.db*")}
