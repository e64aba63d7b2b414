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

from api.cases import listing
from api.console.render import language_of, render
from api.contacts import desk, possible, service
from api.contacts.values import ContactView, StaffRef
from api.db import Number
from api.duty import service as duty
from api.forms import service as forms
from api.marks import panel
from api.marks import records as marks
from api.replies import service as replies
from api.reports import climbing, showing
from api.reviews import service as reviews
from api.rights.gate import RULES, Gate, Signed
from api.rights.parts import clock_of, database_of, our_path, vault_of
from api.shifts import service as shifts
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")

Words = Annotated[str, Form(max_length=8000)]
Short = Annotated[str, Form(max_length=200)]
StaffId = Annotated[Number, Form()]
Hours = Annotated[int, Form(ge=1, le=30 * 24)]


@gate.allow("GET", "", action="console.open")
def queue(request: Request, person: Signed) -> Response:
    """The desk with no contact open; who may not see the queue is led to their own work."""
    if not RULES["contact.read"].allows(person.roles):
        leads = RULES["staff.list"].allows(person.roles)
        return RedirectResponse("/helpline/staff" if leads else "/helpline/figures", 303)
    with database_of(request).read() as session:
        shown = _frame(request, session, person)
    return render(request, "desk.html", view=None, mine=False, can=frozenset(), **shown)


@gate.allow("GET", "/contacts/{contact_id}", action="contact.read")
def contact(
    request: Request, person: Signed, contact_id: str, mark: str = "", phrase: str = ""
) -> Response:
    """The desk with one contact open; the read is recorded.

    ``mark`` opens the form for a mark: on a message, or ``contact``. ``phrase`` is looked for
    in the ready-made replies.
    """
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        view = service.read(session, vault, contact_id, staff_id=person.id, now=now)
        shown = _frame(request, session, person)
        opened = _opened(request, session, view, person, mark)
        opened |= _to_write(request, session, view, person, phrase)
        opened |= _beside(request, session, view, person)
    return render(request, "desk.html", **shown, **opened)


@gate.allow("POST", "/next", action="contact.claim")
def take_next(request: Request, person: Signed) -> Response:
    """Claim the most urgent contact that waits, and open it."""
    with database_of(request).write() as session:
        found = service.next_contact(session, **_by(request, person), lease=_lease(request))
    return _to_contact(found) if found else RedirectResponse("/helpline", 303)


@gate.allow("POST", "/contacts/{contact_id}/claim", action="contact.claim")
def claim(request: Request, person: Signed, contact_id: str) -> Response:
    """Take this contact."""
    with database_of(request).write() as session:
        service.claim(session, contact_id=contact_id, **_by(request, person), lease=_lease(request))
    return _to_contact(contact_id)


@gate.allow("POST", "/contacts/{contact_id}/return", action="contact.return")
def put_back(request: Request, person: Signed, contact_id: str, back: Short = "") -> Response:
    """Return one's contact to the queue."""
    with database_of(request).write() as session:
        service.put_back(session, contact_id=contact_id, **_by(request, person))
    return RedirectResponse(our_path(back), 303)


@gate.allow("POST", "/contacts/{contact_id}/reply", action="contact.reply")
def reply(request: Request, person: Signed, contact_id: str, text: Words, key: Short) -> Response:
    """Send words to the child; the same form sent twice sends once."""
    by = _by(request, person)
    with database_of(request).write() as session:
        service.reply(session, contact_id=contact_id, text=text, key=key, **by)
        service.renew_all(session, staff_id=person.id, now=by["now"], lease=_lease(request))
    return _to_contact(contact_id)


@gate.allow("POST", "/contacts/{contact_id}/draft", action="contact.reply")
def draft(
    request: Request, person: Signed, contact_id: str, text: Words = "", key: Short = ""
) -> Response:
    """Keep what stands in the reply field."""
    by = _by(request, person)
    with database_of(request).write() as session:
        service.save_draft(session, contact_id=contact_id, text=text, key=key, **by)
    return Response(status_code=204)


@gate.allow("POST", "/contacts/{contact_id}/note", action="contact.note")
def note(request: Request, person: Signed, contact_id: str, text: Words) -> Response:
    """Write a note for staff."""
    with database_of(request).write() as session:
        service.add_note(session, contact_id=contact_id, text=text, **_by(request, person))
    return _to_contact(contact_id)


@gate.allow("POST", "/contacts/{contact_id}/offer", action="contact.offer")
def offer(
    request: Request,
    person: Signed,
    contact_id: str,
    to: StaffId,
    note: Words = "",
    back: Short = "",
) -> Response:
    """Ask a colleague on duty to take one's contact."""
    by = _by(request, person)
    with database_of(request).write() as session:
        service.offer(session, contact_id=contact_id, to_id=to, note=note, **by)
    return RedirectResponse(our_path(back), 303) if back else _to_contact(contact_id)


@gate.allow("POST", "/contacts/{contact_id}/withdraw", action="contact.offer")
def withdraw(request: Request, person: Signed, contact_id: str) -> Response:
    """Take one's offer back."""
    with database_of(request).write() as session:
        service.withdraw(session, contact_id=contact_id, **_by(request, person))
    return _to_contact(contact_id)


@gate.allow("POST", "/contacts/{contact_id}/accept", action="contact.accept")
def accept(request: Request, person: Signed, contact_id: str) -> Response:
    """Take what a colleague offered."""
    with database_of(request).write() as session:
        service.accept(
            session, contact_id=contact_id, **_by(request, person), lease=_lease(request)
        )
    return _to_contact(contact_id)


