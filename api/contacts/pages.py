"""The desk: the queue, one open contact, and what a counsellor does with it.

Every page works by links and forms; the script on it only looks again when told to.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.console.render import render
from api.contacts import desk, service
from api.contacts.values import OUTCOMES, ContactView, StaffRef
from api.duty import service as duty
from api.marks import panel
from api.marks import records as marks
from api.marks.values import MarkView
from api.rights.gate import RULES, Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")

Words = Annotated[str, Form(max_length=8000)]
Short = Annotated[str, Form(max_length=200)]


@gate.allow("GET", "", action="console.open")
def queue(request: Request, person: Signed) -> Response:
    """The desk with no contact open; who may not see the queue is led to the staff list."""
    if not RULES["contact.read"].allows(person.roles):
        return RedirectResponse("/helpline/staff", 303)
    with database_of(request).read() as session:
        shown = _frame(request, session, person)
    return render(request, "desk.html", view=None, mine=False, **shown)


@gate.allow("GET", "/contacts/{contact_id}", action="contact.read")
def contact(request: Request, person: Signed, contact_id: str, mark: str = "") -> Response:
    """The desk with one contact open; the read is recorded.

    ``mark`` opens the form for a mark: on a message, or ``contact``.
    """
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        view = service.read(session, vault, contact_id, staff_id=person.id, now=now)
        made = marks.of_contact(session, vault, contact_id)
        shown = _frame(request, session, person)
    return render(request, "desk.html", **_opened(view, person, made, mark), **shown)


@gate.allow("POST", "/next", action="contact.claim")
def take_next(request: Request, person: Signed) -> Response:
    """Claim the most urgent contact that waits, and open it."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        found = service.next_contact(
            session, vault, staff=_ref(person), now=now, lease=_lease(request)
        )
    return _to_contact(found) if found else RedirectResponse("/helpline", 303)


@gate.allow("POST", "/contacts/{contact_id}/claim", action="contact.claim")
def claim(request: Request, person: Signed, contact_id: str) -> Response:
    """Take this contact."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.claim(
            session, vault, contact_id, staff=_ref(person), now=now, lease=_lease(request)
        )
    return _to_contact(contact_id)


@gate.allow("POST", "/contacts/{contact_id}/return", action="contact.return")
def put_back(request: Request, person: Signed, contact_id: str) -> Response:
    """Return one's contact to the queue."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.put_back(session, vault, contact_id, staff=_ref(person), now=now)
    return RedirectResponse("/helpline", 303)


@gate.allow("POST", "/contacts/{contact_id}/reply", action="contact.reply")
def reply(request: Request, person: Signed, contact_id: str, text: Words, key: Short) -> Response:
    """Send words to the child; the same form sent twice sends once."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.renew(session, contact_id, staff_id=person.id, now=now, lease=_lease(request))
        service.reply(session, vault, contact_id, staff=_ref(person), text=text, key=key, now=now)
    return _to_contact(contact_id)


@gate.allow("POST", "/contacts/{contact_id}/close", action="contact.end")
def close(
    request: Request, person: Signed, contact_id: str, outcome: Short, note: Words = ""
) -> Response:
    """Close one's contact with an outcome and a note for staff."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.close(
            session, vault, contact_id, staff=_ref(person), outcome=outcome, note=note, now=now
        )
    return _to_contact(contact_id)


@gate.allow("POST", "/here", action="console.live")
def here(request: Request, person: Signed, contact: Short = "") -> Response:
    """The heartbeat of an open page: keeps duty, and the lease of the contact it shows."""
    now = clock_of(request)()
    with database_of(request).write() as session:
        duty.heard(session, staff_id=person.id, now=now)
        if contact:
            service.renew(session, contact, staff_id=person.id, now=now, lease=_lease(request))
    return Response(status_code=204)


@gate.allow("POST", "/duty", action="duty.change")
def change_duty(request: Request, person: Signed, on: Short) -> Response:
    """Begin or end one's duty."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        duty.set_on_duty(session, vault, staff=_ref(person), on=on == "yes", now=now)
    return RedirectResponse("/helpline", 303)


def _frame(request: Request, session: Session, person: Person) -> dict[str, Any]:
    """What the desk shows whatever is open."""
    vault, now = vault_of(request), clock_of(request)()
    items = service.queue(session, vault, now=now)
    return {
        "place": "desk",
        "groups": desk.groups(items, person),
        "waiting": sum(item.state == "waiting" for item in items),
        "on_duty": duty.on_duty(session, vault, now=now),
    }


def _opened(
    view: ContactView, person: Person, made: dict[str, MarkView], mark: str
) -> dict[str, Any]:
    return {
        "view": view,
        "mine": desk.is_mine(view, person),
        "entries": desk.thread(view),
        "outcomes": OUTCOMES,
        "marks": made,
        "panel": panel.opened(view, made, mark),
        "reply_key": secrets.token_urlsafe(18),
    }


def _ref(person: Person) -> StaffRef:
    return StaffRef(person.id, person.name)


def _lease(request: Request) -> timedelta:
    return timedelta(seconds=request.app.state.settings.lease_seconds)


def _to_contact(contact_id: str) -> Response:
    return RedirectResponse(f"/helpline/contacts/{contact_id}", 303)
