"""Reviews of closed contacts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table: one review for each contact and reviewer."""
    op.create_table(
        "reviews",
        sa.Column("contact_id", sa.String(64), sa.ForeignKey("contacts.id"), primary_key=True),
        sa.Column("staff_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("name", "answers", "words")),
    )
