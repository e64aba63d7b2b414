"""Queries about the messages that stand in a chat: ids and times, never words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from bot.store.database import insert_new, upsert
from bot.store.tables import Shown

ID_LIMIT = 64
_SHOWN: Table = Shown.__table__  # type: ignore[attr-defined]
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_BEFORE = {  # which fates a new one may follow
    "delivered": ("",),
    "seen": ("", "delivered"),
    "failed": ("", "delivered"),
}

Place = tuple[str, str]  # conversation and message


@dataclass(frozen=True, slots=True)
class Standing:
    """A message that stands in a chat; ``about`` is sealed, and absent when nothing is known."""

    id: int
    conversation: str
    message: str
    mine: bool
    about: bytes | None
    at: int


_ROW = select(
    _SHOWN.c.id,
    _SHOWN.c.conversation,
    _SHOWN.c.message,
    _SHOWN.c.mine,
    _SHOWN.c.about,
    _SHOWN.c.at,
)
_ALL = _ROW.where(_SHOWN.c.conversation.in_(_IDS)).order_by(_SHOWN.c.id)
_NAMED = _ALL.where(
    or_(
        _SHOWN.c.about.is_not(None),
        and_(_SHOWN.c.mine.is_(False), _SHOWN.c.message.in_(bindparam("theirs", expanding=True))),
    )
)
_NEWEST = select(_SHOWN.c.conversation, _SHOWN.c.message).where(
    _SHOWN.c.id.in_(
        select(func.max(_SHOWN.c.id))
        .where(_SHOWN.c.conversation.in_(_IDS))
        .group_by(_SHOWN.c.conversation)
    )
)
_ONE = and_(_SHOWN.c.conversation == bindparam("whose"), _SHOWN.c.message == bindparam("which"))
_FORGET = delete(_SHOWN).where(_SHOWN.c.id.in_(_IDS))


def is_id(message: str) -> bool:
    """Whether a platform's id of a message can be noted as it is."""
    return 0 < len(message) <= ID_LIMIT and message.isascii() and message.isprintable()


def note_heard(connection: Connection, rows: Sequence[Standing]) -> set[Place]:
    """Note messages that came or were pressed; return those that were not known before."""
    if not rows:
        return set()
    add = insert_new(connection, _SHOWN).returning(_SHOWN.c.conversation, _SHOWN.c.message)
    found = connection.execute(add, [_values(row) for row in rows])
    return {(whose, message) for whose, message in found}


def note_said(connection: Connection, rows: Sequence[Standing]) -> None:
    """Note bubbles that a platform has accepted; one that is known (it was changed in its place,
    or pressed before it was noted) is from now on what it was last.
    """
    if not rows:
        return
    add = upsert(connection, _SHOWN)
    change = add.on_conflict_do_update(
        index_elements=[_SHOWN.c.conversation, _SHOWN.c.message],
        set_={"mine": True, "about": add.excluded.about},
    )
    connection.execute(change, [_values(row) for row in rows])


def newest(connection: Connection, conversations: Collection[str]) -> dict[str, str]:
    """The message that came last, by conversation."""
    if not conversations:
        return {}
    rows = connection.execute(_NEWEST, {"ids": sorted(conversations)})
    return {whose: message for whose, message in rows}


def everything(connection: Connection, conversations: Collection[str]) -> list[Standing]:
    """All that stands in these chats, oldest first."""
    if not conversations:
        return []
    rows = connection.execute(_ALL, {"ids": sorted(conversations)})
    return [Standing(*row) for row in rows]


def named(
    connection: Connection, conversations: Collection[str], theirs: Collection[str] = ()
) -> list[Standing]:
    """Of these chats what more is known of, and the person's own messages of these ids."""
    if not conversations:
        return []
    values = {"ids": sorted(conversations), "theirs": sorted(theirs)}
    return [Standing(*row) for row in connection.execute(_NAMED, values)]


def forget(connection: Connection, ids: Collection[int]) -> None:
    """These no longer stand anywhere."""
    if ids:
        connection.execute(_FORGET, {"ids": sorted(ids)})


def find(connection: Connection, place: Place, *, fate: str) -> Standing | None:
    """The message, if this fate would be news of it."""
    query = _ROW.where(_ONE, _SHOWN.c.fate.in_(_BEFORE[fate]))
    row = connection.execute(query, _named(place)).first()
    return Standing(*row) if row else None


def note_fate(connection: Connection, place: Place, fate: str) -> bool:
    """Note what became of a message; False: it is not known, or this is no news."""
    change = update(_SHOWN).where(_ONE, _SHOWN.c.fate.in_(_BEFORE[fate])).values(fate=fate)
    return connection.execute(change, _named(place)).rowcount > 0


def forget_shown(connection: Connection, *, before: int, limit: int) -> int:
    """Forget what was shown before a time; return how many, at most ``limit``."""
    old = select(_SHOWN.c.id).where(_SHOWN.c.at < before).order_by(_SHOWN.c.at).limit(limit)
    return connection.execute(delete(_SHOWN).where(_SHOWN.c.id.in_(old))).rowcount


def _named(place: Place) -> dict[str, str]:
    return {"whose": place[0], "which": place[1]}


def _values(row: Standing) -> dict[str, Any]:
    return {
        "conversation": row.conversation,
        "message": row.message,
        "mine": row.mine,
        "about": row.about,
        "fate": "",
        "at": row.at,
    }
