"""Named queries on cases; every one works on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.cases.refusals import CaseUnknown, PartUnknown, UnlockUnknown
from api.cases.tables import (
    Case,
    CaseConflict,
    CaseContact,
    CaseEvent,
    CaseIdentity,
    CaseMember,
    CasePart,
    CaseUnlock,
    CaseVersion,
)
from api.contacts.tables import Contact
from api.crypto import Vault
from api.reports.tables import Report, ReportCase
from api.staff.tables import StaffAccount
from api.times import to_ms

CASE_STAFF = frozenset({"counsellor", "supervisor"})


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases a list wants: states, whose, and with something due by then."""

    statuses: tuple[str, ...] = ()
    of: int | None = None
    due_by: int | None = None


def get(session: Session, case_id: str) -> Case:
    """The case; raises ``CaseUnknown``."""
    case = session.get(Case, case_id)
    if case is None:
        raise CaseUnknown()
    return case


def part(session: Session, case_id: str, part_id: str) -> CasePart:
    """A part of this case; raises ``PartUnknown``."""
    found = session.get(CasePart, part_id)
    if found is None or found.case_id != case_id:
        raise PartUnknown()
    return found


def unlock(session: Session, case_id: str, unlock_id: str) -> CaseUnlock:
    """A wish to read this case's identity; raises ``UnlockUnknown``."""
    found = session.get(CaseUnlock, unlock_id)
    if found is None or found.case_id != case_id:
        raise UnlockUnknown()
    return found


def named_in(session: Session, staff_id: int) -> set[str]:
    """The cases in which this person is named."""
    named = select(col(CaseConflict.case_id)).where(
        col(CaseConflict.staff_id) == staff_id, col(CaseConflict.lifted_at).is_(None)
    )
    return set(session.execute(named).scalars())


def hidden_contacts(session: Session, staff_id: int) -> set[str]:
    """The contacts of the cases that name this person, and all others of the same children."""
    cases = named_in(session, staff_id)
    if not cases:
        return set()
    found = select(col(Contact.id)).where(
        or_(col(Contact.id).in_(_linked(cases)), *_of_children(Contact, cases))
    )
    return set(session.execute(found).scalars())


def hidden_reports(session: Session, staff_id: int) -> set[str]:
    """The reports of the cases that name this person, and all others of the same children."""
    cases = named_in(session, staff_id)
    if not cases:
        return set()
    found = select(col(Report.id)).where(
        or_(col(Report.id).in_(_reported(cases)), *_of_children(Report, cases))
    )
    return set(session.execute(found).scalars())


def hidden_cases(session: Session, staff_id: int) -> set[str]:
    """The cases that name this person, and those that share something hidden with them."""
    named = named_in(session, staff_id)
    if not named:
        return named
    by_contact = select(col(CaseContact.case_id)).where(
        col(CaseContact.contact_id).in_(hidden_contacts(session, staff_id)),
        col(CaseContact.undone_at).is_(None),
    )
    by_report = select(col(ReportCase.case_id)).where(
        col(ReportCase.report_id).in_(hidden_reports(session, staff_id)),
        col(ReportCase.undone_at).is_(None),
    )
    sharing = (session.execute(one).scalars() for one in (by_contact, by_report))
    return named.union(*sharing)


def by_number(session: Session, number: str) -> Case | None:
    """The case with the number that staff see (``R-2026-0007``)."""
    found = re.fullmatch(r"(?:R-)?([0-9]{4})-([0-9]{1,6})", number.strip().upper(), re.ASCII)
    if found is None:
        return None
    year, place = int(found[1]), int(found[2])
    wanted = select(Case).where(col(Case.year) == year, col(Case.number) == place)
    return session.execute(wanted).scalar_one_or_none()


def open_unlock(
    session: Session, case_id: str, staff_id: int, *, now: datetime
) -> CaseUnlock | None:
    """The unlock that lets this person read the identity now, if there is one."""
    wanted = select(CaseUnlock).where(
        col(CaseUnlock.case_id) == case_id,
        col(CaseUnlock.asker_id) == staff_id,
        col(CaseUnlock.state) == "open",
        col(CaseUnlock.until) > to_ms(now),
    )
    return session.execute(wanted.order_by(col(CaseUnlock.until).desc())).scalars().first()


def unlocks_of(session: Session, case_id: str) -> Sequence[CaseUnlock]:
    """The newest first."""
    wanted = select(CaseUnlock).where(col(CaseUnlock.case_id) == case_id)
    return session.execute(wanted.order_by(col(CaseUnlock.asked_at).desc())).scalars().all()


