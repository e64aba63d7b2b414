"""Closed contacts: looked up, reviewed for quality, opened again: pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.audit.service import record_once
from api.console.amounts import HERE
from api.console.render import render
from api.console.words import WORDS
from api.contacts.values import OUTCOMES, StaffRef
from api.forms.definition import FORM
from api.reviews import listing, service
from api.reviews.values import QUESTIONS, STATES
from api.rights.gate import Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")

_FIELDS = (
    *("number", "first", "last", "person", "call_type"),
    *("category", "channel", "outcome", "review"),
)
_ONE_READING = timedelta(minutes=10)


async def _filled(request: Request) -> Mapping[str, str]:
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


Filled = Annotated[Mapping[str, str], Depends(_filled)]


@gate.allow("GET", "/closed", action="review.list")
def closed(request: Request, person: Signed, page: int = 1) -> Response:
    """Closed contacts by what they are; there is no search in what was said."""
    asked = {name: request.query_params.get(name, "")[:64] for name in _FIELDS}
    search = listing.wanted(asked, today=clock_of(request)().astimezone(HERE).date())
    with database_of(request).read() as session:
        found = listing.closed(session, vault_of(request), search, staff_id=person.id, page=page)
    _note_listing(request, person)
    return render(
        request,
        "closed.html",
        place="closed",
        search=search,
        found=found,
        every=listing.EVERY,
        call_types=list(WORDS["call_type"]),
        categories=list(FORM.tree),
        channels=list(WORDS["channel"]),
        outcomes=OUTCOMES,
        states=STATES,
        turn=lambda to: "/helpline/closed?" + urlencode({**asked, "page": to}),
    )


@gate.allow("POST", "/closed/{contact_id}/review", action="review.write")
def review(request: Request, person: Signed, contact_id: str, filled: Filled) -> Response:
    """Keep this person's review of a closed contact."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.write(
            session,
            vault,
            contact_id,
            answers={name: filled[name] for name in QUESTIONS if name in filled},
            words=filled.get("words", ""),
            staff=StaffRef(person.id, person.name),
            now=now,
        )
    return RedirectResponse(f"/helpline/contacts/{contact_id}#review", 303)


def _note_listing(request: Request, person: Person) -> None:
    with database_of(request).write() as session:
        record_once(
            session,
            vault_of(request),
            who=f"staff:{person.id}",
            what="closed.listed",
            about="",
            now=clock_of(request)(),
            within=_ONE_READING,
        )
