"""How fast chats are written to, with a clock that only sleeping moves."""

from __future__ import annotations

import asyncio

from bot.channels.telegram.pace import Pace


class Hours:
    """A clock whose sleepers wake, earliest first, when a test lets time pass."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleepers: list[tuple[float, asyncio.Event]] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        awake = asyncio.Event()
        self.sleepers.append((self.now + seconds, awake))
        await awake.wait()

    async def pass_until(self, moment: float) -> None:
        await _settle()
        while self.sleepers and min(self.sleepers, key=lambda s: s[0])[0] <= moment + 1e-9:
            sleeper = min(self.sleepers, key=lambda s: s[0])
            self.sleepers.remove(sleeper)
            self.now = max(self.now, sleeper[0])
            sleeper[1].set()
            await _settle()
        self.now = moment


async def _settle() -> None:
    """Let every task run until it waits for time."""
    for _ in range(20):
        await asyncio.sleep(0)


class Sends:
    """Takes turns and writes down who had one, and when."""

    def __init__(self, pace: Pace, hours: Hours) -> None:
        self.pace, self.hours = pace, hours
        self.done: list[tuple[str, float]] = []
        self.tasks: list[asyncio.Task[None]] = []

    def send(self, chat: str, times: int = 1, *, urgent: bool = False) -> None:
        self.tasks.append(asyncio.create_task(self._send(chat, times, urgent)))

    async def _send(self, chat: str, times: int, urgent: bool) -> None:
        for _ in range(times):
            await self.pace.turn(chat, urgent=urgent)
            self.done.append((chat, round(self.hours.now, 3)))


def pace_of(hours: Hours, **more: float) -> Pace:
    return Pace(clock=hours.clock, sleep=hours.sleep, **more)  # type: ignore[arg-type]


async def test_three_bubbles_at_once_then_one_a_second() -> None:
    """
    A burst of three passes in one chat; then it is one a second.
    """
    hours = Hours()
    sends = Sends(pace_of(hours), hours)
    sends.send("a", 5)
    await hours.pass_until(10)

    assert [at for _, at in sends.done] == [0, 0, 0, 1, 2]


async def test_a_chat_that_waits_keeps_no_other_waiting() -> None:
    """
    S7: while one chat has a hundred messages to come, another is answered at once.
    """
    hours = Hours()
    sends = Sends(pace_of(hours), hours)
    sends.send("flood", 100)
    await hours.pass_until(2)
    sends.send("other", 3)
    await hours.pass_until(2)

    assert [entry for entry in sends.done if entry[0] == "other"] == [("other", 2)] * 3
    await hours.pass_until(200)
    await asyncio.gather(*sends.tasks)


async def test_the_urgent_go_first_when_all_must_wait() -> None:
    """
    S8: with a thousand answers waiting, an urgent one is the next to leave.
    """
    hours = Hours()
    pace = pace_of(hours)
    sends = Sends(pace, hours)
    for chat in range(1000):
        sends.send(str(chat))
    await hours.pass_until(0)
    sends.send("urgent", urgent=True)
    await hours.pass_until(0.1)

    assert len(sends.done) <= 33
    assert ("urgent", round(1 / 30, 3)) in sends.done
    await hours.pass_until(60)
    await asyncio.gather(*sends.tasks)
    assert len(sends.done) == 1001


async def test_thirty_a_second_over_all_chats() -> None:
    """
    In no second after the first burst do more than thirty messages leave.
    """
    hours = Hours()
    sends = Sends(pace_of(hours), hours)
    for chat in range(300):
        sends.send(str(chat))
    await hours.pass_until(60)

    times = [at for _, at in sends.done]
    assert len(times) == 300
    assert max(times) >= 8.9
    assert all(sum(start < at <= start + 1 for at in times) <= 30 for start in range(10))


async def test_who_gives_up_waiting_takes_no_turn() -> None:
    """
    A cancelled sender is passed over, and closing ends the waiting of the rest.
    """
    hours = Hours()
    pace = pace_of(hours, per_second=1)
    sends = Sends(pace, hours)
    for chat in ("a", "b", "c", "d"):
        sends.send(chat)
    await hours.pass_until(0)
    sends.tasks[1].cancel()
    await hours.pass_until(1)
    await pace.close()
    await asyncio.gather(*sends.tasks, return_exceptions=True)

    assert sends.done == [("a", 0), ("c", 1)]
    assert sends.tasks[3].cancelled()


async def test_chats_that_have_rested_are_forgotten() -> None:
    """
    R12: what is remembered does not grow with the number of people written to.
    """
    hours = Hours()
    pace = pace_of(hours, per_second=10**9)
    for person in range(25_000):
        hours.now = float(person)
        await pace.turn(str(person))

    assert len(pace._chats._next) <= 10_001
