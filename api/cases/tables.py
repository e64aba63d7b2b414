"""Cases and what belongs to them. Bytes are sealed; times are milliseconds, UTC.

In clear stand ids, numbers, times, states, kinds and due dates, and who leads a case. What
a child told of who it is has a table of its own, so that no page reads it in passing.
Nothing here is deleted: a change adds a version, and what was a mistake is marked as such.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlmodel import Field

from api.db import HelplineTable

_ID = String(36)


def _key() -> Column[str]:
    return Column(_ID, primary_key=True)


def _case() -> Column[str]:
    return Column(_ID, ForeignKey("cases.id"), nullable=False, index=True)


def _sealed() -> Column[bytes]:
    return Column(LargeBinary, nullable=False)


def _maybe_sealed() -> Column[bytes]:
    return Column(LargeBinary, nullable=True)


def _time() -> Column[int]:
    return Column(BigInteger, nullable=False)


def _maybe_time() -> Column[int]:
    return Column(BigInteger, nullable=True)


def _staff() -> Column[int]:
    return Column(Integer, nullable=False)


def _maybe_staff() -> Column[int]:
    return Column(Integer, nullable=True)


class Case(HelplineTable, table=True):
    """The longer work that contacts belong to; shown as R-<year>-<number>."""

    __tablename__ = "cases"
    id: str = Field(sa_column=_key())
    year: int = Field(sa_column=Column(Integer, nullable=False))
    number: int = Field(sa_column=Column(Integer, nullable=False))
    status: str = Field(sa_column=Column(String(16), nullable=False, index=True))
    lead_id: int = Field(sa_column=Column(Integer, nullable=False, index=True))
    lead_name: bytes = Field(sa_column=_sealed())
    opened_at: int = Field(sa_column=_time())
    changed_at: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    closed_at: int | None = Field(default=None, sa_column=_maybe_time())
    follow_up_at: int | None = Field(
        default=None, sa_column=Column(BigInteger, nullable=True, index=True)
    )
    follow_up: bytes | None = Field(default=None, sa_column=_maybe_sealed())
    follow_up_told: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, default=False)
    )
    hold: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, default=False))
    __table_args__ = (UniqueConstraint("year", "number", name="cases_number"),)


class CaseMember(HelplineTable, table=True):
    """Somebody of the team, besides the lead."""

    __tablename__ = "case_members"
    case_id: str = Field(sa_column=Column(_ID, ForeignKey("cases.id"), primary_key=True))
    staff_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    name: bytes = Field(sa_column=_sealed())


class CaseContact(HelplineTable, table=True):
    """A contact of the case; a wrong link is marked as undone and kept."""

    __tablename__ = "case_contacts"
    case_id: str = Field(sa_column=Column(_ID, ForeignKey("cases.id"), primary_key=True))
    contact_id: str = Field(
        sa_column=Column(String(64), ForeignKey("contacts.id"), primary_key=True)
    )
    at: int = Field(sa_column=_time())
    staff_id: int = Field(sa_column=_staff())
    undone_at: int | None = Field(default=None, sa_column=_maybe_time())
    __table_args__ = (Index("case_contacts_contact", "contact_id"),)


class CaseConflict(HelplineTable, table=True):
    """Somebody of staff who is named in the case and sees neither it nor its contacts."""

    __tablename__ = "case_conflicts"
    id: str = Field(sa_column=_key())
    case_id: str = Field(sa_column=_case())
    staff_id: int = Field(sa_column=Column(Integer, nullable=False, index=True))
    at: int = Field(sa_column=_time())
    by_id: int = Field(sa_column=_staff())
    reason: bytes = Field(sa_column=_sealed())
    lifted_at: int | None = Field(default=None, sa_column=_maybe_time())
    lifted_by: int | None = Field(default=None, sa_column=_maybe_staff())


class CasePart(HelplineTable, table=True):
    """One section of a case, as it stands; its words lie in its versions."""

    __tablename__ = "case_parts"
    id: str = Field(sa_column=_key())
    case_id: str = Field(sa_column=_case())
    kind: str = Field(sa_column=Column(String(16), nullable=False))
    place: int = Field(sa_column=Column(Integer, nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    state: str = Field(sa_column=Column(String(16), nullable=False))  # of a promise, a referral
    due_at: int | None = Field(default=None, sa_column=_maybe_time())
    due_told: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, default=False))
    __table_args__ = (
        UniqueConstraint("case_id", "place", name="case_parts_place"),
        Index("case_parts_due", "kind", "state", "due_at"),
    )


class CaseVersion(HelplineTable, table=True):
    """A section as somebody wrote it at some time; rows are added and never changed."""

    __tablename__ = "case_versions"
    part_id: str = Field(sa_column=Column(_ID, ForeignKey("case_parts.id"), primary_key=True))
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    at: int = Field(sa_column=_time())
    staff_id: int = Field(sa_column=_staff())
    name: bytes = Field(sa_column=_sealed())
    fields: bytes = Field(sa_column=_sealed())


class CaseEvent(HelplineTable, table=True):
    """Something that was done with the case as a whole, for its history."""

    __tablename__ = "case_events"
    id: str = Field(sa_column=_key())
    case_id: str = Field(sa_column=_case())
    at: int = Field(sa_column=_time())
    place: int = Field(sa_column=Column(Integer, nullable=False))
    kind: str = Field(sa_column=Column(String(24), nullable=False))
    staff_id: int = Field(sa_column=_staff())
    name: bytes = Field(sa_column=_sealed())
    words: bytes = Field(sa_column=_sealed())
    __table_args__ = (UniqueConstraint("case_id", "place", name="case_events_place"),)


class CaseIdentity(HelplineTable, table=True):
    """Something a child told of who it is; written by staff, read only when unlocked."""

    __tablename__ = "case_identities"
    id: str = Field(sa_column=_key())
    case_id: str = Field(sa_column=_case())
    at: int = Field(sa_column=_time())
    staff_id: int = Field(sa_column=_staff())
    name: bytes = Field(sa_column=_sealed())
    kind: bytes = Field(sa_column=_sealed())
    text: bytes = Field(sa_column=_sealed())


class CaseUnlock(HelplineTable, table=True):
    """A wish to read an identity: asked, open (until its end) or refused by another person."""

    __tablename__ = "case_unlocks"
    id: str = Field(sa_column=_key())
    case_id: str = Field(sa_column=_case())
    state: str = Field(sa_column=Column(String(8), nullable=False))  # asked, open, refused, ended
    minutes: int = Field(sa_column=Column(Integer, nullable=False))
    asked_at: int = Field(sa_column=_time())
    asker_id: int = Field(sa_column=Column(Integer, nullable=False, index=True))
    asker_name: bytes = Field(sa_column=_sealed())
    reason: bytes = Field(sa_column=_sealed())
    decided_at: int | None = Field(default=None, sa_column=_maybe_time())
    decider_id: int | None = Field(default=None, sa_column=_maybe_staff())
    decider_name: bytes | None = Field(default=None, sa_column=_maybe_sealed())
    answer: bytes | None = Field(default=None, sa_column=_maybe_sealed())
    until: int | None = Field(default=None, sa_column=_maybe_time())
