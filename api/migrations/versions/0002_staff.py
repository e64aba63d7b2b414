"""Accounts of staff, their second factor, sessions and one-time links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of staff; there is no account to begin with."""
    _accounts()
    _codes()
    _ways_in()


def _accounts() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("login_key", sa.String(32), nullable=False, unique=True),
        sa.Column("login", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("roles", sa.String(64), nullable=False),
        sa.Column("password", sa.String(128)),
        sa.Column("secret", sa.LargeBinary),
        sa.Column("trial", sa.Boolean, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )


def _codes() -> None:
    op.create_table(
        "staff_used_codes",
        sa.Column("staff_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("step", sa.BigInteger, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "staff_recovery_codes",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("staff_id", sa.Integer, nullable=False, index=True),
    )


def _ways_in() -> None:
    op.create_table(
        "staff_sessions",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("staff_id", sa.Integer, index=True),
        sa.Column("stage", sa.String(8), nullable=False),
        sa.Column("knows_password", sa.Boolean, nullable=False),
        sa.Column("login_key", sa.String(32), nullable=False),
        sa.Column("draft", sa.LargeBinary),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "staff_links",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("staff_id", sa.Integer, index=True),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
