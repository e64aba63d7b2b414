"""Conditions of the rights that a case sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from api.addresses.queries import reports_of
from api.addresses.refusals import AddressUnknown
from api.cases import queries
from api.cases.refusals import CaseUnknown
from api.cases.tables import Case, CaseUnlock
from api.contacts.tables import Contact
from api.errors import ContactUnknown, Refusal, ReportUnknown
from api.evidence.refusals import ExhibitUnknown
from api.evidence.tables import Exhibit
from api.filing.refusals import FilingUnknown
from api.filing.tables import Filing
from api.marks.refusals import MarkUnknown
from api.marks.tables import Mark
from api.reports.tables import Report
from api.staff.sessions import Person


def is_unnamed(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    """Whether what the path names is there, and names the person in no case of it (S31).

    Contacts and reports of the same child count as those of the case; an address is hidden
    with the last report of it. What is not there and what is hidden are refused at the same
    place, before anything else could tell them apart (S29).
    """
    checks = [check for name, check in _CHECKS.items() if name in where]
    return all(check(session, person, where) for check in checks)


def _sees_case(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    return _case_is_seen(session, person, where["case_id"])


def _sees_report(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    return _report_is_seen(session, person, where["report_id"])


def _sees_contact(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    if "case_id" in where:  # what is of a case is seen with it
        return True
    contact_id = _contact(session, where)
    there = contact_id is not None and session.get(Contact, contact_id) is not None
    return there and contact_id not in queries.hidden_contacts(session, person.id)


def _sees_address(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    reports = reports_of(session, where["address_id"])
    return any(_report_is_seen(session, person, report_id) for report_id in reports)


def _sees_filing(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    filing = session.get(Filing, where["filing_id"])
    return filing is not None and _report_is_seen(session, person, filing.report_id)


def _sees_exhibit(session: Session, person: Person, where: Mapping[str, Any]) -> bool:
    exhibit = session.get(Exhibit, where["exhibit_id"])
    if exhibit is None:
        return False
    by_case = exhibit.case_id is None or _case_is_seen(session, person, exhibit.case_id)
    by_report = exhibit.report_id is None or _report_is_seen(session, person, exhibit.report_id)
    return by_case and by_report


_CHECKS: Mapping[str, Callable[[Session, Person, Mapping[str, Any]], bool]] = {
    "case_id": _sees_case,
    "report_id": _sees_report,
    "contact_id": _sees_contact,
    "mark_id": _sees_contact,
    "address_id": _sees_address,
    "filing_id": _sees_filing,
    "exhibit_id": _sees_exhibit,
}


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
    named = next((name for name in _UNKNOWN if name in where), "contact_id")
    return _UNKNOWN[named]()


_UNKNOWN: Mapping[str, type[Refusal]] = {
    "mark_id": MarkUnknown,
    "filing_id": FilingUnknown,
    "exhibit_id": ExhibitUnknown,
    "address_id": AddressUnknown,
    "case_id": CaseUnknown,
    "report_id": ReportUnknown,
    "contact_id": ContactUnknown,
}


def _case_is_seen(session: Session, person: Person, case_id: str) -> bool:
    there = session.get(Case, case_id) is not None
    return there and case_id not in queries.hidden_cases(session, person.id)


def _report_is_seen(session: Session, person: Person, report_id: str) -> bool:
    there = session.get(Report, report_id) is not None
    return there and report_id not in queries.hidden_reports(session, person.id)


def _contact(session: Session, where: Mapping[str, Any]) -> str | None:
    if "mark_id" in where:
        mark = session.get(Mark, where["mark_id"])
        return mark.contact_id if mark else None
    found: str | None = where.get("contact_id")
    return found
