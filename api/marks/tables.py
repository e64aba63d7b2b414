"""Marks on contacts and messages. Bytes are sealed; in clear stand ids, times and states."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlmodel import Field

from api.db import HelplineTable

_ID = String(64)


def _sealed() -> Column[bytes]:
    return Column(LargeBinary, nullable=False)


class Mark(HelplineTable, table=True):
    """One mark on a contact (``message_id`` empty) or on a message of the child.

    ``words`` stay empty until somebody proposes an edited text; never a copy of the message.
    """

    __tablename__ = "marks"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    contact_id: str = Field(sa_column=Column(_ID, ForeignKey("contacts.id"), nullable=False))
    message_id: str = Field(sa_column=Column(_ID, nullable=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    staff_id: int = Field(sa_column=Column(Integer, nullable=False))
    state: str = Field(sa_column=Column(String(12), nullable=False))  # kept, proposed, released
    proposer_id: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    exported_at: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    name: bytes = Field(sa_column=_sealed())
    kind: bytes = Field(sa_column=_sealed())
    severity: bytes = Field(sa_column=_sealed())
    category: bytes = Field(sa_column=_sealed())
    was: bytes = Field(sa_column=_sealed())
    language: bytes = Field(sa_column=_sealed())
    band: bytes = Field(sa_column=_sealed())
    role: bytes = Field(sa_column=_sealed())
    words: bytes = Field(sa_column=_sealed())
    __table_args__ = (UniqueConstraint("contact_id", "message_id", name="marks_one"),)
