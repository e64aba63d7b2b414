"""The audit trail: rows are added and never changed; the database refuses anything else."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String
from sqlmodel import Field

from api.db import HelplineTable


class AuditRow(HelplineTable, table=True):
    """One deed. ``hash`` covers this row and ``prev``, the hash of the row before it."""

    __tablename__ = "audit"
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    who: str = Field(sa_column=Column(String(40), nullable=False))
    what: str = Field(sa_column=Column(String(40), nullable=False))
    about: str = Field(sa_column=Column(String(64), nullable=False))
    detail: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    prev: str = Field(sa_column=Column(String(64), nullable=False))
    hash: str = Field(sa_column=Column(String(64), nullable=False))
    __table_args__ = (Index("audit_about", "about", "who"), Index("audit_who", "who", "at"))
