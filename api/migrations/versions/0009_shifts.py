"""Hours, hand-overs and breaks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables; what somebody did lately is asked often, for the load of each person."""
    op.create_index("audit_who", "audit", ["who", "at"])
    _hours()
    _spells()
    _handovers()
    _planned_and_hard()


def _hours() -> None:
    op.create_table(
        "opening_days",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("hours", sa.String(200), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
    )
    op.create_table(
        "closed_messages",
        sa.Column("language", sa.String(8), primary_key=True),
        sa.Column("text", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "duty_told",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("opens_at", sa.BigInteger),
    )


def _spells() -> None:
    op.create_table(
        "duty_spells",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("staff_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("began_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
    )
    op.create_index("duty_spells_person", "duty_spells", ["staff_id", "began_at"])


def _handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("staff_id", sa.Integer, nullable=False),
        *(sa.Column(n, sa.LargeBinary, nullable=False) for n in ("name", "words", "snapshot")),
        sa.Column("confirmed_at", sa.BigInteger),
        sa.Column("confirmed_by", sa.Integer),
        sa.Column("confirmed_name", sa.LargeBinary),
        sa.Column("reminded_at", sa.BigInteger),
    )
    op.create_index("handovers_at", "handovers", ["at"])
    op.create_table(
        "handover_drafts",
        sa.Column("staff_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
    )


def _planned_and_hard() -> None:
    op.create_table(
        "rota",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("day", sa.String(10), nullable=False, index=True),
        sa.Column("begins", sa.Integer, nullable=False),
        sa.Column("ends", sa.Integer, nullable=False),
        sa.Column("staff_id", sa.Integer, nullable=False),
    )
    op.create_table(
        "hard_contacts",
        sa.Column("contact_id", sa.String(64), sa.ForeignKey("contacts.id"), primary_key=True),
        sa.Column("staff_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
