from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes.helpline import Helpline
from fakes.tampering import tamper


@pytest.fixture
def unguarded(helpline: Helpline) -> Callable[..., None]:
    """
    Changes a guarded table as its owner could, who puts the guards back afterwards.
    """

    def change(table: str, *statements: str) -> None:
        tamper(helpline, table, *statements)

    return change
