"""Triggers by which the database itself refuses to change what only grows.

A guarded table takes rows with the next number and nothing else: no change, no deletion, no
row in between, no row in the place of another. Whoever owns the database can take a trigger
away; ``missing`` sees it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

_WORDS = "this table only grows"


@dataclass(frozen=True, slots=True)
class Guarded:
    """A table that only grows; ``number`` counts its rows, ``key`` names them as well."""

    table: str
    number: str = "seq"
    before: int = 0
    key: str = ""

    @property
    def refused(self) -> str:
        """When a new row is refused."""
        wanted = f"(SELECT COALESCE(MAX({self.number}), {self.before}) + 1 FROM {self.table})"  # noqa: S608
        wrong = f"NEW.{self.number} IS DISTINCT FROM {wanted}"
        if self.key:  # a second row of this key would take the place of the first
            same = f"SELECT 1 FROM {self.table} WHERE {self.key} = NEW.{self.key}"  # noqa: S608
            wrong += f" OR EXISTS ({same})"
        return wrong


GUARDED = (
    Guarded("audit"),
    Guarded("stamps"),
    Guarded("exhibits", number="number", before=1000, key="id"),
    Guarded("custody"),
)


def statements(one: Guarded, dialect: str) -> list[str]:
    """What makes the guards of a table; to be run once, by a migration."""
    if dialect == "sqlite":
        return list(_sqlite(one).values())
    return [*_functions(one).values(), *_postgresql(one)]


def rights(role: str) -> list[str]:
    """What lets a role of PostgreSQL run the service, and only add to what is guarded.

    To be run by the owner of the tables, after an upgrade; the role owns nothing.
    """
    guarded = ", ".join(one.table for one in GUARDED)
    return [
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {guarded} FROM {role}",
    ]


def missing(session: Session) -> list[str]:
    """The guards that are not there, are switched off, or do something else by now."""
    dialect = session.get_bind().dialect.name
    standing = _standing_sqlite(session) if dialect == "sqlite" else _standing_pg(session)
    wanted = {
        name: words
        for one in GUARDED
        for name, words in (_sqlite(one) if dialect == "sqlite" else _wanted_pg(one)).items()
    }
    return sorted(name for name, words in wanted.items() if standing.get(name) != words)


def _sqlite(one: Guarded) -> Mapping[str, str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END"
    wrong = one.refused.replace("IS DISTINCT FROM", "IS NOT")
    # The hidden number of a row is a key as well: REPLACE takes away who has it.
    wrong += f" OR EXISTS (SELECT 1 FROM {one.table} WHERE rowid = NEW.rowid)"  # noqa: S608
    when = {
        "no_update": "UPDATE ON {0}",
        "no_delete": "DELETE ON {0}",
        "next": "INSERT ON {0} WHEN " + wrong,
    }
    return {
        f"{one.table}_{name}": f"CREATE TRIGGER {one.table}_{name} BEFORE "
        + f"{deed.format(one.table)} {refuse}"
        for name, deed in when.items()
    }


def _bodies(one: Guarded) -> Mapping[str, str]:
    """What the functions of the guards do, as PostgreSQL keeps it."""
    refuse = f"RAISE EXCEPTION '{_WORDS}';"
    return {
        f"{one.table}_refuse": f"BEGIN {refuse} END",
        f"{one.table}_next": f"BEGIN IF {one.refused} THEN {refuse} END IF; RETURN NEW; END",
    }


def _functions(one: Guarded) -> Mapping[str, str]:
    return {
        name: f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
        for name, body in _bodies(one).items()
    }


def _postgresql(one: Guarded) -> Iterator[str]:
    table = one.table
    for name, deed, function in (
        ("no_change", f"UPDATE OR DELETE ON {table} FOR EACH ROW", "refuse"),
        ("no_truncate", f"TRUNCATE ON {table} FOR EACH STATEMENT", "refuse"),
        ("next", f"INSERT ON {table} FOR EACH ROW", "next"),
    ):
        call = f"EXECUTE FUNCTION {table}_{function}()"
        yield f"CREATE TRIGGER {table}_{name} BEFORE {deed} {call}"
        # ALWAYS: also in a session that says it only copies.
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}"


def _wanted_pg(one: Guarded) -> Mapping[str, str]:
    functions = {"no_change": "refuse", "no_truncate": "refuse", "next": "next"}
    return {
        f"{one.table}_{name}": _bodies(one)[f"{one.table}_{function}"]
        for name, function in functions.items()
    }


def _standing_sqlite(session: Session) -> dict[str, str]:
    rows = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    return {name: words for name, words in rows}


def _standing_pg(session: Session) -> dict[str, str]:
    rows = session.execute(
        text(
            "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE NOT t.tgisinternal AND t.tgenabled = 'A'"
        )
    )
    return {name: words for name, words in rows}
