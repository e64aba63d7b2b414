"""The trail over canonical JSON, its stamps, exhibits and their custody."""

from __future__ import annotations

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Nothing yet."""
