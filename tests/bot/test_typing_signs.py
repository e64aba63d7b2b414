"""That a person writes: shown where the talk stands open, kept nowhere, a fault only counted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fakes.channel import FakeChannel
from fakes.talk import NOON, said
from fakes.world import World, worlds
from sqlalchemy import text

from bot.channels.base import ChannelDown
from bot.engine.flows.presence import typing_shows
from bot.engine.state import Contact, State
from bot.store.database import StoreUnavailable, writing
from bot.typing_signs import AT_ONCE, LASTS, TypingSigns

TALKING = Contact(number=1, stage="talking", severity="none", name="Elira")
OPEN = replace(State.new(), language="sq", contact=TALKING, heard_at=NOON)


class TypingChannel(FakeChannel):
    """A channel that shows it, or cannot be reached."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[str, str]] = []
        self.down = False

    async def typing(self, address: str, name: str) -> None:
        if self.down:
            raise ChannelDown("away")
        self.shown.append((address, name))


class Signs:
    """The signs over a world with one talk, and a clock of their own."""

    def __init__(self, world: World, channel: FakeChannel) -> None:
        self.world, self.channel, self.at = world, channel, 100.0
        self.which = world.runner.conversation_id("fake", "child-1")
        self.signs = TypingSigns(
            world.runner,
            {"fake": channel},
            world.sealer,
            now=world.clock,
            clock=lambda: self.at,
        )

    def stands(self, state: State) -> None:
        """The talk as it is stored from now on."""
        place = {"table": "conversations", "column": "state", "row": self.which}
        sealed = self.world.sealer.seal(json.dumps(state.to_dict()).encode(), **place)
        change = text("UPDATE conversations SET state=:state WHERE id=:which")
        with writing(self.world.engine) as connection:
            connection.execute(change, {"state": sealed, "which": self.which})

    async def show(self, *which: str) -> None:
        self.signs.show(which or (self.which,))
        await self.signs.quiet()


@pytest.fixture
async def signs(sqlite_url: str) -> AsyncIterator[Signs]:
    """
    A child that talks with a person.
    """
    channel = TypingChannel()
    async with worlds(sqlite_url, channels=[channel]) as [world]:
        await world.runner.handle(said("hello"))
        await world.delivery.quiet()
        found = Signs(world, channel)
        found.stands(OPEN)
        yield found
        await found.signs.close()


async def test_it_is_shown_and_nothing_is_kept(signs: Signs) -> None:
    """
    The chat shows it at once; no row leaves or stays because of it.
    """
    before = [signs.world.count(table) for table in ("outbox", "seen", "timers", "shown")]
    await signs.show()

    assert signs.channel.shown == [("child-1", "Elira")]
    assert [signs.world.count(table) for table in ("outbox", "seen", "timers", "shown")] == before


async def test_one_sign_lasts_some_seconds(signs: Signs) -> None:
    """
    While it is on the screen it is not sent again; after that it is.
    """
    await signs.show()
    await signs.show()
    signs.at += LASTS
    await signs.show()

    assert len(signs.channel.shown) == 2


async def test_a_channel_that_fails_is_counted(signs: Signs) -> None:
    """
    Nothing is tried again, nothing is raised, and /metrics can tell how often it failed.
    """
    signs.channel.down = True
    await signs.show()
    assert signs.signs.failed == 1

    signs.at += LASTS
    signs.world.runner.ask = away
    await signs.show()
    assert signs.signs.failed == 2


async def away(_what: object) -> object:
    """A database that cannot be used."""
    raise StoreUnavailable("away")


async def test_strangers_and_floods_are_nothing(signs: Signs) -> None:
    """
    Conversations that are not here show nothing; more than there is room for are left out.
    """
    await signs.show(*(f"{n:032}" for n in range(AT_ONCE * 2)))
    await signs.show()
    assert signs.channel.shown == []

    signs.at += LASTS
    await signs.show()
    assert len(signs.channel.shown) == 1


async def test_a_channel_without_it_shows_nothing(sqlite_url: str) -> None:
    """
    Viber has no such sign: nothing is sent, and that is no fault.
    """
    async with worlds(sqlite_url, channels=[FakeChannel()]) as [world]:
        await world.runner.handle(said("hello"))
        signs = Signs(world, world.channel)
        signs.stands(OPEN)
        await signs.show()

        assert signs.signs.failed == 0


HIDDEN: dict[str, dict[str, Any]] = {
    "nobody there": {"contact": None},
    "waiting": {"contact": replace(TALKING, stage="waiting")},
    "away": {"quiet": True},
    "a stranger may see": {"asked": "back"},
    "words held": {"held": (("Elira", "…"),)},
    "doubt": {"doubt": True},
    "own word": {"own_word": "hash", "heard_at": NOON - timedelta(hours=1)},
    "safe hours": {"hours": (8, 9), "heard_at": NOON - timedelta(hours=1)},
}


@pytest.mark.parametrize("how", HIDDEN)
def test_only_where_a_word_would_be_shown(how: str) -> None:
    """
    C3, C4: where a person's words would be held, no sign tells that somebody is there.
    """
    assert typing_shows(OPEN, NOON) == "Elira"
    assert typing_shows(replace(OPEN, **HIDDEN[how]), NOON) == ""


async def test_it_holds_up_nobody(signs: Signs) -> None:
    """
    To tell of it returns at once, however slow the platform is.
    """
    gate = asyncio.Event()

    async def slow(_address: str, _name: str) -> None:
        await gate.wait()

    signs.channel.typing = slow
    signs.signs.show([signs.which])
    await asyncio.sleep(0)
    gate.set()
    await signs.signs.quiet()
    assert signs.signs.failed == 0
