"""Room for a closed helpline's own words where it is noted who is on duty."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the column; the marks stay."""
    with op.batch_alter_table("marks") as table:
        table.alter_column(
            "value", existing_type=sa.String(400), type_=sa.String(2000), existing_nullable=False
        )
