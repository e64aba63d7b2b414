"""What other pages show of reports; nothing hidden from whoever looks (S31)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.cases.queries import hidden_reports
from api.contacts.tables import Contact
from api.crypto import Vault
from api.reports import queries, records
from api.reports.tables import Report
from api.reports.values import ReportLine
from api.staff.sessions import Person


def panel_of_case(
    session: Session, vault: Vault, case_id: str, person: Person, now: datetime
) -> dict[str, Any]:
    """The reports of a case."""
    return {"lines": _lines(session, vault, queries.of_case(session, case_id), person)}


def of_contact(
    session: Session, vault: Vault, contact_id: str, person: Person
) -> tuple[ReportLine, ...]:
    """The reports that came from the chat of a contact."""
    contact = session.get_one(Contact, contact_id)
    return _lines(session, vault, queries.of_child(session, contact.same_child), person)


def _lines(
    session: Session, vault: Vault, reports: Iterable[Report], person: Person
) -> tuple[ReportLine, ...]:
    hidden = hidden_reports(session, person.id)
    return tuple(records.line_of(vault, one) for one in reports if one.id not in hidden)
