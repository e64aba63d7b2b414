"""Room for a category of harm where the topic of a lesson stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Widen the column; what is counted stays."""
    with op.batch_alter_table("learning_figures") as table:
        table.alter_column(
            "topic", existing_type=sa.String(8), type_=sa.String(24), existing_nullable=False
        )
