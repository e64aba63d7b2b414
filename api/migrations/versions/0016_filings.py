"""What went to hotlines, platforms and police, and what came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_SEALED = ("content", "reference", "remote", "outcome", "why", "name")
_TIMES = ("claimed_at", "since_at", "next_at", "sent_at", "acknowledged_at", "outcome_at")


def upgrade() -> None:
    """Make the tables of what was filed, to whom, and each try of it."""
    op.create_table(
        "filings",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("report_id", sa.String(64), sa.ForeignKey("reports.id"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("recipient", sa.String(40), nullable=False),
        sa.Column("way", sa.String(8), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.Integer, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("result", sa.String(24), nullable=False),
        sa.Column("hold", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in _TIMES),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in _SEALED),
        sa.UniqueConstraint("report_id", "place", name="filings_place"),
        sa.UniqueConstraint("report_id", "key", name="filings_key"),
    )
    op.create_table(
        "filing_tries",
        sa.Column("filing_id", sa.String(36), sa.ForeignKey("filings.id"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("detail", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "filing_addresses",
        sa.Column("filing_id", sa.String(36), sa.ForeignKey("filings.id"), primary_key=True),
        sa.Column("address_id", sa.String(64), primary_key=True, index=True),
    )
