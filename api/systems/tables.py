"""Other systems and their webhooks. Keys are hashed, addresses and secrets sealed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String
from sqlmodel import Field

from api.db import HelplineTable


class System(HelplineTable, table=True):
    """Another system that works here through the API, with the rights of its roles.

    Its key opens nothing until somebody else than who added it has let it in.
    """

    __tablename__ = "systems"
    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    name: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    roles: str = Field(sa_column=Column(String(64), nullable=False))
    key_hash: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    created_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    added_by: int = Field(sa_column=Column(Integer, nullable=False))
    let_in_by: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    used_at: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    disabled: bool = False


class Webhook(HelplineTable, table=True):
    """Where a system is told of events, and how far it has been told.

    ``told`` is the number of the last event that it took; ``tries`` those of the next one.
    ``stopped_at`` is set when it took nothing for too long: somebody has to look.
    """

    __tablename__ = "webhooks"
    system_id: int = Field(
        sa_column=Column(Integer, ForeignKey("systems.id"), primary_key=True, autoincrement=False)
    )
    url: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    told: int = Field(sa_column=Column(BigInteger, nullable=False))
    tries: int = Field(sa_column=Column(Integer, nullable=False))
    failing_since: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    next_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    stopped_at: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
