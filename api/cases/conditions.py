"""Conditions of the rights that a case sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from api.staff.sessions import Person


def is_unnamed(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    """Whether the person is named neither in this case nor in a case of this contact (S31)."""
    return True


def is_unlocked(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    """Whether the case's identity is open for this person now (S30)."""
    return False
