"""An unanswered contact climbs: to all on duty, to the supervisor, outside.

Each step is taken once per wait, told to the bot (so that the child is told) and seen by
staff; a claim in time is the only thing that stops it.
"""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.audit.service import record
from api.contacts import queries, records
from api.contacts.holding import tell
from api.contacts.noticing import URGENT
from api.contacts.tables import ClimbDone, Contact
from api.contacts.values import Climb
from api.crypto import Vault
from api.times import to_ms

__all__ = ["DEADLINES", "GOALS", "URGENT", "climb", "due_steps"]

logger = logging.getLogger(__name__)

_MINUTE = 60_000
_URGENT = ((1, "all_on_duty"), (3, "supervisor"), (10, "outside"))
_ASKED = ((2, "all_on_duty"), (5, "supervisor"), (10, "outside"))
_CONCERN = ((30, "all_on_duty"), (60, "supervisor"))
DEADLINES = {4: _URGENT, 3: _URGENT, 2: _ASKED, 1: _CONCERN, 0: _CONCERN}
"""Minutes of waiting and the step then due, by the rank of ``records.urgency``."""
GOALS = {4: 1, 3: 5, 2: 5, 1: 30, 0: 240}
"""Minutes within which the first answer should be there, by the same rank."""


def climb(session: Session, vault: Vault, *, now: datetime) -> list[Climb]:
    """Take every step that has come due, and return those taken."""
    waiting = queries.waiting(session)
    done = queries.steps_of(session, waiting)
    return [
        _take_step(session, vault, contact, step, now=now)
        for contact in waiting
        for step in due_steps(contact, now=now)
        if step not in done.get(contact.id, ())
    ]


def due_steps(contact: Contact, *, now: datetime) -> list[str]:
    """The steps that the present wait has reached, taken or not."""
    waited = to_ms(now) - contact.waiting_since
    return [step for minutes, step in DEADLINES[contact.urgency] if waited >= minutes * _MINUTE]


def _take_step(
    session: Session, vault: Vault, contact: Contact, step: str, *, now: datetime
) -> Climb:
    minutes = (to_ms(now) - contact.waiting_since) // _MINUTE
    row = {
        "contact_id": contact.id,
        "waiting_since": contact.waiting_since,
        "step": step,
        "at": to_ms(now),
    }
    session.execute(insert(ClimbDone), [row])
    tell(session, vault, contact, "contact.climbed", now=now, step=step, minutes=minutes)
    record(
        session,
        vault,
        who="clock",
        what="contact.climbed",
        about=contact.id,
        now=now,
        detail={"step": step},
    )
    number = records.shown_number(contact)
    level = logging.ERROR if step == "outside" else logging.WARNING
    logger.log(level, "%s has waited %d minutes: %s", number, minutes, step)
    return Climb(contact.id, number, step, minutes, now)
