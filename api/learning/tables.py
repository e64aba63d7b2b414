"""Figures of learning: numbers only, of groups that are large enough."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String
from sqlmodel import Field

from api.db import HelplineTable


class Figure(HelplineTable, table=True):
    """How often something happened, by topic or category of harm, band and language."""

    __tablename__ = "learning_figures"
    topic: str = Field(sa_column=Column(String(24), primary_key=True))
    band: str = Field(sa_column=Column(String(8), primary_key=True))
    language: str = Field(sa_column=Column(String(8), primary_key=True))
    what: str = Field(sa_column=Column(String(24), primary_key=True))
    count: int = Field(sa_column=Column(BigInteger, nullable=False))
    counted_at: int = Field(sa_column=Column(BigInteger, nullable=False))
