"""What platforms say became of messages: noted once, and seen where it matters."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator

import pytest
from fakes.channel import FakeChannel
from fakes.chatting import step, wrote
from fakes.world import World, worlds
from sqlalchemy import text

from bot.channels.base import MessageFate
from bot.engine.events import CounsellorWrote
from bot.fates import Fates
from bot.store.database import StoreUnavailable, reading


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """
    A child was answered (m1), and a counsellor has written to it (m2).
    """
    async with worlds(database_url, channels=[FakeChannel(ids=True)], step=step) as [only]:
        only.told = []
        only.fates = fates_of(only)
        await only.runner.handle(wrote("hello", 1))
        event = CounsellorWrote(at=only.clock(), contact_id="c", name="Elira", text="hi")
        who = only.runner.conversation_id("fake", "child-1")
        await only.runner.handle_event(who, event, update_id="feed:7:1")
        await only.delivery.quiet()
        yield only


def fates_of(world: World) -> Fates:
    """What platforms say, as one process notes it."""

    async def told(key: str, status: str) -> None:
        world.told.append((key, status))

    return Fates(world.runner, world.sealer, world.alarms, told)


def fates(world: World) -> dict[str, str]:
    """What is known of each message."""
    with reading(world.engine) as connection:
        rows = connection.execute(text("SELECT message, fate FROM shown WHERE fate != ''"))
        return {row.message: row.fate for row in rows}


def fate_of(message: str, fate: str, address: str = "child-1") -> MessageFate:
    """A platform's word."""
    return MessageFate("fake", address, message, fate)


async def test_fates_may_come_in_any_order_and_again(world):
    """
    R2: of delivered and seen the further one stays, whatever comes first and how often.
    """
    for order in itertools.permutations(["delivered", "seen", "delivered"]):
        for fate in order:
            await world.fates.note(fate_of("m1", fate))
        assert fates(world) == {"m1": "seen"}
    assert (world.told, world.alarms.counts) == ([], {})


async def test_a_failed_message_alarms_once_and_stays_failed(world):
    """
    A message that failed after it was accepted is seen by somebody, once.
    """
    for fate in ("delivered", "failed", "failed", "seen"):
        await world.fates.note(fate_of("m1", fate))

    assert fates(world) == {"m1": "failed"}
    assert world.alarms.counts == {"message_failed": 1}
    assert world.told == []


async def test_a_counsellors_words_that_failed_are_told_to_staff(world):
    """
    The console learns that a reply did not arrive after all; a lost note is made up for.
    """
    asked, world.runner.ask = world.runner.ask, down
    with pytest.raises(StoreUnavailable):
        await world.fates.note(fate_of("m2", "failed"))
    world.runner.ask = asked
    for _ in range(2):
        await world.fates.note(fate_of("m2", "failed"))

    assert world.told == [("feed:7:1.0", "failed")]
    assert world.alarms.counts == {"message_failed": 1}


async def test_what_a_platform_tells_of_a_counsellors_words_is_told_to_staff(world):
    """
    Delivered and seen reach the console, each once, and nothing of what the bot said itself.
    """
    for message in ("m1", "m2"):
        for fate in ("delivered", "delivered", "seen", "delivered"):
            await world.fates.note(fate_of(message, fate))

    assert world.told == [("feed:7:1.0", "delivered"), ("feed:7:1.0", "seen")]


async def down(_what: object) -> object:
    """A database that is away."""
    raise StoreUnavailable("away")


@pytest.mark.parametrize(
    ("message", "address"),
    [("m9", "child-1"), ("m2", "child-2"), ("", "child-1"), ("é", "child-1")],
)
async def test_the_fate_of_an_unknown_message_is_nothing(world, message, address):
    """
    What is not ours, or another chat's, changes nothing and alarms nobody.
    """
    await world.fates.note(fate_of(message, "failed", address))

    assert (fates(world), world.told, world.alarms.counts) == ({}, [], {})
