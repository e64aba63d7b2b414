"""What the pages of a report and of a case show of their exhibits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.cases.queries import hidden_reports
from api.crypto import Vault
from api.evidence import exhibits
from api.evidence.values import CustodyView, ExhibitView
from api.reports.service import reports_of_case
from api.staff.sessions import Person


@dataclass(frozen=True, slots=True)
class Line:
    """An exhibit, how often it was in hand, and the last time."""

    view: ExhibitView
    entries: int
    last: CustodyView


def panel(
    session: Session, vault: Vault, report_id: str, person: Person, now: datetime
) -> dict[str, Any]:
    """The exhibits of a report, for ``exhibits_of.html`` under the name ``exhibits``."""
    return _shown(session, vault, exhibits.exhibits_of(session, report_id=report_id))


def case_panel(
    session: Session, vault: Vault, case_id: str, person: Person, now: datetime
) -> dict[str, Any]:
    """The exhibits of a case and of its reports, but for what is hidden from the person."""
    found = exhibits.exhibits_of(session, case_id=case_id)
    hidden = hidden_reports(session, person.id)
    for report_id in reports_of_case(session, case_id):
        if report_id not in hidden:
            found += exhibits.exhibits_of(session, report_id=report_id)
    return _shown(session, vault, sorted(found, key=lambda one: one.kept_at))


def _shown(session: Session, vault: Vault, found: list[ExhibitView]) -> dict[str, Any]:
    lines = []
    for view in found:
        entries = exhibits.custody_of(session, vault, view.exhibit_id)
        lines.append(Line(view, len(entries), entries[-1]))
    return {"lines": lines, "entries": sum(line.entries for line in lines)}
