"""Queries about what must leave. A row goes when its lane has accepted it, never before.

Of one conversation and lane only the oldest row may be on its way (its *head*). A process
that carries a head holds a short lease on it and renews it; when the process dies, another
finds the row by ``take_due``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    select,
    tuple_,
    update,
)

from bot.store.tables import Conversation, Outgoing

CHANNEL, HELPLINE = "channel", "helpline"
SAYS, HIDE, TAKE_BACK = "says", "hide", "take_back"  # kinds of the channel lane
CONTACT, REPORT, ASK_REPORT = "contact", "report", "ask_report"  # of the helpline's
ADDITION, WANTS_NEWS = "addition", "wants_news"
REPLY = "feed:"  # how the keys of a counsellor's words begin
LEASE_MS = 5_000

_OUTBOX: Table = Outgoing.__table__  # type: ignore[attr-defined]
_CONVERSATIONS: Table = Conversation.__table__  # type: ignore[attr-defined]

Pair = tuple[str, str]  # lane and conversation


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of the rows of a pair that have not left: how many, and how urgent."""

    priority: int
    due_at: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A row under our lease, still sealed, with what is needed to carry it."""

    id: int
    conversation: str
    lane: str
    kind: str
    key: str
    payload: bytes
    priority: int
    attempts: int
    done: int
    created_at: int
    channel: str
    address: bytes
    heard_at: int


_PAIR = tuple_(_OUTBOX.c.lane, _OUTBOX.c.conversation)
_PAIRS: BindParameter[Any] = bindparam("pairs", expanding=True)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ALIVE = _OUTBOX.c.failed.is_(False)
_ROW = (
    select(
        _OUTBOX.c.id,
        _OUTBOX.c.conversation,
        _OUTBOX.c.lane,
        _OUTBOX.c.kind,
        _OUTBOX.c.key,
        _OUTBOX.c.payload,
        _OUTBOX.c.priority,
        _OUTBOX.c.attempts,
        _OUTBOX.c.done,
        _OUTBOX.c.created_at,
        _CONVERSATIONS.c.channel,
        _CONVERSATIONS.c.address,
        _CONVERSATIONS.c.heard_at,
    )
    .join(_CONVERSATIONS, _CONVERSATIONS.c.id == _OUTBOX.c.conversation)
    .where(_OUTBOX.c.id.in_(_IDS))
    .order_by(_OUTBOX.c.priority, _OUTBOX.c.id)
)
_WAITING = (
    select(
        _OUTBOX.c.lane,
        _OUTBOX.c.conversation,
        func.min(_OUTBOX.c.priority),
        func.max(_OUTBOX.c.due_at),
    )
    .where(_ALIVE, _PAIR.in_(_PAIRS))
    .group_by(_OUTBOX.c.lane, _OUTBOX.c.conversation)
)
_HEADS = (
    select(func.min(_OUTBOX.c.id))
    .where(_ALIVE, _PAIR.in_(_PAIRS))
    .group_by(_OUTBOX.c.lane, _OUTBOX.c.conversation)
)
_INSERT = _OUTBOX.insert().returning(_OUTBOX.c.id, sort_by_parameter_order=True)
_INSERT_TOGETHER = _OUTBOX.insert().returning(_OUTBOX.c.id, _OUTBOX.c.key)
_LEASE = (
    update(_OUTBOX)
    .where(
        _OUTBOX.c.id.in_(_IDS),
        _ALIVE,
        _OUTBOX.c.due_at <= bindparam("now"),
        _OUTBOX.c.leased_until <= bindparam("now"),
    )
    .values(leased_until=bindparam("until"))
    .returning(_OUTBOX.c.id)
)
_PROGRESS = update(_OUTBOX).where(_OUTBOX.c.id == bindparam("which")).values(done=bindparam("to"))
_DELETE = delete(_OUTBOX).where(_OUTBOX.c.id.in_(_IDS))
_LATER = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("which"))
    .values(due_at=bindparam("due"), attempts=_OUTBOX.c.attempts + 1, leased_until=0)
)
_LATER_TOO = (
    update(_OUTBOX)
    .where(
        _OUTBOX.c.lane == bindparam("of_lane"),
        _OUTBOX.c.conversation == bindparam("of_conversation"),
        _OUTBOX.c.due_at < bindparam("due"),
    )
    .values(due_at=bindparam("due"))
)
_FAIL = update(_OUTBOX).where(_OUTBOX.c.id.in_(_IDS)).values(failed=True, leased_until=0)
_DROP = (
    delete(_OUTBOX)
    .where(_OUTBOX.c.lane == CHANNEL, _OUTBOX.c.conversation.in_(_IDS))
    .returning(_OUTBOX.c.key)
)
_DROP_OWN = _DROP.where(_OUTBOX.c.kind == SAYS, _OUTBOX.c.key.not_like(f"{REPLY}%"))
_RECALL = (
    delete(_OUTBOX)
    .where(
        _OUTBOX.c.lane == CHANNEL,
        _OUTBOX.c.conversation == bindparam("which"),
        _OUTBOX.c.kind == SAYS,
        _OUTBOX.c.key.like(f"{REPLY}%"),
        _ALIVE,
    )
    .returning(_OUTBOX.c.id, _OUTBOX.c.key, _OUTBOX.c.payload, _OUTBOX.c.done)
)
_RAISE = (
    update(_OUTBOX)
    .where(
        _OUTBOX.c.lane == bindparam("of_lane"),
        _OUTBOX.c.conversation == bindparam("of_conversation"),
        _OUTBOX.c.priority > bindparam("least"),
    )
    .values(priority=bindparam("least"))
)
_RENEW = update(_OUTBOX).where(_OUTBOX.c.id.in_(_IDS)).values(leased_until=bindparam("until"))


def waiting(connection: Connection, pairs: Collection[Pair]) -> dict[Pair, Waiting]:
    """Which pairs already have rows that have not left; others may leave at once."""
    if not pairs:
        return {}
    rows = connection.execute(_WAITING, {"pairs": sorted(pairs)})
    return {(lane, which): Waiting(least, due) for lane, which, least, due in rows}


def put(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows; return their ids, which grow in the order given."""
    if not rows:
        return []
    if connection.dialect.name != "sqlite":
        return list(connection.execute(_INSERT, list(rows)).scalars())
    # Sorted, SQLite would be given row by row. It numbers the rows of one statement in the
    # order of their values, but may return them in any.
    given = {key: id for id, key in connection.execute(_INSERT_TOGETHER, list(rows))}
    return [given[row["key"]] for row in rows]


