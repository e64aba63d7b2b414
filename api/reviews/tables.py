"""Reviews of closed contacts. Bytes are sealed; in clear stand ids, times and who."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String
from sqlmodel import Field

from api.db import HelplineTable


def _sealed() -> Column[bytes]:
    return Column(LargeBinary, nullable=False)


class Review(HelplineTable, table=True):
    """What one supervisor says of how a contact went; the newest words of that person count."""

    __tablename__ = "reviews"
    contact_id: str = Field(
        sa_column=Column(String(64), ForeignKey("contacts.id"), primary_key=True)
    )
    staff_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    name: bytes = Field(sa_column=_sealed())
    answers: bytes = Field(sa_column=_sealed())
    words: bytes = Field(sa_column=_sealed())
