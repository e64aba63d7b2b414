"""Cases and what belongs to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    _cases()
    _people_and_contacts()
    _parts()
    _identity()


def _key() -> sa.Column[str]:
    return sa.Column("id", sa.String(36), primary_key=True)


def _case(*, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(
        "case_id",
        sa.String(36),
        sa.ForeignKey("cases.id"),
        primary_key=primary_key,
        nullable=False,
        index=not primary_key,
    )


def _sealed(*names: str, nullable: bool = False) -> list[sa.Column[bytes]]:
    return [sa.Column(name, sa.LargeBinary, nullable=nullable) for name in names]


def _numbers(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=nullable) for name in names]


def _times(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=nullable) for name in names]


def _cases() -> None:
    op.create_table(
        "cases",
        _key(),
        *_numbers("year", "number"),
        sa.Column("status", sa.String(16), nullable=False, index=True),
        sa.Column("lead_id", sa.Integer, nullable=False, index=True),
        *_sealed("lead_name"),
        *_times("opened_at"),
        sa.Column("changed_at", sa.BigInteger, nullable=False, index=True),
        *_times("closed_at", nullable=True),
        sa.Column("follow_up_at", sa.BigInteger, index=True),
        *_sealed("follow_up", nullable=True),
        sa.Column("follow_up_told", sa.Boolean, nullable=False),
        sa.Column("hold", sa.Boolean, nullable=False),
        sa.UniqueConstraint("year", "number", name="cases_number"),
    )
    op.create_table(
        "case_events",
        _key(),
        _case(),
        *_times("at"),
        *_numbers("place"),
        sa.Column("kind", sa.String(24), nullable=False),
        *_numbers("staff_id"),
        *_sealed("name", "words"),
        sa.UniqueConstraint("case_id", "place", name="case_events_place"),
    )


def _people_and_contacts() -> None:
    op.create_table(
        "case_members",
        _case(primary_key=True),
        sa.Column("staff_id", sa.Integer, primary_key=True, autoincrement=False),
        *_sealed("name"),
    )
    op.create_table(
        "case_contacts",
        _case(primary_key=True),
        sa.Column("contact_id", sa.String(64), sa.ForeignKey("contacts.id"), primary_key=True),
        *_times("at"),
        *_numbers("staff_id"),
        *_times("undone_at", nullable=True),
    )
    op.create_index("case_contacts_contact", "case_contacts", ["contact_id"])
    op.create_table(
        "case_conflicts",
        _key(),
        _case(),
        sa.Column("staff_id", sa.Integer, nullable=False, index=True),
        *_times("at"),
        *_numbers("by_id"),
        *_sealed("reason"),
        *_times("lifted_at", nullable=True),
        *_numbers("lifted_by", nullable=True),
    )


def _parts() -> None:
    op.create_table(
        "case_parts",
        _key(),
        _case(),
        sa.Column("kind", sa.String(16), nullable=False),
        *_numbers("place", "version"),
        sa.Column("state", sa.String(16), nullable=False),
        *_times("due_at", nullable=True),
        sa.Column("due_told", sa.Boolean, nullable=False),
        sa.UniqueConstraint("case_id", "place", name="case_parts_place"),
    )
    op.create_index("case_parts_due", "case_parts", ["kind", "state", "due_at"])
    op.create_table(
        "case_versions",
        sa.Column("part_id", sa.String(36), sa.ForeignKey("case_parts.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *_times("at"),
        *_numbers("staff_id"),
        *_sealed("name", "fields"),
    )


def _identity() -> None:
    op.create_table(
        "case_identities",
        _key(),
        _case(),
        *_times("at"),
        *_numbers("staff_id"),
        *_sealed("name", "kind", "text"),
    )
    op.create_table(
        "case_unlocks",
        _key(),
        _case(),
        sa.Column("state", sa.String(8), nullable=False),
        *_numbers("minutes"),
        *_times("asked_at"),
        sa.Column("asker_id", sa.Integer, nullable=False, index=True),
        *_sealed("asker_name", "reason"),
        *_times("decided_at", nullable=True),
        *_numbers("decider_id", nullable=True),
        *_sealed("decider_name", "answer", nullable=True),
        *_times("until", nullable=True),
    )
