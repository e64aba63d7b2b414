"""The tables of staff. Times are milliseconds since the epoch, UTC; bytes are sealed.

No secret lies here in clear: passwords and recovery codes are hashed, links and sessions
are known by the hash of their token, the second factor's secret is sealed.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String
from sqlmodel import Field

from api.db import HelplineTable


class StaffAccount(HelplineTable, table=True):
    """One person; enrolled once password and second factor are set."""

    __tablename__ = "staff"
    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    login_key: str = Field(sa_column=Column(String(32), nullable=False, unique=True))
    login: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    name: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    roles: str = Field(sa_column=Column(String(64), nullable=False))
    password: str | None = Field(default=None, sa_column=Column(String(128)))
    secret: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    trial: bool = False
    disabled: bool = False
    language: str = Field(default="", sa_column=Column(String(8), nullable=False))
    created_at: int = Field(sa_column=Column(BigInteger, nullable=False))


class StaffUsedCode(HelplineTable, table=True):
    """A time step whose code was taken; a second try finds it here."""

    __tablename__ = "staff_used_codes"
    staff_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    step: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))


class StaffRecoveryCode(HelplineTable, table=True):
    """A recovery code not used yet; its row goes with its use."""

    __tablename__ = "staff_recovery_codes"
    hash: str = Field(sa_column=Column(String(64), primary_key=True))
    staff_id: int = Field(sa_column=Column(Integer, nullable=False, index=True))


class StaffSession(HelplineTable, table=True):
    """Somebody at a console: ``stage`` is entry (code awaited), passkey (answer awaited),
    enrol or full. ``root`` is the hash of the session that this one goes on from.
    """

    __tablename__ = "staff_sessions"
    hash: str = Field(sa_column=Column(String(64), primary_key=True))
    staff_id: int | None = Field(default=None, sa_column=Column(Integer, index=True))
    stage: str = Field(sa_column=Column(String(8), nullable=False))
    knows_password: bool = False
    login_key: str = Field(default="", sa_column=Column(String(32), nullable=False))
    draft: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    root: str = Field(sa_column=Column(String(64), nullable=False))
    browser: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    created_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    seen_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    factor_at: int = Field(sa_column=Column(BigInteger, nullable=False))


class StaffLink(HelplineTable, table=True):
    """A one-time link; without a person it makes the first administrator."""

    __tablename__ = "staff_links"
    hash: str = Field(sa_column=Column(String(64), primary_key=True))
    staff_id: int | None = Field(default=None, sa_column=Column(Integer, index=True))
    expires_at: int = Field(sa_column=Column(BigInteger, nullable=False))


class StaffPasskey(HelplineTable, table=True):
    """A passkey; found by the hash of its credential id, which the browser sends."""

    __tablename__ = "staff_passkeys"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    staff_id: int = Field(sa_column=Column(Integer, nullable=False, index=True))
    credential_hash: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    credential: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    public_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    name: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sign_count: int = Field(sa_column=Column(BigInteger, nullable=False))
    created_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    used_at: int | None = Field(default=None, sa_column=Column(BigInteger))


class StaffChallenge(HelplineTable, table=True):
    """What a passkey must sign next; one of each purpose in a session, gone with its use."""

    __tablename__ = "staff_challenges"
    session: str = Field(sa_column=Column(String(64), primary_key=True))
    purpose: str = Field(sa_column=Column(String(8), primary_key=True))
    challenge: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
