"""Who is on duty, who was, and when the helpline is open."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String
from sqlmodel import Field

from api.db import HelplineTable


class OnDuty(HelplineTable, table=True):
    """A person on duty; ``heard_at`` is the last sign of their console."""

    __tablename__ = "duty"
    staff_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    name: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    since: int = Field(sa_column=Column(BigInteger, nullable=False))
    heard_at: int = Field(sa_column=Column(BigInteger, nullable=False))


class Spell(HelplineTable, table=True):
    """A time on duty or on break; it runs while ``ended_at`` is empty."""

    __tablename__ = "duty_spells"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    staff_id: int = Field(sa_column=Column(Integer, nullable=False))
    kind: str = Field(sa_column=Column(String(8), nullable=False))  # duty, break
    began_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    ended_at: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    __table_args__ = (Index("duty_spells_person", "staff_id", "began_at"),)


class OpeningDay(HelplineTable, table=True):
    """The hours of a weekday (1 to 7) or of a holiday (a date); no hours: closed.

    What is told to every child is no secret: hours and names of holidays stand in clear.
    """

    __tablename__ = "opening_days"
    day: str = Field(sa_column=Column(String(10), primary_key=True))
    hours: str = Field(sa_column=Column(String(200), nullable=False))
    name: str = Field(default="", sa_column=Column(String(80), nullable=False))


class ClosedMessage(HelplineTable, table=True):
    """The helpline's own words for children while it is closed."""

    __tablename__ = "closed_messages"
    language: str = Field(sa_column=Column(String(8), primary_key=True))
    text: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class DutyTold(HelplineTable, table=True):
    """The next opening as the bot was last told it; one row."""

    __tablename__ = "duty_told"
    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    opens_at: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
