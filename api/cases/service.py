"""What staff do with a case as a whole. Everything needs a writing session.

Refusals are classes of ``api.cases.refusals``. Parts of a case are written by ``parts``, what
a child told of who it is by ``identity``, lists and due dates are made by ``listing``.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record_once
from api.cases import identity, listing, parts, queries, records
from api.cases.listing import (
    cases_of_contact,
    follow_ups_due,
    hidden_contacts,
    promises_due,
    tell_due,
)
from api.cases.noting import note, plain, standing
from api.cases.refusals import InvalidCaseWords, NotOfStaff, PromisesOpen, WrongMove
from api.cases.sections import HERE
from api.cases.tables import Case, CaseConflict, CaseContact, CaseMember
from api.cases.values import CLOSED, MOVES, OPEN, REOPENED, CaseView
from api.contacts import records as contacts
from api.contacts.holding import give_back
from api.contacts.tables import Contact
from api.contacts.values import EarlierView, StaffRef
from api.counters import touch
from api.crypto import Vault
from api.errors import ContactUnknown
from api.reports.holding import release_hidden
from api.times import maybe_from_ms, to_ms

__all__ = [
    "cases_of_contact",
    "follow_ups_due",
    "hidden_contacts",
    "link",
    "link_number",
    "move",
    "open_case",
    "promises_due",
    "read",
    "reopen",
    "set_follow_up",
    "set_hold",
    "set_named",
    "set_team",
    "take_from_named",
    "tell_due",
    "undo_link",
    "undo_named",
]

_ONE_READING = timedelta(minutes=10)


def open_case(
    session: Session, vault: Vault, *, staff: StaffRef, now: datetime, contact_id: str = ""
) -> str:
    """Open a case, led by whoever opens it, with its first contact if one is given.

    Returns the case's id. Raises ``ContactUnknown``, also for a contact hidden from ``staff``.
    """
    year, case_id = now.astimezone(HERE).year, str(uuid.uuid4())
    case = Case(
        id=case_id,
        year=year,
        number=queries.next_number(session, year),
        status=OPEN,
        lead_id=staff.id,
        lead_name=vault.row("cases", case_id).seal("lead_name", staff.name),
        opened_at=to_ms(now),
        changed_at=to_ms(now),
    )
    session.add(case)
    session.flush()
    note(session, vault, case, "opened", staff=staff, now=now)
    if contact_id:
        link(session, vault, case_id, contact_id, staff=staff, now=now)
    return case_id


def read(session: Session, vault: Vault, case_id: str, *, staff_id: int, now: datetime) -> CaseView:
    """The whole case as this person may see it. The read is itself recorded (S44)."""
    case = queries.get(session, case_id)
    who, once = f"staff:{staff_id}", _ONE_READING
    record_once(session, vault, who=who, what="case.read", about=case.id, now=now, within=once)
    hidden = hidden_contacts(session, staff_id)
    unlocked = queries.open_unlock(session, case.id, staff_id, now=now)
    return CaseView(
        line=listing.line_of(session, vault, case, hidden),
        closed_at=maybe_from_ms(case.closed_at),
        follow_up=records.follow_up_of(vault, case),
        team=tuple(records.member_of(vault, one) for one in queries.members_of(session, case.id)),
        named=listing.conflicts(session, vault, case),
        contacts=_short(vault, queries.contacts_of(session, case.id), hidden),
        offered=_short(vault, queries.same_children(session, case.id), hidden),
        parts=parts.of_case(session, vault, case.id),
        events=tuple(records.event_of(vault, one) for one in queries.events_of(session, case.id)),
        identities=len(queries.identities_of(session, case.id)),
        unlocks=identity.unlocks(session, vault, case.id, now=now),
        unlocked_until=maybe_from_ms(unlocked.until) if unlocked else None,
    )


def move(
    session: Session,
    vault: Vault,
    case_id: str,
    *,
    to: str,
    words: str = "",
    staff: StaffRef,
    now: datetime,
) -> None:
    """Bring the case into another state; ``words`` say why, and closing needs them.

    Raises ``WrongMove`` for what the rules of ``values.MOVES`` do not have, ``PromisesOpen``
    for closing while a promise to the child is open: it is kept, or its reason written.
    """
    case = queries.get(session, case_id)
    said = plain(words, needed=to == CLOSED)
    if to not in MOVES[case.status]:
        raise WrongMove()
    if to == CLOSED and queries.has_open_promise(session, case.id):
        raise PromisesOpen()
    was, case.status = case.status, to
    if to == CLOSED:
        case.closed_at, case.follow_up_at, case.follow_up = to_ms(now), None, None
    note(session, vault, case, "moved", staff=staff, now=now, **{"from": was}, to=to, words=said)


def reopen(
    session: Session, vault: Vault, case_id: str, *, words: str, staff: StaffRef, now: datetime
) -> None:
    """Take up a closed case again; who may is the gate's to say. Raises ``WrongMove``."""
    case, said = queries.get(session, case_id), plain(words)
    if case.status != CLOSED:
        raise WrongMove()
    case.status, case.closed_at = REOPENED, None
    note(session, vault, case, "reopened", staff=staff, now=now, words=said)


