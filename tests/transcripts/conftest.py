"""The real content, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.authoring import load
from bot.engine.content import Content


@pytest.fixture(scope="session")
def content() -> Content:
    """Everything that the bot says, as it ships."""
    return load(Path(__file__).parents[2] / "content")
