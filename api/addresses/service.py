"""Addresses and their lives. Everything needs a writing session but what only looks.

Each change is written into the trail and into the address's own history, and told to whoever
reported it. What is held for the police is told to nobody: the one who put a page there may be
the one who reports it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.addresses import life, queries, records
from api.addresses.life import AGAIN, DROPPED, ENDED, HOWS, MOVED, NOTICE, POLICE, REPORTED, THERE
from api.addresses.queries import others, reports_due, reports_of
from api.addresses.reading import LONGEST, Reading, kept, read
from api.addresses.refusals import (
    AddressHeld,
    AddressMove,
    AddressNotHeld,
    InvalidAddressWords,
    NoAddress,
)
from api.addresses.tables import Address, AddressEvent, ReportAddress
from api.addresses.values import AddressDetail, AddressView
from api.audit.service import record, record_once
from api.contacts.noticing import notify
from api.contacts.values import StaffRef
from api.counters import next_number, touch
from api.crypto import Vault
from api.reports.tables import Report
from api.reports.telling import tell
from api.times import from_ms, maybe_from_ms, to_ms

__all__ = [
    "add",
    "address",
    "addresses_of",
    "addresses_of_reports",
    "check",
    "due",
    "lift",
    "look",
    "may_notice",
    "note",
    "others",
    "reports_due",
    "reports_of",
    "set_hosted",
    "set_state",
    "tell_due",
    "views",
]

_ONE_READING = timedelta(minutes=10)
_LONGEST_WORDS = 2000
_TOLD: Mapping[str, tuple[str, str]] = {
    POLICE: ("police", "police"),
    NOTICE: ("notice", "platform"),
    **{state: (state, "") for state in ("removed", "refused", "gone", "moved", "again", "there")},
}
"""What a reporter hears of it, and of whom."""


def note(
    session: Session,
    vault: Vault,
    report_id: str,
    typed: Sequence[str],
    *,
    app: str = "",
    now: datetime,
    staff: StaffRef | None = None,
) -> list[str]:
    """Keep the addresses of a report, each joined with the same one of other reports.

    A text may hold several, or none; what is no address stays beside them, to be read by a
    person. What the report names already is not added again. The ids of its addresses.
    """
    found = [reading for text in typed if text.strip() for reading in read(text, app)]
    ids = [_keep(session, vault, report_id, reading, staff, now) for reading in found]
    touch(session)
    return [one for one in ids if one]


def add(
    session: Session, vault: Vault, report_id: str, typed: str, *, staff: StaffRef, now: datetime
) -> list[str]:
    """Add an address to a report by hand. Raises ``NoAddress``."""
    if all(reading.kind == "none" for reading in read(typed)):
        raise NoAddress()
    return note(session, vault, report_id, [typed], staff=staff, now=now)


def address(session: Session, vault: Vault, address_id: str) -> AddressView:
    """One address. Raises ``AddressUnknown``."""
    [view] = views(session, vault, [queries.get(session, address_id)])
    return view


def look(
    session: Session,
    vault: Vault,
    address_id: str,
    *,
    staff_id: int,
    hidden: Collection[str] = frozenset(),
    now: datetime,
) -> AddressDetail:
    """An address with its reports but for ``hidden`` ones and its history; the read is recorded."""
    [view] = views(session, vault, [queries.get(session, address_id)], hidden=hidden)
    who, once = f"staff:{staff_id}", _ONE_READING
    record_once(
        session, vault, who=who, what="address.read", about=address_id, now=now, within=once
    )
    typed = [row for row in queries.typed_of(session, address_id) if row.report_id not in hidden]
    events = queries.events_of(session, address_id)
    return AddressDetail(
        view=view,
        typed=tuple(records.typed_of(vault, row) for row in typed),
        events=tuple(records.event_of(vault, row) for row in events),
    )


def addresses_of(session: Session, vault: Vault, report_id: str) -> list[AddressView]:
    """The addresses that a report names."""
    return addresses_of_reports(session, vault, [report_id])


def addresses_of_reports(
    session: Session,
    vault: Vault,
    report_ids: Collection[str],
    *,
    hidden: Collection[str] = frozenset(),
) -> list[AddressView]:
    """The addresses that any of these reports names, each once; ``hidden`` ones do not count."""
    return views(session, vault, queries.of_reports(session, report_ids), hidden=hidden)


def due(
    session: Session, vault: Vault, *, now: datetime, hidden: Collection[str] = frozenset()
) -> list[AddressView]:
    """Addresses at which somebody must look again now, the earliest first."""
    gone = queries.hidden(session, hidden)
    found = [one for one in queries.due(session, to_ms(now)) if one.id not in gone]
    return views(session, vault, found, hidden=hidden)


def may_notice(session: Session, address_id: str) -> bool:
    """Whether a request to remove may be sent now."""
    found = queries.get(session, address_id)
    return not found.held and life.may_move(found.state, NOTICE)


def set_state(
    session: Session,
    vault: Vault,
    address_id: str,
    state: str,
    *,
    staff: StaffRef | None,
    now: datetime,
    words: str = "",
    to: str = "",
    hold: bool = True,
) -> None:
    """Bring an address into another state; ``staff`` None is what answered by itself.

    The police being told of what is further on is marked, and moves nothing. With ``hold`` no
    request to remove goes out until a supervisor lifts it. Raises ``AddressUnknown``,
    ``AddressMove``, ``AddressHeld``, ``InvalidAddressWords``.
    """
    found, words = queries.get(session, address_id), _words(words)
    marked = state == POLICE and not life.may_move(found.state, POLICE)
    if not marked:
        _move(found, state, now)
    if state == POLICE:
        found.police_at = found.police_at or to_ms(now)
        found.held = found.held or (hold and not marked)
    detail = {"words": words, "to": to}
    _changed(session, vault, found, state, detail, staff=staff, now=now)


def lift(
    session: Session, vault: Vault, address_id: str, *, staff: StaffRef, now: datetime, words: str
) -> None:
    """End the hold: a request to remove may go out. Raises ``AddressNotHeld``."""
    found, words = queries.get(session, address_id), _words(words, needed=True)
    if not found.held:
        raise AddressNotHeld()
    found.held = False
    _changed(session, vault, found, "lifted", {"words": words}, staff=staff, now=now)


def check(
    session: Session,
    vault: Vault,
    address_id: str,
    outcome: str,
    *,
    staff: StaffRef,
    now: datetime,
    how: str = "other",
    words: str = "",
    moved_to: str = "",
) -> None:
    """Write down what somebody found who looked again, and how they know.

    ``moved_to`` is the new address, as it is typed: it is kept and joins the same reports.
    Raises ``AddressMove``, ``InvalidAddressWords``, ``NoAddress``.
    """
    found, words = queries.get(session, address_id), _words(words)
    if how not in HOWS:
        raise InvalidAddressWords()
    if outcome not in life.outcomes(found.state):
        raise AddressMove()
    if outcome == MOVED and moved_to.strip():
        found.moved_to = _moved(session, vault, found, moved_to, staff, now)
    as_before = outcome == found.state
    if outcome != THERE and not as_before:
        _move(found, outcome, now)
    found.checked_at = to_ms(now)
    detail = {"words": words, "how": how}
    _changed(session, vault, found, outcome, detail, staff=staff, now=now, quiet=as_before)


def set_hosted(
    session: Session, vault: Vault, address_id: str, *, staff: StaffRef, now: datetime, words: str
) -> None:
    """Say where an address is hosted, in words."""
    found, words = queries.get(session, address_id), _words(words)
    found.hosted = records.sealed_hosted(vault, found.id, words)
    _note(session, vault, found, "hosted", {"words": words}, staff=staff, now=now)


def tell_due(session: Session, vault: Vault, *, now: datetime) -> int:
    """Tell the supervisors, once for each check, that somebody must look again; how many."""
    found = queries.due(session, to_ms(now), untold=True)
    for one in found:
        one.check_told = True
        number, [first, *_] = records.shown_number(one.number), reports_of(session, one.id)
        notify(session, vault, kind="address_check", report_id=first, detail=number, now=now)
    return len(found)


def _keep(
    session: Session,
    vault: Vault,
    report_id: str,
    reading: Reading,
    staff: StaffRef | None,
    now: datetime,
) -> str | None:
    """Join a reading to its address; None of what is none."""
    address_id = None if reading.kind == "none" else _joined(session, vault, reading, now)
    known = {row.address_id for row in queries.typed_in(session, report_id)}
    if address_id is None or address_id not in known:
        _insert_typed(session, vault, report_id, reading, address_id, staff, now)
    return address_id


def _joined(session: Session, vault: Vault, reading: Reading, now: datetime) -> str:
    """The id of this address, a new one or the one that is known."""
    known = queries.by_print(session, records.fingerprint(vault, reading))
    if known is None:
        return _insert(session, vault, reading, now)
    if known.state == DROPPED:
        _begin(known, REPORTED, now)
    if known.state in ENDED:  # somebody says that it is there
        known.next_check_at, known.check_told = to_ms(now), False
    return known.id


def _insert(session: Session, vault: Vault, reading: Reading, now: datetime) -> str:
    address_id = str(uuid.uuid4())
    values = {
        "id": address_id,
        "number": next_number(session, "addresses"),
        "print": records.fingerprint(vault, reading),
        "state": REPORTED,
        "held": False,
        "received_at": to_ms(now),
        "began_at": to_ms(now),
        "notices": 0,
        "check_told": False,
        "reading": records.sealed_reading(vault, address_id, reading),
    }
    session.execute(insert(Address), [values])
    return address_id


def _insert_typed(
    session: Session,
    vault: Vault,
    report_id: str,
    reading: Reading,
    address_id: str | None,
    staff: StaffRef | None,
    now: datetime,
) -> None:
    place = queries.next_place(session, report_id)
    values = {
        "report_id": report_id,
        "place": place,
        "address_id": address_id,
        "at": to_ms(now),
        "why": reading.why,
        "staff_id": staff.id if staff else None,
        "typed": records.sealed_typed(vault, report_id, place, kept(reading.typed)),
    }
    session.execute(insert(ReportAddress), [values])
    if staff is not None and address_id is not None:
        found, who = queries.get(session, address_id), f"staff:{staff.id}"
        detail = {"name": staff.name, "number": records.shown_number(found.number)}
        record(
            session, vault, who=who, what="address.added", about=report_id, now=now, detail=detail
        )


def _move(found: Address, to: str, now: datetime) -> None:
    """Change the state and its times, if the life of an address allows it."""
    if to not in life.STATES or not life.may_move(found.state, to):
        raise AddressMove()
    if to == NOTICE and found.held:
        raise AddressHeld()
    if to == AGAIN:
        _begin(found, to, now)
        return
    if to == NOTICE:
        found.notice_at, found.notices = found.notice_at or to_ms(now), found.notices + 1
    if to in ENDED and found.state not in ENDED:
        found.ended_at = to_ms(now)
    if to in (*ENDED, DROPPED):
        found.held = False
    found.assessed_at = found.assessed_at or to_ms(now)
    found.state = to


def _begin(found: Address, state: str, now: datetime) -> None:
    """A new round: both clocks start again."""
    found.state, found.began_at, found.held = state, to_ms(now), False
    found.police_at = found.notice_at = found.ended_at = found.checked_at = None


def _moved(
    session: Session, vault: Vault, found: Address, typed: str, staff: StaffRef, now: datetime
) -> str | None:
    """Keep where it went in every report that names it; the new address's id."""
    if len(typed) > LONGEST:
        raise InvalidAddressWords()
    there = [
        add(session, vault, one, typed, staff=staff, now=now) for one in _naming(session, found)
    ]
    new = next((one for ids in there for one in ids if one != found.id), None)
    if new is None:
        raise NoAddress()
    return new


