"""The first tables: conversations, what was seen, what must leave, timers, leases, the web log."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables on an empty database."""
    _conversations()
    _outbox()
    _shared()
    _spoiled()
    _web_log()


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("reachable", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "seen",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False, index=True),
    )
    op.create_table(
        "timers",
        sa.Column("conversation", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False, index=True),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("conversation", sa.String(32), nullable=False),
        sa.Column("lane", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_order", "outbox", ["lane", "conversation", "id"])
    op.create_index("outbox_due", "outbox", ["failed", "due_at"])


def _shared() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.String(400), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )


def _spoiled() -> None:
    op.create_table(
        "spoiled",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("conversation", sa.String(32), nullable=False),
        sa.Column("update_id", sa.String(120), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.String(80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )


def _web_log() -> None:
    op.create_table(
        "web_log",
        sa.Column("seq", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("conversation", sa.String(32), nullable=False, index=True),
        sa.Column("key", sa.String(96), nullable=False, unique=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False, index=True),
        sqlite_autoincrement=True,
    )
