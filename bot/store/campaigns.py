"""How many came by the link of a school or a poster: numbers, never who or when."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import Connection, Table, select

from bot.store.database import upsert
from bot.store.tables import Campaign

ENOUGH = 10  # fewer could point at a child
MOST = 500  # names shown; anybody can write a link
_CAMPAIGNS: Table = Campaign.__table__  # type: ignore[attr-defined]
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_name(name: str) -> bool:
    """Whether a campaign can be called so."""
    return _NAME.fullmatch(name) is not None


def count(connection: Connection, starts: Mapping[str, int]) -> None:
    """Add so many to each."""
    if not starts:
        return
    add = upsert(connection, _CAMPAIGNS)
    change = add.on_conflict_do_update(
        index_elements=[_CAMPAIGNS.c.name],
        set_={"count": _CAMPAIGNS.c.count + add.excluded.count},
    )
    rows = [{"name": name, "count": number} for name, number in sorted(starts.items())]
    connection.execute(change, rows)


def large(connection: Connection) -> dict[str, int]:
    """The campaigns by which enough have come that a number points at nobody."""
    query = select(_CAMPAIGNS.c.name, _CAMPAIGNS.c.count).where(_CAMPAIGNS.c.count >= ENOUGH)
    ordered = query.order_by(_CAMPAIGNS.c.count.desc(), _CAMPAIGNS.c.name).limit(MOST)
    return {row.name: row[1] for row in connection.execute(ordered)}
