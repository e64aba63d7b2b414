"""The pace over all processes: blocks of slots from one database, whatever its clock does."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any, NamedTuple, TypeVar

import pytest
from fakes.hours import Hours, lived
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from bot.channels.pace import HELD, LATE, PATIENCE, SHARE, Pace, Paces, SharedPace
from bot.store.database import StoreUnavailable, connect, migrate, writing
from bot.store.paces import AHEAD_MS, asking, reserve

LIMIT = 30
STEP = (1 + LATE) / LIMIT
BLOCK = HELD * (1 + LATE)  # seconds for which others may have reserved
NAMES = count()

Found = TypeVar("Found")


class Wish(NamedTuple):
    """A process wants to send something from a moment on."""

    at: float
    process: int = 0
    urgent: bool = False


class Gone(NamedTuple):
    """It went."""

    at: float
    wish: Wish


class Processes:
    """Several paces over one database, in one time; ``slow`` seconds a reservation takes."""

    def __init__(self, engine: Engine, hours: Hours, number: int, *, per_second: float = LIMIT):
        self.engine, self.hours = engine, hours
        self.slow: Callable[[], float] = lambda: 0.004
        self.away = self.hangs = False
        self.asked = 0
        name = f"p{next(NAMES)}"
        self.paces = [
            SharedPace(self.ask, name, per_second, clock=hours.time, wall=hours.wall)
            for _ in range(number)
        ]
        self.gone: list[Gone] = []

    async def ask(self, what: Callable[[Connection], Found], /) -> Found:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.away:
            raise StoreUnavailable("away")
        slow = self.slow()
        await asyncio.sleep(slow / 2)
        with writing(self.engine) as connection:
            found = what(connection)
        await asyncio.sleep(slow / 2)
        return found

    async def send(self, wish: Wish) -> None:
        await asyncio.sleep(wish.at - self.hours.now)
        await self.paces[wish.process].turn(urgent=wish.urgent)
        self.gone.append(Gone(self.hours.now, wish))

    async def all(self, wishes: Sequence[Wish]) -> list[Gone]:
        await asyncio.gather(*map(self.send, wishes))
        await self.close()
        return self.gone

    async def close(self) -> None:
        for pace in self.paces:
            await pace.close()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """
    A database with the bot's tables.
    """
    engine = connect(database_url)
    migrate(engine)
    yield engine
    engine.dispose()


def most_in_a_second(gone: Sequence[Gone]) -> int:
    moments = sorted(one.at for one in gone)
    return max(sum(begin <= at < begin + 1 - 1e-6 for at in moments) for begin in moments)


WISHES = st.lists(
    st.builds(
        Wish,
        st.floats(0, 3).map(lambda at: round(at, 3)),
        st.integers(0, 2),
        st.booleans(),
    ),
    min_size=1,
    max_size=120,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=WISHES, number=st.integers(1, 3), chance=st.randoms(use_true_random=False))
def test_all_processes_together_keep_the_pace(
    engine: Engine, wishes: list[Wish], number: int, chance: Any
) -> None:
    """
    One, two or three processes, any load, a database that is fast or slow: in no second
    more than the platform takes, and all of it leaves.
    """
    hours = Hours()
    processes = Processes(engine, hours, number)
    processes.slow = lambda: chance.choice([0.0, 0.003, 0.02, 0.3])
    gone = lived(
        hours, processes.all([wish._replace(process=wish.process % number) for wish in wishes])
    )

    assert most_in_a_second(gone) <= LIMIT
    assert sorted(one.wish for one in gone) == sorted(
        wish._replace(process=wish.process % number) for wish in wishes
    )
    assert overtaken(gone) == []


def overtaken(gone: Sequence[Gone]) -> list[tuple[Gone, Gone]]:
    """Urgent messages that waited while their process sent something else."""
    return [
        (grave, other)
        for grave in gone
        if grave.wish.urgent
        for other in gone
        if not other.wish.urgent
        and other.wish.process == grave.wish.process
        and grave.wish.at < other.at < grave.at
    ]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_pace_is_used(engine: Engine, number: int) -> None:
    """
    Under load little of the limit is lost, whether one process sends or several share it,
    and a reservation serves several messages.
    """
    hours = Hours()
    processes = Processes(engine, hours, number)
    gone = lived(hours, processes.all([Wish(0, n % number) for n in range(300)]))

    assert gone[-1].at <= 300 * STEP * 1.1
    assert most_in_a_second(gone) <= LIMIT
    assert processes.asked <= 300 / 3


def test_nobody_hoards(engine: Engine) -> None:
    """
    S8: while two processes send a flood, an urgent message of a third waits behind one block
    of each at most, and one of their own is the next to leave.
    """
    hours = Hours()
    processes = Processes(engine, hours, 3)
    flood = [Wish(0, n % 2) for n in range(400)]
    grave = [Wish(1.5 + n / 7, n % 3, urgent=True) for n in range(30)]
    gone = lived(hours, processes.all([*flood, *grave]))

    waits = [one.at - one.wish.at for one in gone if one.wish.urgent]
    assert max(waits) <= 2 * BLOCK + 2 * STEP + 0.004
    assert most_in_a_second(gone) <= LIMIT


def test_one_message_waits_for_nothing_but_its_reservation(engine: Engine) -> None:
    """
    When little is to be sent, a message leaves as soon as the database has answered.
    """
    hours = Hours()
    processes = Processes(engine, hours, 2)
    gone = lived(hours, processes.all([Wish(n / 3, n % 2) for n in range(20)]))

    assert max(one.at - one.wish.at for one in gone) <= 0.005


def test_a_slow_database_stops_nothing(engine: Engine) -> None:
    """
    When every reservation takes longer than a slot may wait, messages still leave.
    """
    hours = Hours()
    processes = Processes(engine, hours, 2)
    processes.slow = lambda: 0.6
    gone = lived(hours, processes.all([Wish(0, n % 2) for n in range(40)]))

    assert len(gone) == 40
    assert gone[-1].at <= 15
    assert most_in_a_second(gone) <= LIMIT


@pytest.mark.parametrize("how", ["away", "hangs"])
def test_without_the_database_a_cautious_share_goes_on(sqlite_url: str, how: str) -> None:
    """
    R5: while the database is away or does not answer, a process goes on with its share, the
    urgent first; when it is back, all processes keep the pace together again.
    """
    engine = connect(sqlite_url)
    migrate(engine)
    hours = Hours()
    processes = Processes(engine, hours, 1)
    setattr(processes, how, True)
    flood = [Wish(0) for _ in range(60)]
    gone = lived(hours, processes.all([*flood, Wish(3, urgent=True)]))
    engine.dispose()

    share = LIMIT / SHARE
    first = PATIENCE if how == "hangs" else 0
    assert gone[0].at == pytest.approx(first, abs=0.01)
    assert most_in_a_second(gone) <= math.ceil(share)
    assert gone[-1].at <= first + 61 / share * 1.2
    [grave] = [one.at for one in gone if one.wish.urgent]
    assert grave - 3 <= 1 / share + 0.01


def test_after_an_outage_the_whole_pace_is_back(engine: Engine) -> None:
    """
    The database comes back in the middle of a flood: soon the whole pace is used, never more.
    """
    hours = Hours()
    processes = Processes(engine, hours, 2)
    processes.away = True

    async def life() -> list[Gone]:
        asyncio.get_running_loop().call_later(2, setattr, processes, "away", False)
        return await processes.all([Wish(0, n % 2) for n in range(200)])

    gone = lived(hours, life())

    assert most_in_a_second(gone) <= LIMIT
    assert gone[-1].at <= 2 + PATIENCE + 200 * STEP


@pytest.mark.parametrize("jump", [-3600.0, -2.0, 2.0, 3600.0])
@pytest.mark.parametrize("back", [False, True])
def test_a_clock_that_jumps_stops_nothing(engine: Engine, jump: float, back: bool) -> None:
    """
    R8: the wall clock is put forward or back, for good or for a moment: no message waits
    longer than a few seconds for it.
    """
    hours = Hours()
    processes = Processes(engine, hours, 2)

    async def life() -> list[Gone]:
        loop = asyncio.get_running_loop()
        loop.call_later(1, setattr, hours, "jumped", jump)
        if back:
            loop.call_later(1.5, setattr, hours, "jumped", 0.0)
        return await processes.all([Wish(n / 10, n % 2) for n in range(60)])

    gone = lived(hours, life())

    assert max(one.at - one.wish.at for one in gone) <= AHEAD_MS / 1000 + 1
    assert sum(one.at - one.wish.at <= 0.1 for one in gone) >= 20
    assert len(gone) == 60


@pytest.mark.parametrize("jump", [-3600.0, 3600.0])
def test_one_process_alone_never_errs(engine: Engine, jump: float) -> None:
    """
    R8: a clock that jumps again and again in the middle of a flood lets one process give out
    no more than the platform takes.
    """
    hours = Hours()
    processes = Processes(engine, hours, 1)

    async def life() -> list[Gone]:
        loop = asyncio.get_running_loop()
        for n in range(20):
            loop.call_later(n / 10, setattr, hours, "jumped", n * jump)
        return await processes.all([Wish(0) for _ in range(120)])

    assert most_in_a_second(lived(hours, life())) <= LIMIT


def test_a_process_that_was_busy_makes_up_for_nothing(engine: Engine) -> None:
    """
    Two processes that could not send for half a second hold slots of then: those are lost,
    and what waited does not leave all at once.
    """
    hours = Hours()
    processes = Processes(engine, hours, 2)

    async def life() -> list[Gone]:
        loop = asyncio.get_running_loop()
        for n in range(1, 6):
            loop.call_later(n, lambda: setattr(hours, "now", hours.now + 0.5))
        return await processes.all([Wish(0, n % 2) for n in range(200)])

    assert most_in_a_second(lived(hours, life())) <= LIMIT


def test_processes_that_reserve_at_the_same_moment_get_different_slots(
    engine: Engine,
) -> None:
    """
    R2: twelve threads reserve again and again: no millisecond is given out twice.
    """
    ready = threading.Barrier(12)

    def process(_: int) -> list[int]:
        ready.wait()
        return [once() for _ in range(15)]

    def once() -> int:
        with writing(engine) as connection:
            return reserve(connection, "race", now=1_000, span=7)

    with ThreadPoolExecutor(12) as threads:
        begins = sorted(begin for mine in threads.map(process, range(12)) for begin in mine)

    assert begins == [1_000 + 7 * place for place in range(12 * 15)]


async def test_reservations_work_where_they_are_made(engine: Engine) -> None:
    """
    With real threads and a real clock, two processes over one database have their turns; on
    PostgreSQL the writer is not asked, so that no batch holds the row.
    """
    asked: list[object] = []

    async def writer(what: Callable[[Connection], Found], /) -> Found:
        asked.append(what)
        with writing(engine) as connection:
            return what(connection)

    paces = [Paces(asking(engine, writer)) for _ in range(2)]
    turns = [pace("telegram", 1000.0) for pace in paces]
    await asyncio.gather(*(turns[n % 2].turn(urgent=False) for n in range(20)))
    for pace in paces:
        await pace.close()

    assert bool(asked) == (engine.dialect.name == "sqlite")


async def test_closing_ends_the_waiting(sqlite_url: str) -> None:
    """
    A service that stops leaves nobody waiting, whatever the database does.
    """

    async def never(what: object, /) -> Any:
        await asyncio.Event().wait()

    paces = Paces(never)
    pace = Pace(paces("telegram", 30.0))
    waiting = [asyncio.create_task(pace.turn(chat)) for chat in "aab"]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await paces.close()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} == {asyncio.CancelledError}
    assert len(asyncio.all_tasks()) == 1
