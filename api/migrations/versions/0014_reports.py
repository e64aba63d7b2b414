"""What a report holds, what is added to it, and the cases it belongs to."""

from __future__ import annotations

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Nothing yet."""
