"""Contact forms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Contacts have a form that is saved as it is typed."""
    op.create_table(
        "contact_forms",
        sa.Column("contact_id", sa.String(64), sa.ForeignKey("contacts.id"), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("staff_id", sa.Integer, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("tab", sa.String(32), nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("answers", sa.LargeBinary, nullable=False),
    )
