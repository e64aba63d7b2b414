"""Conditions of the rights that a case sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from api.cases import queries
from api.cases.refusals import CaseUnknown
from api.cases.tables import Case, CaseUnlock
from api.contacts.tables import Contact
from api.errors import ContactUnknown, Refusal
from api.marks.refusals import MarkUnknown
from api.marks.tables import Mark
from api.staff.sessions import Person

_TOLD_BY = {"contact_id", "mark_id"}  # what in a path tells of a contact


def is_unnamed(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    """Whether what the path names is there, and names the person in no case of it (S31).

    Contacts of the same child count as contacts of the case. What is not there and what is
    hidden are refused at the same place, before anything else could tell them apart (S29).
    """
    if "case_id" in where:
        case_id = where["case_id"]
        there = session.get(Case, case_id) is not None
        return there and case_id not in queries.hidden_cases(session, person.id)
    if not _TOLD_BY & where.keys():
        return True
    contact_id = _contact(session, where)
    there = contact_id is not None and session.get(Contact, contact_id) is not None
    return there and contact_id not in queries.hidden_contacts(session, person.id)


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
