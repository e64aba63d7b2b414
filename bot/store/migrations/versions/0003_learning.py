"""What was learned, counted over everybody."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of counts; what is stored stays."""
    op.create_table(
        "learned",
        sa.Column("what", sa.String(24), primary_key=True),
        sa.Column("topic", sa.String(8), primary_key=True),
        sa.Column("band", sa.String(8), primary_key=True),
        sa.Column("language", sa.String(8), primary_key=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
    )
