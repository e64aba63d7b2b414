"""Passkeys and step-up of staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables of passkeys; sessions know when a second factor was shown.

    Sessions of before end: they do not know it.
    """
    op.execute("DELETE FROM staff_sessions")
    op.add_column("staff", sa.Column("language", sa.String(8), nullable=False, server_default=""))
    _sessions()
    _passkeys()


def _sessions() -> None:
    op.add_column("staff_sessions", sa.Column("browser", sa.LargeBinary))
    for column in (
        sa.Column("root", sa.String(64), nullable=False, server_default=""),
        sa.Column("factor_at", sa.BigInteger, nullable=False, server_default="0"),
    ):
        op.add_column("staff_sessions", column)


def _passkeys() -> None:
    op.create_table(
        "staff_passkeys",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("staff_id", sa.Integer, nullable=False, index=True),
        sa.Column("credential_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("credential", sa.LargeBinary, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_table(
        "staff_challenges",
        sa.Column("session", sa.String(64), primary_key=True),
        sa.Column("purpose", sa.String(8), primary_key=True),
        sa.Column("challenge", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
