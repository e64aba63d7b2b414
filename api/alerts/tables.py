"""Alerts on their way out. Nothing here says what was told; times are milliseconds, UTC."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlmodel import Field

from api.db import HelplineTable


class Alert(HelplineTable, table=True):
    """One alert to one address; ``address`` is the fingerprint of the address.

    ``state``: ``waiting``, ``sent``, ``failed`` (given up), ``moot`` (somebody came first).
    """

    __tablename__ = "alerts"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    whom: str = Field(sa_column=Column(String(12), nullable=False))
    why: str = Field(sa_column=Column(String(16), nullable=False))
    address: str = Field(sa_column=Column(String(32), nullable=False))
    contact_id: str | None = Field(
        default=None, sa_column=Column(String(64), ForeignKey("contacts.id"), nullable=True)
    )
    report_id: str | None = Field(
        default=None, sa_column=Column(String(64), ForeignKey("reports.id"), nullable=True)
    )
    notice_id: str | None = Field(
        default=None, sa_column=Column(String(36), ForeignKey("notices.id"), nullable=True)
    )
    waiting_since: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    state: str = Field(sa_column=Column(String(8), nullable=False))
    tries: int = Field(sa_column=Column(Integer, nullable=False))
    next_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    done_at: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    __table_args__ = (
        UniqueConstraint(
            "contact_id", "waiting_since", "why", "address", name="alerts_once_per_wait"
        ),
        Index(
            "alerts_once_per_report", "report_id", "waiting_since", "why", "address", unique=True
        ),
        Index("alerts_once_per_notice", "notice_id", "why", "address", unique=True),
        Index("alerts_due", "state", "next_at"),
    )
