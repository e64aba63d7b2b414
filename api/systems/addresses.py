"""``/v1/desk/addresses``: what the console does with reported addresses, for other systems.

Addresses are text that opens nothing: ``hxxps://example[.]com``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Path, Query, Request

from api.addresses import listing, service
from api.addresses.values import AddressEventView, AddressView, TypedView
from api.cases.queries import hidden_reports
from api.rights.gate import Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.systems import schemas
from api.systems.acting import Act
from api.systems.gate import SystemGate

gate = SystemGate(prefix="/v1/desk", tags=["addresses"])

Id = Annotated[str, Path(max_length=64)]
Short = Annotated[str, Query(max_length=16)]


@dataclass(frozen=True, slots=True)
class Address:
    """One address; ``reports`` is how many name it, both times of the clocks stand beside it."""

    address_id: str
    number: str
    kind: str
    shown: str
    domain: str
    platform: str
    flags: tuple[str, ...]
    state: str
    held: bool
    received_at: datetime
    began_at: datetime
    police_at: datetime | None
    notice_at: datetime | None
    ended_at: datetime | None
    next_check_at: datetime | None
    hosted: str
    reports: int
    moved_to: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """A page of a list, and how many fit in all."""

    addresses: tuple[Address, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Detail:
    """An address with what reports say of it, and its history."""

    address: Address
    typed: tuple[TypedView, ...]
    events: tuple[AddressEventView, ...]


@gate.asks("/addresses", action="address.list", answers=Addresses)
def addresses(
    request: Request,
    person: Signed,
    show: Short = listing.DUE,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Addresses:
    """Addresses; ``show`` is due (to be checked now), open, held, ended or all."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).read() as session:
        found = listing.page(session, vault, staff_id=person.id, now=now, show=show, number=page)
    return Addresses(tuple(map(_told, found.views)), found.count)


@gate.asks("/addresses/{address_id}", action="address.read", answers=Detail)
def address(request: Request, person: Signed, address_id: Id) -> Detail:
    """One address with its history; the read is recorded."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        hidden = hidden_reports(session, person.id)
        found = service.look(session, vault, address_id, staff_id=person.id, hidden=hidden, now=now)
    return Detail(_told(found.view), found.typed, found.events)


@gate.does("/addresses/{address_id}/state", action="address.change", takes=schemas.AddressState)
def set_state(act: Act[schemas.AddressState]) -> None:
    """Say where an address stands; a move that it cannot make is refused."""
    service.set_state(
        act.session,
        act.vault,
        act.where["address_id"],
        act.wanted.state,
        staff=act.staff,
        now=act.now,
        words=act.wanted.words,
        to=act.wanted.to,
        hold=act.wanted.hold,
    )


@gate.does("/addresses/{address_id}/lift", action="address.lift", takes=schemas.Why)
def lift(act: Act[schemas.Why]) -> None:
    """End the hold for the police."""
    address_id, words = act.where["address_id"], act.wanted.words
    service.lift(act.session, act.vault, address_id, staff=act.staff, now=act.now, words=words)


@gate.does("/addresses/{address_id}/check", action="address.change", takes=schemas.AddressCheck)
def check(act: Act[schemas.AddressCheck]) -> None:
    """Write down what was found by looking again, and how it is known."""
    service.check(
        act.session,
        act.vault,
        act.where["address_id"],
        act.wanted.outcome,
        staff=act.staff,
        now=act.now,
        how=act.wanted.how,
        words=act.wanted.words,
        moved_to=act.wanted.moved_to,
    )


@gate.does("/addresses/{address_id}/hosted", action="address.change", takes=schemas.Why)
def set_hosted(act: Act[schemas.Why]) -> None:
    """Say where an address is hosted."""
    address_id, words = act.where["address_id"], act.wanted.words
    service.set_hosted(
        act.session, act.vault, address_id, staff=act.staff, now=act.now, words=words
    )


@gate.does("/reports/{report_id}/addresses", action="address.change", takes=schemas.Typed)
def add(act: Act[schemas.Typed]) -> None:
    """Add an address to a report by hand."""
    report_id, typed = act.where["report_id"], act.wanted.typed
    service.add(act.session, act.vault, report_id, typed, staff=act.staff, now=act.now)


def _told(view: AddressView) -> Address:
    return Address(
        address_id=view.address_id,
        number=view.number,
        kind=view.kind,
        shown=view.shown,
        domain=view.shown_domain,
        platform=view.platform,
        flags=view.flags,
        state=view.state,
        held=view.held,
        received_at=view.received_at,
        began_at=view.began_at,
        police_at=view.police_at,
        notice_at=view.notice_at,
        ended_at=view.ended_at,
        next_check_at=view.next_check_at,
        hosted=view.hosted,
        reports=view.reports,
        moved_to=view.moved_to,
    )
