"""The form of a contact. Bytes are sealed; in clear stand ids, numbers and times."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String
from sqlmodel import Field

from api.db import HelplineTable


class ContactForm(HelplineTable, table=True):
    """What was written up of a contact. ``version`` grows with each change.

    ``tab`` and ``turn`` name the open page that saved last and its count of saves: so a save
    that is sent twice, or overtaken by a later one of the same page, is known.
    """

    __tablename__ = "contact_forms"
    contact_id: str = Field(
        sa_column=Column(String(64), ForeignKey("contacts.id"), primary_key=True)
    )
    version: int = Field(sa_column=Column(Integer, nullable=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    staff_id: int = Field(sa_column=Column(Integer, nullable=False))
    finished_at: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    tab: str = Field(default="", sa_column=Column(String(32), nullable=False, default=""))
    turn: int = Field(default=0, sa_column=Column(Integer, nullable=False, default=0))
    name: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    answers: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