def progress(connection: Connection, id: int, done: int) -> None:
    """Note that a channel has accepted so many parts of a row."""
    connection.execute(_PROGRESS, {"which": id, "to": done})


def is_there(connection: Connection, id: int) -> bool:
    """Whether a row has neither left nor been dropped."""
    return connection.execute(select(_OUTBOX.c.id).where(_OUTBOX.c.id == id)).first() is not None


def hurry(connection: Connection, pairs: Iterable[tuple[Pair, int]]) -> None:
    """Raise what waits in a pair to at least this urgency, so that order holds nothing up."""
    values = [
        {"of_lane": lane, "of_conversation": which, "least": least}
        for (lane, which), least in sorted(pairs)
    ]
    if values:
        connection.execute(_RAISE, values)


def accepted(connection: Connection, ids: Collection[int]) -> None:
    """Delete rows that have left."""
    if ids:
        connection.execute(_DELETE, {"ids": sorted(ids)})


def failed(connection: Connection, ids: Collection[int]) -> None:
    """Keep rows for a person to look at; they are not tried again before a restart, and
    hold up nothing.
    """
    if ids:
        connection.execute(_FAIL, {"ids": sorted(ids)})


def later(connection: Connection, rows: Iterable[tuple[int, Pair, int]]) -> None:
    """Put rows off until a time, and with each what stands behind it."""
    values = [
        {"which": which, "of_lane": lane, "of_conversation": whose, "due": due}
        for which, (lane, whose), due in sorted(rows)
    ]
    if not values:
        return
    connection.execute(_LATER, [_only(item, "which", "due") for item in values])
    connection.execute(
        _LATER_TOO, [_only(item, "of_lane", "of_conversation", "due") for item in values]
    )


