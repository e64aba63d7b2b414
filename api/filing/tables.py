"""Filings. Bytes are sealed; in clear stand ids, to whom, states, the rank and times."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlmodel import Field

from api.db import HelplineTable


def _sealed() -> Column[bytes]:
    return Column(LargeBinary, nullable=False)


def _maybe_time() -> Column[int]:
    return Column(BigInteger, nullable=True)


class Filing(HelplineTable, table=True):
    """One report, or one address of it, on its way to one recipient.

    ``content`` is exactly what leaves. ``remote`` is the other side's number of what was
    opened there and not finished yet, ``step`` the next call; ``claimed_at`` is set while a
    call is under way, ``since_at`` when it was told to leave. ``hold``: while police may still
    look into it, nobody asks for the removal.
    """

    __tablename__ = "filings"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    report_id: str = Field(sa_column=Column(String(64), ForeignKey("reports.id"), nullable=False))
    place: int = Field(sa_column=Column(Integer, nullable=False))
    recipient: str = Field(sa_column=Column(String(40), nullable=False))
    way: str = Field(sa_column=Column(String(8), nullable=False))  # web, mail, hand
    state: str = Field(sa_column=Column(String(16), nullable=False, index=True))
    step: str = Field(sa_column=Column(String(16), nullable=False))
    rank: int = Field(sa_column=Column(Integer, nullable=False))
    made_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    made_by: int = Field(sa_column=Column(Integer, nullable=False))
    key: str = Field(sa_column=Column(String(64), nullable=False))
    tries: int = Field(sa_column=Column(Integer, nullable=False))
    result: str = Field(sa_column=Column(String(24), nullable=False))
    hold: bool = Field(sa_column=Column(Boolean, nullable=False))
    claimed_at: int | None = Field(default=None, sa_column=_maybe_time())
    since_at: int | None = Field(default=None, sa_column=_maybe_time())
    next_at: int | None = Field(default=None, sa_column=_maybe_time())
    sent_at: int | None = Field(default=None, sa_column=_maybe_time())
    acknowledged_at: int | None = Field(default=None, sa_column=_maybe_time())
    outcome_at: int | None = Field(default=None, sa_column=_maybe_time())
    content: bytes = Field(sa_column=_sealed())
    reference: bytes = Field(sa_column=_sealed())
    remote: bytes = Field(sa_column=_sealed())
    outcome: bytes = Field(sa_column=_sealed())
    why: bytes = Field(sa_column=_sealed())
    name: bytes = Field(sa_column=_sealed())
    __table_args__ = (
        UniqueConstraint("report_id", "place", name="filings_place"),
        UniqueConstraint("report_id", "key", name="filings_key"),
    )


class FilingTry(HelplineTable, table=True):
    """One call to the other side, and what became of it."""

    __tablename__ = "filing_tries"
    filing_id: str = Field(sa_column=Column(String(36), ForeignKey("filings.id"), primary_key=True))
    place: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    step: str = Field(sa_column=Column(String(16), nullable=False))
    result: str = Field(sa_column=Column(String(16), nullable=False))
    detail: bytes = Field(sa_column=_sealed())


class FilingAddress(HelplineTable, table=True):
    """An address that a filing names."""

    __tablename__ = "filing_addresses"
    filing_id: str = Field(sa_column=Column(String(36), ForeignKey("filings.id"), primary_key=True))
    address_id: str = Field(sa_column=Column(String(64), primary_key=True, index=True))
