"""Addresses and the reports that name them. Bytes are sealed; times are milliseconds, UTC.

In clear stand ids, numbers, times, states and how often. What an address is, its domain and
its platform too, is sealed; equal ones are found by a fingerprint.
"""

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

_ID = String(36)


def _sealed() -> Column[bytes]:
    return Column(LargeBinary, nullable=False)


def _time() -> Column[int]:
    return Column(BigInteger, nullable=False)


def _maybe_time() -> Column[int]:
    return Column(BigInteger, nullable=True)


class Address(HelplineTable, table=True):
    """One address, whoever reported it and however it was typed; shown as A-<number>.

    ``began_at`` is where the upper clock starts: received, or seen again. The times of the
    notice and of the end are those since then; what was before stands in the events.
    """

    __tablename__ = "addresses"
    id: str = Field(sa_column=Column(_ID, primary_key=True))
    number: int = Field(sa_column=Column(BigInteger, nullable=False, unique=True))
    print: str = Field(sa_column=Column(String(32), nullable=False, unique=True))
    state: str = Field(sa_column=Column(String(16), nullable=False, index=True))
    held: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    received_at: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    began_at: int = Field(sa_column=_time())
    assessed_at: int | None = Field(default=None, sa_column=_maybe_time())
    police_at: int | None = Field(default=None, sa_column=_maybe_time())
    notice_at: int | None = Field(default=None, sa_column=_maybe_time())
    notices: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    ended_at: int | None = Field(default=None, sa_column=_maybe_time())
    checked_at: int | None = Field(default=None, sa_column=_maybe_time())
    next_check_at: int | None = Field(
        default=None, sa_column=Column(BigInteger, nullable=True, index=True)
    )
    check_told: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    moved_to: str | None = Field(
        default=None, sa_column=Column(_ID, ForeignKey("addresses.id"), nullable=True)
    )
    reading: bytes = Field(sa_column=_sealed())
    hosted: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))


class ReportAddress(HelplineTable, table=True):
    """What one report says of one address, as it was typed there; ``why`` it is none.

    ``staff_id`` added it; None is the reporter.
    """

    __tablename__ = "report_addresses"
    report_id: str = Field(sa_column=Column(String(64), ForeignKey("reports.id"), primary_key=True))
    place: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    address_id: str | None = Field(
        default=None,
        sa_column=Column(_ID, ForeignKey("addresses.id"), nullable=True, index=True),
    )
    at: int = Field(sa_column=_time())
    why: str = Field(sa_column=Column(String(16), nullable=False))
    staff_id: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    typed: bytes = Field(sa_column=_sealed())
    __table_args__ = (UniqueConstraint("report_id", "address_id", name="report_addresses_one"),)


class AddressEvent(HelplineTable, table=True):
    """Something that was done with an address, or found of it; ``staff_id`` None is no person."""

    __tablename__ = "address_events"
    address_id: str = Field(sa_column=Column(_ID, ForeignKey("addresses.id"), primary_key=True))
    place: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    at: int = Field(sa_column=_time())
    kind: str = Field(sa_column=Column(String(16), nullable=False))
    staff_id: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    name: bytes = Field(sa_column=_sealed())
    words: bytes = Field(sa_column=_sealed())
