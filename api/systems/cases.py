"""``/v1/desk/cases``: what the console does with cases, for other systems.

Identities are written and never read here, and no legal hold is set: both want a second
factor, or a second person, at the console.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path, Query, Request, Response
from sqlalchemy.orm import Session

from api.cases import identity, listing, parts, service
from api.cases.values import CaseView
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.rights.gate import Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.systems import schemas
from api.systems.acting import Posted, act, read
from api.systems.answers import Opened
from api.systems.gate import SystemGate

gate = SystemGate(prefix="/v1/desk", tags=["cases"])

CaseId = Annotated[str, Path(max_length=36)]
Id = Annotated[str, Path(max_length=64)]
Short = Annotated[str, Query(max_length=20)]


@gate.allow("GET", "/cases", action="case.list", response_model=listing.Page)
def cases(
    request: Request,
    person: Signed,
    status: Short = "",
    due: bool = False,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> listing.Page:
    """Cases, those that changed last first; ``status`` is one of them, ``all``, or not closed."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).read() as session:
        return listing.page(
            session, vault, staff_id=person.id, now=now, status=status, due=due, number=page
        )


@gate.allow("POST", "/cases", action="case.open", takes=schemas.NewCase, response_model=Opened)
def open_case(request: Request, person: Signed, body: Posted) -> Response:
    """Open a case, with its first contact if one is given."""
    wanted = read(body, schemas.NewCase)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> Opened:
        first = wanted.contact_id
        return Opened(service.open_case(session, vault, staff=staff, now=now, contact_id=first))

    return act(request, person, body, wanted, do, status=201)


@gate.allow("GET", "/cases/{case_id}", action="case.read", response_model=CaseView)
def case(request: Request, person: Signed, case_id: CaseId) -> CaseView:
    """A whole case, without what the child told of who it is; the read is recorded."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        return service.read(session, vault, case_id, staff_id=person.id, now=now)


@gate.allow("POST", "/cases/{case_id}/parts/{part_id}", action="case.change", takes=schemas.Part)
def save_part(
    request: Request, person: Signed, case_id: CaseId, part_id: Id, body: Posted
) -> Response:
    """Write a part: incident, perpetrator, household, referral, promise, risk, note, document.

    ``part_id`` is a UUID of your own for a new part; a change adds a version.
    """
    wanted = read(body, schemas.Part)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        parts.save(
            session,
            vault,
            case_id,
            part_id,
            kind=wanted.kind,
            version=wanted.version,
            given=wanted.fields,
            staff=staff,
            now=now,
        )

    return act(request, person, body, wanted, do)


@gate.allow("POST", "/cases/{case_id}/move", action="case.change", takes=schemas.Move)
def move(request: Request, person: Signed, case_id: CaseId, body: Posted) -> Response:
    """Say where a case stands; a move that it cannot make is refused."""
    wanted = read(body, schemas.Move)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        to, words = wanted.to, wanted.words
        service.move(session, vault, case_id, to=to, words=words, staff=staff, now=now)

    return act(request, person, body, wanted, do)


@gate.allow("POST", "/cases/{case_id}/reopen", action="case.reopen", takes=schemas.Why)
def reopen(request: Request, person: Signed, case_id: CaseId, body: Posted) -> Response:
    """Take up a closed case again."""
    wanted = read(body, schemas.Why)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        service.reopen(session, vault, case_id, words=wanted.words, staff=staff, now=now)

    return act(request, person, body, wanted, do)


@gate.allow("POST", "/cases/{case_id}/contacts", action="case.change", takes=schemas.Link)
def link(request: Request, person: Signed, case_id: CaseId, body: Posted) -> Response:
    """Add a contact to a case."""
    wanted = read(body, schemas.Link)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        service.link(session, vault, case_id, wanted.contact_id, staff=staff, now=now)

    return act(request, person, body, wanted, do)


@gate.allow(
    "POST", "/cases/{case_id}/contacts/{contact_id}/undo", action="case.team", takes=schemas.Deed
)
def undo_link(
    request: Request, person: Signed, case_id: CaseId, contact_id: Id, body: Posted
) -> Response:
    """Say that a contact does not belong to a case."""

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        service.undo_link(session, vault, case_id, contact_id, staff=staff, now=now)

    return act(request, person, body, read(body, schemas.Deed), do)


@gate.allow("POST", "/cases/{case_id}/follow-up", action="case.change", takes=schemas.FollowUp)
def follow_up(request: Request, person: Signed, case_id: CaseId, body: Posted) -> Response:
    """Say when to look into a case again."""
    wanted = read(body, schemas.FollowUp)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        on, words = wanted.on, wanted.words
        service.set_follow_up(session, vault, case_id, on=on, words=words, staff=staff, now=now)

    return act(request, person, body, wanted, do)


@gate.allow("POST", "/cases/{case_id}/team", action="case.team", takes=schemas.Team)
def team(request: Request, person: Signed, case_id: CaseId, body: Posted) -> Response:
    """Say who leads a case and who works with them."""
    wanted = read(body, schemas.Team)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        lead, others = wanted.lead, wanted.team
        service.set_team(session, vault, case_id, lead_id=lead, team=others, staff=staff, now=now)

    return act(request, person, body, wanted, do)


@gate.allow("POST", "/cases/{case_id}/named", action="case.team", takes=schemas.Named)
def named(request: Request, person: Signed, case_id: CaseId, body: Posted) -> Response:
    """Say that somebody of staff is named in a case: they cannot open it from then on."""
    wanted = read(body, schemas.Named)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        who, why = wanted.staff_id, wanted.reason
        service.set_named(session, vault, case_id, staff_id=who, reason=why, staff=staff, now=now)

    return act(request, person, body, wanted, do)


@gate.allow(
    "POST",
    "/cases/{case_id}/named/{conflict_id}/undo",
    action="case.team",
    takes=schemas.Why,
)
def undo_named(
    request: Request, person: Signed, case_id: CaseId, conflict_id: Id, body: Posted
) -> Response:
    """Say that somebody was named by mistake."""
    wanted = read(body, schemas.Why)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        words = wanted.words
        service.undo_named(session, vault, case_id, conflict_id, words=words, staff=staff, now=now)

    return act(request, person, body, wanted, do)


@gate.allow("POST", "/cases/{case_id}/identity", action="identity.write", takes=schemas.Identity)
def write_identity(request: Request, person: Signed, case_id: CaseId, body: Posted) -> Response:
    """Keep, locked, something a child told of who it is."""
    wanted = read(body, schemas.Identity)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        kind, text = wanted.kind, wanted.text
        identity.write(session, vault, case_id, kind=kind, text=text, staff=staff, now=now)

    return act(request, person, body, wanted, do)
