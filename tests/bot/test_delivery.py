"""What delivery promises: order, patience, and that no chat waits for another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.channel import FakeChannel
from fakes.chatting import step, wrote
from fakes.talk import said, say
from fakes.world import World, worlds
from sqlalchemy import text

from bot.channels.base import (
    Capabilities,
    ChannelBusy,
    ChannelDown,
    ChannelRefused,
    ChatGone,
    Inbound,
)
from bot.crypto import SealBroken
from bot.delivery import AT_ONCE
from bot.engine.events import CounsellorWrote, TimerFired
from bot.helpline import HelplineRefused
from bot.store import outbox
from bot.store.database import writing
from bot.store.outbox import CHANNEL

ABLE = Capabilities()


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """
    One process with its delivery.
    """
    async with worlds(database_url) as [only]:
        yield only


async def test_a_slow_chat_delays_no_other(world):
    """
    While one chat's phone takes for ever, twenty others are answered.
    """
    world.channel.slow["slow"] = asyncio.Event()
    await world.runner.handle(said("hello", who="slow", update="s"))
    for n in range(20):
        await world.runner.handle(said("hello", who=f"c{n}", update=str(n)))
    await world.channel.has_sent(20)

    assert "slow" not in {sent.address for sent in world.channel.sent}
    world.channel.slow["slow"].set()
    await world.delivery.quiet()
    assert world.channel.texts("slow") == ["1: hello"]


async def test_a_limited_chat_is_not_tried_before_its_time(world):
    """
    After "retry after 30" the chat is left alone for 30 seconds; other chats are not.
    """
    world.channel.fails("child-1", ChannelBusy(30.0))
    await world.runner.handle(said("one", update="1"))
    await world.delivery.quiet()
    await world.runner.handle(said("two", update="2"))
    await world.runner.handle(said("hello", who="other", update="3"))
    world.clock.forward(seconds=30)
    await world.goes_on()
    assert world.channel.tries == ["child-1", "other"]

    world.clock.forward(seconds=1)
    await world.goes_on()

    assert world.channel.texts("child-1") == ["1: one", "2: two"]


async def test_a_channel_that_hangs_delays_no_other(database_url):
    """
    U8: with more chats stuck on one channel than it has places, another is answered at once, also
    what only a look at the stored rows can find.
    """
    stuck, other = FakeChannel("stuck"), FakeChannel("other")
    async with worlds(database_url, channels=[stuck, other]) as [world]:
        gate = asyncio.Event()
        for n in range(AT_ONCE[CHANNEL] + 100):
            stuck.slow[f"s{n}"] = gate
            await world.runner.handle(on(stuck, said("hello", who=f"s{n}", update=f"s{n}")))
        await world.runner.handle(on(other, said("hello", update="1")))
        await other.has_sent(1)
        other.fails("child-1", ChannelBusy(1.0))
        await world.runner.handle(on(other, said("again", update="2")))
        await world.runner.handle(on(other, said("hello", who="last", update="3")))
        await other.has_sent(2)
        world.clock.forward(seconds=2)
        await world.delivery.look()
        await other.has_sent(3)

        assert other.texts("child-1") == ["1: hello", "2: again"]
        assert stuck.sent == []
        gate.set()
        await world.delivery.quiet()
        assert len(stuck.sent) == AT_ONCE[CHANNEL] + 100


def on(channel: FakeChannel, inbound: Inbound) -> Inbound:
    """The same update on this channel."""
    return replace(inbound, channel=channel.name)


@pytest.fixture
async def restful(database_url: str) -> AsyncIterator[list[World]]:
    """
    Two processes and a channel that wants a second between two messages in one chat.
    """
    channel = FakeChannel(capabilities=replace(ABLE, rest=1.0), ids=True)
    async with worlds(database_url, 2, [channel], step=step) as both:
        yield both


def begins(world: World) -> list[float]:
    """From when on each answer might be sent, in seconds from now."""
    now = world.clock().timestamp()
    return [max(place.not_before / 1000 - now, 0) for place in world.channel.places]


async def test_one_chat_is_written_to_once_a_second_by_all_processes(restful):
    """
    Each answer is told from when on its chat is free, whichever process made the one before.
    """
    one, other = restful
    for n, world in enumerate([one, other, one]):
        await world.runner.handle(wrote("each two bubbles", n))
        await world.delivery.quiet()
    await other.runner.handle(replace(wrote("hello", 9), address="child-2"))
    await other.delivery.quiet()

    assert begins(one) == [0, 2, 4, 0]


async def test_a_clock_that_was_put_back_silences_no_chat(restful):
    """
    S52: an hour is put back, and a child is still answered at once.
    """
    world, _ = restful
    await world.runner.handle(wrote("hello", 1))
    await world.delivery.quiet()
    world.clock.forward(hours=-1)
    await world.runner.handle(wrote("again", 2))
    await world.runner.handle(wrote("again", 3))
    await world.delivery.quiet()

    assert begins(world)[1:] == [0, 1]


async def test_a_chat_that_was_late_still_gets_its_rest(restful):
    """
    After a delay what waits does not come all at once: the pause counts from the last message.
    """
    world, _ = restful
    world.channel.fails("child-1", ChannelBusy(30.0))
    for n in range(3):
        await world.runner.handle(wrote(f"{n}", n))
        await world.delivery.quiet()
    world.clock.forward(seconds=31)
    await world.goes_on()
    await world.runner.handle(wrote("later", 9))
    await world.delivery.quiet()

    assert world.channel.texts("child-1") == ["1: 0", "2: 1", "3: 2", "4: later"]
    assert begins(world) == [0, 1, 1, 1]


@pytest.fixture
async def costly(database_url: str) -> AsyncIterator[World]:
    """
    A channel that takes money for what nobody asked for within a day.
    """
    channel = FakeChannel(capabilities=replace(ABLE, session=timedelta(hours=24)))

    def noticing(state, event):
        if isinstance(event, TimerFired):
            return step(state, wrote("notice", 0).event)
        if isinstance(event, CounsellorWrote):
            return step(state, wrote(f"notice {event.name}", 0).event)
        return step(state, event)

    async with worlds(database_url, channels=[channel], step=noticing) as [only]:
        yield only


@pytest.mark.parametrize(("hours", "texts"), [(23.9, ["1: hello", "notice"]), (24.1, ["1: hello"])])
async def test_nothing_is_sent_unasked_where_it_costs(costly, hours, texts):
    """
    A day after the last word a notice is left out: counted, not alarmed, and not tried again.
    """
    await costly.runner.handle(said("hello", update="1"))
    await costly.runner.handle(said("wake nudge", update="2"))
    costly.clock.forward(hours=hours)
    who = costly.runner.conversation_id("fake", "child-1")
    event = TimerFired(at=costly.clock(), name="nudge")
    await costly.runner.handle_event(who, event, update_id="timer")
    await costly.goes_on()

    assert costly.channel.texts("child-1") == texts
    assert costly.delivery.left_out == 2 - len(texts)
    assert (costly.count("outbox"), costly.alarms.counts) == (0, {})


async def test_a_persons_words_are_sent_whatever_they_cost(costly):
    """
    What a counsellor wrote goes out also after days.
    """
    await costly.runner.handle(said("hello", update="1"))
    costly.clock.forward(hours=80)
    who = costly.runner.conversation_id("fake", "child-1")
    event = CounsellorWrote(at=costly.clock(), contact_id="c", name="Elira", text="hi")
    await costly.runner.handle_event(who, event, update_id="feed:1:1")
    await costly.goes_on()

    assert costly.channel.texts("child-1") == ["1: hello", "notice"]


async def test_a_channel_that_is_down_is_tried_ever_more_seldom(world):
    """
    Each failure doubles the wait, and the order of the bubbles stays.
    """
    world.channel.fails("child-1", *[ChannelDown()] * 3)
    await world.runner.handle(said("one", update="1"))
    await world.runner.handle(said("two", update="2"))
    await world.delivery.quiet()
    waits = []
    while len(world.channel.tries) < 5:
        before = len(world.channel.tries)
        seconds = 0
        while len(world.channel.tries) == before:
            world.clock.forward(seconds=1)
            seconds += 1
            await world.goes_on()
        waits.append(seconds)

    assert waits == [2, 3, 5]
    assert world.channel.texts("child-1") == ["1: one", "2: two"]


@pytest.mark.parametrize("fault", [ChannelDown(), ChannelBusy(30.0)])
async def test_what_no_channel_takes_for_a_day_fails_visibly(world, fault):
    """
    After 24 hours a bubble is given up with an alarm, and what stands behind it goes on; "too
    fast" is no reason to try for ever.
    """
    world.channel.fails("child-1", fault, fault)
    await world.runner.handle(said("one", update="1"))
    await world.delivery.quiet()
    world.clock.forward(hours=25)
    await world.goes_on()
    await world.runner.handle(said("two", update="2"))
    await world.goes_on()

    assert world.alarms.counts == {"channel_undelivered": 1}
    assert world.channel.texts("child-1") == ["2: two"]
    assert world.failed() == 1


async def test_a_refused_bubble_alarms_and_holds_nothing_up(world):
    """
    What the channel understood and refused is not repeated, and the next bubble leaves.
    """
    world.channel.fails("child-1", ChannelRefused())
    await world.runner.handle(said("one", update="1"))
    await world.runner.handle(said("two", update="2"))
    await world.delivery.quiet()

    assert world.alarms.counts == {"channel_refused": 1}
    assert world.channel.texts("child-1") == ["2: two"]
    assert world.failed() == 1


async def test_a_bug_of_an_adapter_costs_no_answer(world):
    """
    An error that no adapter should raise is alarmed, and the bubble is tried again.
    """
    world.channel.fails("child-1", KeyError("bug"))
    await world.runner.handle(said("one", update="1"))
    await world.delivery.quiet()
    world.clock.forward(seconds=3)
    await world.goes_on()

    assert world.alarms.counts == {"channel_bug": 1}
    assert world.channel.texts("child-1") == ["1: one"]


async def test_after_a_block_no_call_is_made_for_that_chat(world):
    """
    A person who blocked the bot is left alone, and what waited is gone.
    """
    world.channel.slow["child-1"] = asyncio.Event()
    world.channel.fails("child-1", ChatGone())
    for n in range(4):
        await world.runner.handle(said("hello", update=str(n)))
    world.channel.slow["child-1"].set()
    await world.delivery.quiet()
    await world.goes_on()

    assert world.channel.tries == ["child-1"]
    assert world.count("outbox") == 0


async def test_what_became_of_a_row_is_told_once_it_is_known(world):
    """
    The feed's receipts hear of each row by its key: sent, or failed.
    """
    told = []

    async def note(key, status):
        told.append((key, status))

    world.delivery.tells(note)
    world.channel.fails("b", ChannelRefused())
    world.channel.fails("c", ChatGone())
    for who in "abc":
        await world.runner.handle(said("hello", who=who, update=who))
    await world.delivery.quiet()

    assert sorted(told) == [
        ("fake:a.0", "sent"),
        ("fake:b.0", "failed"),
        ("fake:c.0", "failed"),
    ]


async def test_a_restart_finds_what_had_not_left(database_url):
    """
    What a process held when it died is carried by the next one, in order.
    """
    async with worlds(database_url) as [first]:
        first.channel.fails("child-1", *[ChannelDown()] * 9)
        for n in range(1, 4):
            await first.runner.handle(said(str(n), update=str(n)))
    async with worlds(database_url) as [second]:
        second.clock.forward(minutes=1)
        await second.goes_on()

        assert second.channel.texts("child-1") == ["1: 1", "2: 2", "3: 3"]
        assert second.count("outbox") == 0


async def test_an_answer_goes_on_behind_the_bubble_that_was_accepted(database_url):
    """
    R1: after a broken line and a death of the process no bubble that arrived is sent again.
    """
    async with worlds(database_url) as [first]:
        first.channel.breaks["child-1"] = 2
        await first.runner.handle(said("each one two three", update="1"))
        await first.delivery.quiet()
        assert first.channel.texts("child-1") == ["one", "two"]
    async with worlds(database_url) as [second]:
        second.channel.breaks["child-1"] = -1
        second.clock.forward(minutes=1)
        await second.goes_on()

        assert second.channel.texts("child-1") == ["three"]
        assert second.count("outbox") == 0


async def test_what_another_process_carries_is_left_to_it(database_url):
    """
    A row on its way in one process is not sent by another, however often it looks.
    """
    async with worlds(database_url, 2) as [one, other]:
        one.channel.slow["child-1"] = asyncio.Event()
        await one.runner.handle(said("hello", update="1"))
        await other.runner.handle(said("again", update="2"))
        for _ in range(6):
            one.clock.forward(seconds=5)
            await one.delivery.look()
            await other.goes_on()
        assert other.channel.sent == []

        one.channel.slow["child-1"].set()
        await one.delivery.quiet()

        assert one.channel.texts("child-1") == ["1: hello", "2: again"]


async def test_an_outage_of_the_helpline_drains_in_order_of_urgency(world):
    """
    R5: after a day without the helpline every contact arrives once, emergencies first, and
    each child was told once that it is kept.
    """
    world.helpline.down = True
    for n, severity in enumerate(["concern", "disclosure", "emergency", "concern"]):
        await world.runner.handle(said(f"tell {severity}", who=f"c{n}", update=f"t{n}"))
        await world.runner.handle(said("more", who=f"c{n}", update=f"m{n}"))
    for _ in range(4):
        world.clock.forward(hours=6)
        await world.goes_on()
    assert world.alarms.counts == {"helpline_unavailable": 1}
    assert all(world.channel.texts(f"c{n}") == ["1: told", "delayed"] for n in range(4))

    world.helpline.down = False
    for _ in range(5):
        world.clock.forward(seconds=20)
        await world.goes_on()

    contacts = [key for kind, key, _ in world.helpline.posts if kind == "contact"]
    assert contacts == ["fake:t2.1", "fake:t1.1", "fake:t0.1", "fake:t3.1"]
    assert sorted(key for kind, key, _ in world.helpline.posts if kind == "messages") == [
        f"fake:m{n}.1" for n in range(4)
    ]
    assert all(world.channel.texts(f"c{n}")[-1] == "arrived 4" for n in range(4))


async def test_the_rows_of_a_contact_stay_in_order(world):
    """
    However urgent a later message is, the contact itself is opened before it.
    """
    world.helpline.down = True
    await world.runner.handle(said("tell concern", update="1"))
    await world.runner.handle(said("more", update="2"))
    await world.runner.handle(said("tell emergency", update="3"))
    await world.delivery.quiet()
    world.helpline.down = False
    world.clock.forward(seconds=20)
    await world.goes_on()

    assert [key for _, key, _ in world.helpline.posts] == ["fake:1.1", "fake:2.1", "fake:3.1"]


async def test_a_contact_that_is_refused_is_seen_by_somebody(world):
    """
    A helpline that says no leaves the row for a person to look at, and an alarm.
    """
    world.helpline.refusal = HelplineRefused(422, "schema")
    await world.runner.handle(said("tell disclosure"))
    await world.delivery.quiet()

    assert world.alarms.counts == {"helpline_refused": 1}
    assert world.failed() == 1
    assert world.channel.texts("child-1")[-1] == "refused"  # the child knows as well


async def test_a_contact_that_was_refused_arrives_after_a_mend(world):
    """
    What the helpline refused is tried again after a restart, in its order, and is no more lost
    than what it did not answer.
    """
    world.helpline.refusal = HelplineRefused(409, "unknown-key")
    await world.runner.handle(said("tell disclosure", update="1"))
    await world.runner.handle(said("more", update="2"))
    await world.delivery.quiet()
    world.helpline.refusal = None
    await world.runner.ask(outbox.try_again)
    await world.goes_on()

    assert [key for _, key, _ in world.helpline.posts] == ["fake:1.1", "fake:2.1"]
    assert world.failed() == 0


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[World]:
    """
    One process in whose chat reports are made.
    """
    async with worlds(database_url, step=step) as [only]:
        yield only


async def test_a_report_is_told_as_stored_only_when_it_is(desk):
    """
    The code comes with the helpline's 201; until then the person is told once that it is kept.
    """
    desk.helpline.down = True
    await desk.runner.handle(said("file hidden words"))
    await desk.delivery.quiet()
    for _ in range(3):
        desk.clock.forward(seconds=20)
        await desk.goes_on()
    assert desk.channel.texts("child-1") == ["kept"]

    desk.helpline.down = False
    desk.clock.forward(seconds=20)
    await desk.goes_on()

    assert desk.channel.texts("child-1") == ["kept", "code 1234"]
    [(kind, _, body)] = desk.helpline.posts
    assert kind == "report"
    assert b"hidden" not in body


@pytest.mark.parametrize(
    ("code", "told"), [("1234", "known submitted"), ("9", "unknown"), ("slow", "slowed")]
)
async def test_a_question_about_a_report_is_answered(desk, code, told):
    """
    Whoever comes back with a code hears what became of the report, or that there is none.
    """
    await desk.runner.handle(said(f"ask {code}"))
    await desk.delivery.quiet()

    assert desk.channel.texts("child-1") == [told]


async def test_a_question_about_a_report_waits_for_nobody(desk):
    """
    While the helpline is away that is said at once, and the question is not asked again later.
    """
    desk.helpline.down = True
    await desk.runner.handle(said("ask 1234"))
    await desk.delivery.quiet()

    assert desk.channel.texts("child-1") == ["unreachable"]
    assert desk.count("outbox") == 0


async def test_a_repeated_post_carries_the_same_bytes_and_key(world):
    """
    R6: what is posted again is byte for byte what was posted before, under the same key.
    """
    tries = []

    async def post(kind, body, *, key, contact_id=""):
        tries.append((body, key, contact_id))
        raise TimeoutError

    world.helpline.post = post
    await world.runner.handle(said("tell disclosure"))
    await world.delivery.quiet()
    world.clock.forward(seconds=60)
    await world.goes_on()

    assert len(tries) == 2
    assert tries[0] == tries[1]


async def test_a_row_that_does_not_open_is_set_aside(world):
    """
    S34: a payload moved to another row is not sent to anybody, and holds nobody up.
    """
    world.channel.fails("a", ChannelDown())
    world.channel.fails("b", ChannelDown())
    for who in "ab":
        await world.runner.handle(said(f"for {who}", who=who, update=who))
    await world.delivery.quiet()
    with writing(world.engine) as connection:
        connection.execute(
            text(
                "UPDATE outbox SET payload = (SELECT payload FROM outbox WHERE key = 'fake:b.0')"
                " WHERE key = 'fake:a.0'"
            )
        )
    world.clock.forward(minutes=1)
    await world.goes_on()

    assert world.channel.texts("a") == []
    assert world.channel.texts("b") == ["1: for b"]
    assert world.failed() == 1


def test_moved_cells_do_not_open(sealer):
    """
    S34: a sealed cell opens in its own table, column and row, and nowhere else.
    """
    sealed = sealer.seal(say("secret").text.encode(), table="t", column="c", row="1")
    assert sealer.open(sealed, table="t", column="c", row="1") == b"secret"

    for place in ({"table": "u"}, {"column": "d"}, {"row": "2"}):
        with pytest.raises(SealBroken):
            sealer.open(sealed, **({"table": "t", "column": "c", "row": "1"} | place))


async def test_an_addition_is_kept_until_the_helpline_has_it(desk):
    """
    What is added to a report is told as kept once, as added only after the helpline's 201, and
    neither its words nor the receipt stand in what is posted or stored as they are (S36).
    """
    desk.helpline.down = True
    await desk.runner.handle(said("add hidden words"))
    await desk.delivery.quiet()
    [stored] = await desk.runner.ask(
        lambda c: c.execute(text("SELECT payload FROM outbox WHERE lane = 'helpline'")).all()
    )
    assert b"1234" not in stored[0]
    for _ in range(3):
        desk.clock.forward(seconds=20)
        await desk.goes_on()
    assert desk.channel.texts("child-1") == ["add kept"]

    desk.helpline.down = False
    desk.clock.forward(seconds=20)
    await desk.goes_on()

    assert desk.channel.texts("child-1") == ["add kept", "added"]
    [(kind, _, body)] = desk.helpline.posts
    assert kind == "addition"
    assert b"hidden" not in body
    assert desk.count("outbox") == 0


async def test_an_addition_holds_up_nothing_while_receipts_are_guessed(desk):
    """
    Slowed by the helpline an addition is tried a few times, then said to be refused; the line
    is not taken to be down, so a contact that waits behind it leaves.
    """
    desk.helpline.refusal = HelplineRefused(429, "slowed")
    await desk.runner.handle(said("add words", update="1"))
    await desk.runner.handle(said("tell emergency", update="2"))
    await desk.delivery.quiet()
    for _ in range(6):
        desk.clock.forward(seconds=20)
        await desk.goes_on()
        assert not desk.delivery.letters.down
    assert "not added" in desk.channel.texts("child-1")

    desk.helpline.refusal = None
    desk.clock.forward(seconds=20)
    await desk.goes_on()

    assert "contact" in [kind for kind, _, _ in desk.helpline.posts]


async def test_a_wish_for_no_more_news_leaves_without_a_word(desk):
    """
    That somebody wants no news is posted like an addition, and nothing is said of it twice.
    """
    await desk.runner.handle(said("hush"))
    await desk.delivery.quiet()

    assert [kind for kind, _, _ in desk.helpline.posts] == ["wants_news"]
    assert desk.channel.texts("child-1") == []
