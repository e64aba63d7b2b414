"""What others need of shifts: the nudge, hard contacts, and the way out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from api.shifts import load
from api.shifts.handover import writer
from api.shifts.leaving import in_hand, leave
from api.shifts.load import is_hard
from api.shifts.values import Nudge
from api.staff.sessions import Person

__all__ = ["in_hand", "is_hard", "leave", "nudge", "writer"]


def nudge(session: Session, person: Person, now: datetime) -> Nudge | None:
    """A kind word for the head of the desk: a rest is due, or one is on."""
    return load.nudge(session, person.id, now=now)
