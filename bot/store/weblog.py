"""The browser chat's own memory: what the page shows again after a reload.

On Telegram a bubble that was delivered is the child's phone's business, and the bot
forgets it. A browser page keeps nothing, so here "delivered" is when the page is gone:
rows live, sealed, until the quick exit or until ``SIGURT_WEB_LOG_HOURS`` have passed.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Table, delete, func, select, text

from bot.crypto import Sealer
from bot.store.database import insert_new, reading, writing
from bot.store.tables import Bubble

_LOG: Table = Bubble.__table__  # type: ignore[attr-defined]
_ORDER_LOCK = 7_301_001  # PostgreSQL: rows become visible in the order of their numbers

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A bubble before it is stored; a ``key`` that is already there changes nothing."""

    key: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class Turn:
    """A stored bubble; ``seq`` grows along the conversation and is never used twice."""

    seq: int
    payload: Payload


@dataclass(frozen=True, slots=True)
class _Write:
    conversation: str
    entries: Sequence[Entry]
    done: asyncio.Future[None]


class WebLog:
    """Sealed bubbles by conversation. Writers that wait at the moment share one commit.

    Raises ``StoreUnavailable`` when the database cannot be used.
    """

    def __init__(
        self, engine: Engine, sealer: Sealer, *, now: Callable[[], float] = time.time
    ) -> None:
        self._engine = engine
        self._sealer = sealer
        self._now = now
        self._waiting: list[_Write] = []
        self._writer: asyncio.Task[None] | None = None

    async def append(self, conversation: str, entries: Sequence[Entry]) -> None:
        """Store bubbles in order; they are durable when this returns."""
        write = _Write(conversation, entries, asyncio.get_running_loop().create_future())
        self._waiting.append(write)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        await write.done

    async def read(self, conversation: str, *, after: int = 0) -> list[Turn]:
        """Return the bubbles behind ``after``, oldest first."""
        return await asyncio.to_thread(self._read, conversation, after)

    async def drop(self, conversation: str) -> None:
        """Forget everything the page showed."""
        await asyncio.to_thread(self._delete, _LOG.c.conversation == conversation)

    async def take_back(self, key: str) -> None:
        """Forget one bubble: what it stood for was not stored after all."""
        await asyncio.to_thread(self._delete, _LOG.c.key == key)

    async def holds(self, key: str) -> bool:
        """Whether a bubble is there, or has been erased meanwhile."""
        return await asyncio.to_thread(self._holds, key)

    async def newest(self) -> int:
        """Return the highest number given out that is still there, or 0."""
        return await asyncio.to_thread(self._newest)

    async def changed(self, *, after: int) -> list[tuple[int, str]]:
        """Return number and conversation of what was written behind ``after``."""
        return await asyncio.to_thread(self._changed, after)

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(self._insert, batch)
            except Exception as error:  # each writer hears of it, none waits for ever
                _settle(batch, error)
            else:
                _settle(batch, None)

    def _insert(self, batch: Sequence[_Write]) -> None:
        rows = [self._row(write.conversation, entry) for write in batch for entry in write.entries]
        if not rows:
            return
        with writing(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _ORDER_LOCK})
            connection.execute(insert_new(connection, _LOG), rows)

    def _row(self, conversation: str, entry: Entry) -> dict[str, object]:
        plain = json.dumps(entry.payload, ensure_ascii=False).encode()
        sealed = self._sealer.seal(plain, table="web_log", column="payload", row=entry.key)
        return {
            "conversation": conversation,
            "key": entry.key,
            "payload": sealed,
            "at": int(self._now() * 1000),
        }

    def _read(self, conversation: str, after: int) -> list[Turn]:
        query = (
            select(_LOG.c.seq, _LOG.c.key, _LOG.c.payload)
            .where(_LOG.c.conversation == conversation, _LOG.c.seq > after)
            .order_by(_LOG.c.seq)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [Turn(row.seq, self._opened(row.key, row.payload)) for row in rows]

    def _opened(self, key: str, sealed: bytes) -> Payload:
        plain = self._sealer.open(sealed, table="web_log", column="payload", row=key)
        payload: Payload = json.loads(plain)
        return payload

    def _delete(self, which: Any) -> None:
        with writing(self._engine) as connection:
            connection.execute(delete(_LOG).where(which))

    def _holds(self, key: str) -> bool:
        with reading(self._engine) as connection:
            return (
                connection.execute(select(_LOG.c.seq).where(_LOG.c.key == key)).first() is not None
            )

    def _newest(self) -> int:
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(_LOG.c.seq))).scalar() or 0

    def _changed(self, after: int) -> list[tuple[int, str]]:
        query = select(_LOG.c.seq, _LOG.c.conversation).where(_LOG.c.seq > after)
        with reading(self._engine) as connection:
            return [(row.seq, row.conversation) for row in connection.execute(query)]


def _settle(batch: Sequence[_Write], error: Exception | None) -> None:
    for write in batch:
        if write.done.done():  # the writer went away meanwhile
            continue
        if error is None:
            write.done.set_result(None)
        else:
            write.done.set_exception(error)
