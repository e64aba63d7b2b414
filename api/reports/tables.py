"""Reports. Bytes are sealed; the receipt is kept as a slow hash alone."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String
from sqlmodel import Field

from api.db import HelplineTable


def _sealed() -> Column[bytes]:
    return Column(LargeBinary, nullable=False)


class Report(HelplineTable, table=True):
    """A report of online exploitation or of an address with abuse material."""

    __tablename__ = "reports"
    id: str = Field(sa_column=Column(String(64), primary_key=True))
    number: int = Field(sa_column=Column(BigInteger, nullable=False, unique=True))
    state: str = Field(sa_column=Column(String(24), nullable=False))
    received_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    stored_at: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    receipt_hash: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    kind: bytes = Field(sa_column=_sealed())
    reporter: bytes = Field(sa_column=_sealed())
    language: bytes = Field(sa_column=_sealed())
    addresses: bytes = Field(sa_column=_sealed())
    whereabouts: bytes = Field(sa_column=_sealed())
    words: bytes = Field(sa_column=_sealed())
    conversation: bytes = Field(sa_column=_sealed())


class ReportUpdate(HelplineTable, table=True):
    """A state that a report came to."""

    __tablename__ = "report_updates"
    report_id: str = Field(sa_column=Column(String(64), ForeignKey("reports.id"), primary_key=True))
    place: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    state: str = Field(sa_column=Column(String(24), nullable=False))
