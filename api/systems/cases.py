"""``/v1/desk/cases``: what the console does with cases, for other systems.

Identities are written and never read here, and no legal hold is set: both want a second
factor, or a second person, at the console.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Request

from api.cases import identity, listing, parts, service
from api.cases.values import CaseView
from api.rights.gate import Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.systems import schemas
from api.systems.acting import Act
from api.systems.answers import Opened
from api.systems.gate import SystemGate

gate = SystemGate(prefix="/v1/desk", tags=["cases"])

Id = Annotated[str, Path(max_length=64)]
Short = Annotated[str, Query(max_length=20)]


@gate.asks("/cases", action="case.list", answers=listing.Page)
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


@gate.does("/cases", action="case.open", takes=schemas.NewCase, answers=Opened, status=201)
def open_case(act: Act[schemas.NewCase]) -> Opened:
    """Open a case, with its first contact if one is given."""
    first = act.wanted.contact_id
    made = service.open_case(act.session, act.vault, staff=act.staff, now=act.now, contact_id=first)
    return Opened(made)


@gate.asks("/cases/{case_id}", action="case.read", answers=CaseView)
def case(request: Request, person: Signed, case_id: Id) -> CaseView:
    """A whole case, without what the child told of who it is; the read is recorded."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        return service.read(session, vault, case_id, staff_id=person.id, now=now)


@gate.does("/cases/{case_id}/parts/{part_id}", action="case.change", takes=schemas.Part)
def save_part(act: Act[schemas.Part]) -> None:
    """Write a part: incident, perpetrator, household, referral, promise, risk, note, document.

    ``part_id`` is a UUID of your own for a new part; a change adds a version.
    """
    parts.save(
        act.session,
        act.vault,
        act.case_id,
        act.where["part_id"],
        kind=act.wanted.kind,
        version=act.wanted.version,
        given=act.wanted.fields,
        staff=act.staff,
        now=act.now,
    )


@gate.does("/cases/{case_id}/move", action="case.change", takes=schemas.Move)
def move(act: Act[schemas.Move]) -> None:
    """Say where a case stands; a move that it cannot make is refused."""
    to, words = act.wanted.to, act.wanted.words
    service.move(
        act.session, act.vault, act.case_id, to=to, words=words, staff=act.staff, now=act.now
    )


@gate.does("/cases/{case_id}/reopen", action="case.reopen", takes=schemas.Why)
def reopen(act: Act[schemas.Why]) -> None:
    """Take up a closed case again."""
    words = act.wanted.words
    service.reopen(act.session, act.vault, act.case_id, words=words, staff=act.staff, now=act.now)


@gate.does("/cases/{case_id}/contacts", action="case.change", takes=schemas.Link)
def link(act: Act[schemas.Link]) -> None:
    """Add a contact to a case."""
    contact_id = act.wanted.contact_id
    service.link(act.session, act.vault, act.case_id, contact_id, staff=act.staff, now=act.now)


@gate.does("/cases/{case_id}/contacts/{contact_id}/undo", action="case.team")
def undo_link(act: Act[schemas.Deed]) -> None:
    """Say that a contact does not belong to a case."""
    service.undo_link(
        act.session, act.vault, act.case_id, act.contact_id, staff=act.staff, now=act.now
    )


@gate.does("/cases/{case_id}/follow-up", action="case.change", takes=schemas.FollowUp)
def follow_up(act: Act[schemas.FollowUp]) -> None:
    """Say when to look into a case again."""
    on, words = act.wanted.on, act.wanted.words
    service.set_follow_up(
        act.session, act.vault, act.case_id, on=on, words=words, staff=act.staff, now=act.now
    )


@gate.does("/cases/{case_id}/team", action="case.team", takes=schemas.Team)
def team(act: Act[schemas.Team]) -> None:
    """Say who leads a case and who works with them."""
    lead, others = act.wanted.lead, act.wanted.team
    service.set_team(
        act.session, act.vault, act.case_id, lead_id=lead, team=others, staff=act.staff, now=act.now
    )


@gate.does("/cases/{case_id}/named", action="case.team", takes=schemas.Named)
def named(act: Act[schemas.Named]) -> None:
    """Say that somebody of staff is named in a case: they cannot open it from then on."""
    service.set_named(
        act.session,
        act.vault,
        act.case_id,
        staff_id=act.wanted.staff_id,
        reason=act.wanted.reason,
        staff=act.staff,
        now=act.now,
    )


@gate.does("/cases/{case_id}/named/{conflict_id}/undo", action="case.team", takes=schemas.Why)
def undo_named(act: Act[schemas.Why]) -> None:
    """Say that somebody was named by mistake."""
    service.undo_named(
        act.session,
        act.vault,
        act.case_id,
        act.where["conflict_id"],
        words=act.wanted.words,
        staff=act.staff,
        now=act.now,
    )


@gate.does("/cases/{case_id}/identity", action="identity.write", takes=schemas.Identity)
def write_identity(act: Act[schemas.Identity]) -> None:
    """Keep, locked, something a child told of who it is."""
    kind, text = act.wanted.kind, act.wanted.text
    identity.write(
        act.session, act.vault, act.case_id, kind=kind, text=text, staff=act.staff, now=act.now
    )
