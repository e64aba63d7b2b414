from __future__ import annotations

import pytest
from fakes.casework import Work, open_work
from fakes.helpline import Helpline


@pytest.fixture
async def work(helpline: Helpline) -> Work:
    """
    A case that Elira has opened from a contact.
    """
    return await open_work(helpline)
