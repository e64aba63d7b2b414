"""Which timers are due, and what is old enough to be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, select

from bot.store.tables import Bubble, Seen, Timer

_TIMERS: Table = Timer.__table__  # type: ignore[attr-defined]
_SEEN: Table = Seen.__table__  # type: ignore[attr-defined]
_WEB_LOG: Table = Bubble.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Due:
    """A timer whose time has come; ``due_at`` in milliseconds."""

    conversation: str
    name: str
    due_at: int


def due_timers(connection: Connection, *, now: int, limit: int) -> Sequence[Due]:
    """Timers that are due, the longest overdue first. They stay until they are answered."""
    query = select(_TIMERS).where(_TIMERS.c.due_at <= now)
    ordered = query.order_by(_TIMERS.c.due_at, _TIMERS.c.conversation, _TIMERS.c.name)
    rows = connection.execute(ordered.limit(limit))
    return [Due(row.conversation, row.name, row.due_at) for row in rows]


def drop_timers(connection: Connection, timers: Sequence[Due]) -> None:
    """Forget timers that nobody answers to; one that was set anew meanwhile stays."""
    for due in timers:
        connection.execute(
            delete(_TIMERS).where(
                _TIMERS.c.conversation == due.conversation,
                _TIMERS.c.name == due.name,
                _TIMERS.c.due_at == due.due_at,
            )
        )


def forget_seen(connection: Connection, *, before: int, limit: int) -> int:
    """Forget ids of updates seen before a time; return how many, at most ``limit``."""
    old = select(_SEEN.c.id).where(_SEEN.c.at < before).order_by(_SEEN.c.at).limit(limit)
    return connection.execute(delete(_SEEN).where(_SEEN.c.id.in_(old))).rowcount


def forget_bubbles(connection: Connection, *, before: int, limit: int) -> int:
    """Forget what the browser chat showed before a time; return how many."""
    old = select(_WEB_LOG.c.seq).where(_WEB_LOG.c.at < before).order_by(_WEB_LOG.c.at)
    gone = delete(_WEB_LOG).where(_WEB_LOG.c.seq.in_(old.limit(limit)))
    return connection.execute(gone).rowcount
