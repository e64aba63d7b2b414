"""Who is planned when, hand-overs, and what was hard. Bytes are sealed; times are UTC, ms."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String
from sqlmodel import Field

from api.db import HelplineTable


class Planned(HelplineTable, table=True):
    """Somebody is planned for a day; minutes of the wall clock, over 1440 past midnight."""

    __tablename__ = "rota"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    day: str = Field(sa_column=Column(String(10), nullable=False, index=True))
    begins: int = Field(sa_column=Column(Integer, nullable=False))
    ends: int = Field(sa_column=Column(Integer, nullable=False))
    staff_id: int = Field(sa_column=Column(Integer, nullable=False))


class Handover(HelplineTable, table=True):
    """What one shift leaves to the next; kept as it was written."""

    __tablename__ = "handovers"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    staff_id: int = Field(sa_column=Column(Integer, nullable=False))
    name: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    words: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    snapshot: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    confirmed_at: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    confirmed_by: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    confirmed_name: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    reminded_at: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    __table_args__ = (Index("handovers_at", "at"),)


class HandoverDraft(HelplineTable, table=True):
    """The words of a hand-over that is not given yet."""

    __tablename__ = "handover_drafts"
    staff_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    text: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Hard(HelplineTable, table=True):
    """A contact that somebody said was hard for them."""

    __tablename__ = "hard_contacts"
    contact_id: str = Field(
        sa_column=Column(String(64), ForeignKey("contacts.id"), primary_key=True)
    )
    staff_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
