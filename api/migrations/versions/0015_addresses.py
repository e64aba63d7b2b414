"""Addresses that were reported, their lives and the times at which somebody looks again."""

from __future__ import annotations

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Nothing yet."""