def found(
    session: Session, wanted: Filter, hidden: Collection[str], *, offset: int, limit: int
) -> tuple[Sequence[Case], int]:
    """Cases that fit, those that changed last first, and how many fit in all."""
    fit = select(Case).where(*_fits(wanted), col(Case.id).not_in(hidden))
    order = (col(Case.changed_at).desc(), col(Case.year).desc(), col(Case.number).desc())
    count = session.execute(select(func.count()).select_from(fit.subquery())).scalar_one()
    rows = session.execute(fit.order_by(*order).offset(offset).limit(limit)).scalars().all()
    return rows, count


def links_of(session: Session, cases: Collection[str]) -> Sequence[tuple[str, Contact]]:
    """The contacts of these cases, each with the case's id."""
    wanted = (
        select(col(CaseContact.case_id), Contact)
        .join(Contact, col(Contact.id) == col(CaseContact.contact_id))
        .where(col(CaseContact.case_id).in_(cases), col(CaseContact.undone_at).is_(None))
    )
    return [(case_id, contact) for case_id, contact in session.execute(wanted)]


def names_of(session: Session, vault: Vault, staff: Collection[int]) -> dict[int, str]:
    """What these people are called."""
    rows = session.execute(select(StaffAccount).where(col(StaffAccount.id).in_(staff))).scalars()
    return {row.id: vault.row("staff", row.id).open("name", row.name) for row in rows}


def colleagues(session: Session, vault: Vault) -> dict[int, str]:
    """Everybody who may work on cases, by name."""
    rows = session.execute(select(StaffAccount).where(~col(StaffAccount.disabled))).scalars().all()
    able = [row.id for row in rows if CASE_STAFF & set(row.roles.split())]
    names = names_of(session, vault, able)
    return dict(sorted(names.items(), key=lambda one: one[1]))


def open_promises_of(session: Session, cases: Collection[str]) -> dict[str, int]:
    """When the next open promise of each case is due, where one has a date."""
    wanted = (
        select(col(CasePart.case_id), func.min(col(CasePart.due_at)))
        .where(
            *_open_promise(), col(CasePart.case_id).in_(cases), col(CasePart.due_at).is_not(None)
        )
        .group_by(col(CasePart.case_id))
    )
    return {case_id: due for case_id, due in session.execute(wanted) if due is not None}


def has_open_promise(session: Session, case_id: str) -> bool:
    """Whether a promise to the child waits, with a date or without."""
    wanted = select(col(CasePart.id)).where(*_open_promise(), col(CasePart.case_id) == case_id)
    return session.execute(wanted.limit(1)).first() is not None


def next_number(session: Session, year: int) -> int:
    """The next number of a case of this year; needs a writing session."""
    highest = select(func.max(col(Case.number))).where(col(Case.year) == year)
    return (session.execute(highest).scalar_one_or_none() or 0) + 1


def next_place(session: Session, table: type[CasePart] | type[CaseEvent], case_id: str) -> int:
    """The place of the next part or event of a case."""
    highest = select(func.max(col(table.place))).where(col(table.case_id) == case_id)
    return (session.execute(highest).scalar_one_or_none() or 0) + 1


def members_of(session: Session, case_id: str) -> Sequence[CaseMember]:
    """The team besides the lead."""
    wanted = select(CaseMember).where(col(CaseMember.case_id) == case_id)
    return session.execute(wanted.order_by(col(CaseMember.staff_id))).scalars().all()


def conflicts_of(session: Session, case_id: str) -> Sequence[CaseConflict]:
    """Who is named in the case, the first first."""
    wanted = select(CaseConflict).where(
        col(CaseConflict.case_id) == case_id, col(CaseConflict.lifted_at).is_(None)
    )
    return session.execute(wanted.order_by(col(CaseConflict.at))).scalars().all()


def contacts_of(session: Session, case_id: str) -> Sequence[Contact]:
    """The contacts of a case, the newest first."""
    wanted = select(Contact).where(col(Contact.id).in_(_linked([case_id])))
    return session.execute(wanted.order_by(col(Contact.number).desc())).scalars().all()


def same_children(session: Session, case_id: str) -> Sequence[Contact]:
    """Contacts of the same children that are not yet of the case, the newest first."""
    of_children = or_(*_of_children(Contact, [case_id]))
    wanted = select(Contact).where(of_children, col(Contact.id).not_in(_linked([case_id])))
    return session.execute(wanted.order_by(col(Contact.number).desc())).scalars().all()


def cases_of_contact(session: Session, contact_id: str) -> Sequence[Case]:
    """The cases that a contact belongs to, the newest first."""
    linked = select(col(CaseContact.case_id)).where(
        col(CaseContact.contact_id) == contact_id, col(CaseContact.undone_at).is_(None)
    )
    wanted = select(Case).where(col(Case.id).in_(linked))
    order = (col(Case.year).desc(), col(Case.number).desc())
    return session.execute(wanted.order_by(*order)).scalars().all()


