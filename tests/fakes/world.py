"""A runner with its delivery over a database: one process, or several over the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fakes.channel import FakeChannel
from fakes.talk import Clock, FakeHelpline, parts
from sqlalchemy import Engine, text

from bot.alarms import Alarms
from bot.delivery import Delivery
from bot.runner import Runner
from bot.store.database import connect, migrate, reading
from bot.store.outbox import counts


class World:
    """A runner with its delivery over one database."""

    def __init__(
        self, engine: Engine, clock: Clock, channels: Sequence[FakeChannel], **changes: Any
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.channel = channels[0]
        self.helpline = FakeHelpline()
        self.alarms = Alarms()
        named = {channel.name: channel for channel in channels}
        made = parts(clock, able=lambda name: named[name].capabilities, **changes)
        self.sealer = made.keys.sealer
        self.runner = Runner(engine, made, self.alarms)
        self.delivery = Delivery(
            self.runner,
            named,
            self.helpline,
            self.sealer,
            self.alarms,
            now=clock,
            chance=lambda: 1.0,
        )

    async def goes_on(self) -> None:
        """Look for what is due until nothing more is."""
        for _ in range(4):
            await self.delivery.look()
            await self.delivery.quiet()

    def failed(self) -> int:
        """How many rows were given up."""
        with reading(self.engine) as connection:
            return sum(n for (_, gone), n in counts(connection).items() if gone)

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with reading(self.engine) as connection:
            return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


@asynccontextmanager
async def worlds(
    url: str, number: int = 1, channels: Sequence[FakeChannel] = (), **changes: Any
) -> AsyncIterator[list[World]]:
    """So many processes' worth of runners over one database.

    They share ``channels``; without them each has one of its own.
    """
    clock = Clock()
    engines = [connect(url) for _ in range(number)]
    migrate(engines[0])
    made = [World(engine, clock, channels or [FakeChannel()], **changes) for engine in engines]
    for world in made:
        world.runner.start(world.delivery)
    yield made
    for world in made:
        await world.delivery.quiet()
        await world.runner.stop()
        world.engine.dispose()
