"""The contact form: saved as it is typed, finished, and contacts entered by hand."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from api.console.amounts import HERE
from api.console.render import render
from api.contacts import service as contacts
from api.contacts.values import StaffRef
from api.forms import entering, reading, service
from api.forms.definition import FORM, Answers
from api.forms.reading import Sent
from api.forms.refusals import FormMoved, InvalidAnswer
from api.forms.suggesting import suggested
from api.forms.values import FormView
from api.rights.gate import Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")

Short = Annotated[str, Form(max_length=64)]
VERSION, PROGRESS = "X-Form-Version", "X-Form-Progress"
PART = "x-part"  # a page with script asks for the form alone


async def _sent(request: Request) -> Sent:
    form: FormData = await request.form()
    return reading.sent(form)


Given = Annotated[Sent, Depends(_sent)]


@gate.allow("GET", "/contacts/new", action="contact.enter")
def new(request: Request, person: Signed) -> Response:
    """The page on which a contact is entered that did not come through a channel."""
    return _entry_page(request, {})


@gate.allow("POST", "/contacts/new", action="contact.enter")
def enter(
    request: Request,
    person: Signed,
    entry: Short,
    channel: Short = "",
    day: Short = "",
    hour: Short = "",
    minutes: Short = "",
    language: Short = "",
    role: Short = "",
    band: Short = "",
    country: Short = "",
    severity: Short = "",
    category: Short = "",
) -> Response:
    """Enter a contact, and open it: its form is the next thing to do."""
    vault, now = vault_of(request), clock_of(request)()
    chosen = {
        **{"channel": channel, "language": language, "role": role, "band": band},
        **{"country": country, "severity": severity, "category": category},
    }
    kept = {**chosen, "entry": entry, "day": day, "hour": hour, "minutes": minutes}
    try:
        found = entering.read_entry(
            entry, day=day, hour=hour, minutes=minutes, chosen=chosen, now=now
        )
    except entering.NotComplete as error:
        return _entry_page(request, kept, fault=error.fault)
    with database_of(request).write() as session:
        contact_id = entering.enter(session, vault, found, staff=_ref(person), now=now)
    return _to_contact(contact_id)


@gate.allow("GET", "/contacts/{contact_id}/form", action="contact.form")
def alone(request: Request, person: Signed, contact_id: str) -> Response:
    """The form on a page of its own, for a small screen and for what is missing."""
    return _form_page(request, person, contact_id)


@gate.allow("POST", "/contacts/{contact_id}/form", action="contact.form")
def save(request: Request, person: Signed, contact_id: str, sent: Given) -> Response:
    """Store the form: as it is typed, by the button, or with what is suggested accepted."""
    try:
        view = _save(request, person, contact_id, sent)
    except FormMoved:
        return _form_page(request, person, contact_id, status=409, mine=sent.answers)
    if PART in request.headers:
        return _form_page(request, person, contact_id)
    if "x-live" in request.headers:
        return Response(status_code=204, headers=_told(view))
    return _to_contact(contact_id)


@gate.allow("POST", "/contacts/{contact_id}/form/finish", action="contact.form")
def finish(
    request: Request, person: Signed, contact_id: str, sent: Given, call: Short = ""
) -> Response:
    """Store the form and close the contact; what is missing is asked for instead.

    ``call`` is a type of contact that asks for nothing more: one press is enough.
    """
    if call:
        whole = {**sent.answers, "call_type": (_closing(call),)}
        sent = Sent(whole, sent.version, sent.tab, sent.turn, sent.accepted)
    try:
        missing = _finish(request, person, contact_id, sent)
    except FormMoved:
        return _form_page(request, person, contact_id, status=409, mine=sent.answers)
    if missing:
        return _form_page(request, person, contact_id, status=422, asked_for=missing)
    return _to_contact(contact_id)


def _save(request: Request, person: Person, contact_id: str, sent: Sent) -> FormView:
    with database_of(request).write() as session:
        return _store(request, session, person, contact_id, sent)


def _told(view: FormView) -> dict[str, str]:
    """What an open page must know after a save."""
    done, total = FORM.progress(view.answers)
    return {VERSION: str(view.version), PROGRESS: f"{done}/{total}"}


def _finish(request: Request, person: Person, contact_id: str, sent: Sent) -> tuple[str, ...]:
    """Save, then close; what was typed stays saved also when something is missing."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        _store(request, session, person, contact_id, sent)
        return service.finish(session, vault, contact_id, staff=_ref(person), now=now)


def _store(
    request: Request, session: Session, person: Person, contact_id: str, sent: Sent
) -> FormView:
    vault, now = vault_of(request), clock_of(request)()
    answers: Answers = sent.answers
    if sent.accepted:
        view = contacts.read(session, vault, contact_id, staff_id=person.id, now=now)
        answers = reading.together(answers, suggested(view), sent.accepted)
    return service.save(
        session,
        vault,
        contact_id,
        staff=_ref(person),
        answers=answers,
        version=sent.version,
        now=now,
        page=service.Page.of(sent),
    )


def _form_page(
    request: Request,
    person: Person,
    contact_id: str,
    *,
    status: int = 200,
    asked_for: tuple[str, ...] = (),
    mine: Answers | None = None,
) -> Response:
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        view = contacts.read(session, vault, contact_id, staff_id=person.id, now=now)
        shown = service.panel(session, vault, view, person, asked_for=asked_for, mine=mine)
    return render(request, "form_page.html", status=status, place="desk", **shown)


def _entry_page(request: Request, kept: dict[str, Any], *, fault: str = "") -> Response:
    here = clock_of(request)().astimezone(HERE)
    first = {
        **{"entry": str(uuid.uuid4()), "day": here.strftime("%Y-%m-%d"), "hour": ""},
        **{"channel": "phone", "language": "sq", "country": "al", "minutes": ""},
        **{"role": "", "band": "", "severity": "", "category": ""},
    }
    return render(
        request,
        "by_hand.html",
        status=422 if fault else 200,
        place="desk",
        kept={**first, **kept},
        choices=entering.CHOICES,
        fault=fault,
    )


def _closing(call: str) -> str:
    if call not in FORM.closes:
        raise InvalidAnswer()
    return call


def _ref(person: Person) -> StaffRef:
    return StaffRef(person.id, person.name)


def _to_contact(contact_id: str) -> Response:
    return RedirectResponse(f"/helpline/contacts/{contact_id}", 303)