def claimed_of(session: Session, contacts: Collection[str], staff_id: int) -> Sequence[Contact]:
    """Those of the contacts that this person has claimed."""
    wanted = select(Contact).where(
        col(Contact.id).in_(contacts),
        col(Contact.state) == "claimed",
        col(Contact.holder_id) == staff_id,
    )
    return session.execute(wanted).scalars().all()


def contact_by_number(session: Session, number: int) -> Contact | None:
    """The contact with this number."""
    wanted = select(Contact).where(col(Contact.number) == number)
    return session.execute(wanted).scalar_one_or_none()


def parts_of(session: Session, case_id: str) -> Sequence[CasePart]:
    """In the order in which they were begun."""
    wanted = select(CasePart).where(col(CasePart.case_id) == case_id)
    return session.execute(wanted.order_by(col(CasePart.place))).scalars().all()


def versions_of(session: Session, parts: Collection[str]) -> Sequence[CaseVersion]:
    """Every version of these parts, the oldest first."""
    wanted = select(CaseVersion).where(col(CaseVersion.part_id).in_(parts))
    return session.execute(wanted.order_by(col(CaseVersion.version))).scalars().all()


def open_promises(
    session: Session, until: int, *, untold: bool = False
) -> Sequence[tuple[CasePart, Case]]:
    """Open promises of all cases that are due by then, the earliest first.

    ``untold`` are those of which the supervisors have not heard.
    """
    wanted = (
        select(CasePart, Case)
        .join(Case, col(Case.id) == col(CasePart.case_id))
        .where(*_open_promise(), col(CasePart.due_at) <= until)
        .order_by(col(CasePart.due_at), col(CasePart.id))
    )
    if untold:
        wanted = wanted.where(~col(CasePart.due_told))
    return [(part, case) for part, case in session.execute(wanted)]


def follow_ups(session: Session, until: int, *, untold: bool = False) -> Sequence[Case]:
    """Cases with a follow-up by then, the earliest first; ``untold`` as in ``open_promises``."""
    wanted = select(Case).where(col(Case.follow_up_at) <= until)
    if untold:
        wanted = wanted.where(~col(Case.follow_up_told))
    return session.execute(wanted.order_by(col(Case.follow_up_at), col(Case.id))).scalars().all()


def events_of(session: Session, case_id: str) -> Sequence[CaseEvent]:
    """What was done with the case as a whole, the newest first."""
    wanted = select(CaseEvent).where(col(CaseEvent.case_id) == case_id)
    return session.execute(wanted.order_by(col(CaseEvent.place).desc())).scalars().all()


def identities_of(session: Session, case_id: str) -> Sequence[CaseIdentity]:
    """The newest first."""
    wanted = select(CaseIdentity).where(col(CaseIdentity.case_id) == case_id)
    return session.execute(wanted.order_by(col(CaseIdentity.at).desc())).scalars().all()


def _open_promise() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(CasePart.kind) == "promise", col(CasePart.state) == "open"


def _fits(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    if wanted.statuses:
        yield col(Case.status).in_(wanted.statuses)
    if wanted.of is not None:
        teams = select(col(CaseMember.case_id)).where(col(CaseMember.staff_id) == wanted.of)
        yield or_(col(Case.lead_id) == wanted.of, col(Case.id).in_(teams))
    if wanted.due_by is not None:
        promises = select(col(CasePart.case_id)).where(
            *_open_promise(), col(CasePart.due_at) <= wanted.due_by
        )
        yield or_(col(Case.follow_up_at) <= wanted.due_by, col(Case.id).in_(promises))


def _linked(cases: Collection[str]) -> Select[str]:
    return select(col(CaseContact.contact_id)).where(
        col(CaseContact.case_id).in_(cases), col(CaseContact.undone_at).is_(None)
    )


def _reported(cases: Collection[str]) -> Select[str]:
    return select(col(ReportCase.report_id)).where(
        col(ReportCase.case_id).in_(cases), col(ReportCase.undone_at).is_(None)
    )


def _of_children(
    table: type[Contact | Report], cases: Collection[str]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """That it comes from a child of these cases, by a contact of theirs or by a report."""
    by_report = select(col(Report.same_child)).where(
        col(Report.id).in_(_reported(cases)), col(Report.same_child) != ""
    )
    child = col(table.same_child)
    return child.in_(_children(_linked(cases))), child.in_(by_report)


def _children(contacts: Select[str]) -> Select[str]:
    """By what contacts of the same child are known; those entered by hand may have nothing."""
    return select(col(Contact.same_child)).where(
        col(Contact.id).in_(contacts), col(Contact.same_child) != ""
    )
