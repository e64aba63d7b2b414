"""Reports and what became of them. Bytes are sealed; times are milliseconds, UTC.

In clear stand ids, numbers, times, states, the rank that orders reports and who has one. The
receipt is kept as a slow hash alone. ``same_child`` is the fingerprint of the conversation,
as in contacts; empty where nobody can be written to.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String
from sqlmodel import Field

from api.db import HelplineTable

_ID = String(64)


def _sealed() -> Column[bytes]:
    return Column(LargeBinary, nullable=False)


def _maybe_sealed() -> Column[bytes]:
    return Column(LargeBinary, nullable=True)


def _time() -> Column[int]:
    return Column(BigInteger, nullable=False)


def _maybe_time() -> Column[int]:
    return Column(BigInteger, nullable=True)


def _report() -> Column[str]:
    return Column(_ID, ForeignKey("reports.id"), primary_key=True)


class Report(HelplineTable, table=True):
    """A report of online exploitation or of an address with abuse material.

    ``kind`` is what staff made of it, ``answers`` what was answered beside the columns, with the
    kind as it came. It waits since ``waiting_since`` while nobody has it. ``told_at`` is when
    the reporter last heard something, ``news_place`` the last update told in the chat.
    """

    __tablename__ = "reports"
    id: str = Field(sa_column=Column(_ID, primary_key=True))
    number: int = Field(sa_column=Column(BigInteger, nullable=False, unique=True))
    state: str = Field(sa_column=Column(String(24), nullable=False))
    rank: int = Field(sa_column=Column(Integer, nullable=False))
    received_at: int = Field(sa_column=_time())
    stored_at: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    receipt_hash: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    kind: bytes = Field(sa_column=_sealed())
    reporter: bytes = Field(sa_column=_sealed())
    language: bytes = Field(sa_column=_sealed())
    addresses: bytes = Field(sa_column=_sealed())
    whereabouts: bytes = Field(sa_column=_sealed())
    words: bytes = Field(sa_column=_sealed())
    conversation: bytes = Field(sa_column=_sealed())
    answers: bytes | None = Field(default=None, sa_column=_maybe_sealed())
    same_child: str = Field(sa_column=Column(String(32), nullable=False))
    wants_news: bool = Field(sa_column=Column(Boolean, nullable=False))
    news_place: int = Field(sa_column=Column(BigInteger, nullable=False))
    told_at: int = Field(sa_column=_time())
    waiting_since: int = Field(sa_column=_time())
    holder_id: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    holder_name: bytes | None = Field(default=None, sa_column=_maybe_sealed())
    taken_at: int | None = Field(default=None, sa_column=_maybe_time())
    worked_at: int | None = Field(default=None, sa_column=_maybe_time())
    added_at: int | None = Field(default=None, sa_column=_maybe_time())
    closed_at: int | None = Field(default=None, sa_column=_maybe_time())
    duplicate_of: str | None = Field(default=None, sa_column=Column(_ID, nullable=True))
    __table_args__ = (
        Index("reports_order", "state", "rank", "received_at"),
        Index("reports_child", "same_child"),
        Index("reports_duplicates", "duplicate_of"),
    )


class ReportUpdate(HelplineTable, table=True):
    """Something that the reporter may know; ``told_to`` is who else heard of the report."""

    __tablename__ = "report_updates"
    report_id: str = Field(sa_column=_report())
    place: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: int = Field(sa_column=_time())
    state: str = Field(sa_column=Column(String(24), nullable=False))
    told_to: str = Field(sa_column=Column(String(12), nullable=False))
    next_at: int | None = Field(default=None, sa_column=_maybe_time())


class ReportAddition(HelplineTable, table=True):
    """What the holder of the receipt added; ``answers`` as it came."""

    __tablename__ = "report_additions"
    id: str = Field(sa_column=Column(_ID, primary_key=True))
    report_id: str = Field(sa_column=Column(_ID, ForeignKey("reports.id"), nullable=False))
    place: int = Field(sa_column=Column(BigInteger, nullable=False))
    at: int = Field(sa_column=_time())
    stored_at: int = Field(sa_column=_time())
    answers: bytes = Field(sa_column=_sealed())
    __table_args__ = (Index("report_additions_place", "report_id", "place", unique=True),)


class ReportAssessment(HelplineTable, table=True):
    """What somebody of staff made of a report; the newest counts."""

    __tablename__ = "report_assessments"
    report_id: str = Field(sa_column=_report())
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    at: int = Field(sa_column=_time())
    staff_id: int = Field(sa_column=Column(Integer, nullable=False))
    name: bytes = Field(sa_column=_sealed())
    fields: bytes = Field(sa_column=_sealed())


class ReportNote(HelplineTable, table=True):
    """Words for staff alone."""

    __tablename__ = "report_notes"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    report_id: str = Field(
        sa_column=Column(_ID, ForeignKey("reports.id"), nullable=False, index=True)
    )
    at: int = Field(sa_column=_time())
    staff_id: int = Field(sa_column=Column(Integer, nullable=False))
    name: bytes = Field(sa_column=_sealed())
    text: bytes = Field(sa_column=_sealed())


class ReportCase(HelplineTable, table=True):
    """That a report belongs to a case; a mistake is marked as undone."""

    __tablename__ = "report_cases"
    report_id: str = Field(sa_column=_report())
    case_id: str = Field(
        sa_column=Column(String(36), ForeignKey("cases.id"), primary_key=True, index=True)
    )
    at: int = Field(sa_column=_time())
    staff_id: int = Field(sa_column=Column(Integer, nullable=False))
    undone_at: int | None = Field(default=None, sa_column=_maybe_time())


class ReportClimb(HelplineTable, table=True):
    """A step that a waiting report took, once in each wait."""

    __tablename__ = "report_climbs"
    report_id: str = Field(sa_column=_report())
    waiting_since: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    step: str = Field(sa_column=Column(String(16), primary_key=True))
    at: int = Field(sa_column=_time())
