"""What stands in a chat: it can be found again, changed in its place, and removed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.channel import FakeChannel
from fakes.chatting import pressed, step, voted, wrote
from fakes.talk import said
from fakes.world import World, worlds
from sqlalchemy import text

from bot.channels.base import Capabilities, ChannelBusy, ChannelDown, ChatGone
from bot.engine.events import Abilities, Hiding
from bot.store.database import reading

ABLE = Capabilities()


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """
    One process with a channel that reports its messages.
    """
    async with worlds(database_url, channels=[FakeChannel(ids=True)], step=step) as [only]:
        yield only


async def happens(world: World, *updates: object) -> None:
    """Take updates, one after the other, and deliver what they bring."""
    for update in updates:
        await world.runner.handle(update)
        await world.delivery.quiet()


def standing(world: World) -> list[str]:
    """The messages that are known to stand in the chats, oldest first."""
    with reading(world.engine) as connection:
        return list(connection.execute(text("SELECT message FROM shown ORDER BY id")).scalars())


async def test_both_sides_messages_are_known(world):
    """
    What the child wrote and what it was answered is known by its ids, each message once.
    """
    await happens(world, wrote("each one two", 1), wrote("hello", 2), pressed("m1", "go", 3))
    await happens(world, replace(wrote("hello, edited", 4), message="c2"))

    assert standing(world) == ["c1", "m1", "m2", "c2", "m3", "m4", "m5"]


async def test_a_channel_without_ids_leaves_no_rows(database_url):
    """
    A channel that reports no messages costs nothing.
    """
    async with worlds(database_url, step=step) as [world]:
        await happens(world, said("each one two", update="1"), said("hide", update="2"))

        assert standing(world) == []
        assert world.channel.texts("child-1") == ["one", "two", "before", "after", "left 0"]
        assert world.channel.taken_back == []


async def test_a_bubble_is_known_before_the_next_one_leaves(database_url):
    """
    R1: after a broken line what had arrived is known, so that it can be removed.
    """
    channel = FakeChannel(ids=True)
    async with worlds(database_url, channels=[channel], step=step) as [world]:
        channel.breaks["child-1"] = 2
        await happens(world, wrote("each one two three", 1))
        assert standing(world) == ["c1", "m1", "m2"]

        world.clock.forward(seconds=5)
        await world.goes_on()
        assert standing(world) == ["c1", "m1", "m2", "m3"]


async def test_the_page_is_turned_only_at_the_end_of_the_chat(world):
    """
    An answer takes the place of what was pressed while nothing stands behind it; else it is new.
    """
    await happens(world, wrote("hello", 1), pressed("m1", "on", 2))
    await happens(world, pressed("m1", "on", 3), wrote("wait", 4), pressed("m2", "on", 5))

    assert [place.pressed for place in world.channel.places] == ["", "m1", "", "", ""]


async def test_a_page_is_not_turned_when_something_came_meanwhile(world):
    """
    Whether the pressed message is still the last one counts when the answer leaves, not when
    it was made.
    """
    await happens(world, wrote("hello", 1))
    world.channel.fails("child-1", ChannelBusy(5.0))
    await happens(world, pressed("m1", "on", 2), wrote("and then", 3))
    world.clock.forward(seconds=6)
    await world.goes_on()

    assert world.channel.texts("child-1") == ["1: hello", "tapped on", "2: and then"]
    assert [place.pressed for place in world.channel.places] == ["", "", ""]


async def test_a_press_of_a_message_nobody_knows_is_answered_by_a_new_one(world):
    """
    A button of days ago gets its answer where the child looks, and its message can be removed.
    """
    await happens(world, pressed("old", "on", 1), wrote("hide", 2))

    assert world.channel.places[0].pressed == ""
    assert world.channel.taken_back[0][1] == ("old", "m1", "c2", "m2")


async def test_a_bubble_takes_the_place_of_an_earlier_one(world):
    """
    ``instead`` finds the newest bubble of that key.
    """
    await happens(world, wrote("keep wait other", 1), wrote("keep wait", 2))
    await happens(world, wrote("instead wait", 3), wrote("instead nothing", 4))

    assert [dict(place.instead) for place in world.channel.places[2:]] == [{"wait": "m3"}, {}]


async def test_a_bubble_that_was_changed_is_what_it_was_last(world):
    """
    What took the place of a fleeting bubble, in the same message, is not found under its key.
    """
    await happens(world, wrote("keep wait", 1))
    world.channel.rewinds()
    await happens(world, wrote("hello", 2))
    await happens(world, wrote("back wait", 3))

    assert world.channel.taken_back == [("child-1", ("c3",))]


async def test_hiding_removes_both_sides_and_what_is_said_after_it_stays(world):
    """
    C5: "hide this chat" takes away everything of both sides, then says so, and how it went.
    """
    await happens(world, wrote("each one two", 1), wrote("hide", 2))

    assert world.channel.taken_back == [("child-1", ("c1", "m1", "m2", "c2", "m3"))]
    assert world.channel.texts("child-1")[2:] == ["before", "after", "left 0"]
    assert standing(world) == world.channel.standing == ["m4", "m5"]


async def test_hiding_says_what_it_could_not_remove(world):
    """
    Messages that are too old are not tried, and count with those that the platform keeps.
    """
    await happens(world, wrote("one", 1))
    world.clock.forward(hours=47.5)
    await happens(world, wrote("two", 2))
    world.channel.stubborn = {"m2"}
    await happens(world, wrote("hide", 3))

    assert world.channel.taken_back == [("child-1", ("c2", "m2", "c3", "m3"))]
    assert world.channel.texts("child-1")[-1] == "left 3"


@pytest.mark.parametrize("fault", [ChannelDown(), ChannelBusy(20.0), KeyError("bug")])
async def test_hiding_is_tried_until_it_is_done(world, fault):
    """
    A broken line costs no removal and no order: what comes after waits for it.
    """
    await happens(world, wrote("hello", 1))
    world.channel.slow["child-1"] = asyncio.Event()
    await world.runner.handle(wrote("hide", 2))
    world.channel.slow.pop("child-1").set()
    await world.channel.has_sent(2)
    world.channel.fails("child-1", fault)
    await world.delivery.quiet()
    await happens(world, wrote("still here", 3))
    assert world.channel.texts("child-1")[1:] == ["before"]
    world.clock.forward(seconds=60)
    await world.goes_on()

    assert world.channel.texts("child-1")[1:] == ["before", "after", "2: still here", "left 0"]
    assert world.channel.taken_back == [("child-1", ("c1", "m1", "c2", "m2", "c3"))]


async def test_the_exit_never_drops_a_removal(world):
    """
    C2: leaving drops what was still to be said, and removes all the same what stands there.
    """
    world.channel.fails("child-1", ChannelBusy(5.0))
    await happens(world, wrote("hello", 1), wrote("vanish", 2), wrote("exit", 3))
    world.clock.forward(seconds=6)
    await world.goes_on()

    assert world.channel.taken_back == [("child-1", ("c1", "c2"))]
    assert world.channel.texts("child-1") == ["left 0"]


async def test_after_a_block_nothing_is_removed_either(world):
    """
    Nothing at all is called for a chat that is gone, and nothing of before comes afterwards.
    """
    world.channel.fails("child-1", ChatGone())
    await happens(world, wrote("hide", 1))
    await world.goes_on()
    assert world.channel.tries == ["child-1"]

    await happens(world, wrote("back again", 2))
    assert world.channel.texts("child-1") == ["taken"]
    assert world.count("outbox") == 0


async def test_taking_back_removes_the_newest_of_each_key_and_what_was_sent(world):
    """
    Of several bubbles of one key the last goes; the child's own message goes with it.
    """
    await happens(world, wrote("keep a b", 1), wrote("keep a", 2), wrote("back a b none", 3))

    assert world.channel.taken_back == [("child-1", ("m3", "m2", "c3"))]
    assert world.channel.texts("child-1")[-1] == "taken"
    assert standing(world) == ["c1", "m1", "c2", "m4"]


async def test_an_answer_to_a_poll_is_the_press_it_stands_for(world):
    """
    The option of a platform's own quiz is heard as its button, also after a restart.
    """
    await happens(world, wrote("quiz", 1), wrote("quiz", 2), voted("p1", 1, 3), voted("p2", 0, 4))

    assert world.channel.texts("child-1")[2:] == ["tapped q.b", "tapped q.a"]


@pytest.mark.parametrize(("poll", "option"), [("p9", 0), ("", 0), ("p1", 2), ("p1", -1)])
async def test_an_answer_to_an_unknown_poll_is_nothing(world, poll, option):
    """
    What no poll of this chat asked is neither answered nor kept as a fault.
    """
    await happens(world, wrote("quiz", 1), voted(poll, option, 2))

    assert world.channel.texts("child-1") == ["?"]
    assert world.alarms.counts == {}


async def test_a_poll_of_another_chat_is_unknown(world):
    """
    Nobody answers for somebody else.
    """
    await happens(world, wrote("quiz", 1), replace(voted("p1", 0, 2), address="child-2"))

    assert world.channel.texts("child-2") == []


async def test_the_step_knows_what_its_channel_can_do(database_url):
    """
    Each event carries the abilities of its own conversation's channel.
    """
    heard = []

    def noting(state, event):
        heard.append(event.abilities)
        return step(state, event)

    viber = Abilities(takes_back=False, hides=Hiding.SELF)
    other = FakeChannel("other", replace(ABLE, abilities=viber))
    async with worlds(database_url, channels=[FakeChannel(), other], step=noting) as [world]:
        await world.runner.handle(said("hello", update="1"))
        await world.runner.handle(replace(said("hello", update="2"), channel="other"))

    assert heard == [Abilities(), viber]


async def test_nothing_is_in_clear(sqlite_url, tmp_path: Path):
    """
    S32: neither words nor names of bubbles, buttons or chats can be read in the tables of what
    stands in a chat; a campaign's name is there, and nobody with it.
    """
    channel = FakeChannel(ids=True)
    async with worlds(sqlite_url, channels=[channel], step=step) as [world]:
        await happens(
            world,
            wrote("keep hidden.key", 1),
            wrote("quiz hidden words", 2),
            wrote("from school-42", 3),
        )
        channel.fails("child-1", *[ChannelDown()] * 9)
        await happens(world, wrote("back hidden.key", 4), pressed("m1", "hidden.button", 5))
        stored = contents(tmp_path)

        assert world.count("shown") > 4
    for words in (b"hidden", b"child-1", b"q.a"):
        assert words not in stored
    assert b"school-42" in stored


def contents(folder: Path) -> bytes:
    """All that the database and its log hold on the disk."""
    return b"".join(path.read_bytes() for path in folder.glob("test.db*"))
