"""Keys of other systems, and webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables of other systems."""
    op.create_table(
        "systems",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("roles", sa.String(64), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("added_by", sa.Integer, nullable=False),
        sa.Column("let_in_by", sa.Integer),
        sa.Column("used_at", sa.BigInteger),
        sa.Column("disabled", sa.Boolean, nullable=False),
    )
    op.create_table(
        "webhooks",
        sa.Column(
            "system_id",
            sa.Integer,
            sa.ForeignKey("systems.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("url", sa.LargeBinary, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("told", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("failing_since", sa.BigInteger),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.Column("stopped_at", sa.BigInteger),
    )