def link(
    session: Session, vault: Vault, case_id: str, contact_id: str, *, staff: StaffRef, now: datetime
) -> None:
    """Add a contact to the case; one that is of it already stays so.

    Raises ``ContactUnknown``, also for a contact that is hidden from ``staff`` (S29).
    """
    case, contact = standing(session, case_id), session.get(Contact, contact_id)
    if contact is None or contact_id in hidden_contacts(session, staff.id):
        raise ContactUnknown()
    made = session.get(CaseContact, (case_id, contact_id))
    if made is not None and made.undone_at is None:
        return
    if made is None:
        made = CaseContact(case_id=case_id, contact_id=contact_id, at=0, staff_id=0)
        session.add(made)
    made.at, made.staff_id, made.undone_at = to_ms(now), staff.id, None
    session.flush()
    number = contacts.shown_number(contact)
    note(session, vault, case, "linked", staff=staff, now=now, number=number, contact=contact_id)
    take_from_named(session, vault, case, now=now)


def link_number(
    session: Session, vault: Vault, case_id: str, number: str, *, staff: StaffRef, now: datetime
) -> None:
    """As ``link``, by the number that staff see (``K-1001`` or ``1001``)."""
    digits = number.strip().upper().removeprefix("K-").strip()
    known = digits.isascii() and digits.isdecimal() and len(digits) < 12
    contact = queries.contact_by_number(session, int(digits)) if known else None
    if contact is None:
        raise ContactUnknown()
    link(session, vault, case_id, contact.id, staff=staff, now=now)


def undo_link(
    session: Session, vault: Vault, case_id: str, contact_id: str, *, staff: StaffRef, now: datetime
) -> None:
    """Say that a contact does not belong here. Raises ``ContactUnknown``.

    A supervisor's deed, for it may show the contact again to somebody named in the case.
    """
    case, made = standing(session, case_id), session.get(CaseContact, (case_id, contact_id))
    if made is None or made.undone_at is not None:
        raise ContactUnknown()
    made.undone_at = to_ms(now)
    number = contacts.shown_number(session.get_one(Contact, contact_id))
    note(session, vault, case, "unlinked", staff=staff, now=now, number=number, contact=contact_id)


def set_team(
    session: Session,
    vault: Vault,
    case_id: str,
    *,
    lead_id: int,
    team: Sequence[int],
    staff: StaffRef,
    now: datetime,
) -> None:
    """Say who leads and who works with them; the lead is not listed twice.

    Raises ``NotOfStaff`` for somebody who does not work on cases, or is named in this one.
    """
    case, able = standing(session, case_id), queries.colleagues(session, vault)
    named = {one.staff_id for one in queries.conflicts_of(session, case_id)}
    wanted = [lead_id, *dict.fromkeys(one for one in team if one != lead_id)]
    if any(one not in able or one in named for one in wanted):
        raise NotOfStaff()
    _set_lead(vault, case, StaffRef(lead_id, able[lead_id]))
    _set_members(session, vault, case, {one: able[one] for one in wanted[1:]})
    names = ", ".join(able[one] for one in wanted[1:])
    note(session, vault, case, "team", staff=staff, now=now, lead=able[lead_id], team=names)


def set_follow_up(
    session: Session,
    vault: Vault,
    case_id: str,
    *,
    on: date | None,
    words: str = "",
    staff: StaffRef,
    now: datetime,
) -> None:
    """Say when to look into the case again, and at what; None for not at all.

    Raises ``InvalidCaseWords`` for a day that is over.
    """
    case, said = standing(session, case_id), plain(words, needed=False)
    if on is not None and on < now.astimezone(HERE).date():
        raise InvalidCaseWords()
    begins = datetime(on.year, on.month, on.day, tzinfo=HERE) if on else None
    case.follow_up_at = to_ms(begins) if begins else None
    case.follow_up = vault.row("cases", case.id).seal("follow_up", said) if begins else None
    case.follow_up_told = False
    day = on.isoformat() if on else ""
    note(session, vault, case, "follow_up", staff=staff, now=now, on=day, words=said)


