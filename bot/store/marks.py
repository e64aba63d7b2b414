"""Small facts that all processes share, by name."""

from __future__ import annotations

from sqlalchemy import Connection, Table, delete, select, update

from bot.store.database import insert_new
from bot.store.tables import Mark

_MARKS: Table = Mark.__table__  # type: ignore[attr-defined]


def get_mark(connection: Connection, name: str) -> tuple[str, int] | None:
    """The value of a mark and when it was put (milliseconds), or None."""
    query = select(_MARKS.c.value, _MARKS.c.at).where(_MARKS.c.name == name)
    row = connection.execute(query).first()
    return (row.value, row.at) if row else None


def put_mark(connection: Connection, name: str, value: str, *, at: int) -> None:
    """Set a mark, new or not."""
    change = update(_MARKS).where(_MARKS.c.name == name).values(value=value, at=at)
    if not connection.execute(change).rowcount:
        row = {"name": name, "value": value, "at": at}
        connection.execute(insert_new(connection, _MARKS), row)


def marks_like(connection: Connection, prefix: str, *, limit: int) -> dict[str, str]:
    """Marks whose names begin with ``prefix``, the oldest first."""
    query = select(_MARKS.c.name, _MARKS.c.value).where(
        _MARKS.c.name.startswith(prefix, autoescape=True)
    )
    rows = connection.execute(query.order_by(_MARKS.c.at, _MARKS.c.name).limit(limit))
    return {row.name: row.value for row in rows}


def drop_mark(connection: Connection, name: str, value: str) -> None:
    """Forget a mark, unless it has another value by now."""
    connection.execute(delete(_MARKS).where(_MARKS.c.name == name, _MARKS.c.value == value))
