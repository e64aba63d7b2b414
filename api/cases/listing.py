"""Cases in lists, and what is due in them. What is hidden from a person is in no list (S31)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from api.cases import queries, records
from api.cases.queries import Filter, hidden_contacts
from api.cases.tables import Case, CasePart
from api.cases.values import (
    CLOSED,
    STATUSES,
    CaseLine,
    CaseRef,
    ConflictView,
    FollowUpDue,
    PromiseDue,
)
from api.contacts import records as contacts
from api.contacts.noticing import notify
from api.contacts.tables import Contact
from api.crypto import Vault
from api.times import from_ms, maybe_from_ms, to_ms

__all__ = [
    "SHOWN",
    "Page",
    "cases_of_contact",
    "follow_ups_due",
    "hidden_contacts",
    "page",
    "promises_due",
    "tell",
    "tell_due",
]

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list, and how many cases fit in all."""

    lines: tuple[CaseLine, ...]
    count: int


def page(
    session: Session,
    vault: Vault,
    *,
    staff_id: int,
    now: datetime,
    status: str = "",
    mine: bool = False,
    due: bool = False,
    number: int = 1,
) -> Page:
    """Cases that this person may see, those that changed last first.

    ``status`` is one of them, ``all``, or empty for those that are not closed.
    """
    wanted = Filter(
        statuses=_statuses(status),
        of=staff_id if mine else None,
        due_by=to_ms(now) if due else None,
    )
    hidden = queries.hidden_cases(session, staff_id)
    offset = (max(1, number) - 1) * SHOWN
    rows, count = queries.found(session, wanted, hidden, offset=offset, limit=SHOWN)
    lines = _lines(session, vault, rows, hidden_contacts(session, staff_id))
    return Page(tuple(lines), count)


def line_of(session: Session, vault: Vault, case: Case, hidden: Collection[str]) -> CaseLine:
    """One case as the list shows it."""
    [line] = _lines(session, vault, [case], hidden)
    return line


def conflicts(session: Session, vault: Vault, case: Case) -> tuple[ConflictView, ...]:
    """Who is named in the case."""
    found = queries.conflicts_of(session, case.id)
    people = {one for conflict in found for one in (conflict.staff_id, conflict.by_id)}
    names = queries.names_of(session, vault, people)
    return tuple(records.conflict_of(vault, conflict, names) for conflict in found)


def cases_of_contact(session: Session, contact_id: str, staff_id: int) -> list[CaseRef]:
    """The cases of a contact that this person may see, the newest first."""
    hidden = queries.hidden_cases(session, staff_id)
    found = queries.cases_of_contact(session, contact_id)
    return [records.ref_of(case) for case in found if case.id not in hidden]


def promises_due(
    session: Session, vault: Vault, staff_id: int, until: datetime
) -> list[PromiseDue]:
    """Open promises to children that are due by then, overdue ones first."""
    hidden = queries.hidden_cases(session, staff_id)
    return [
        PromiseDue(
            case_id=case.id,
            number=records.shown_number(case),
            part_id=part.id,
            words=_words(session, vault, part),
            due=from_ms(part.due_at or 0),
            lead=records.lead_of(vault, case).name,
        )
        for part, case in queries.open_promises(session, to_ms(until))
        if case.id not in hidden
    ]


def follow_ups_due(
    session: Session, vault: Vault, staff_id: int, until: datetime
) -> list[FollowUpDue]:
    """Cases to look into again by then, overdue ones first."""
    hidden = queries.hidden_cases(session, staff_id)
    return [
        FollowUpDue(
            case_id=case.id,
            number=records.shown_number(case),
            words=records.follow_up_of(vault, case),
            due=from_ms(case.follow_up_at or 0),
            lead=records.lead_of(vault, case).name,
        )
        for case in queries.follow_ups(session, to_ms(until))
        if case.id not in hidden
    ]


def tell_due(session: Session, vault: Vault, *, now: datetime) -> int:
    """Tell the supervisors, once each, of promises and follow-ups that are due; how many."""
    promises = queries.open_promises(session, to_ms(now), untold=True)
    for part, case in promises:
        part.due_told = True
        tell(session, vault, case, "promise_due", now=now)
    follow_ups = queries.follow_ups(session, to_ms(now), untold=True)
    for case in follow_ups:
        case.follow_up_told = True
        tell(session, vault, case, "follow_up_due", now=now)
    return len(promises) + len(follow_ups)


def tell(
    session: Session,
    vault: Vault,
    case: Case,
    kind: str,
    *,
    now: datetime,
    staff_id: int | None = None,
    notice_id: str = "",
) -> None:
    """Write a notice of the case for the supervisors.

    It hangs on a contact of the case, which hides it from who is named there. Of a case
    without contacts that names somebody the number is not told.
    """
    linked = queries.contacts_of(session, case.id)
    telling = bool(linked) or not queries.conflicts_of(session, case.id)
    detail = records.shown_number(case) if telling else ""
    first = linked[0].id if linked else None
    notify(
        session,
        vault,
        kind=kind,
        contact_id=first,
        staff_id=staff_id,
        detail=detail,
        notice_id=notice_id,
        now=now,
    )


def _statuses(status: str) -> tuple[str, ...]:
    if status == "all":
        return ()
    return (status,) if status in STATUSES else tuple(s for s in STATUSES if s != CLOSED)


def _words(session: Session, vault: Vault, part: CasePart) -> str:
    newest = queries.versions_of(session, [part.id])[-1]
    return records.version_of(vault, newest).fields["words"]


def _lines(
    session: Session, vault: Vault, cases: Sequence[Case], hidden: Collection[str]
) -> list[CaseLine]:
    ids = [case.id for case in cases]
    promises = queries.open_promises_of(session, ids)
    linked: dict[str, list[Contact]] = {case_id: [] for case_id in ids}
    for case_id, contact in queries.links_of(session, ids):
        if contact.id not in hidden:
            linked[case_id].append(contact)
    return [_line(vault, case, linked[case.id], promises.get(case.id)) for case in cases]


def _line(vault: Vault, case: Case, linked: Sequence[Contact], promise: int | None) -> CaseLine:
    return CaseLine(
        ref=records.ref_of(case),
        severity=_gravest(contacts.read(vault, contact, "severity") for contact in linked),
        lead=records.lead_of(vault, case),
        opened_at=from_ms(case.opened_at),
        changed_at=from_ms(case.changed_at),
        follow_up_at=maybe_from_ms(case.follow_up_at),
        promise_at=maybe_from_ms(promise),
        contacts=len(linked),
        hold=case.hold,
    )


def _gravest(severities: Iterable[str]) -> str:
    gravest = "none"
    for severity in severities:
        gravest = contacts.graver(gravest, severity)
    return gravest
