from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from api.staff import passwords


@pytest.fixture
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The same hash with little work; test_passwords.py looks at the real one.
    """
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", quick)
    monkeypatch.setattr(passwords, "_NOBODY", quick.hash("nobody"))
