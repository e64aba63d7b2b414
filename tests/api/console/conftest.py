from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fakes.helpline import Helpline
from fakes.served import served


@pytest.fixture
async def url(helpline: Helpline) -> AsyncIterator[str]:
    """
    The helpline's address on this machine; its clock stands still.
    """
    async with served(helpline) as address:
        yield address
