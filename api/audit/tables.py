"""The audit trail: rows are added and never changed; the database refuses anything else."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String
from sqlmodel import Field

from api.db import HelplineTable


class AuditRow(HelplineTable, table=True):
    """One deed. ``hash`` covers this row and ``prev``, the hash of the row before it.

    ``detail`` is sealed; ``detail_hash`` is the hash of what it opens to, or of the sealed
    bytes in rows that are older than this way of hashing.
    """

    __tablename__ = "audit"
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    who: str = Field(sa_column=Column(String(40), nullable=False))
    what: str = Field(sa_column=Column(String(40), nullable=False))
    about: str = Field(sa_column=Column(String(64), nullable=False))
    detail: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    prev: str = Field(sa_column=Column(String(64), nullable=False))
    hash: str = Field(sa_column=Column(String(64), nullable=False))
    detail_hash: str = Field(sa_column=Column(String(64), nullable=False))
    __table_args__ = (Index("audit_about", "about", "who"), Index("audit_who", "who", "at"))


class TrailCheck(HelplineTable, table=True):
    """One walk through the whole trail: who wanted it, when, and what it found.

    ``fault`` is empty when everything held; ``done_at`` is empty while it waits or runs.
    """

    __tablename__ = "trail_checks"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    asked_at: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    who: str = Field(sa_column=Column(String(40), nullable=False))
    done_at: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    upto: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    fault_seq: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    fault: str = Field(default="", sa_column=Column(String(64), nullable=False))
