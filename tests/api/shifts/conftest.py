from __future__ import annotations

import pytest
from fakes.desk import Browser, hire, seated
from fakes.helpline import Helpline


@pytest.fixture
async def elira(helpline: Helpline) -> Browser:
    """
    A counsellor at the desk.
    """
    return await seated(helpline, hire(helpline))


@pytest.fixture
async def genti(helpline: Helpline) -> Browser:
    """
    Another counsellor.
    """
    return await seated(helpline, hire(helpline, "genti", "Genti"))


@pytest.fixture
async def lindita(helpline: Helpline) -> Browser:
    """
    A supervisor.
    """
    return await seated(helpline, hire(helpline, "lindita", "Lindita", "supervisor"))