def _naming(session: Session, found: Address) -> list[str]:
    return queries.reports_of(session, found.id)


def _changed(
    session: Session,
    vault: Vault,
    found: Address,
    kind: str,
    detail: Mapping[str, str],
    *,
    staff: StaffRef | None,
    now: datetime,
    quiet: bool = False,
) -> None:
    """Set the next check, keep what was done, and let those know who reported it."""
    next_check = life.next_check(found.state, found.held, _clocks(found))
    found.next_check_at = to_ms(next_check) if next_check else None
    found.check_told = False
    session.flush()
    _note(session, vault, found, kind, detail, staff=staff, now=now)
    if kind in _TOLD and not (quiet or found.held):
        _tell(session, vault, found, kind, detail.get("to", ""), next_check, now)


def _note(
    session: Session,
    vault: Vault,
    found: Address,
    kind: str,
    detail: Mapping[str, str],
    *,
    staff: StaffRef | None,
    now: datetime,
) -> None:
    name, place = staff.name if staff else "", queries.next_event(session, found.id)
    words = {key: value for key, value in detail.items() if value}
    values = {
        "address_id": found.id,
        "place": place,
        "at": to_ms(now),
        "kind": kind,
        "staff_id": staff.id if staff else None,
        **records.sealed_event(vault, found.id, place, name, words),
    }
    session.execute(insert(AddressEvent), [values])
    who, number = f"staff:{staff.id}" if staff else "clock", records.shown_number(found.number)
    deed = {"name": name, "number": number, **words}
    record(session, vault, who=who, what=f"address.{kind}", about=found.id, now=now, detail=deed)
    touch(session)