@gate.allow("POST", "/contacts/{contact_id}/take-over", action="contact.take_over")
def take_over(request: Request, person: Signed, contact_id: str) -> Response:
    """Take a contact from a colleague, as a supervisor."""
    with database_of(request).write() as session:
        service.take_over(
            session, contact_id=contact_id, **_by(request, person), lease=_lease(request)
        )
    return _to_contact(contact_id)


@gate.allow("POST", "/contacts/{contact_id}/call", action="contact.call")
def call(request: Request, person: Signed, contact_id: str, words: Words = "") -> Response:
    """Call a supervisor to this contact."""
    by = _by(request, person)
    with database_of(request).write() as session:
        service.call_supervisor(session, contact_id=contact_id, words=words, **by)
    return _to_contact(contact_id)


@gate.allow("POST", "/contacts/{contact_id}/end", action="contact.end")
def end(request: Request, person: Signed, contact_id: str) -> Response:
    """End the talk; the form stays open."""
    with database_of(request).write() as session:
        service.end(session, contact_id=contact_id, **_by(request, person))
    return _to_contact(contact_id)


@gate.allow("POST", "/contacts/{contact_id}/reopen", action="contact.reopen")
def reopen(request: Request, person: Signed, contact_id: str) -> Response:
    """Put what is over into the queue again."""
    with database_of(request).write() as session:
        service.reopen(session, contact_id=contact_id, **_by(request, person))
    return _to_contact(contact_id)


@gate.allow("POST", "/contacts/{contact_id}/block", action="contact.block")
def block(
    request: Request, person: Signed, contact_id: str, hours: Hours, reason: Words
) -> Response:
    """Block who writes in this contact for so many hours."""
    by = _by(request, person)
    until = by["now"] + timedelta(hours=hours)
    with database_of(request).write() as session:
        service.block(session, contact_id=contact_id, until=until, reason=reason, **by)
    return _to_contact(contact_id)


@gate.allow("POST", "/contacts/{contact_id}/unblock", action="contact.block")
def unblock(request: Request, person: Signed, contact_id: str) -> Response:
    """End the block of who writes in this contact."""
    with database_of(request).write() as session:
        service.unblock(session, contact_id=contact_id, **_by(request, person))
    return _to_contact(contact_id)


@gate.allow("POST", "/here", action="console.live")
def here(request: Request, person: Signed, contact: Short = "", typing: Short = "") -> Response:
    """The heartbeat of an open page: keeps duty and every lease, and says what is looked at."""
    by = _by(request, person)
    with database_of(request).write() as session:
        duty.heard(session, staff_id=person.id, now=by["now"])
        service.renew_all(session, staff_id=person.id, now=by["now"], lease=_lease(request))
        service.seen(session, contact_id=contact, typing=typing == "yes", **by)
    return Response(status_code=204)


def _frame(request: Request, session: Session, person: Person) -> dict[str, Any]:
    """What the desk shows whatever is open."""
    vault, now = vault_of(request), clock_of(request)()
    items = service.queue(session, vault, now=now, staff_id=person.id)
    leads = RULES["contact.block"].allows(person.roles)
    urgent = climbing.pinned(session, vault, staff_id=person.id)
    return {
        "place": "desk",
        "groups": desk.groups(items, person),
        "pinned": urgent,
        "waiting": sum(item.state == "waiting" for item in items) + len(urgent),
        "on_duty": duty.on_duty(session, vault, now=now),
        "blocked": service.blocked(session, vault, now=now, staff_id=person.id) if leads else [],
        "notices": service.notices(session, vault, staff_id=person.id) if leads else [],
        "nudge": shifts.nudge(session, person, now),
    }


def _opened(
    request: Request, session: Session, view: ContactView, person: Person, mark: str
) -> dict[str, Any]:
    vault, now = vault_of(request), clock_of(request)()
    made = marks.of_contact(session, vault, view.item.contact_id)
    there = duty.on_duty(session, vault, now=now)
    return {
        "view": view,
        "mine": desk.is_mine(view, person),
        "entries": desk.thread(view),
        "silent_since": desk.silent_since(view, now=now),
        "can": possible.deeds(view, person),
        "colleagues": [one for one in there if one.id != person.id],
        "marks": made,
        "panel": panel.opened(view, made, mark),
        "reply_key": secrets.token_urlsafe(18),
    }


def _to_write(
    request: Request, session: Session, view: ContactView, person: Person, phrase: str
) -> dict[str, Any]:
    """The contact form and the ready-made replies."""
    library, now = request.app.state.replies, clock_of(request)()
    return {
        **forms.panel(session, vault_of(request), view, person),
        **replies.panel(library, view, language_of(request), phrase, name=person.name, now=now),
    }


def _beside(
    request: Request, session: Session, view: ContactView, person: Person
) -> dict[str, Any]:
    """What other parts of the helpline know of the contact."""
    contact_id = view.item.contact_id
    found = reviews.panel(session, vault_of(request), person, contact_id, now=clock_of(request)())
    return {
        **found,
        "cases": listing.cases_of_contact(session, contact_id, person.id),
        "hard": shifts.is_hard(session, person.id, contact_id),
        "reports": showing.of_contact(session, vault_of(request), contact_id, person),
    }


def _by(request: Request, person: Person) -> dict[str, Any]:
    """Who does it and when, as every service wants to know."""
    return {
        "vault": vault_of(request),
        "staff": StaffRef(person.id, person.name),
        "now": clock_of(request)(),
    }


def _lease(request: Request) -> timedelta:
    return timedelta(seconds=request.app.state.settings.lease_seconds)


def _to_contact(contact_id: str) -> Response:
    return RedirectResponse(f"/helpline/contacts/{contact_id}", 303)
