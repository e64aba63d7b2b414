"""What staff tell the triage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_SEALED = ("name", "kind", "severity", "category", "was", "language", "band", "role", "words")


def upgrade() -> None:
    """Make the table of marks; what is sealed is never empty, an empty text is sealed too."""
    op.create_table(
        "marks",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("contact_id", sa.String(64), sa.ForeignKey("contacts.id"), nullable=False),
        sa.Column("message_id", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False, index=True),
        sa.Column("staff_id", sa.Integer, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("proposer_id", sa.Integer),
        sa.Column("exported_at", sa.BigInteger),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in _SEALED),
        sa.UniqueConstraint("contact_id", "message_id", name="marks_one"),
    )
