"""New tables at the price of their statements.

Every test starts with an empty database. The first upgrade of each kind of database is a
real one, and its statements are kept; the next ones repeat them, within the same transaction
and under the same locks. What holds tables already is upgraded as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, event

_Statements = list[tuple[str, Any]]
_READS = ("SELECT", "PRAGMA")


def remember_upgrades() -> None:
    """Let ``alembic.command.upgrade`` repeat what it did to an empty database before."""
    command.upgrade = _remembering(command.upgrade)


def _remembering(upgrade: Callable[..., None]) -> Callable[..., None]:
    known: dict[tuple[str | None, str], _Statements] = {}

    def remembered(config: Config, revision: str, **options: Any) -> None:
        connection: Connection = config.attributes["connection"]
        kind = config.get_main_option("script_location"), connection.dialect.name
        if revision != "head" or MigrationContext.configure(connection).get_current_revision():
            upgrade(config, revision, **options)
        elif kind in known:
            _repeat(connection, known[kind])
        else:
            with _noted(connection) as statements:
                upgrade(config, revision, **options)
            known[kind] = statements

    return remembered


def _repeat(connection: Connection, statements: _Statements) -> None:
    for statement, values in statements:
        connection.exec_driver_sql(statement, values)


@contextmanager
def _noted(connection: Connection) -> Iterator[_Statements]:
    statements: _Statements = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(_READS):
            statements.append((statement, values))

    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)
