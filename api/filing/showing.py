"""What pages show of filings: the panel of a report and of a case, and one filing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.cases.queries import hidden_reports
from api.crypto import Vault
from api.filing import facts, queries, records, service
from api.filing.facts import Wish
from api.filing.recipients import Recipient, Suggestion, shipped
from api.filing.values import DRAFT, READY, WANTS_A_PERSON, FilingView, Sender
from api.reports.service import reports_of_case
from api.staff.sessions import Person

_FIRST = {**dict.fromkeys(WANTS_A_PERSON, 0), DRAFT: 1, READY: 1}


@dataclass(frozen=True, slots=True)
class Row:
    """A filing in a list, with its recipient."""

    view: FilingView
    recipient: Recipient


def panel(
    session: Session, vault: Vault, report_id: str, person: Person, now: datetime
) -> dict[str, Any]:
    """A report's filings, what wants a person on top, and to whom it should go."""
    found = service.filings_of(session, vault, report_id)
    used = {one.recipient for one in found}
    meant = suggestions(session, vault, report_id, now=now)
    names = {one.recipient.id for one in meant}
    return {
        "rows": rows(found),
        "suggested": meant,
        "used": used,
        "others": [one for one in shipped().recipients.values() if one.id not in names],
        "report_id": report_id,
    }


def panel_of_case(
    session: Session, vault: Vault, case_id: str, person: Person, now: datetime
) -> dict[str, Any]:
    """The filings of a case's reports that this person may see."""
    hidden = hidden_reports(session, person.id)
    ids = [one for one in reports_of_case(session, case_id) if one not in hidden]
    return {"rows": rows(service.filings_of_reports(session, vault, ids))}


def suggestions(
    session: Session, vault: Vault, report_id: str, *, now: datetime
) -> list[Suggestion]:
    """To whom a report should go, and why."""
    every = tuple(one.address_id for one in facts.targets_of(session, vault, report_id))
    wish, nobody = Wish("", every), Sender("", "")
    found = facts.gather(session, vault, report_id, wish, place=0, sender=nobody, now=now)
    return shipped().suggested(found)


def rows(found: Sequence[FilingView]) -> list[Row]:
    """Filings with their recipients: those that want a person first."""
    ordered = sorted(found, key=lambda one: _FIRST.get(one.state, 2))
    return [Row(one, shipped().recipients[one.recipient]) for one in ordered]


def lists(session: Session, vault: Vault, staff_id: int) -> dict[str, list[Row]]:
    """All that did not arrive yet: what wants a person, leaves by hand, or is on its way."""
    hidden = hidden_reports(session, staff_id)
    groups = {
        "wanting": queries.wanting(session, hidden),
        "by_hand": queries.by_hand(session, hidden),
        "on_the_way": queries.on_the_way(session, hidden),
    }
    return {
        name: [
            Row(records.view_of(session, vault, one), shipped().recipients[one.recipient])
            for one in found
        ]
        for name, found in groups.items()
    }
