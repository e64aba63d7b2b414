from __future__ import annotations

import pytest
import sqlalchemy as sa
from fakes.helpline import START
from sqlalchemy.exc import DBAPIError

from api.audit import guards
from api.audit.service import check, head, record
from api.audit.tables import AuditRow

NAMES = {
    "sqlite": ("audit_no_update", "audit_no_delete", "audit_next"),
    "postgresql": ("audit_no_change", "audit_no_truncate", "audit_next"),
}
ON = {"sqlite": "", "postgresql": " ON audit"}


@pytest.fixture
def trail(either):
    """Five deeds, and the head of their chain."""
    with either.database.write() as session:
        for n in range(5):
            record(
                session,
                either.vault,
                who=f"staff:{n}",
                what="contact.read",
                about=f"c-{n}",
                now=START,
                detail={"where": "198.51.100.7"},
            )
    with either.database.read() as session:
        return head(session)


def tamper(helpline, *statements):
    """What somebody with the database's owner's rights could do, and then hide."""
    dialect = helpline.database.engine.dialect.name
    audit = guards.GUARDED[0]
    with helpline.database.write() as session:
        for name in NAMES[dialect]:
            session.execute(sa.text(f"DROP TRIGGER {name}" + ON[dialect]))
        for statement in statements:
            session.execute(sa.text(statement))
        for statement in guards.statements(audit, dialect):
            if "FUNCTION audit" not in statement.split("EXECUTE")[0]:
                session.execute(sa.text(statement))


def fault(helpline, *anchors):
    with helpline.database.read() as session:
        found = check(session, helpline.vault, anchors=anchors)
    return (found.seq, found.what) if found else None


def test_untouched_trail_is_whole(either, trail):
    """
    S47: a trail that nobody touched has no fault, with and without an anchor.
    """
    assert (trail.seq, fault(either), fault(either, trail)) == (5, None, None)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit SET who = 'staff:9' WHERE seq = 3", (3, "changed")),
        (
            "UPDATE audit SET detail = (SELECT detail FROM audit WHERE seq = 1) WHERE seq = 4",
            (4, "changed"),
        ),
        ("DELETE FROM audit WHERE seq = 2", (2, "missing")),
        ("DELETE FROM audit WHERE seq = 5", (5, "missing at the end")),
        ("DELETE FROM audit", (1, "missing at the end")),
        (
            "INSERT INTO audit SELECT 6, at, who, what, about, detail, prev, hash,"
            " detail_hash FROM audit WHERE seq = 5",
            (6, "changed"),
        ),
    ],
)
def test_every_change_shows_where_it_is(either, trail, statement, found):
    """
    S47: a row changed, moved, taken out, put in or cut off at the end is found, and where.
    """
    tamper(either, statement)

    assert fault(either) == found


def test_cut_end_shows_against_the_anchor(either, trail):
    """
    S47: who also turns the counter back is found by the head that is kept elsewhere.
    """
    tamper(
        either,
        "DELETE FROM audit WHERE seq > 3",
        "UPDATE counters SET value = 3 WHERE name = 'audit'",
    )

    assert fault(either) is None
    assert fault(either, trail) == (4, "missing at the end")


def test_rebuilt_trail_shows_against_the_anchor(either, trail):
    """
    S47: a chain that was made anew, whole in itself, is not the one that was anchored.
    """
    tamper(
        either,
        "DELETE FROM audit WHERE seq = 5",
        "UPDATE counters SET value = 4 WHERE name = 'audit'",
    )
    with either.database.write() as session:
        record(session, either.vault, who="staff:7", what="contact.read", now=START)

    assert fault(either) is None
    assert fault(either, trail) == (5, "not what was anchored")


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit", "TRUNCATE audit"]
)
def test_database_refuses_to_change_the_trail(either, trail, statement):
    """
    S48: the database itself refuses to change or to take away what is recorded.
    """
    with pytest.raises(DBAPIError), either.database.write() as session:
        session.execute(sa.text(statement))

    with either.database.read() as session:
        assert session.query(AuditRow).count() == 5


def test_deed_that_failed_leaves_no_gap(either, trail):
    """
    A transaction that is given up gives its number back.
    """

    def fail():
        with either.database.write() as session:
            record(session, either.vault, who="bot", what="contact.opened", now=START)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert fault(either, trail) is None


def test_where_somebody_was_is_sealed(either, trail):
    """
    S32: the address a deed came from is not in clear.
    """
    with either.database.read() as session:
        assert all(b"198.51" not in row.detail for row in session.query(AuditRow))
