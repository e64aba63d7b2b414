"""Addresses that were reported, their lives and the times at which somebody looks again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the tables of addresses, and the counter that numbers them."""
    op.create_table(
        "addresses",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False, unique=True),
        sa.Column("print", sa.String(32), nullable=False, unique=True),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("held", sa.Boolean, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("began_at", sa.BigInteger, nullable=False),
        sa.Column("assessed_at", sa.BigInteger),
        sa.Column("police_at", sa.BigInteger),
        sa.Column("notice_at", sa.BigInteger),
        sa.Column("notices", sa.Integer, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("checked_at", sa.BigInteger),
        sa.Column("next_check_at", sa.BigInteger, index=True),
        sa.Column("check_told", sa.Boolean, nullable=False),
        sa.Column("moved_to", sa.String(36), sa.ForeignKey("addresses.id")),
        sa.Column("reading", sa.LargeBinary, nullable=False),
        sa.Column("hosted", sa.LargeBinary),
    )
    op.create_table(
        "report_addresses",
        sa.Column("report_id", sa.String(64), sa.ForeignKey("reports.id"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("address_id", sa.String(36), sa.ForeignKey("addresses.id"), index=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("staff_id", sa.Integer),
        sa.Column("typed", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("report_id", "address_id", name="report_addresses_one"),
    )
    op.create_table(
        "address_events",
        sa.Column("address_id", sa.String(36), sa.ForeignKey("addresses.id"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("staff_id", sa.Integer),
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("words", sa.LargeBinary, nullable=False),
    )
    counters = sa.table("counters", sa.column("name"), sa.column("value"))
    op.bulk_insert(counters, [{"name": "addresses", "value": 0}])
