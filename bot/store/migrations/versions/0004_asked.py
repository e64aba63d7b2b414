"""Room for a category of harm where the topic of a lesson stands."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the column; what is counted stays."""
    with op.batch_alter_table("learned") as table:
        table.alter_column(
            "topic", existing_type=sa.String(8), type_=sa.String(24), existing_nullable=False
        )
