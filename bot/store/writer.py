"""One thread through which everything durable goes; jobs that wait share a commit."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from sqlalchemy import Connection, Engine

from bot.store.database import StoreBusy, StoreUnavailable, writing

Job = TypeVar("Job")
Result = TypeVar("Result")

BATCH = 200
TRIES = 3  # when two processes cross each other

Work = Callable[[Connection, Sequence[Job]], Sequence[Result]]
Entry = tuple[Job, "asyncio.Future[Result]"]


class Writer(Generic[Job, Result]):
    """Takes jobs from the event loop, does those that wait in one transaction, then answers.

    ``work`` runs in the writer's thread and may be run again for the same jobs when a
    commit failed, so it changes nothing but the database. ``committed`` hears, in the event
    loop and before anybody who waits, what became durable.
    """

    def __init__(
        self,
        engine: Engine,
        work: Work[Job, Result],
        committed: Callable[[Sequence[Result]], None],
    ) -> None:
        self._engine = engine
        self._work = work
        self._committed = committed
        self._queue: SimpleQueue[Entry[Job, Result] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self.commits = 0
        self.jobs = 0

    def start(self) -> None:
        """Begin; to be called in the event loop that will call ``do``."""
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(
            target=self._run, args=(loop,), name="bot-writer", daemon=True
        )
        self._thread.start()

    async def stop(self) -> None:
        """Finish what was given before, then end."""
        if self._thread is None:
            return
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        self._thread = None
        await asyncio.sleep(0)  # the last answers are told in this turn of the loop

    async def do(self, job: Job) -> Result:
        """Return when the job is durable.

        Raises ``StoreUnavailable`` when nothing was stored, and what ``work`` raised for
        this job alone.
        """
        if self._thread is None:
            raise StoreUnavailable("the writer is not running")
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.put((job, future))
        return await future

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while batch := self._gather():
            outcomes = self._commit([job for job, _ in batch])
            loop.call_soon_threadsafe(self._tell, batch, outcomes)

    def _gather(self) -> list[Entry[Job, Result]]:
        """Wait for a job, then take whatever else waits; nothing: the end."""
        batch: list[Entry[Job, Result]] = []
        entry = self._queue.get()
        while entry is not None:
            batch.append(entry)
            if len(batch) == BATCH:
                return batch
            try:
                entry = self._queue.get_nowait()
            except Empty:
                return batch
        if batch:
            self._queue.put(None)  # end after this batch
        return batch

    def _commit(self, jobs: Sequence[Job]) -> list[Result | Exception]:
        try:
            return list(self._attempt(jobs))
        except StoreUnavailable as gone:
            return [gone] * len(jobs)
        except Exception as error:  # one job's fault must not be the others'
            if len(jobs) == 1:
                return [error]
            return [outcome for job in jobs for outcome in self._commit([job])]

    def _attempt(self, jobs: Sequence[Job]) -> Sequence[Result]:
        for left in reversed(range(TRIES)):
            try:
                return self._once(jobs)
            except StoreBusy:
                if not left:
                    raise
        raise AssertionError("unreachable")

    def _once(self, jobs: Sequence[Job]) -> Sequence[Result]:
        with writing(self._engine) as connection:
            results = self._work(connection, jobs)
        self.commits += 1
        self.jobs += len(jobs)
        return results

    def _tell(
        self, batch: Sequence[Entry[Job, Result]], outcomes: Sequence[Result | Exception]
    ) -> None:
        try:
            self._committed([item for item in outcomes if not isinstance(item, Exception)])
        finally:  # it is stored, so nobody may wait for ever
            for (_, future), outcome in zip(batch, outcomes, strict=True):
                _answer(future, outcome)


def _answer(future: asyncio.Future[Result], outcome: Result | Exception) -> None:
    if future.done():  # whoever waited has gone; what is stored stays stored
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