def _tell(
    session: Session,
    vault: Vault,
    found: Address,
    kind: str,
    to: str,
    next: datetime | None,
    now: datetime,
) -> None:
    """Once to each reporter: those of duplicates hear it with the report that was first."""
    state, told_to = _TOLD[kind]
    naming = _naming(session, found)
    wanted = select(col(Report.id), col(Report.duplicate_of)).where(col(Report.id).in_(naming))
    for report_id, first in session.execute(wanted.order_by(col(Report.number))).all():
        if first not in naming:
            whom = to.partition(":")[0] if kind == NOTICE and to else told_to
            tell(session, vault, report_id, state, to=whom, next=next, now=now)


def _clocks(found: Address) -> life.Clocks:
    return life.Clocks(
        from_ms(found.began_at),
        maybe_from_ms(found.police_at),
        maybe_from_ms(found.notice_at),
        maybe_from_ms(found.ended_at),
        maybe_from_ms(found.checked_at),
    )


def views(
    session: Session,
    vault: Vault,
    found: Sequence[Address],
    *,
    hidden: Collection[str] = frozenset(),
) -> list[AddressView]:
    """Addresses as pages see them, in this order; ``hidden`` reports are not counted (S29)."""
    named = queries.named(session, [one.id for one in found], hidden=hidden)
    return [records.view_of(vault, one, named[one.id]) for one in found]


def _words(words: str, *, needed: bool = False) -> str:
    words = words.strip()
    if len(words) > _LONGEST_WORDS or (needed and not words):
        raise InvalidAddressWords()
    return words
