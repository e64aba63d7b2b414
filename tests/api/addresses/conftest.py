"""Reports that name addresses, over the helpline of a test."""

from __future__ import annotations

import pytest
from fakes.addresses import Reports
from fakes.helpline import Helpline


@pytest.fixture
def reports(helpline: Helpline) -> Reports:
    """
    Reports over the helpline of this test.
    """
    return Reports(helpline)
