"""Figures of learning."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table; it is filled by the bot's next call."""
    op.create_table(
        "learning_figures",
        sa.Column("topic", sa.String(8), primary_key=True),
        sa.Column("band", sa.String(8), primary_key=True),
        sa.Column("language", sa.String(8), primary_key=True),
        sa.Column("what", sa.String(24), primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("counted_at", sa.BigInteger, nullable=False),
    )
