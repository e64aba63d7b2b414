"""What leaves under the pace that all processes share, beside the platform's limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine

from bot.channels.pace import SharedPace
from bot.store.database import connect, migrate, writing

LIMIT = 30.0
MESSAGES = 150  # in all, whether one process sends them or two

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Share:
    """What one process did: when it sent, and what its reservations took (seconds)."""

    sent: list[float]
    reservations: list[float]


@dataclass(frozen=True, slots=True)
class Paced:
    """All processes together."""

    rate: float  # messages a second
    most: int  # in any second
    each: float  # seconds a reservation took
    share: float  # seconds of it for one message


def paced(folder: Path, processes: int) -> Paced:
    """Send as fast as may be from so many processes over one SQLite file."""
    url = f"sqlite:///{folder / f'pace{processes}.db'}"
    engine = connect(url)
    migrate(engine)
    engine.dispose()
    begin = time.time() + 2.0  # until then all have started
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        shares = list(pool.map(partial(_process, url, begin), [MESSAGES // processes] * processes))
    return _together(shares)


def _together(shares: list[Share]) -> Paced:
    sent = sorted(chain.from_iterable(share.sent for share in shares))
    took = list(chain.from_iterable(share.reservations for share in shares))
    return Paced(
        rate=(len(sent) - 1) / (sent[-1] - sent[0]),
        most=max(sum(at <= later < at + 1 for later in sent) for at in sent),
        each=sum(took) / len(took),
        share=sum(took) / len(sent),
    )


def _process(url: str, begin: float, messages: int) -> Share:
    return asyncio.run(_sends(connect(url), begin, messages))


async def _sends(engine: Engine, begin: float, messages: int) -> Share:
    share = Share([], [])

    async def ask(what: Callable[[Connection], Found], /) -> Found:
        asked = time.perf_counter()
        found = await asyncio.to_thread(_run, engine, what)
        share.reservations.append(time.perf_counter() - asked)
        return found

    async def send() -> None:
        await pace.turn(urgent=False)
        share.sent.append(time.time())

    pace = SharedPace(ask, "bench", LIMIT)
    await asyncio.sleep(max(0.0, begin - time.time()))
    await asyncio.gather(*(send() for _ in range(messages)))
    await pace.close()
    engine.dispose()
    return share


def _run(engine: Engine, what: Callable[[Connection], Found]) -> Found:
    with writing(engine) as connection:
        return what(connection)
