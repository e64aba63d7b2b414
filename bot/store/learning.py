"""What was learned, and answered to the soft question, counted over everybody.

Numbers by lesson or by category of harm, never who or when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Table, select

from bot.engine.effects import Count
from bot.store.database import upsert
from bot.store.tables import Learned

ENOUGH = 10  # fewer could point at a child
_LEARNED: Table = Learned.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Figure:
    """How often something happened, by topic or category of harm, band and language."""

    what: str
    topic: str
    band: str
    language: str
    count: int


def add(connection: Connection, more: Mapping[Count, int]) -> None:
    """Add so many to each."""
    if not more:
        return
    insert = upsert(connection, _LEARNED)
    change = insert.on_conflict_do_update(
        index_elements=[_LEARNED.c.what, _LEARNED.c.topic, _LEARNED.c.band, _LEARNED.c.language],
        set_={"count": _LEARNED.c.count + insert.excluded.count},
    )
    rows = [_row(each, number) for each, number in more.items()]
    connection.execute(change, sorted(rows, key=lambda row: tuple(map(str, row.values()))))


def _row(each: Count, number: int) -> dict[str, str | int]:
    return {
        "what": each.what,
        "topic": each.topic,
        "band": each.band,
        "language": each.language,
        "count": number,
    }


def large(connection: Connection) -> list[Figure]:
    """The figures that are large enough to point at nobody, in order, down to full tens.

    So nobody who looks twice sees one child come: a figure moves by ten or not at all.
    """
    columns = (_LEARNED.c.what, _LEARNED.c.topic, _LEARNED.c.band, _LEARNED.c.language)
    query = select(*columns, _LEARNED.c.count).where(_LEARNED.c.count >= ENOUGH)
    rows = connection.execute(query.order_by(*columns))
    return [Figure(*row[:-1], row[-1] - row[-1] % ENOUGH) for row in rows]
