from __future__ import annotations

import pytest
from fakes.addresses import Reports
from fakes.finished import Way
from fakes.helpline import Helpline


@pytest.fixture
def way(helpline: Helpline) -> Way:
    """
    Contacts from the first word to the form, at a helpline whose time is told.
    """
    return Way(helpline)


@pytest.fixture
def reports(helpline: Helpline) -> Reports:
    """
    Reports that name addresses, at the same helpline.
    """
    return Reports(helpline)
