"""``/v1/desk``: what the console does with contacts, for other systems.

The same services, rights and refusals as behind the console's pages; only the form of
asking differs. Every read of a contact is recorded, as there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from api.contacts import service
from api.contacts.values import ContactView, StaffRef
from api.crypto import Vault
from api.duty import service as duty
from api.forms import entering
from api.forms import service as forms
from api.forms.values import FormView
from api.rights.gate import Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.systems import schemas
from api.systems.acting import Posted, act, read
from api.systems.answers import Events, Queue, Taken
from api.systems.errand import told
from api.systems.events import deeds_after
from api.systems.gate import SystemGate

gate = SystemGate(prefix="/v1/desk", tags=["desk"])

LONGEST_WAIT = 25.0
_LOOK_AGAIN = 0.5  # seconds; writes of other processes do not ring our bell
_HIGHEST = 2**62

ContactId = Annotated[str, Path(max_length=64)]


@gate.allow("GET", "/queue", action="contact.list", response_model=Queue)
def queue(request: Request, person: Signed) -> Queue:
    """The contacts that wait or are with somebody, the most urgent first."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).read() as session:
        items = service.queue(session, vault, staff_id=person.id, now=now)
        there = duty.on_duty(session, vault, now=now)
    return Queue(contacts=tuple(items), on_duty=tuple(there))


@gate.allow("GET", "/contacts/{contact_id}", action="contact.read", response_model=ContactView)
def contact(request: Request, person: Signed, contact_id: ContactId) -> ContactView:
    """One contact with its messages, notes and history; the read is recorded."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        return service.read(session, vault, contact_id, staff_id=person.id, now=now)


@gate.allow("POST", "/next", action="contact.claim", takes=schemas.Deed, response_model=Taken)
def take_next(request: Request, person: Signed, body: Posted) -> Response:
    """Claim the most urgent contact that waits; ``contact_id`` is null when none does."""

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> Taken:
        lease = _lease(request)
        return Taken(service.next_contact(session, vault, staff=staff, now=now, lease=lease))

    return act(request, person, body, read(body, schemas.Deed), do)


@gate.allow("POST", "/contacts/{contact_id}/claim", action="contact.claim", takes=schemas.Deed)
def claim(request: Request, person: Signed, contact_id: ContactId, body: Posted) -> Response:
    """Take this contact; taking one's own again renews the lease."""

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        service.claim(session, vault, contact_id, staff=staff, now=now, lease=_lease(request))

    return act(request, person, body, read(body, schemas.Deed), do)


@gate.allow("POST", "/contacts/{contact_id}/reply", action="contact.reply", takes=schemas.Reply)
def reply(request: Request, person: Signed, contact_id: ContactId, body: Posted) -> Response:
    """Send words to the child; what became of them stands in the contact's messages."""
    wanted = read(body, schemas.Reply)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        service.renew_all(session, staff_id=staff.id, now=now, lease=_lease(request))
        key, text = f"{person.session}:{body.key}"[:128], wanted.text
        service.reply(session, vault, contact_id, staff=staff, text=text, key=key, now=now)

    return act(request, person, body, wanted, do, status=201)


@gate.allow("POST", "/contacts/{contact_id}/draft", action="contact.reply", takes=schemas.Draft)
def draft(request: Request, person: Signed, contact_id: ContactId, body: Posted) -> Response:
    """Keep what stands in the reply field, for whoever has the contact next."""
    wanted = read(body, schemas.Draft)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        service.save_draft(session, vault, contact_id, staff=staff, text=wanted.text, now=now)

    return act(request, person, body, wanted, do)


@gate.allow("POST", "/contacts/{contact_id}/note", action="contact.note", takes=schemas.Note)
def note(request: Request, person: Signed, contact_id: ContactId, body: Posted) -> Response:
    """Write a note for staff."""
    wanted = read(body, schemas.Note)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        service.add_note(session, vault, contact_id, staff=staff, text=wanted.text, now=now)

    return act(request, person, body, wanted, do, status=201)


@gate.allow("POST", "/contacts/{contact_id}/offer", action="contact.offer", takes=schemas.Offer)
def offer(request: Request, person: Signed, contact_id: ContactId, body: Posted) -> Response:
    """Offer one's contact to somebody on duty, who has it once they accept."""
    wanted = read(body, schemas.Offer)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        to, words = wanted.to, wanted.note
        service.offer(session, vault, contact_id, staff=staff, to_id=to, note=words, now=now)

    return act(request, person, body, wanted, do)


@gate.allow("POST", "/contacts/{contact_id}/call", action="contact.call", takes=schemas.Call)
def call(request: Request, person: Signed, contact_id: ContactId, body: Posted) -> Response:
    """Call the supervisor to this contact."""
    wanted = read(body, schemas.Call)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        words = wanted.words
        service.call_supervisor(session, vault, contact_id, staff=staff, words=words, now=now)

    return act(request, person, body, wanted, do)


@gate.allow("POST", "/contacts/{contact_id}/block", action="contact.block", takes=schemas.Block)
def block(request: Request, person: Signed, contact_id: ContactId, body: Posted) -> Response:
    """Block the sender of this contact for a time; urgent words still queue."""
    wanted = read(body, schemas.Block)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        until = now + timedelta(hours=wanted.hours)
        reason = wanted.reason
        service.block(session, vault, contact_id, staff=staff, until=until, reason=reason, now=now)

    return act(request, person, body, wanted, do)


