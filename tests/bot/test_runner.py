"""What the runner promises: one event, one step, one commit."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.channel import FakeChannel
from fakes.talk import NOON, Step, parts, said, say, step
from fakes.world import worlds
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot import authoring
from bot.channels.base import Inbound
from bot.engine.events import (
    AnyEvent,
    ButtonTapped,
    ChatLost,
    CounsellorWrote,
    ExitPressed,
    MessageReceived,
    Started,
    TimerFired,
)
from bot.engine.state import State
from bot.engine.step import step as real_step
from bot.runner import Runner
from bot.store.database import StoreUnavailable, connect, moment, reading

CONTENT = authoring.load(Path(__file__).resolve().parents[2] / "content")
LESSON = "t01-privacy-14-17"


async def test_an_update_is_answered_and_nothing_is_left(database_url):
    """
    A message is answered once, and what was delivered is no longer stored.
    """
    async with worlds(database_url) as [world]:
        assert await world.runner.handle(said("hello"))
        await world.delivery.quiet()

        assert world.channel.texts("child-1") == ["1: hello"]
        assert world.count("outbox") == 0


async def test_repeats_in_parallel_have_one_effect(database_url):
    """
    R2: the same update five times at once, on each of two processes, changes one thing once.
    """
    async with worlds(database_url, 2) as both:
        update = said("tell disclosure")
        handled = [world.runner.handle(update) for world in both for _ in range(5)]
        changed = await asyncio.gather(*handled)
        for world in both:
            await world.delivery.quiet()

        assert sorted(changed) == [False] * 9 + [True]
        assert len([post for world in both for post in world.helpline.posts]) == 1
        texts = [told for world in both for told in world.channel.texts("child-1")]
        assert texts == ["1: told", "arrived 4"]


async def test_a_new_person_on_two_processes_is_one_conversation(database_url):
    """
    Two first messages of one person that reach two processes meet in one conversation.
    """
    async with worlds(database_url, 2) as both:
        await asyncio.gather(
            *(
                world.runner.handle(said("hello", update=f"{n}-{m}"))
                for n, world in enumerate(both)
                for m in range(5)
            )
        )
        for _ in range(12):
            for world in both:
                await world.delivery.look()
                await world.delivery.quiet()

        texts = {told for world in both for told in world.channel.texts("child-1")}
        assert texts == {f"{n}: hello" for n in range(1, 11)}
        assert both[0].count("conversations") == 1


async def test_answers_come_in_the_order_of_the_messages(database_url):
    """
    R3: fifty messages of three people at once: each is answered in its own order.
    """
    async with worlds(database_url) as [world]:
        updates = [
            said(str(n), who=who, update=f"{who}-{n}")
            for n, who in itertools.product(range(1, 18), ["a", "b", "c"])
        ]
        await asyncio.gather(*map(world.runner.handle, updates))
        await world.delivery.quiet()

        for who in "abc":
            assert world.channel.texts(who) == [f"{n}: {n}" for n in range(1, 18)]
        assert world.runner.commits < 51


@settings(max_examples=20)
@given(st.permutations(range(1, 7)), st.lists(st.integers(1, 6), max_size=6), st.data())
def test_what_arrives_shuffled_and_repeated_is_answered_once(order, repeats, data):
    """
    R2, R3: the updates of one chat, shuffled and repeated over two processes, are each answered
    once, and the answers arrive in the order in which they were given.
    """
    updates = [ordered(n) for n in [*order, *repeats]]
    where = [data.draw(st.integers(0, 1)) for _ in updates]
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bot.db'}"
        texts = asyncio.run(shuffled(url, updates, where))

    counted = [told.split(": ")[0] for told in texts]
    heard = [told.split(": ")[1] for told in texts]
    assert sorted(heard) == counted == [str(n) for n in range(1, 7)]


async def test_a_commit_keeps_the_platforms_order(database_url):
    """
    R3: of updates that share a commit each chat's are read in order; what has none keeps its
    place.
    """
    gate = threading.Event()
    async with worlds(database_url) as [world]:
        first = asyncio.ensure_future(world.runner.ask(lambda _: gate.wait()))
        updates = [ordered(3), ordered(1), said("free", update="9"), ordered(2)]
        taken = [asyncio.ensure_future(world.runner.handle(each)) for each in updates]
        await asyncio.sleep(0)  # all of them wait for the writer now
        gate.set()
        await asyncio.gather(first, *taken)
        await world.delivery.quiet()

        assert world.channel.texts("child-1") == ["1: 1", "2: 2", "3: free", "4: 3"]


async def shuffled(url, updates, where):
    """Take the updates on two processes at once; return what was answered."""
    channel = FakeChannel()
    async with worlds(url, 2, [channel]) as both:
        handled = [both[n].runner.handle(update) for n, update in zip(where, updates, strict=True)]
        await asyncio.gather(*handled)
        for _ in range(8):
            for world in both:
                await world.delivery.look()
                await world.delivery.quiet()
        return channel.texts("child-1")


def ordered(n: int) -> Inbound:
    """The n-th message of a chat, as the platform counts."""
    return replace(said(str(n), update=str(n)), order=n)


async def test_one_bad_event_spoils_no_other(database_url):
    """
    An event that the database cannot take leaves the others of its batch as they were.
    """

    def name_too_long(state, event):
        from fakes.talk import step

        answer = step(state, event)
        if getattr(event, "text", "") == "odd":
            return answer._replace(effects=[say("\0")], state=Unstorable(state))
        return answer

    class Unstorable:
        def __init__(self, state):
            self.language = "en"

        def to_dict(self):
            return {"version": 1, "odd": object()}

    async with worlds(database_url, step=name_too_long) as [world]:
        await asyncio.gather(
            *(
                world.runner.handle(said("odd" if n == 3 else "fine", who=f"c{n}", update=str(n)))
                for n in range(6)
            )
        )
        await world.delivery.quiet()

        fine = [world.channel.texts(f"c{n}") for n in range(6) if n != 3]
        assert fine == [["1: fine"]] * 5
        assert world.channel.texts("c3") == ["doors "]


async def test_a_step_that_fails_still_shows_the_doors_of_help(database_url):
    """
    A bug costs the child no way to help, keeps the event sealed for replay, and alarms.
    """
    async with worlds(database_url) as [world]:
        await world.runner.handle(said("hello", update="1"))
        assert await world.runner.handle(said("bug", update="2"))
        await world.runner.handle(said("again", update="3"))
        await world.delivery.quiet()

        assert world.channel.texts("child-1") == ["1: hello", "doors en", "2: again"]
        assert world.count("spoiled") == 1
        assert world.alarms.counts == {"spoiled": 1}


async def test_a_step_that_fails_says_nothing_to_who_is_away(database_url):
    """
    C2, C3: a bug in news, in a timer or at the exit shows nothing on a phone that nobody holds.
    """

    def breaks(state: State, event: AnyEvent) -> Step:
        if isinstance(event, MessageReceived):
            return step(state, event)
        raise ValueError

    async with worlds(database_url, step=breaks) as [world]:
        await world.runner.handle(said("hello", update="1"))
        who = world.runner.conversation_id("fake", "child-1")
        wrote = CounsellorWrote(at=NOON, contact_id="c", name="Elira", text="hi")
        assert await world.runner.handle_event(who, wrote, update_id="feed:1")
        await world.runner.handle(Inbound("fake", "2", "child-1", ExitPressed(at=NOON)))
        await world.delivery.quiet()

        assert world.channel.texts("child-1") == ["1: hello"]
        assert world.count("spoiled") == 2
        assert world.alarms.counts == {"spoiled": 2}


async def test_a_contact_is_told_as_arrived_only_when_it_has(database_url):
    """
    The child hears that the contact arrived after the helpline stored it, never before.
    """
    async with worlds(database_url) as [world]:
        world.helpline.down = True
        await world.runner.handle(said("tell disclosure"))
        await world.delivery.quiet()
        assert world.channel.texts("child-1") == ["1: told", "delayed"]

        world.helpline.down = False
        world.clock.forward(seconds=20)
        await world.delivery.look()
        await world.delivery.quiet()

        assert world.channel.texts("child-1") == ["1: told", "delayed", "arrived 4"]
        assert len(world.helpline.posts) == 1


async def test_events_from_elsewhere_need_a_conversation(database_url):
    """
    Words for a conversation that is not there are reported as not taken.
    """
    async with worlds(database_url) as [world]:
        event = CounsellorWrote(at=world.clock(), contact_id="c", name="Elira", text="hi")

        assert not await world.runner.handle_event("f" * 32, event, update_id="feed:1")


async def test_a_timer_fires_once_on_two_processes(database_url):
    """
    R7: a due timer handed in by two processes at once wakes the conversation once.
    """
    async with worlds(database_url, 2) as both:
        await both[0].runner.handle(said("wake nudge"))
        who = both[0].runner.conversation_id("fake", "child-1")
        both[0].clock.forward(minutes=6)
        event = TimerFired(at=both[0].clock(), name="nudge")

        fired = await asyncio.gather(
            *(
                world.runner.handle_event(who, event, update_id=f"timer:{n}")
                for n, world in enumerate(both)
            )
        )

        assert sorted(fired) == [False, True]
        assert both[0].count("timers") == 0


async def test_a_timer_that_was_moved_or_cancelled_stays_silent(database_url):
    """
    A timer fires at the time it was last set to, and not at all once cancelled.
    """
    async with worlds(database_url) as [world]:
        who = world.runner.conversation_id("fake", "child-1")
        await world.runner.handle(said("wake nudge", update="1"))
        early = TimerFired(at=world.clock(), name="nudge")
        assert not await world.runner.handle_event(who, early, update_id="timer:1")

        await world.runner.handle(said("sleep nudge", update="2"))
        world.clock.forward(minutes=6)
        late = TimerFired(at=world.clock(), name="nudge")
        assert not await world.runner.handle_event(who, late, update_id="timer:2")


async def test_exit_drops_what_has_not_left(database_url):
    """
    After the quick exit nothing that was still waiting is shown.
    """
    async with worlds(database_url) as [world]:
        world.channel.slow["child-1"] = asyncio.Event()
        await world.runner.handle(said("one", update="1"))
        await world.runner.handle(said("two", update="2"))
        await world.runner.handle(said("exit", update="3"))
        world.channel.slow["child-1"].set()
        await world.delivery.quiet()

        assert world.channel.texts("child-1") == ["1: one"]  # it was on its way
        assert world.count("outbox") == 0


async def test_words_of_a_person_that_wait_at_an_exit_are_held(database_url):
    """
    C2: a counsellor's words that were still waiting come after no exit word; they are held for
    the child's return, in order, and nothing is told of them meanwhile.
    """
    async with worlds(database_url) as [world]:
        told: list[str] = []
        world.delivery.tells(lambda key, fate: _noted(told, key))
        world.channel.slow["child-1"] = asyncio.Event()
        await world.runner.handle(said("one", update="1"))
        who = world.runner.conversation_id("fake", "child-1")
        for seq, text in enumerate(("hi", "how are you"), start=1):
            wrote = CounsellorWrote(at=world.clock(), contact_id="c", name="Elira", text=text)
            await world.runner.handle_event(who, wrote, update_id=f"feed:{seq}")
        await world.runner.handle(said("exit", update="2"))
        world.channel.slow["child-1"].set()
        await world.delivery.quiet()
        assert world.channel.texts("child-1") == ["1: one"]
        assert not any(key.startswith("feed:") for key in told)

        await world.runner.handle(said("held", update="3"))
        await world.delivery.quiet()
        assert world.channel.texts("child-1")[1:] == ["hi", "how are you"]


async def _noted(told: list[str], key: str) -> None:
    told.append(key)


async def test_a_lost_chat_is_silent_until_it_speaks(database_url):
    """
    After a block nothing is sent; when the person writes again, all is as before.
    """
    async with worlds(database_url) as [world]:
        await world.runner.handle(said("hello", update="1"))
        who = world.runner.conversation_id("fake", "child-1")
        await world.runner.handle_event(who, ChatLost(at=world.clock()), update_id="lost")
        wrote = CounsellorWrote(at=world.clock(), contact_id="c", name="Elira", text="hi")
        await world.runner.handle_event(who, wrote, update_id="feed:1")
        await world.delivery.quiet()
        assert world.channel.texts("child-1") == ["1: hello"]

        await world.runner.handle(said("back", update="2"))
        await world.delivery.quiet()
        assert world.channel.texts("child-1") == ["1: hello", "4: back"]


async def test_nothing_is_acknowledged_that_was_not_stored(sqlite_url):
    """
    R4: a database that is locked or gone is an error, never a True; the repeat is taken.
    """
    async with worlds(sqlite_url) as [world]:
        quick = connect(sqlite_url, busy_ms=1)
        runner = Runner(quick, parts(world.clock), world.alarms)
        runner.start()
        with world.engine.begin() as holder:
            holder.exec_driver_sql("DELETE FROM seen")
            with pytest.raises(StoreUnavailable):
                await runner.handle(said("hello"))

        assert await runner.handle(said("hello"))
        await runner.stop()
        quick.dispose()


async def test_the_last_word_is_known_and_a_block_is_none(database_url):
    """
    When somebody was last heard moves with each thing they do, never back, and not with a block
    or with opening a chat that can only be answered in the call: no session begins with those.
    """
    async with worlds(database_url) as [world]:
        hour = timedelta(hours=1)
        for number, at in enumerate([NOON + hour, NOON], start=1):
            await world.runner.handle(said("hello", update=str(number), at=at))
        lost = Inbound("fake", "3", "child-1", ChatLost(at=NOON + 2 * hour))
        await world.runner.handle(lost)
        opened = Inbound("fake", "4", "child-1", Started(at=NOON + 3 * hour), in_answer=True)
        await world.runner.answer(opened)

        with reading(world.engine) as connection:
            heard = connection.execute(text("SELECT heard_at FROM conversations")).scalar_one()
        assert moment(heard) == NOON + hour


@pytest.mark.parametrize("press_first", [True, False])
async def test_a_press_and_a_message_that_swap_make_sense(database_url, press_first):
    """
    R3: whichever of an answer to a lesson's question and a word beside it comes first, the answer
    counts once, nothing is spoiled, and a second press is no second answer.
    """
    states = []

    def noting(state, event):
        answer = lesson_step(state, event)
        states.append(answer.state)
        return answer

    async with worlds(database_url, step=noting) as [world]:
        both = [answered("1"), said("po", update="2")]
        for each in both if press_first else reversed(both):
            await world.runner.handle(each)
        await world.runner.handle(answered("3"))
        await world.delivery.quiet()

        assert world.alarms.counts == {}
        topic = CONTENT.lessons["en"][LESSON].topic
        learned = [{each.topic: each.after for each in state.learned} for state in states[1:]]
        assert learned == [{topic: "right"}] * 2


def lesson_step(state, event):
    """The engine; whoever is new stands before the question of a lesson."""
    asking = State(
        language="en",
        role="child",
        band="14-17",
        onboarded=True,
        limits_version="1",
        limits_at=NOON,
        asked=f"{LESSON}/quiz",
        lesson=LESSON,
    )
    return real_step(asking if state == State.new() else state, event, content=CONTENT)


def answered(update):
    """The right answer to that question."""
    options = CONTENT.lessons["en"][LESSON].quiz.options
    right = next(option.id for option in options if option.right)
    event = ButtonTapped(at=NOON, button=f"{LESSON}/quiz.{right}")
    return Inbound("fake", update, "child-1", event)
