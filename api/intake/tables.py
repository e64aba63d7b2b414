"""What the contract needs kept: events for the bot, and answers for repeated requests."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String
from sqlmodel import Field

from api.db import HelplineTable


class EventRow(HelplineTable, table=True):
    """Something that happened, for the bot to fetch; ``payload`` is sealed."""

    __tablename__ = "events"
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    type: str = Field(sa_column=Column(String(24), nullable=False))
    contact_id: str | None = Field(default=None, sa_column=Column(String(64), nullable=True))
    payload: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    __table_args__ = (Index("events_contact", "contact_id", "seq"),)


class Answered(HelplineTable, table=True):
    """The first answer to an idempotency key, sealed, kept until ``until``."""

    __tablename__ = "answered"
    key: str = Field(sa_column=Column(String(128), primary_key=True))
    request: str = Field(sa_column=Column(String(64), nullable=False))  # hash of path and body
    status: int = Field(sa_column=Column(Integer, nullable=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    until: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))


class Counter(HelplineTable, table=True):
    """The last number given of each kind: events, changes, contacts, reports, audit."""

    __tablename__ = "counters"
    name: str = Field(sa_column=Column(String(16), primary_key=True))
    value: int = Field(sa_column=Column(BigInteger, nullable=False))


class Lease(HelplineTable, table=True):
    """Which process holds a job that only one may do."""

    __tablename__ = "leases"
    name: str = Field(sa_column=Column(String(32), primary_key=True))
    holder: str = Field(sa_column=Column(String(64), nullable=False))
    until: int = Field(sa_column=Column(BigInteger, nullable=False))