def try_again(connection: Connection) -> None:
    """Give what the helpline refused another try: a restart follows a mend, there or here."""
    change = update(_OUTBOX).where(_OUTBOX.c.lane == HELPLINE, _OUTBOX.c.failed.is_(True))
    connection.execute(change.values(failed=False))


def is_reply(key: str) -> bool:
    """Whether a parcel holds a counsellor's words."""
    return key.startswith(REPLY)


def drop(
    connection: Connection, conversations: Collection[str], *, replies: bool = True
) -> list[str]:
    """Delete what a channel has not been given yet; return the keys.

    ``replies=False`` spares a counsellor's words, for they are not dropped unread, and
    what removes traces.
    """
    if not conversations:
        return []
    which = _DROP if replies else _DROP_OWN
    return list(connection.execute(which, {"ids": sorted(conversations)}).scalars())


def recall_replies(connection: Connection, conversation: str) -> list[tuple[str, bytes, int]]:
    """Delete a counsellor's words that wait for a chat; key, payload and parts done, in order."""
    rows = connection.execute(_RECALL, {"which": conversation}).all()
    return [(row.key, row.payload, row.done) for row in sorted(rows, key=lambda row: row.id)]


def take_heads(connection: Connection, pairs: Collection[Pair], *, now: int) -> list[Taken]:
    """Lease the rows that are next in these pairs, if they are due and free."""
    if not pairs:
        return []
    ids = list(connection.execute(_HEADS, {"pairs": sorted(pairs)}).scalars())
    return _leased(connection, ids, now=now)


def take_due(
    connection: Connection, lane: str, *, now: int, limit: int, without: Collection[str] = ()
) -> list[Taken]:
    """Lease up to ``limit`` heads that are due and that nobody carries, most urgent first.

    Chats of the channels ``without`` are passed over.
    """
    query = _due(lane, now)
    if without:
        query = query.where(~_on(without))
    ids = list(connection.execute(query.limit(limit)).scalars())
    return _leased(connection, ids, now=now)


def renew(connection: Connection, ids: Collection[int], *, until: int) -> None:
    """Go on holding the leases; 0 gives them back."""
    if ids:
        connection.execute(_RENEW, {"ids": sorted(ids), "until": until})


def lane_is_up(connection: Connection, lane: str, *, now: int) -> None:
    """Make everything due that was put off while the lane was down."""
    connection.execute(
        update(_OUTBOX)
        .where(_OUTBOX.c.lane == lane, _ALIVE, _OUTBOX.c.due_at > now)
        .values(due_at=now)
    )


def counts(connection: Connection) -> dict[tuple[str, bool], int]:
    """How many rows wait, by lane and by whether they have failed."""
    rows = connection.execute(
        select(_OUTBOX.c.lane, _OUTBOX.c.failed, func.count()).group_by(
            _OUTBOX.c.lane, _OUTBOX.c.failed
        )
    )
    return {(lane, bool(gone)): count for lane, gone, count in rows}


def _due(lane: str, now: int) -> Select[Any]:
    before = _OUTBOX.alias("before")
    older = exists().where(
        before.c.lane == _OUTBOX.c.lane,
        before.c.conversation == _OUTBOX.c.conversation,
        before.c.id < _OUTBOX.c.id,
        before.c.failed.is_(False),
    )
    ready = and_(_OUTBOX.c.due_at <= now, _OUTBOX.c.leased_until <= now)
    query = select(_OUTBOX.c.id).where(_ALIVE, _OUTBOX.c.lane == lane, ready, ~older)
    return query.order_by(_OUTBOX.c.priority, _OUTBOX.c.id)


def _on(channels: Collection[str]) -> ColumnElement[bool]:
    return exists().where(
        _CONVERSATIONS.c.id == _OUTBOX.c.conversation,
        _CONVERSATIONS.c.channel.in_(sorted(channels)),
    )


def _leased(connection: Connection, ids: Sequence[int], *, now: int) -> list[Taken]:
    """Only what the update itself took is ours: two processes may read the same ids."""
    if not ids:
        return []
    values = {"ids": list(ids), "now": now, "until": now + LEASE_MS}
    ours = list(connection.execute(_LEASE, values).scalars())
    if not ours:
        return []
    return [Taken(**row) for row in connection.execute(_ROW, {"ids": ours}).mappings()]


def _only(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names}
