"""Addresses as parts of other pages: of a report, and of a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.addresses import drawing, queries, records, service
from api.addresses.values import AddressView
from api.cases.queries import hidden_reports
from api.crypto import Vault
from api.reports.queries import of_case
from api.staff.sessions import Person


def panel(
    session: Session, vault: Vault, report_id: str, person: Person, now: datetime
) -> dict[str, Any]:
    """What a report says of addresses: those that are some, and what could not be read."""
    rows = queries.typed_in(session, report_id)
    typed = [records.typed_of(vault, row) for row in rows]
    return {
        "views": service.addresses_of_reports(
            session, vault, [report_id], hidden=hidden_reports(session, person.id)
        ),
        "strange": [one for one in typed if not one.address_id],
        "report_id": report_id,
        **drawn(),
    }


def panel_of_case(
    session: Session, vault: Vault, case_id: str, person: Person, now: datetime
) -> dict[str, Any]:
    """The addresses of the reports of a case, but for what is hidden from this person."""
    return {"views": _of_case(session, vault, case_id, person), **drawn()}


def drawn() -> dict[str, Any]:
    """What templates draw addresses with."""
    return {"draw": drawing.two_clocks, "state": drawing.shown_state, "late": drawing.is_late}


def _of_case(session: Session, vault: Vault, case_id: str, person: Person) -> list[AddressView]:
    hidden = hidden_reports(session, person.id)
    shown = [one.id for one in of_case(session, case_id) if one.id not in hidden]
    return service.addresses_of_reports(session, vault, shown, hidden=hidden)
