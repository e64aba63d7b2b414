"""Numbers that go up by one, in the order of commit, without a gap."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session


def next_number(session: Session, name: str) -> int:
    """Give the next number of this kind; a transaction that fails gives it back.

    Needs a writing session: writers stand in line, so no reader sees a later number first.
    """
    statement = text("UPDATE counters SET value = value + 1 WHERE name = :name RETURNING value")
    return int(session.execute(statement, {"name": name}).scalar_one())


def last_number(session: Session, name: str) -> int:
    """The last number that was given."""
    statement = text("SELECT value FROM counters WHERE name = :name")
    return int(session.execute(statement, {"name": name}).scalar_one())


def touch(session: Session) -> None:
    """Say that something changed which an open console shows."""
    next_number(session, "changes")
