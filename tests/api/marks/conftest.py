from __future__ import annotations

import pytest
from fakes.helpline import Helpline
from fakes.marking import Case, open_case


@pytest.fixture
async def case(helpline: Helpline) -> Case:
    """
    A contact of a child of 11 to 13, raised by a joke; what matters was not heard.
    """
    return await open_case(helpline)
