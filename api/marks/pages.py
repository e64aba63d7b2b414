"""Marking from the desk, releasing words, and the page of all marks with its export."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.audit.service import record_once
from api.cases.queries import hidden_contacts
from api.console.render import render
from api.contacts import queries
from api.contacts import records as contacts
from api.contacts.values import StaffRef
from api.marks import listing, records, release, service
from api.marks.values import Label, MarkView
from api.rights.gate import RULES, Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")

Short = Annotated[str, Form(max_length=64)]
Words = Annotated[str, Form(max_length=8000)]

_SHOWN = 200
_ONE_READING = timedelta(minutes=10)


@gate.allow("POST", "/contacts/{contact_id}/marks", action="contact.mark")
def mark(
    request: Request,
    person: Signed,
    contact_id: str,
    severity: Short,
    category: Short = "",
    message: Short = "",
) -> Response:
    """Say what a message of the child, or the contact as a whole, really was."""
    label, staff = Label.of(severity, category), _ref(person)
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.mark(session, vault, contact_id, message, label=label, staff=staff, now=now)
    return _to_contact(contact_id)


@gate.allow("POST", "/contacts/{contact_id}/marks/undo", action="contact.mark")
def undo(request: Request, person: Signed, contact_id: str, message: Short = "") -> Response:
    """Take a mark away."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.undo(session, vault, contact_id, message, staff=_ref(person), now=now)
    return _to_contact(contact_id)


@gate.allow("GET", "/marks/{mark_id}", action="mark.read")
def words(request: Request, person: Signed, mark_id: str) -> Response:
    """The words of a mark, to edit and release; opening them counts as reading the contact."""
    vault = vault_of(request)
    with database_of(request).write() as session:
        found = records.get(session, mark_id)
        view = records.view_of(vault, found)
        _note_reading(request, session, person, view)
        text = release.draft(session, vault, found)
        number = contacts.shown_number(queries.get(session, view.contact_id))
    return render(
        request,
        "words.html",
        place="triage",
        view=view,
        text=text,
        number=number,
        own=view.proposer_id == person.id,
        longest=release.LONGEST,
    )


@gate.allow("POST", "/marks/{mark_id}/propose", action="mark.propose")
def propose(request: Request, person: Signed, mark_id: str, text: Words = "") -> Response:
    """Offer the edited text for release."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        release.propose(session, vault, mark_id, text=text, staff=_ref(person), now=now)
    return _to_words(mark_id)


@gate.allow("POST", "/marks/{mark_id}/release", action="mark.release")
def let_go(request: Request, person: Signed, mark_id: str, text: Words = "") -> Response:
    """Let a text that another person proposed go into exports."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        release.release(session, vault, mark_id, text=text, staff=_ref(person), now=now)
    return _to_words(mark_id)


@gate.allow("POST", "/marks/{mark_id}/take-back", action="mark.take_back")
def take_back(request: Request, person: Signed, mark_id: str) -> Response:
    """Forget the text of a mark."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        release.take_back(session, vault, mark_id, staff=_ref(person), now=now)
    return _to_words(mark_id)


@gate.allow("GET", "/triage", action="mark.list")
def triage(request: Request, person: Signed) -> Response:
    """All marks, counted and listed."""
    full = _reads_contacts(person)
    with database_of(request).read() as session:
        hidden = hidden_contacts(session, person.id)
        every = listing.views(session, vault_of(request))
        found = [view for view in every if view.contact_id not in hidden]
        newest = found[:_SHOWN]
        marks: list[Any] = listing.full_lines(session, newest) if full else listing.lines(newest)
    return render(
        request,
        "triage.html",
        place="triage",
        full=full,
        marks=marks,
        total=len(found),
        rules=listing.by_rule(found),
        categories=listing.by_category(found),
    )


@gate.allow("POST", "/triage/export", action="mark.export")
def export(request: Request, person: Signed) -> Response:
    """The marks as JSON lines; released words only for who may read contacts."""
    vault, now, full = vault_of(request), clock_of(request)(), _reads_contacts(person)
    with database_of(request).write() as session:
        text = listing.export(session, vault, with_words=full, staff=_ref(person), now=now)
    headers = {"Content-Disposition": 'attachment; filename="sigurt-marks.jsonl"'}
    return Response(text, media_type="application/x-ndjson", headers=headers)


def _note_reading(request: Request, session: Session, person: Person, view: MarkView) -> None:
    record_once(
        session,
        vault_of(request),
        who=f"staff:{person.id}",
        what="contact.read",
        about=view.contact_id,
        now=clock_of(request)(),
        within=_ONE_READING,
    )


def _reads_contacts(person: Person) -> bool:
    return RULES["contact.read"].allows(person.roles)


def _ref(person: Person) -> StaffRef:
    return StaffRef(person.id, person.name)


def _to_contact(contact_id: str) -> Response:
    return RedirectResponse(f"/helpline/contacts/{contact_id}", 303)


def _to_words(mark_id: str) -> Response:
    return RedirectResponse(f"/helpline/marks/{mark_id}", 303)
