"""Who added a system: somebody else lets it in."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.systems.tables import System


def added_by(session: Session, system_id: str) -> int | None:
    """The staff number of whoever added the system of this id, as it stands in a path."""
    number = int(system_id) if system_id.isdecimal() and len(system_id) < 10 else 0
    system = session.get(System, number)
    return system.added_by if system else None
