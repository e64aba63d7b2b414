"""The feed: order, repeats, outages, who asks, and what the bot knows of the helpline."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fakes.door import FakeDoor
from fakes.line import FakeLine

from bot.alarms import Alarms
from bot.engine.events import (
    NO_PLAN,
    ContactClimbed,
    CounsellorJoined,
    CounsellorLeft,
    CounsellorWrote,
    Helpline,
    ReportMoved,
)
from bot.feed import BEAT, Feed
from bot.helpline import News
from bot.known import KnownHelpline
from bot.leases import Lease
from bot.receipts import Receipts
from bot.store.database import StoreUnavailable


class Process:
    """One process that follows the helpline, over a database shared with others."""

    def __init__(self, door: FakeDoor, line: FakeLine, name: str = "one") -> None:
        self.pauses: list[float] = []
        self.alarms = Alarms()
        self.known = KnownHelpline(now=door.clock)
        lease = Lease(door.ask, "feed", seconds=60, holder=name, now=door.clock)
        self.feed = Feed(line, door, self.known, lease, self.alarms, now=door.clock)

    async def turns(self, count: int) -> list[float]:
        return [await self.feed.turn() for _ in range(count)]


@pytest.fixture
def door(sqlite_url: str) -> Iterator[FakeDoor]:
    """
    A store with nothing in it.
    """
    door = FakeDoor(sqlite_url)
    yield door
    door.engine.dispose()


@pytest.fixture
def line() -> FakeLine:
    """
    A helpline with one person on duty and no news.
    """
    return FakeLine()


async def test_what_happens_there_is_told_here_in_order(door: FakeDoor, line: FakeLine) -> None:
    """
    Claim, words, climb, return and end arrive in order, each as the event it is.
    """
    line.happens("contact.climbed", step="supervisor", minutes=5)
    line.happens("contact.claimed")
    line.happens("message.sent", text="Përshëndetje", message_id="m")
    line.happens("contact.returned")
    line.happens("contact.closed", outcome="advice")

    await Process(door, line).turns(1)

    events = [told.event for told in door.told]
    assert [type(event) for event in events] == [
        ContactClimbed,
        CounsellorJoined,
        CounsellorWrote,
        CounsellorLeft,
        CounsellorLeft,
    ]
    assert events[0].minutes == 5
    assert (events[2].name, events[2].text) == ("Elira", "Përshëndetje")
    assert [event.closed for event in events[3:]] == [False, True]
    assert {told.conversation for told in door.told} == {"c" * 32}


async def test_a_crash_before_the_place_is_kept_doubles_nothing(
    door: FakeDoor, line: FakeLine
) -> None:
    """
    Killed between the events and the new place, a restart hears them again and tells once (R1).
    """
    first = Process(door, line)
    await first.turns(1)
    line.happens("contact.claimed")
    line.happens("message.sent", text="po")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(first.feed, "_keep", _killed)
        with pytest.raises(asyncio.CancelledError):
            await first.feed.turn()
    door.later(seconds=61)
    await Process(door, line, "restarted").turns(1)

    assert line.asked == [0, 0, 0]
    assert len(door.told) == 2


async def _killed(_place: int) -> None:
    raise asyncio.CancelledError


async def test_a_restart_goes_on_where_it_was(door: FakeDoor, line: FakeLine) -> None:
    """
    The place outlives the process, so that old events are not asked for again.
    """
    line.happens("contact.claimed")
    await Process(door, line).turns(2)
    door.later(seconds=61)

    await Process(door, line, "restarted").turns(1)

    assert line.asked == [0, 1, 1]


async def test_a_helpline_put_back_to_an_older_day_is_heard(door: FakeDoor, line: FakeLine) -> None:
    """
    Numbers that are used a second time for other events are not taken for repeats.
    """
    line.happens("contact.claimed")
    process = Process(door, line)
    await process.turns(1)
    line.items.clear()
    line.happens("message.sent", text="Jam këtu", at="2026-11-21T09:00:00Z")
    process.feed._place = 0

    await process.turns(1)

    assert [type(told.event) for told in door.told] == [CounsellorJoined, CounsellorWrote]


async def test_only_one_process_asks(door: FakeDoor, line: FakeLine) -> None:
    """
    Of two processes one asks the helpline, and the other knows who is on duty (R7).
    """
    first, second = Process(door, line, "one"), Process(door, line, "two")

    await first.turns(1)
    await second.turns(1)

    assert len(line.asked) == 1
    assert (first.known(), second.known()) == (Helpline.STAFFED, Helpline.STAFFED)


async def test_an_outage_is_known_to_all_processes(door: FakeDoor, line: FakeLine) -> None:
    """
    When the process that asks finds the helpline down, the others stop saying that somebody
    is there.
    """
    first, second = Process(door, line, "one"), Process(door, line, "two")
    await first.turns(1)
    line.down = True

    await first.turns(1)
    await second.turns(1)

    assert second.known() is Helpline.UNREACHABLE


async def test_the_others_know_before_there_is_news(door: FakeDoor, line: FakeLine) -> None:
    """
    Who is on duty is known to all processes while the first question still waits.
    """
    first, second = Process(door, line, "one"), Process(door, line, "two")
    asked, news = asyncio.Event(), asyncio.Event()
    answer = line.events

    async def waits(after: int, wait: float) -> News:
        asked.set()
        await news.wait()
        return await answer(after, wait)

    line.events = waits  # type: ignore[method-assign]
    asking = asyncio.create_task(first.feed.turn())
    await asked.wait()
    await second.turns(1)

    assert second.known() is Helpline.STAFFED
    news.set()
    await asking


async def test_a_restart_remembers_who_is_there(door: FakeDoor, line: FakeLine) -> None:
    """
    A bot that starts again knows who is on duty before its first question is answered, but
    not from an old hearsay.
    """
    await Process(door, line).turns(1)
    again, late = Process(door, line), Process(door, line)

    await again.feed.recall()
    assert again.known() is Helpline.STAFFED

    door.later(minutes=2)
    await late.feed.recall()
    assert late.known() is Helpline.UNREACHABLE


async def test_another_takes_over_when_one_dies(door: FakeDoor, line: FakeLine) -> None:
    """
    When the process that asked is gone, its lease runs out and the other asks.
    """
    first, second = Process(door, line, "one"), Process(door, line, "two")
    await first.turns(1)
    await second.turns(1)

    door.later(seconds=61)
    await second.turns(1)

    assert len(line.asked) == 2


async def test_a_helpline_that_cannot_wait_is_asked_in_peace(
    door: FakeDoor, line: FakeLine
) -> None:
    """
    An answer without news that comes at once is followed by a pause; news by none.
    """
    process = Process(door, line)
    line.happens("contact.claimed")

    assert await process.turns(2) == [0.0, 1.0]


async def test_a_process_that_stops_leaves_the_feed_to_others(
    door: FakeDoor, line: FakeLine
) -> None:
    """
    A process that is ended in good order frees its place, so that nobody waits for a lease.
    """
    first, second = Process(door, line, "one"), Process(door, line, "two")
    asked = asyncio.Event()
    first.feed._pause = lambda _: asyncio.sleep(0, asked.set())  # type: ignore[assignment]
    running = asyncio.create_task(first.feed.run())
    await asked.wait()

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    before = len(line.asked)
    await second.turns(1)

    assert len(line.asked) == before + 1


async def test_an_outage_is_known_and_survived(door: FakeDoor, line: FakeLine) -> None:
    """
    A helpline that is down counts as out of reach at once, is asked ever more slowly, up to
    ten seconds, makes one alarm, and what happened meanwhile is told afterwards (R5).
    """
    process = Process(door, line)
    await process.turns(1)
    line.down = True

    pauses = await process.turns(30)

    assert process.known() is Helpline.UNREACHABLE
    assert process.alarms.counts == {"helpline_feed": 1}
    assert pauses[0] < 1
    assert max(pauses) <= 12
    line.down, line.on_duty = False, 0
    line.happens("contact.claimed")
    assert await process.turns(1) == [0.0]
    assert process.known() is Helpline.EMPTY
    assert len(door.told) == 1


async def test_a_store_that_fails_loses_no_event(door: FakeDoor, line: FakeLine) -> None:
    """
    With the database away nothing is skipped: the same place is asked for again (R4).
    """
    line.happens("contact.claimed")
    process = Process(door, line)
    door.fault = StoreUnavailable("full")
    await process.turns(2)
    door.fault = None

    await process.turns(1)

    assert len(door.told) == 1


async def test_an_event_in_another_form_blocks_no_other(door: FakeDoor, line: FakeLine) -> None:
    """
    What is malformed is passed over with an alarm, what is unknown without.
    """
    line.happens("contact.climbed", step="the mayor", minutes=5)
    line.happens("message.sent", text=None)
    line.happens("contact.claimed", at="yesterday")
    line.happens("duty.changed", duty="many")
    line.happens("weather.changed")
    line.happens("contact.claimed")
    process = Process(door, line)

    await process.turns(1)

    assert process.alarms.counts == {"feed_event": 4}
    assert [type(told.event) for told in door.told] == [CounsellorJoined]


async def test_who_is_on_duty_is_never_old_hearsay(door: FakeDoor, line: FakeLine) -> None:
    """
    A change of duty is known at once; with nothing heard for long, nobody is claimed to be there.
    """
    process = Process(door, line)
    assert process.known() is Helpline.UNREACHABLE
    line.happens("duty.changed", duty={"on_duty": 0, "usual_minutes": None})

    await process.turns(1)

    assert process.known() is Helpline.EMPTY
    door.later(minutes=2)
    assert process.known() is Helpline.UNREACHABLE


async def test_a_receipt_is_kept_until_it_is_told(door: FakeDoor, line: FakeLine) -> None:
    """
    What became of a counsellor's message outlives an outage and a restart, and is told once.
    """
    line.happens("message.sent", text="Po të dëgjoj")
    await Process(door, line).turns(1)
    key = f"{door.told[0].update_id}.0"
    line.down = True

    await Receipts(line, door.ask, now=door.clock).note(key, "sent")
    assert not await Receipts(line, door.ask, now=door.clock).tell()
    line.down = False
    restarted = Receipts(line, door.ask, now=door.clock)
    assert await restarted.tell()
    assert await restarted.tell()

    assert line.receipts == [(1, "sent")]


async def test_what_waits_is_never_undone(door: FakeDoor, line: FakeLine) -> None:
    """
    Words that a platform delivered before they counted as sent are told as delivered.
    """
    key = "feed:1:1000.0"
    receipts = Receipts(line, door.ask, now=door.clock)
    for status in ("delivered", "sent", "seen", "delivered"):
        await receipts.note(key, status)
    await receipts.tell()

    assert line.receipts == [(1, "seen")]


async def test_where_somebody_types_is_handed_on(door: FakeDoor, line: FakeLine) -> None:
    """
    Whoever shows it hears of it with each look, and words may follow at once.
    """
    told: list[tuple[str, ...]] = []
    process = Process(door, line)
    process.feed._typing = told.append
    line.typing = ("c1",)

    assert await process.turns(2) == [BEAT, BEAT]
    assert told == [("c1",), ("c1",)]


async def test_when_a_closed_helpline_opens_is_known_to_all(door: FakeDoor, line: FakeLine) -> None:
    """
    What it says of itself reaches the engine in every process, as long as it can be heard.
    """
    message = {"sq": "Mbyllur. " * 40, "en": "Closed. " * 40}
    duty = {"on_duty": 0, "usual_minutes": None, "opens_at": "2026-11-23T07:00:00.000Z"}
    first, second = Process(door, line), Process(door, line, "two")
    line.happens("duty.changed", duty={**duty, "message": message})
    await first.turns(2)
    await second.turns(1)

    assert second.known.plan() == first.known.plan()
    assert second.known.plan().opens_at == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert dict(second.known.plan().message)["en"].startswith("Closed. Closed.")
    first.known.lost()
    assert first.known.plan() == NO_PLAN


async def test_only_counsellors_messages_have_receipts(door: FakeDoor, line: FakeLine) -> None:
    """
    What the bot itself says is nothing that the helpline hears about.
    """
    receipts = Receipts(line, door.ask, now=door.clock)

    await receipts.note("telegram:4711.0", "sent")
    await receipts.note("feed:1:2.1", "sent")

    assert await receipts.tell()
    assert line.receipts == []


async def test_steps_that_come_due_together_are_told_as_the_last_of_them(
    door: FakeDoor, line: FakeLine
) -> None:
    """
    A contact that was raised after a long wait climbs all at once: the child hears it once.
    """
    for step in ("all_on_duty", "supervisor"):
        line.happens("contact.climbed", step=step, minutes=6)
    line.happens("contact.climbed", step="all_on_duty", minutes=2, contact_id="another")

    await Process(door, line).feed.turn()

    told = [told.event for told in door.told]
    steps = [event.step for event in told if isinstance(event, ContactClimbed)]
    assert steps == ["supervisor", "all_on_duty"]


async def test_news_of_a_report_reach_its_conversation(door: FakeDoor, line: FakeLine) -> None:
    """
    What became of a report is told to the conversation in which it was made, by the clock of
    now, for what waited through an outage may come at night; another form is passed over.
    """
    update = {"at": "2026-11-22T09:00:00Z", "state": "filed", "to": "iwf", "next": None}
    line.happens("report.news", report_id="r", updates=[update])
    line.happens("report.news", report_id="r", updates=[{"state": "filed"}])
    line.happens("report.news", report_id="r", updates="none")

    await Process(door, line).turns(1)

    [told] = door.told
    assert isinstance(told.event, ReportMoved)
    assert told.event.at == door.clock()
    assert [(each.state, each.to) for each in told.event.updates] == [("filed", "iwf")]
    assert told.conversation == "c" * 32
