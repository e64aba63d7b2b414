from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from fakes.helpline import ELIRA, START
from fakes.tampering import tamper, unguard
from sqlalchemy.exc import DBAPIError

from api.audit import guards
from api.audit.chain import Anchor
from api.audit.service import check, record
from api.evidence import exhibits, stamps

FIRST = {"audit": "seq", "stamps": "seq", "custody": "seq", "exhibits": "number"}


@pytest.fixture
def grown(either):
    """Some rows in every guarded table."""
    exhibit_id = either.does(exhibits.keep, kind="report", body={"a": 1}, who="bot", case_id="c")
    either.does(exhibits.keep, kind="report", body={"a": 2}, who="bot", case_id="c")
    either.does(exhibits.look, exhibit_id, staff=ELIRA, why="Gjykata")
    for n in (1, 2, 3):
        either.does(stamps.keep, "exported", Anchor(n, "0" * 64), b"")
    return either


def rows(helpline, table):
    with helpline.database.read() as session:
        return session.execute(sa.text(f"SELECT * FROM {table} ORDER BY {FIRST[table]}")).all()


def columns(helpline, table):
    found = sa.inspect(helpline.database.engine).get_columns(table)
    return [one["name"] for one in found]


def refused(helpline, statement):
    with pytest.raises(DBAPIError), helpline.database.write() as session:
        session.execute(sa.text(statement))


@pytest.mark.parametrize("table", FIRST)
def test_database_refuses_what_does_not_grow(grown, table):
    """
    S48: no change, no deletion, no truncation; no row in between, in front, or in the place of
    another, whatever the statement calls it.
    """
    number, before = FIRST[table], rows(grown, table)
    names = columns(grown, table)
    first = before[0][names.index(number)]
    for statement in (
        f"UPDATE {table} SET {number} = {number}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        *(_copies(table, names, number, at) for at in (first, first - 1, first + 70)),
    ):
        refused(grown, statement)
    if grown.database.engine.dialect.name == "sqlite":
        for verb in ("INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"):
            for at in (first, first + 70):
                refused(grown, _copies(table, names, number, at).replace("INSERT", verb, 1))
        refused(grown, f"UPDATE OR REPLACE {table} SET {number} = {first}")

    assert rows(grown, table) == before


@pytest.mark.parametrize("table", FIRST)
def test_no_row_takes_the_hidden_number_of_another(helpline, table):
    """
    S48: SQLite counts rows by a number of its own; REPLACE by that number, by a program that
    knows none of our settings and with a row that would be the next, takes nothing away.
    """
    exhibit_id = helpline.does(exhibits.keep, kind="report", body={}, who="bot", case_id="c")
    helpline.does(exhibits.look, exhibit_id, staff=ELIRA, why="Gjykata")
    helpline.does(stamps.keep, "exported", Anchor(1, "0" * 64), b"")
    number, before, names = FIRST[table], rows(helpline, table), columns(helpline, table)
    following = str(before[-1][names.index(number)] + 1)
    wanted = [{number: following, "id": "'fresh'"}.get(name, name) for name in names]
    replaced = (
        f"INSERT OR REPLACE INTO {table} (rowid, {', '.join(names)}) "
        f"SELECT rowid, {', '.join(wanted)} FROM {table} ORDER BY {number} LIMIT 1"
    )
    stranger = sqlite3.connect(helpline.database.engine.url.database)
    with closing(stranger), pytest.raises(sqlite3.IntegrityError, match="only grows"):
        stranger.execute(replaced)
    assert rows(helpline, table) == before


def test_exhibit_takes_no_others_place(grown):
    """
    S48: a new row with the id of an exhibit is refused, also where it says REPLACE.
    """
    names, before = columns(grown, "exhibits"), rows(grown, "exhibits")
    copy = _copies("exhibits", names, "number", 1003)
    refused(grown, copy)
    if grown.database.engine.dialect.name == "sqlite":
        refused(grown, copy.replace("INSERT", "INSERT OR REPLACE", 1))

    assert rows(grown, "exhibits") == before


def _copies(table, names, number, at):
    picked = ", ".join(str(at) if name == number else name for name in names)
    return (
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {picked} FROM {table}"
        f" ORDER BY {number} LIMIT 1"
    )


def test_guards_stand_after_the_upgrade(either):
    """
    S48: every guard is there, in both databases.
    """
    with either.database.read() as session:
        assert guards.missing(session) == []


@pytest.mark.parametrize("table", FIRST)
def test_guard_that_is_gone_is_seen(either, table):
    """
    S47, S48: a guard taken away, switched off, or put back as one that does nothing is named.
    """
    name, sqlite = f"{table}_next", either.database.engine.dialect.name == "sqlite"
    with either.database.write() as session:
        unguard(session, table, "next")
        assert guards.missing(session) == [name]
        on = f"CREATE TRIGGER {name} BEFORE INSERT ON {table}"
        if sqlite:
            session.execute(sa.text(f"{on} BEGIN SELECT 1; END"))
        else:
            session.execute(sa.text(f"{on} FOR EACH ROW EXECUTE FUNCTION {name}()"))
        assert guards.missing(session) == [name]
        assert check(session, either.vault).what == f"guard gone: {name}"


def test_role_without_rights_can_only_add(either, postgres_server):
    """
    S48, 16.4.2: on PostgreSQL the service can run under a role that may add to the trail and
    read it, and neither change it nor take its guards away.
    """
    if either.database.engine.dialect.name == "sqlite":
        return
    either.does(record, who="bot", what="contact.opened")
    role = f"r{either.database.engine.url.database[1:20]}"
    with either.database.write() as session:
        for statement in (f"CREATE ROLE {role}", *guards.rights(role)):
            session.execute(sa.text(statement))

    for statement in (
        "UPDATE audit SET who = 'nobody'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "ALTER TABLE audit DISABLE TRIGGER audit_no_change",
        "DROP TRIGGER audit_no_change ON audit",
        "DROP TABLE audit",
    ):
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
            _as(either, role, statement)
    with either.database.write() as session:
        session.execute(sa.text(f"SET LOCAL ROLE {role}"))
        record(session, either.vault, who="bot", what="contact.opened", now=START)
    with either.database.read() as session:
        assert check(session, either.vault) is None
    with either.database.write() as session:
        session.execute(sa.text(f"DROP OWNED BY {role}"))
        session.execute(sa.text(f"DROP ROLE {role}"))


def _as(helpline, role, statement):
    with helpline.database.write() as session:
        session.execute(sa.text(f"SET LOCAL ROLE {role}"))
        session.execute(sa.text(statement))


def test_guards_come_back_as_they_were(either):
    """
    What the tests take away they put back, so that nothing else is found than what they change.
    """
    for table in FIRST:
        tamper(either, table)

    with either.database.read() as session:
        assert guards.missing(session) == []
