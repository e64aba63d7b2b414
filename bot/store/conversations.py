"""Queries about conversations and the updates they have seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, select, update

from bot.store.database import insert_new
from bot.store.tables import Bubble, Conversation, Outgoing, Seen, Spoiled, Timer

_CONVERSATIONS: Table = Conversation.__table__  # type: ignore[attr-defined]
_SEEN: Table = Seen.__table__  # type: ignore[attr-defined]
_TIMERS: Table = Timer.__table__  # type: ignore[attr-defined]
_SPOILED: Table = Spoiled.__table__  # type: ignore[attr-defined]
_WEB_LOG: Table = Bubble.__table__  # type: ignore[attr-defined]
_OUTBOX: Table = Outgoing.__table__  # type: ignore[attr-defined]

_LOAD = select(
    _CONVERSATIONS.c.id,
    _CONVERSATIONS.c.channel,
    _CONVERSATIONS.c.address,
    _CONVERSATIONS.c.state,
    _CONVERSATIONS.c.reachable,
    _CONVERSATIONS.c.heard_at,
    _CONVERSATIONS.c.free_at,
).where(_CONVERSATIONS.c.id.in_(bindparam("ids", expanding=True)))
_LOAD_LOCKED = _LOAD.order_by(_CONVERSATIONS.c.id).with_for_update()
_SAVE = (
    update(_CONVERSATIONS)
    .where(_CONVERSATIONS.c.id == bindparam("which"))
    .values(
        state=bindparam("state"),
        reachable=bindparam("reachable"),
        heard_at=bindparam("heard_at"),
        free_at=bindparam("free_at"),
        updated_at=bindparam("at"),
    )
)
_REST = (
    update(_CONVERSATIONS)
    .where(_CONVERSATIONS.c.id == bindparam("which"), _CONVERSATIONS.c.free_at < bindparam("until"))
    .values(free_at=bindparam("until"))
)
_FORGET_PAGES = delete(_WEB_LOG).where(
    _WEB_LOG.c.conversation.in_(bindparam("ids", expanding=True))
)
_TAKE_TIMER = delete(_TIMERS).where(
    _TIMERS.c.conversation == bindparam("which"),
    _TIMERS.c.name == bindparam("timer"),
    _TIMERS.c.due_at <= bindparam("at"),
)
_CANCEL_TIMER = delete(_TIMERS).where(
    _TIMERS.c.conversation == bindparam("which"), _TIMERS.c.name == bindparam("timer")
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A conversation as it lies in the database: ``address`` and ``state`` are sealed."""

    id: str
    channel: str
    address: bytes
    state: bytes
    reachable: bool
    heard_at: int = 0
    free_at: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """The sealed state of a conversation."""

    id: str
    state: bytes


def states_after(connection: Connection, after: str, *, limit: int) -> list[Kept]:
    """The next states in order of id, after that one; empty to begin."""
    query = select(_CONVERSATIONS.c.id, _CONVERSATIONS.c.state)
    page = query.where(_CONVERSATIONS.c.id > after).order_by(_CONVERSATIONS.c.id).limit(limit)
    return [Kept(row.id, row.state) for row in connection.execute(page)]


def remember(connection: Connection, ids: Collection[str], *, at: int) -> set[str]:
    """Note ids of updates; return those that were not there before.

    Another process that has the same id in an open transaction is waited for. The ids are
    written in one order everywhere, so that two processes never wait for each other.
    """
    rows = [{"id": item, "at": at} for item in sorted(ids)]
    if not rows:
        return set()
    return set(connection.execute(_remembering(connection), rows).scalars())


def _remembering(connection: Connection) -> Any:
    return insert_new(connection, _SEEN).returning(_SEEN.c.id)


def load(connection: Connection, ids: Collection[str]) -> dict[str, Stored]:
    """Return the conversations that exist, locked until the transaction ends."""
    if not ids:
        return {}
    rows = connection.execute(_LOAD_LOCKED, {"ids": sorted(ids)})
    return {row.id: Stored(*row) for row in rows}


def add(connection: Connection, new: Sequence[Stored], *, at: int) -> None:
    """Add conversations; one that another process has added meanwhile stays as it is."""
    rows = [
        {
            "id": item.id,
            "channel": item.channel,
            "address": item.address,
            "state": item.state,
            "reachable": item.reachable,
            "heard_at": item.heard_at,
            "free_at": item.free_at,
            "updated_at": at,
        }
        for item in sorted(new, key=lambda item: item.id)
    ]
    if rows:
        connection.execute(insert_new(connection, _CONVERSATIONS), rows)


def save(connection: Connection, changed: Sequence[Stored], *, at: int) -> None:
    """Store what may change of a conversation: all but its channel and address."""
    rows = [
        {
            "which": item.id,
            "state": item.state,
            "reachable": item.reachable,
            "heard_at": item.heard_at,
            "free_at": item.free_at,
            "at": at,
        }
        for item in changed
    ]
    if rows:
        connection.execute(_SAVE, rows)


def rest(connection: Connection, chats: Mapping[str, int]) -> None:
    """These chats were written to later than planned: nothing more before these times."""
    rows = [{"which": which, "until": until} for which, until in sorted(chats.items())]
    if rows:
        connection.execute(_REST, rows)


def take_timer(connection: Connection, conversation: str, name: str, *, at: int) -> bool:
    """Remove a timer that is due at ``at``; False: there is none (any more)."""
    values = {"which": conversation, "timer": name, "at": at}
    return connection.execute(_TAKE_TIMER, values).rowcount > 0


def set_timers(connection: Connection, timers: dict[tuple[str, str], int | None]) -> None:
    """Set each timer, by conversation and name, to its time; None cancels it."""
    if not timers:
        return
    gone = [{"which": which, "timer": name} for which, name in sorted(timers)]
    connection.execute(_CANCEL_TIMER, gone)
    rows = [
        {"conversation": which, "name": name, "due_at": due}
        for (which, name), due in sorted(timers.items())
        if due is not None
    ]
    if rows:
        connection.execute(_TIMERS.insert(), rows)


def forget_pages(connection: Connection, ids: Collection[str]) -> None:
    """Drop what the browser chat would show again of these conversations."""
    if ids:
        connection.execute(_FORGET_PAGES, {"ids": sorted(ids)})


def forget_idle(connection: Connection, channel: str, ids: Collection[str]) -> int:
    """Drop these conversations of a channel, unless something of them has still to leave."""
    idle = _CONVERSATIONS.c.id.not_in(select(_OUTBOX.c.conversation))
    here = (_CONVERSATIONS.c.channel == channel, _CONVERSATIONS.c.id.in_(sorted(ids)))
    return connection.execute(delete(_CONVERSATIONS).where(*here, idle)).rowcount


def forget_old(connection: Connection, channel: str, *, before: int, limit: int) -> int:
    """Drop conversations of a channel in which nothing happened since; return how many."""
    at = _CONVERSATIONS.c.updated_at
    query = select(_CONVERSATIONS.c.id).where(_CONVERSATIONS.c.channel == channel, at < before)
    idle = query.where(_CONVERSATIONS.c.id.not_in(select(_OUTBOX.c.conversation)))
    old = connection.execute(idle.order_by(at).limit(limit)).scalars().all()
    return forget_idle(connection, channel, old)


def keep_spoiled(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep events whose step failed, for replay."""
    if rows:
        connection.execute(_SPOILED.insert(), rows)
