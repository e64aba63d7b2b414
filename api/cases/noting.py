"""What every deed on a case does: a line of its history, an audit row, a look of open pages."""

from __future__ import annotations

import json
import uuid
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.audit.service import record
from api.cases import queries
from api.cases.refusals import CaseIsClosed, InvalidCaseWords
from api.cases.tables import Case, CaseEvent
from api.cases.values import CLOSED
from api.contacts.values import StaffRef
from api.counters import touch
from api.crypto import Vault
from api.times import to_ms

LONGEST = 2000


def note(
    session: Session,
    vault: Vault,
    case: Case,
    kind: str,
    *,
    staff: StaffRef,
    now: datetime,
    **words: str,
) -> None:
    """Write a deed on the case as a whole into its history and the trail."""
    event_id = str(uuid.uuid4())
    row = vault.row("case_events", event_id)
    values = {
        "id": event_id,
        "case_id": case.id,
        "at": to_ms(now),
        "place": queries.next_place(session, CaseEvent, case.id),
        "kind": kind,
        "staff_id": staff.id,
        "name": row.seal("name", staff.name),
        "words": row.seal("words", json.dumps(words)),
    }
    session.execute(insert(CaseEvent), [values])
    trace(session, vault, case, f"case.{kind}", words, staff=staff, now=now)


def trace(
    session: Session,
    vault: Vault,
    case: Case,
    what: str,
    detail: dict[str, str],
    *,
    staff: StaffRef,
    now: datetime,
) -> None:
    """Write a deed on something of the case into the trail alone."""
    case.changed_at = to_ms(now)
    who = f"staff:{staff.id}"
    record(session, vault, who=who, what=what, about=case.id, now=now, detail=detail)
    touch(session)


def standing(session: Session, case_id: str) -> Case:
    """The case, if work on it goes on. Raises ``CaseUnknown``, ``CaseIsClosed``."""
    case = queries.get(session, case_id)
    if case.status == CLOSED:
        raise CaseIsClosed()
    return case


def plain(words: str, *, needed: bool = True) -> str:
    """Words of a form. Raises ``InvalidCaseWords`` for too many, and for none if needed."""
    found = words.replace("\r\n", "\n").replace("\x00", "").strip()
    if (needed and not found) or len(found) > LONGEST:
        raise InvalidCaseWords()
    return found
