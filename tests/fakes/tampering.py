"""What somebody with the rights of the database's owner could do, and then hide."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fakes.helpline import Helpline

from api.audit import guards

_NAMES = {
    "sqlite": ("no_update", "no_delete", "next"),
    "postgresql": ("no_change", "no_truncate", "next"),
}


def tamper(helpline: Helpline, table: str, *statements: str, **values: Any) -> None:
    """Take the guards of a table away, change it, and put them back."""
    dialect = helpline.database.engine.dialect.name
    with helpline.database.write() as session:
        for name in _NAMES[dialect]:
            unguard(session, table, name)
        for statement in statements:
            session.execute(sa.text(statement), values)
        for statement in _triggers(table, dialect):
            session.execute(sa.text(statement))


def unguard(session: Any, table: str, name: str) -> None:
    """Take one guard away."""
    on = "" if session.get_bind().dialect.name == "sqlite" else f" ON {table}"
    session.execute(sa.text(f"DROP TRIGGER {table}_{name}{on}"))


def _triggers(table: str, dialect: str) -> list[str]:
    """What makes the triggers again; their functions are still there."""
    [one] = [one for one in guards.GUARDED if one.table == table]
    made = guards.statements(one, dialect)
    return [each for each in made if not each.startswith("CREATE FUNCTION")]
