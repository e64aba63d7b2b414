"""The ids under which platforms hold our pictures, so that none is uploaded twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Table, delete, select

from bot.store.database import upsert
from bot.store.tables import Picture

_PICTURES: Table = Picture.__table__  # type: ignore[attr-defined]
_ID_LIMIT = 200
Found = TypeVar("Found")


class Asked(Protocol):
    """Where a query is run; ``Runner.ask`` is one."""

    def __call__(self, what: Callable[[Connection], Found], /) -> Awaitable[Found]: ...


class Pictures:
    """Ids by name; what was found once is remembered here, so that a lesson asks nobody.

    Raises ``StoreUnavailable`` when the database cannot be used.
    """

    def __init__(self, ask: Asked) -> None:
        self._ask = ask
        self._known: dict[str, str] = {}

    async def known(self, name: str) -> str:
        """The id, or nothing."""
        if name not in self._known:
            found = await self._ask(lambda connection: _find(connection, name))
            if not found:
                return ""
            self._known[name] = found
        return self._known[name]

    async def learn(self, name: str, file_id: str) -> None:
        """Keep the id; one that does not fit is not kept, and the picture is uploaded again."""
        if not 0 < len(file_id) <= _ID_LIMIT:
            return
        await self._ask(lambda connection: _keep(connection, name, file_id))
        self._known[name] = file_id

    async def forget(self, name: str) -> None:
        """The platform no longer knows it."""
        self._known.pop(name, None)
        gone = delete(_PICTURES).where(_PICTURES.c.name == name)
        await self._ask(lambda connection: connection.execute(gone).rowcount)


def _find(connection: Connection, name: str) -> str:
    query = select(_PICTURES.c.file_id).where(_PICTURES.c.name == name)
    return connection.execute(query).scalar() or ""


def _keep(connection: Connection, name: str, file_id: str) -> None:
    add = upsert(connection, _PICTURES).values(name=name, file_id=file_id)
    change = add.on_conflict_do_update(
        index_elements=[_PICTURES.c.name], set_={"file_id": add.excluded.file_id}
    )
    connection.execute(change)
