from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.helpline import Helpline


@pytest.fixture
async def helpline(tmp_path: Path) -> AsyncIterator[Helpline]:
    """
    A helpline over SQLite, its time frozen.
    """
    made = Helpline(tmp_path)
    yield made
    await made.close()


@pytest.fixture
async def either(tmp_path: Path, database_url: str) -> AsyncIterator[Helpline]:
    """
    The same helpline over SQLite and over PostgreSQL.
    """
    made = Helpline(tmp_path, database_url)
    yield made
    await made.close()
