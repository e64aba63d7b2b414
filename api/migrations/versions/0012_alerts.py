"""Alerts on their way to addresses outside the console."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the table of alerts; it names contacts by their id and holds no words."""
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("whom", sa.String(12), nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("address", sa.String(32), nullable=False),
        sa.Column("contact_id", sa.String(64), sa.ForeignKey("contacts.id")),
        sa.Column("waiting_since", sa.BigInteger),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sa.UniqueConstraint(
            "contact_id", "waiting_since", "why", "address", name="alerts_once_per_wait"
        ),
    )
    op.create_index("alerts_due", "alerts", ["state", "next_at"])