def set_hold(
    session: Session,
    vault: Vault,
    case_id: str,
    *,
    on: bool,
    words: str,
    staff: StaffRef,
    now: datetime,
) -> None:
    """Begin or end the legal hold, with the reason; repeating it changes nothing."""
    case, said = queries.get(session, case_id), plain(words)
    if case.hold == on:
        return
    case.hold = on
    note(session, vault, case, "hold" if on else "hold_over", staff=staff, now=now, words=said)


def set_named(
    session: Session,
    vault: Vault,
    case_id: str,
    *,
    staff_id: int,
    reason: str,
    staff: StaffRef,
    now: datetime,
) -> None:
    """Say that somebody of staff is named in the case: it is gone for that person (S31).

    They leave its team, ``staff`` leads in their place, and what they hold of its contacts
    waits in the queue again. Raises ``NotOfStaff``.
    """
    case, said = queries.get(session, case_id), plain(reason)
    name = queries.names_of(session, vault, [staff_id]).get(staff_id)
    if name is None or staff_id == staff.id:
        raise NotOfStaff()
    if staff_id in {one.staff_id for one in queries.conflicts_of(session, case_id)}:
        return
    _name(session, vault, case, staff_id, said, staff=staff, now=now)
    _take_off_team(session, vault, case, staff_id, instead=staff)
    note(session, vault, case, "named", staff=staff, now=now, who=name, words=said)
    take_from_named(session, vault, case, now=now)


def undo_named(
    session: Session,
    vault: Vault,
    case_id: str,
    conflict_id: str,
    *,
    words: str,
    staff: StaffRef,
    now: datetime,
) -> None:
    """Say that somebody was named by mistake. Raises ``NotOfStaff``."""
    case, said = queries.get(session, case_id), plain(words)
    conflict = session.get(CaseConflict, conflict_id)
    if conflict is None or conflict.case_id != case_id or conflict.lifted_at is not None:
        raise NotOfStaff()
    conflict.lifted_at, conflict.lifted_by = to_ms(now), staff.id
    name = queries.names_of(session, vault, [conflict.staff_id]).get(conflict.staff_id, "")
    note(session, vault, case, "cleared", staff=staff, now=now, who=name, words=said)


def _short(vault: Vault, found: Sequence[Contact], hidden: set[str]) -> tuple[EarlierView, ...]:
    return tuple(contacts.earlier_of(vault, one) for one in found if one.id not in hidden)


def _set_lead(vault: Vault, case: Case, lead: StaffRef) -> None:
    case.lead_id = lead.id
    case.lead_name = vault.row("cases", case.id).seal("lead_name", lead.name)


def _set_members(session: Session, vault: Vault, case: Case, names: dict[int, str]) -> None:
    session.execute(delete(CaseMember).where(col(CaseMember.case_id) == case.id))
    for staff_id, name in names.items():
        row = vault.row("case_members", records.member_row(case.id, staff_id))
        values = {"case_id": case.id, "staff_id": staff_id, "name": row.seal("name", name)}
        session.execute(insert(CaseMember), [values])


def _take_off_team(
    session: Session, vault: Vault, case: Case, staff_id: int, *, instead: StaffRef
) -> None:
    if case.lead_id == staff_id:
        _set_lead(vault, case, instead)
    gone = {staff_id, case.lead_id}
    team = [records.member_of(vault, one) for one in queries.members_of(session, case.id)]
    _set_members(session, vault, case, {one.id: one.name for one in team if one.id not in gone})


def _name(
    session: Session,
    vault: Vault,
    case: Case,
    staff_id: int,
    reason: str,
    *,
    staff: StaffRef,
    now: datetime,
) -> None:
    conflict_id = str(uuid.uuid4())
    values = {
        "id": conflict_id,
        "case_id": case.id,
        "staff_id": staff_id,
        "at": to_ms(now),
        "by_id": staff.id,
        "reason": vault.row("case_conflicts", conflict_id).seal("reason", reason),
    }
    session.execute(insert(CaseConflict), [values])
    touch(session)


def take_from_named(session: Session, vault: Vault, case: Case, *, now: datetime) -> None:
    """Put back what somebody named in the case holds of its child: contacts and reports."""
    for conflict in queries.conflicts_of(session, case.id):
        hidden = queries.hidden_contacts(session, conflict.staff_id)
        for contact in queries.claimed_of(session, hidden, conflict.staff_id):
            give_back(session, vault, contact, who="clock", now=now)
        release_hidden(session, vault, conflict.staff_id, now=now)
