"""Exhibits, who had them in hand, and stamps of the trail. The database only lets them grow.

Bytes are sealed, but the token of a stamp: it says nothing but a hash. Times are milliseconds.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String
from sqlmodel import Field

from api.db import HelplineTable


def _number() -> Column[int]:
    return Column(BigInteger, nullable=False)


def _hash() -> Column[str]:
    return Column(String(64), nullable=False)


class Exhibit(HelplineTable, table=True):
    """One thing kept as it was; ``sha256`` is of its bytes, ``size`` counts them."""

    __tablename__ = "exhibits"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    number: int = Field(sa_column=Column(BigInteger, nullable=False, unique=True))
    case_id: str | None = Field(
        default=None, sa_column=Column(String(36), nullable=True, index=True)
    )
    report_id: str | None = Field(
        default=None, sa_column=Column(String(64), nullable=True, index=True)
    )
    kind: str = Field(sa_column=Column(String(24), nullable=False))
    media: str = Field(sa_column=Column(String(64), nullable=False))
    size: int = Field(sa_column=_number())
    sha256: str = Field(sa_column=_hash())
    kept_at: int = Field(sa_column=_number())
    who: str = Field(sa_column=Column(String(40), nullable=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Custody(HelplineTable, table=True):
    """One time that somebody had an exhibit in hand; chained for each exhibit."""

    __tablename__ = "custody"
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    exhibit_id: str = Field(sa_column=Column(String(36), nullable=False, index=True))
    at: int = Field(sa_column=_number())
    who: str = Field(sa_column=Column(String(40), nullable=False))
    deed: str = Field(sa_column=Column(String(12), nullable=False))
    why: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    why_hash: str = Field(sa_column=_hash())
    hash_before: str = Field(sa_column=_hash())
    hash_after: str = Field(sa_column=_hash())
    prev: str = Field(sa_column=_hash())
    hash: str = Field(sa_column=_hash())


class Stamp(HelplineTable, table=True):
    """The head of the trail, shown to somebody outside; ``token`` is a stamp service's answer.

    ``kind``: ``tsa`` (RFC 3161) or ``exported``.
    """

    __tablename__ = "stamps"
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    kind: str = Field(sa_column=Column(String(8), nullable=False))
    head_seq: int = Field(sa_column=_number())
    head_hash: str = Field(sa_column=_hash())
    at: int = Field(sa_column=_number())
    token: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    __table_args__ = (Index("stamps_kind", "kind", "at"),)
