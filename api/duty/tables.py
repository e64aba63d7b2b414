"""Who is on duty."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary
from sqlmodel import Field

from api.db import HelplineTable


class OnDuty(HelplineTable, table=True):
    """A person on duty; ``heard_at`` is the last sign of their console."""

    __tablename__ = "duty"
    staff_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    name: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    since: int = Field(sa_column=Column(BigInteger, nullable=False))
    heard_at: int = Field(sa_column=Column(BigInteger, nullable=False))
