"""An upgrade from the first tables, with what stood in them (R11)."""

from __future__ import annotations

import json

from alembic import command
from alembic.config import Config
from fakes.channel import FakeChannel
from fakes.talk import NOON, said
from fakes.world import worlds
from sqlalchemy import Connection, Engine, text

from bot.channels.web import WebChannel
from bot.crypto import Keys, Sealer
from bot.store.database import MIGRATIONS, connect, millis, writing
from bot.store.weblog import WebLog

KEYS = Keys(b"k" * 32)
WHO = KEYS.conversation_id("fake", "child-1")
NOW = millis(NOON)


def first_tables(engine: Engine) -> None:
    """The database as the first migration left it."""
    with writing(engine) as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")


def filled(connection: Connection, sealer: Sealer) -> None:
    """A child on a channel that was down, as the first version stored it."""
    state = json.dumps({"version": 1, "language": "sq", "heard": 1}).encode()
    says = json.dumps([{"key": "k", "text": "e para", "help": ["go.help", "Ndihmë"]}]).encode()
    own = json.dumps({"who": "me", "event": "e-1", "text": "hej", "language": "sq"}).encode()
    address = {"table": "conversations", "row": WHO, "column": "address"}
    payload = {"table": "outbox", "column": "payload", "row": "fake:0.0"}
    log = {"table": "web_log", "column": "payload", "row": "row:0"}
    connection.execute(
        text("INSERT INTO conversations VALUES (:id, 'fake', :address, :state, :yes, 0)"),
        {
            "id": WHO,
            "address": sealer.seal(b"child-1", **address),
            "state": sealer.seal(state, **(address | {"column": "state"})),
            "yes": True,
        },
    )
    connection.execute(
        text(
            "INSERT INTO outbox (conversation, lane, kind, key, payload, priority, attempts, done,"
            " created_at, due_at, leased_until, failed)"
            " VALUES (:id, 'channel', 'says', 'fake:0.0', :payload, 5, 3, 0, :at, 0, 0, :no)"
        ),
        {"id": WHO, "payload": sealer.seal(says, **payload), "at": NOW, "no": False},
    )
    connection.execute(
        text("INSERT INTO web_log (conversation, key, payload, at) VALUES (:id, 'row:0', :it, 0)"),
        {"id": WHO, "it": sealer.seal(own, **log)},
    )


async def test_what_the_first_version_stored_arrives_after_an_upgrade(database_url: str) -> None:
    """
    R11: a bubble that waited leaves, the child is known, its page is readable and can be changed.
    """
    old = connect(database_url)
    first_tables(old)
    with writing(old) as connection:
        filled(connection, KEYS.sealer)
    old.dispose()

    channel = FakeChannel(ids=True)
    async with worlds(database_url, 1, [channel]) as [world]:
        await world.goes_on()
        await world.runner.handle(said("hello", update="1"))
        await world.delivery.quiet()

        assert channel.texts("child-1") == ["e para", "2: hello"]
        assert world.failed() == 0
        web = WebChannel(WebLog(world.engine, KEYS.sealer), conversation_of=lambda *_: WHO)
        assert await web.take_back("child-1", ["row-9:0"]) == 0
        assert [turn.payload["text"] for turn in await web.log.read(WHO)] == ["hej"]
