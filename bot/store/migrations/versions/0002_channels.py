"""What stands in a chat, pictures a platform holds, campaigns, the pace over all processes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add to the first tables; what is stored stays."""
    for column in ("heard_at", "free_at"):
        op.add_column(
            "conversations",
            sa.Column(column, sa.BigInteger(), nullable=False, server_default="0"),
        )
    op.create_table(
        "shown",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("conversation", sa.String(32), nullable=False),
        sa.Column("message", sa.String(64), nullable=False),
        sa.Column("mine", sa.Boolean(), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=True),
        sa.Column("fate", sa.String(10), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False, index=True),
        sa.UniqueConstraint("conversation", "message", name="shown_once"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pictures",
        sa.Column("name", sa.String(96), primary_key=True),
        sa.Column("file_id", sa.String(200), nullable=False),
    )
    op.create_table(
        "campaigns",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_table(
        "paces",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("free_at", sa.BigInteger(), nullable=False),
    )
