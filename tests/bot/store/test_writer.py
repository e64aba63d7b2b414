"""The writer: those who wait share a commit, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from bot.store.database import StoreBusy, StoreUnavailable, connect
from bot.store.writer import BATCH, Writer


async def write(
    url: str, work: Callable[[object, Sequence[int]], list[int]], jobs: Sequence[int]
) -> tuple[list[object], Writer[int, int]]:
    """Give all jobs at once; return what each came to."""
    engine = connect(url)
    writer: Writer[int, int] = Writer(engine, work, lambda results: None)
    writer.start()
    outcomes = await asyncio.gather(*map(writer.do, jobs), return_exceptions=True)
    await writer.stop()
    engine.dispose()
    return list(outcomes), writer


async def test_those_who_wait_share_a_commit(sqlite_url):
    """
    Three hundred jobs given at once take a handful of commits, and each gets its own answer.
    """
    jobs = range(300)
    outcomes, writer = await write(sqlite_url, lambda _, batch: [-job for job in batch], jobs)

    assert outcomes == [-job for job in jobs]
    assert writer.commits <= 300 // BATCH + 3


async def test_a_bad_job_fails_alone(sqlite_url):
    """
    The error of one job is that job's; the others of its batch are done.
    """

    def work(_: object, batch: Sequence[int]) -> list[int]:
        if 7 in batch:
            raise ValueError("seven")
        return list(batch)

    outcomes, _ = await write(sqlite_url, work, range(10))

    assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, ValueError)] == [7]


async def test_processes_that_crossed_each_other_try_again(sqlite_url):
    """
    A deadlock is tried again; one that does not end is reported as unavailable.
    """
    tries = []

    def work(_: object, batch: Sequence[int]) -> list[int]:
        tries.append(batch)
        if batch[0] == 0 or len(tries) < 3:
            raise StoreBusy
        return list(batch)

    assert (await write(sqlite_url, work, [5]))[0] == [5]
    [gone] = (await write(sqlite_url, work, [0]))[0]
    assert isinstance(gone, StoreUnavailable)


async def test_a_writer_that_has_stopped_takes_nothing(sqlite_url):
    """
    What comes after the end is refused rather than forgotten.
    """
    _, writer = await write(sqlite_url, lambda _, batch: list(batch), [1])

    with pytest.raises(StoreUnavailable):
        await writer.do(2)


async def test_an_error_after_the_commit_keeps_nobody_waiting(sqlite_url):
    """
    What is stored is acknowledged, whatever goes wrong in handing it on.
    """
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)

    def broken(results: Sequence[int]) -> None:
        raise RuntimeError

    engine = connect(sqlite_url)
    writer: Writer[int, int] = Writer(engine, lambda _, batch: list(batch), broken)
    writer.start()

    assert await writer.do(1) == 1
    await writer.stop()
    engine.dispose()
