"""``make bench``: what a message costs beside a bare webhook with one commit each.

Every figure is measured in this run, on this machine, with the same number of people
pressing buttons at once. Nothing leaves this machine: calls are made on the
applications directly, and what the bot sends is accepted by a channel that only counts.
Then it shows how fast messages leave under the pace of a platform that takes 30 a second,
from one process and from two, how long a message takes to the counsellors' screens and
back (``bench.desk``), and what the triage hears (``bench.triage``).
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.bare import bare_webhook
from bench.desk import show as show_desk
from bench.dialogue import presses
from bench.pace import LIMIT, Paced, paced
from bench.service import Service
from bench.triage import measured
from bench.triage import show as show_triage
from bot import triage
from bot.authoring import load
from bot.engine.content import Content
from bot.triage.measure import held_out

PEOPLE = 64
ROUNDS = 3  # the middle one counts
MESSAGES = 3_000
CONTENT = Path(__file__).parents[1] / "content"

Post = Callable[[int, int], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Figure:
    """How much was done in how long: wall clock and processor, in seconds."""

    messages: int
    wall: float
    cpu: float

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.messages / self.wall

    @property
    def per_core(self) -> float:
        """Messages a second of processor time, or of wall clock where that is more."""
        return self.messages / max(self.wall, self.cpu)


async def drive(post: Post, settle: Callable[[], Awaitable[None]]) -> Figure:
    """Let everybody press at once, each one press after the other, until all is settled."""
    each = MESSAGES // PEOPLE
    wall, cpu = time.perf_counter(), time.process_time()

    async def person(number: int) -> None:
        for turn in range(each):
            status = await post(number, turn)
            assert status == 200, status

    await asyncio.gather(*(person(number) for number in range(PEOPLE)))
    await settle()
    return Figure(each * PEOPLE, time.perf_counter() - wall, time.process_time() - cpu)


async def bare(folder: Path) -> Figure:
    """A webhook that stores the update with a commit of its own, and does nothing else."""
    async with bare_webhook(folder / "bare.db") as post:
        return await drive(post, nothing)


async def nothing() -> None:
    """There is nothing to wait for."""


async def bot(folder: Path, content: Content) -> Figure:
    """The bot: engine, state, outbox, sending and the sent mark, all durable."""
    async with service(folder, content) as running:
        return await drive(running.post, running.settled)


@asynccontextmanager
async def service(folder: Path, content: Content) -> AsyncIterator[Service]:
    """The bot with a channel that accepts at once; everybody is past onboarding."""
    running = Service(folder, presses(content))
    async with running:
        yield running


def triage_times(content: Content) -> tuple[float, float]:
    """Median and 99th percentile of reading one message, in milliseconds."""
    texts = [
        option.label + " " + ask.say
        for lessons in content.lessons.values()
        for lesson in lessons.values()
        for ask in (lesson.hook, *lesson.tries)
        for option in ask.options
    ]
    times = []
    for text in texts * 5:
        begun = time.perf_counter()
        triage.read(text, content.lexicons)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


def middle(figures: list[Figure]) -> Figure:
    """The figure in the middle, by rate."""
    return sorted(figures, key=lambda figure: figure.rate)[len(figures) // 2]


def main() -> None:
    """Measure and print."""
    logging.disable(logging.WARNING)
    content = load(CONTENT)
    bares, bots = [], []
    for _ in range(ROUNDS):  # turn about, so that a slow spell of the machine meets both
        with tempfile.TemporaryDirectory() as folder:
            bares.append(asyncio.run(bare(Path(folder))))
            bots.append(asyncio.run(bot(Path(folder), content)))
    show(middle(bares), middle(bots), triage_times(content))
    with tempfile.TemporaryDirectory() as folder:
        for processes in (1, 2):
            show_pace(processes, paced(Path(folder), processes))
    print()
    show_desk()
    print()
    show_triage(measured(held_out(), content.lexicons))


def show(bare: Figure, bot: Figure, read: tuple[float, float]) -> None:
    """Print each figure beside what it is compared with."""
    print(f"SQLite, synchronous FULL; {PEOPLE} people at once, {bot.messages} presses")
    print(f"bare webhook, one commit each   {bare.rate:8.0f} messages/s")
    print(f"Sigurt, sending included        {bot.rate:8.0f} messages/s")
    print(f"beside the bare webhook         {bot.rate / bare.rate:8.2f} times (goal 1.3)")
    print(f"a message                       {1000 / bot.rate:8.2f} ms", end="")
    print(f" (bare {1000 / bare.rate:.2f} ms)")
    print(f"processor time of it            {bot.cpu / bot.messages * 1000:8.2f} ms", end="")
    print(f" (bare {bare.cpu / bare.messages * 1000:.2f} ms)")
    print(f"triage of a text, median        {read[0]:8.3f} ms (goal 0.5)")
    print(f"triage of a text, 99 of 100     {read[1]:8.3f} ms (goal 20)")


def show_pace(processes: int, paced: Paced) -> None:
    """Print how fast messages leave under the pace of a platform, and what that costs."""
    name = f"{processes} process{'es' * (processes > 1)} under the pace"
    print(f"{name:31} {paced.rate:8.1f} messages/s (limit {LIMIT:.0f}),", end="")
    print(f" at most {paced.most} in a second")
    print(f"a reservation of turns          {paced.each * 1000:8.2f} ms", end="")
    print(f" ({paced.share * 1000:.2f} ms a message)")


if __name__ == "__main__":
    main()
