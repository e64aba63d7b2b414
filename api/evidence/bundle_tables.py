"""Bundles of evidence: who asked for one, and what became of it. Its bytes are an exhibit."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, String
from sqlmodel import Field

from api.db import HelplineTable


class Bundle(HelplineTable, table=True):
    """One bundle of a case. ``state``: ``waiting``, ``ready`` or ``failed`` (then ``fault``)."""

    __tablename__ = "bundles"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    number: int = Field(sa_column=Column(BigInteger, nullable=False, unique=True))
    case_id: str = Field(sa_column=Column(String(36), nullable=False, index=True))
    state: str = Field(sa_column=Column(String(12), nullable=False, index=True))
    asked_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    staff_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    name: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    why: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    recipient: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    languages: str = Field(sa_column=Column(String(12), nullable=False))
    identity: bool = Field(sa_column=Column(Boolean, nullable=False))
    tries: int = Field(sa_column=Column(BigInteger, nullable=False))
    next_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    fault: str = Field(sa_column=Column(String(40), nullable=False))
    done_at: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    exhibit_id: str | None = Field(default=None, sa_column=Column(String(36), nullable=True))
    stamped: bool = Field(sa_column=Column(Boolean, nullable=False))