Service = Callable[..., Any]
_DEEDS: tuple[tuple[str, str, Service, str], ...] = (
    ("return", "contact.return", service.put_back, "Return one's contact to the queue."),
    ("withdraw", "contact.offer", service.withdraw, "Take an offer back."),
    ("accept", "contact.accept", service.accept, "Take a contact that is offered."),
    ("take-over", "contact.take_over", service.take_over, "Take a contact from its holder."),
    ("end", "contact.end", service.end, "End the talk; the child is told, the form stays open."),
    ("reopen", "contact.reopen", service.reopen, "Put a closed contact into the queue again."),
    ("unblock", "contact.block", service.unblock, "Let the sender through again."),
)


def _deed(path: str, action: str, do: Service, about: str) -> None:
    """A route for an act that needs no more than the contact and who does it."""

    def endpoint(request: Request, person: Signed, contact_id: ContactId, body: Posted) -> Response:
        def doing(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
            do(session, vault, contact_id, staff=staff, now=now)

        return act(request, person, body, read(body, schemas.Deed), doing)

    endpoint.__name__, endpoint.__doc__ = path.replace("-", "_"), about
    route = f"/contacts/{{contact_id}}/{path}"
    gate.allow("POST", route, action=action, takes=schemas.Deed)(endpoint)


for _one in _DEEDS:
    _deed(*_one)


@gate.allow("GET", "/contacts/{contact_id}/form", action="contact.form", response_model=FormView)
def form(request: Request, person: Signed, contact_id: ContactId) -> FormView:
    """The form of one's contact, with its version."""
    with database_of(request).read() as session:
        return forms.form_of(session, vault_of(request), contact_id)


@gate.allow(
    "POST",
    "/contacts/{contact_id}/form",
    action="contact.form",
    takes=schemas.Form,
    response_model=FormView,
)
def save_form(request: Request, person: Signed, contact_id: ContactId, body: Posted) -> Response:
    """Keep the answers; made from an older version they are refused."""
    wanted = read(body, schemas.Form)
    answers = {field: tuple(given) for field, given in wanted.answers.items()}

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> FormView:
        return forms.save(
            session,
            vault,
            contact_id,
            staff=staff,
            answers=answers,
            version=wanted.version,
            now=now,
        )

    return act(request, person, body, wanted, do)


@gate.allow("POST", "/contacts/{contact_id}/finish", action="contact.form", takes=schemas.Deed)
def finish(request: Request, person: Signed, contact_id: ContactId, body: Posted) -> Response:
    """Close the contact with its form; ``missing`` names what the form still wants."""

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> dict[str, Any]:
        missing = forms.finish(session, vault, contact_id, staff=staff, now=now)
        return {"closed": not missing, "missing": list(missing)}

    return act(request, person, body, read(body, schemas.Deed), do)


@gate.allow("POST", "/contacts", action="contact.enter", takes=schemas.Entry, response_model=Taken)
def enter(request: Request, person: Signed, body: Posted) -> Response:
    """Enter a contact that did not come through Sigurt; then its form is open."""
    wanted = read(body, schemas.Entry)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> Taken:
        entry = entering.read_entry(
            wanted.contact_id,
            day=wanted.day,
            hour=wanted.hour,
            minutes=wanted.minutes,
            chosen={name: getattr(wanted, name) for name in entering.CHOICES},
            now=now,
        )
        return Taken(entering.enter(session, vault, entry, staff=staff, now=now))

    return act(request, person, body, wanted, do, status=201)


@gate.allow("POST", "/here", action="console.live", takes=schemas.Here)
def here(request: Request, person: Signed, body: Posted) -> Response:
    """A sign of life: keeps every claim and the duty, and shows typing to the child."""
    wanted = read(body, schemas.Here)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        duty.heard(session, staff_id=staff.id, now=now)
        service.renew_all(session, staff_id=staff.id, now=now, lease=_lease(request))
        where, typing = wanted.contact_id, wanted.typing
        service.seen(session, vault, staff=staff, contact_id=where, typing=typing, now=now)

    return act(request, person, body, wanted, do)


@gate.allow("POST", "/duty", action="duty.change", takes=schemas.Duty)
def change_duty(request: Request, person: Signed, body: Posted) -> Response:
    """Say that somebody behind the system is on duty, or nobody is any more."""
    wanted = read(body, schemas.Duty)

    def do(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
        duty.set_on_duty(session, vault, staff=staff, on=wanted.on, now=now)

    return act(request, person, body, wanted, do)


@gate.allow("GET", "/events", action="contact.list", response_model=Events)
async def events(
    request: Request,
    person: Signed,
    after: Annotated[int, Query(ge=0, le=_HIGHEST)] = 0,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
) -> dict[str, Any]:
    """What happened after that number, without content; with nothing, waits up to ``wait`` s."""
    loop, bell = asyncio.get_running_loop(), request.app.state.bell
    deadline = loop.time() + wait
    while True:
        strokes = bell.strokes
        found = await run_in_threadpool(_events, request, after)
        left = deadline - loop.time()
        if found or left <= 0 or bell.closed or await request.is_disconnected():
            return {"events": found, "next": found[-1]["number"] if found else after}
        await bell.wait(min(left, _LOOK_AGAIN), since=strokes)


def _events(request: Request, after: int) -> list[dict[str, Any]]:
    with database_of(request).read() as session:
        return [told(deed) for deed in deeds_after(session, after)]


def _lease(request: Request) -> timedelta:
    return timedelta(seconds=request.app.state.settings.lease_seconds)
