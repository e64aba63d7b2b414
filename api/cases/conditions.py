"""Conditions of the rights that a case sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from api.cases import queries
from api.cases.refusals import CaseUnknown
from api.cases.tables import CaseUnlock
from api.errors import ContactUnknown, Refusal
from api.marks.refusals import MarkUnknown
from api.marks.tables import Mark
from api.staff.sessions import Person


def is_unnamed(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    """Whether the person is named neither in this case nor in a case of this contact (S31).

    Contacts of the same child count as contacts of the case.
    """
    if "case_id" in where:
        return where["case_id"] not in queries.hidden_cases(session, person.id)
    contact_id = _contact(session, where)
    return contact_id is None or contact_id not in queries.hidden_contacts(session, person.id)


def is_unlocked(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    """Whether the case's identity is open for this person now (S30)."""
    found = queries.open_unlock(session, where["case_id"], person.id, now=where["now"])
    return found is not None


def first_to_ask(session: Session, unlock_id: str) -> int | None:
    """Who asked to read an identity."""
    found = session.get(CaseUnlock, unlock_id)
    return found.asker_id if found else None


def unknown(where: Mapping[str, Any]) -> Refusal:
    """What a person hears of what is hidden from them: that it is not there (S29)."""
    if "mark_id" in where:
        return MarkUnknown()
    return CaseUnknown() if "case_id" in where else ContactUnknown()


def _contact(session: Session, where: Mapping[str, Any]) -> str | None:
    if "mark_id" in where:
        mark = session.get(Mark, where["mark_id"])
        return mark.contact_id if mark else None
    found: str | None = where.get("contact_id")
    return found
