"""``/v1/desk/filings``: what the console does with filings, for other systems."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Annotated

from fastapi import Path, Request

from api.filing import service, showing
from api.filing.facts import Wish
from api.filing.values import FilingView, Parcel, TryView
from api.rights.gate import Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.systems import schemas
from api.systems.acting import Act
from api.systems.gate import SystemGate

gate = SystemGate(prefix="/v1/desk", tags=["filings"])

Id = Annotated[str, Path(max_length=64)]


@dataclass(frozen=True, slots=True)
class Suggested:
    """To whom a report should go, and the rules that say so."""

    recipient: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filings:
    """The filings of a report, and to whom it should go."""

    filings: tuple[FilingView, ...]
    suggested: tuple[Suggested, ...]


@dataclass(frozen=True, slots=True)
class Unarrived:
    """Filings that have not arrived: what wants a person, leaves by hand, is on its way."""

    wanting: tuple[FilingView, ...]
    by_hand: tuple[FilingView, ...]
    on_the_way: tuple[FilingView, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One file of what leaves, byte for byte (base64)."""

    name: str
    type: str
    body: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A filing with exactly what leaves, or left, and each call."""

    filing: FilingView
    subject: str
    files: tuple[Leaf, ...]
    tries: tuple[TryView, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """The ids of filings that were written; nothing of them has left."""

    filing_ids: tuple[str, ...]


@gate.asks("/filings", action="report.list", answers=Unarrived)
def unarrived(request: Request, person: Signed) -> Unarrived:
    """All filings that have not arrived, the gravest first."""
    with database_of(request).read() as session:
        found = showing.lists(session, vault_of(request), person.id)
    return Unarrived(**{name: tuple(row.view for row in rows) for name, rows in found.items()})


@gate.asks("/reports/{report_id}/filings", action="report.read", answers=Filings)
def filings(request: Request, person: Signed, report_id: Id) -> Filings:
    """The filings of a report, and to whom it should go."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.note_read(session, vault, report_id, staff_id=person.id, now=now)
        found = service.filings_of(session, vault, report_id)
        meant = showing.suggestions(session, vault, report_id, now=now)
    return Filings(tuple(found), tuple(Suggested(one.recipient.id, one.rules) for one in meant))


@gate.asks("/filings/{filing_id}", action="filing.read", answers=Whole)
def filing(request: Request, person: Signed, filing_id: Id) -> Whole:
    """A filing with exactly what leaves, or left; the read is recorded."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        view, parcel, tries = service.read(session, vault, filing_id, staff_id=person.id, now=now)
    return Whole(view, parcel.subject, _leaves(parcel), tuple(tries))


@gate.does(
    "/reports/{report_id}/filings",
    action="filing.make",
    takes=schemas.NewFiling,
    answers=Made,
    status=201,
)
def make(act: Act[schemas.NewFiling]) -> Made:
    """Write what would leave for a recipient; look at it, then send it.

    ``addresses`` are ids of the report's addresses, ``let_go`` those of ``where`` and
    ``suspect`` that may leave as typed; ``again``: it shall go there once more.
    """
    said = act.wanted
    wish = Wish(said.summary, tuple(said.addresses), tuple(said.let_go), said.hold, said.why)
    made = service.make(
        act.session,
        act.vault,
        act.office,
        act.where["report_id"],
        said.to,
        wish,
        key=act.key[-40:],
        again=said.again,
        staff=act.staff,
        now=act.now,
    )
    return Made(tuple(made))


@gate.does("/filings/{filing_id}/send", action="filing.make", takes=schemas.SendFiling)
def send(act: Act[schemas.SendFiling]) -> None:
    """Let a filing leave as it is; without a line to its recipient it leaves by hand."""
    service.send(
        act.session,
        act.vault,
        act.office,
        act.where["filing_id"],
        again=act.wanted.again,
        staff=act.staff,
        now=act.now,
    )


@gate.does("/filings/{filing_id}/discard", action="filing.make")
def discard(act: Act[schemas.Deed]) -> None:
    """Send it nowhere."""
    filing_id = act.where["filing_id"]
    service.discard(act.session, act.vault, filing_id, staff=act.staff, now=act.now)


@gate.does("/filings/{filing_id}/retry", action="filing.make")
def retry(act: Act[schemas.Deed]) -> None:
    """Send again what surely did not arrive."""
    filing_id = act.where["filing_id"]
    service.retry(act.session, act.vault, act.office, filing_id, staff=act.staff, now=act.now)


@gate.does("/filings/{filing_id}/retract", action="filing.make")
def retract(act: Act[schemas.Deed]) -> None:
    """Call back what has not arrived."""
    filing_id = act.where["filing_id"]
    service.retract(act.session, act.vault, act.office, filing_id, staff=act.staff, now=act.now)


@gate.does("/filings/{filing_id}/by-hand", action="filing.settle", takes=schemas.ByHand)
def by_hand(act: Act[schemas.ByHand]) -> None:
    """Say that it was sent by hand, or that it had arrived."""
    service.sent_by_hand(
        act.session,
        act.vault,
        act.office,
        act.where["filing_id"],
        reference=act.wanted.reference,
        staff=act.staff,
        now=act.now,
    )


@gate.does("/filings/{filing_id}/settle", action="filing.settle", takes=schemas.TheirAnswer)
def settle(act: Act[schemas.TheirAnswer]) -> None:
    """Write down what the other side answered: its number, and what came of it."""
    said = act.wanted
    service.settle(
        act.session,
        act.vault,
        act.office,
        act.where["filing_id"],
        reference=said.reference,
        result=said.result,
        words=said.words,
        staff=act.staff,
        now=act.now,
    )


def _leaves(parcel: Parcel) -> tuple[Leaf, ...]:
    return tuple(Leaf(one.name, one.type, b64encode(one.body).decode()) for one in parcel.files)
