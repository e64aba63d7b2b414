"""The bot's tables and what is in them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fakes.talk import said
from fakes.world import worlds
from sqlalchemy import Engine, text

from bot.channels.base import ChannelDown
from bot.store.database import StoreUnavailable, connect, migrate, millis, moment, writing
from bot.store.tables import BotTable

READ_ONLY = "SET TRANSACTION READ ONLY"


def test_migrations_make_what_the_code_expects(database_url):
    """
    After all migrations the tables are those of the code, on both databases.
    """
    engine = connect(database_url)
    migrate(engine)
    with writing(engine) as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, BotTable.metadata) == []
    engine.dispose()


def test_several_processes_may_migrate_at_once(database_url):
    """
    Processes that start together all find the tables made, once.
    """
    engines = [connect(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(migrate, engines)) == [None] * 4
    for engine in engines:
        engine.dispose()


async def test_the_database_upside_down(tmp_path, sqlite_url):
    """
    S32: no word, address or name is found in the clear in the database file or its log.
    """
    secrets = ["hidden-handle", "tell emergency", "bug of the child", "a secret sentence"]
    async with worlds(sqlite_url) as [world]:
        world.helpline.down = True
        world.channel.fails("hidden-handle", *[ChannelDown()] * 9)
        for n, words in enumerate(secrets[1:]):
            await world.runner.handle(said(words, who="hidden-handle", update=str(n)))
        await world.delivery.quiet()
        assert world.count("outbox") > 2
        assert world.count("spoiled") == 1
        stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert b"outbox" in stored  # it is the file that was meant
    told = [*secrets, "told", "somebody has my picture", "Elira", "threats", '"heard"', "11-13"]
    assert [word for word in told if word.encode() in stored] == []


def test_a_read_only_database_is_unavailable(database_url):
    """
    R4: what cannot be written raises the error that becomes a 503.
    """
    engine = connect(database_url)
    migrate(engine)
    closed = "PRAGMA query_only=ON" if engine.dialect.name == "sqlite" else READ_ONLY
    with pytest.raises(StoreUnavailable):
        _write(engine, closed)
    engine.dispose()


def _write(engine: Engine, before: str) -> None:
    with writing(engine) as connection:
        connection.execute(text(before))
        connection.execute(text("INSERT INTO seen (id, at) VALUES ('1', 1)"))


def test_what_has_no_server_is_unavailable():
    """
    R4: a database that is not there is unavailable, not a bug.
    """
    engine = connect("postgresql+psycopg://nobody@/none?host=/nowhere")
    with pytest.raises(StoreUnavailable):
        migrate(engine)


def test_times_keep_their_milliseconds():
    """
    A stored time comes back as the aware UTC time that it was.
    """
    assert millis(moment(1_795_348_800_123)) == 1_795_348_800_123
    assert moment(0).tzinfo is not None
