from __future__ import annotations

import pytest
from fakes.finished import Way
from fakes.helpline import Helpline


@pytest.fixture
def way(helpline: Helpline) -> Way:
    """
    Contacts from the first word to the form, at a helpline whose time is told.
    """
    return Way(helpline)
