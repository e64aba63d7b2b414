"""The clock: each timer once, whatever happens to clocks, processes and the calendar."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fakes.door import FakeDoor
from sqlalchemy import func, insert, select

from bot.clock import Clock
from bot.engine.events import TimerFired
from bot.leases import Lease, _place
from bot.store.database import StoreUnavailable, millis, writing
from bot.store.tables import Bubble, Seen, Shown, Timer


@pytest.fixture
def door(database_url: str) -> Iterator[FakeDoor]:
    """
    A store with nothing in it.
    """
    door = FakeDoor(database_url)
    yield door
    door.engine.dispose()


def clock(door: FakeDoor, name: str = "one") -> Clock:
    """A clock of one process over the shared store."""
    lease = Lease(door.ask, "clock", seconds=30, holder=name, now=door.clock)
    return Clock(door, lease, now=door.clock)


def woken(door: FakeDoor) -> list[tuple[str, str]]:
    """Who was woken, by what."""
    told = [(told.conversation, told.event) for told in door.told]
    return [(who, event.name) for who, event in told if isinstance(event, TimerFired)]


async def count(door: FakeDoor, table: type) -> int:
    """How many rows a table has."""
    return int(
        await door.ask(lambda c: c.execute(select(func.count()).select_from(table)).scalar())
    )


async def test_a_timer_wakes_once_and_not_before(door: FakeDoor) -> None:
    """
    A timer wakes its conversation when it is due, in order, and once.
    """
    due = door.now + timedelta(seconds=5)
    door.set_timers({("a", "late"): due, ("a", "first"): due - timedelta(seconds=1)})
    ticking = clock(door)

    await ticking.tick()
    assert woken(door) == []
    door.later(seconds=5)
    await ticking.tick()
    await ticking.tick()

    assert woken(door) == [("a", "first"), ("a", "late")]
    assert await count(door, Timer) == 0


async def test_two_clocks_wake_once(door: FakeDoor) -> None:
    """
    Two clocks at the same moment, and one whose lease ran out while it worked, wake each
    conversation once (R7).
    """
    door.set_timers({(f"c{n}", "review"): door.now for n in range(250)})
    first, second = clock(door, "one"), clock(door, "two")

    await asyncio.gather(first.tick(), second.tick())
    door.later(seconds=31)
    await asyncio.gather(first._wake_all(), second.tick())

    assert sorted(woken(door)) == sorted((f"c{n}", "review") for n in range(250))


async def test_the_other_clock_takes_over(door: FakeDoor) -> None:
    """
    When the clock that worked has died, another does the work as soon as the lease is over.
    """
    first, second = clock(door, "one"), clock(door, "two")
    await first.tick()
    door.set_timers({("a", "review"): door.now})

    await second.tick()
    assert woken(door) == []
    door.later(seconds=31)
    await second.tick()

    assert woken(door) == [("a", "review")]


async def test_nobody_waits_for_the_lease_of_a_dead_process(door: FakeDoor) -> None:
    """
    After kill -9 the restarted process works at once: the holder before it lives no more (R1).
    """
    dead = f"{_place()}:{2**22 + 1}"  # above the highest number that a process can have
    await Lease(door.ask, "clock", holder=dead, now=door.clock).held()

    assert await Lease(door.ask, "clock", now=door.clock).held()
    assert not await Lease(door.ask, "clock", holder="elsewhere:1", now=door.clock).held()


async def test_a_released_lease_is_free(door: FakeDoor) -> None:
    """
    A process that stops in good order leaves its work to the next one at once.
    """
    first = Lease(door.ask, "clock", holder="one", now=door.clock)
    assert await first.held()

    await first.release()

    assert await Lease(door.ask, "clock", holder="two", now=door.clock).held()


async def test_a_timer_nobody_answers_to_is_dropped(door: FakeDoor) -> None:
    """
    The timer of a conversation that is no more is tried once, not for ever.
    """
    door.strangers.add("gone")
    door.set_timers({("gone", "review"): door.now})

    await clock(door).tick()

    assert await count(door, Timer) == 0


async def test_summer_time_moves_no_deadline(door: FakeDoor) -> None:
    """
    Ten minutes are ten minutes, also in the night in which Tirana sets its clocks back (R8).
    """
    tirana = ZoneInfo("Europe/Tirane")
    door.now = datetime(2026, 10, 25, 2, 55, tzinfo=tirana).astimezone(UTC)  # the first 02:55
    door.set_timers({("a", "waited"): (door.now + timedelta(minutes=10)).astimezone(tirana)})
    ticking = clock(door)

    door.later(minutes=9, seconds=59)
    await ticking.tick()
    assert woken(door) == []
    door.later(seconds=1)
    await ticking.tick()

    assert woken(door) == [("a", "waited")]


async def test_a_store_that_fails_is_tried_at_the_next_tick(
    door: FakeDoor, caplog: pytest.LogCaptureFixture
) -> None:
    """
    With the database away a tick does nothing, says so once, and the timer is not lost (R4).
    """
    door.set_timers({("a", "review"): door.now})
    door.fault = StoreUnavailable("locked")
    ticking = clock(door)
    for _ in range(3):
        await ticking.tick()
    door.fault = None

    await ticking.tick()

    assert woken(door) == [("a", "review")]
    assert sum(record.levelname == "ERROR" for record in caplog.records) == 1


async def test_what_is_old_is_forgotten(door: FakeDoor) -> None:
    """
    Ids of updates and of messages go after two days, what the page shows after its hours; the
    rest stays.
    """
    old, fresh = millis(door.now - timedelta(hours=49)), millis(door.now - timedelta(hours=23))
    with writing(door.engine) as connection:
        rows = [{"id": f"u{n}", "at": old} for n in range(2_500)]
        connection.execute(insert(Seen), [*rows, {"id": "fresh", "at": fresh}])
        for at in (old, fresh):
            row = {"conversation": "c", "key": str(at), "payload": b"", "at": at}
            connection.execute(insert(Bubble).values(**row))
            shown = {"conversation": "c", "message": str(at), "mine": True, "fate": "", "at": at}
            connection.execute(insert(Shown).values(**shown))

    await clock(door).tidy()

    assert [await count(door, table) for table in (Seen, Bubble, Shown)] == [1, 1, 1]


async def test_the_scheduler_ticks_and_stops(door: FakeDoor) -> None:
    """
    Once started the clock ticks by itself; stopped, it has given its lease back.
    """
    ticked = asyncio.Event()
    ticking = clock(door)

    async def tick() -> None:
        await Clock.tick(ticking)
        ticked.set()

    ticking.tick = tick  # type: ignore[method-assign]
    ticking.start()
    await ticked.wait()
    await ticking.stop()

    assert await Lease(door.ask, "clock", holder="two", now=door.clock).held()
