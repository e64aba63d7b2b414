"""Holding, history, drafts, presence, notices and blocks of contacts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Contacts end before their form is done; drafts, presence, notices and blocks begin."""
    for name in ("ended_at", "offered_at"):
        op.add_column("contacts", sa.Column(name, sa.BigInteger))
    for name in ("offered_id", "had_id", "entered_by"):
        op.add_column("contacts", sa.Column(name, sa.Integer))
    for name in ("offered_name", "had_name", "helped"):
        op.add_column("contacts", sa.Column(name, sa.LargeBinary))
    _history()
    _drafts_and_presence()
    _notices_and_blocks()


def _contact(*, primary_key: bool = False, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(
        "contact_id",
        sa.String(64),
        sa.ForeignKey("contacts.id"),
        primary_key=primary_key,
        nullable=nullable,
    )


def _history() -> None:
    op.create_table(
        "happenings",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        _contact(),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("what", sa.String(24), nullable=False),
        sa.Column("by", sa.LargeBinary, nullable=False),
        sa.Column("words", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_happenings_contact_id", "happenings", ["contact_id"])
    counters = sa.table("counters", sa.column("name"), sa.column("value"))
    op.bulk_insert(counters, [{"name": "happenings", "value": 0}])


def _drafts_and_presence() -> None:
    op.create_table(
        "reply_drafts",
        _contact(primary_key=True),
        sa.Column("staff_id", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "presence",
        sa.Column("staff_id", sa.Integer, primary_key=True, autoincrement=False),
        _contact(),
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("typing_at", sa.BigInteger),
    )
    op.create_index("presence_contact", "presence", ["contact_id"])


def _notices_and_blocks() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        _contact(nullable=True),
        sa.Column("staff_id", sa.Integer),
        sa.Column("detail", sa.LargeBinary, nullable=False),
        sa.Column("settled_by", sa.Integer),
        sa.Column("settled_at", sa.BigInteger),
    )
    op.create_index("notices_open", "notices", ["settled_at", "at"])
    op.create_table(
        "blocks",
        sa.Column("same_child", sa.String(32), primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("staff_id", sa.Integer, nullable=False),
        sa.Column("reason", sa.LargeBinary, nullable=False),
    )
