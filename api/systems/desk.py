"""``/v1/desk``: what the console does with contacts, for other systems.

The same services, rights and refusals as behind the console's pages; only the form of
asking differs. Every read of a contact is recorded, as there.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated

from fastapi import Path, Query, Request
from fastapi.concurrency import run_in_threadpool

from api.contacts import service
from api.contacts.values import ContactView
from api.duty import service as duty
from api.forms import entering
from api.forms import service as forms
from api.forms.reading import checked
from api.forms.values import FormView
from api.rights.gate import Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.systems import schemas
from api.systems.acting import Act
from api.systems.answers import Event, Events, Finished, Queue, Taken
from api.systems.errand import told
from api.systems.events import deeds_after
from api.systems.gate import SystemGate

gate = SystemGate(prefix="/v1/desk", tags=["desk"])

LONGEST_WAIT = 25.0
_LOOK_AGAIN = 0.5  # seconds; writes of other processes do not ring our bell
_HIGHEST = 2**62

Id = Annotated[str, Path(max_length=64)]


@gate.asks("/queue", action="contact.list", answers=Queue)
def queue(request: Request, person: Signed) -> Queue:
    """The contacts that wait, are with somebody or want their form, the most urgent first."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).read() as session:
        items = service.queue(session, vault, staff_id=person.id, now=now)
        there = duty.on_duty(session, vault, now=now)
    return Queue(contacts=tuple(items), on_duty=tuple(there))


@gate.asks("/contacts/{contact_id}", action="contact.read", answers=ContactView)
def contact(request: Request, person: Signed, contact_id: Id) -> ContactView:
    """One contact with its messages, notes and history; the read is recorded."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        return service.read(session, vault, contact_id, staff_id=person.id, now=now)


@gate.does("/next", action="contact.claim", answers=Taken)
def take_next(act: Act[schemas.Deed]) -> Taken:
    """Claim the most urgent contact that waits; ``contact_id`` is null when none does."""
    found = service.next_contact(
        act.session, act.vault, staff=act.staff, now=act.now, lease=act.lease
    )
    return Taken(found)


@gate.does("/contacts/{contact_id}/claim", action="contact.claim")
def claim(act: Act[schemas.Deed]) -> None:
    """Take this contact; taking one's own again only renews the lease."""
    service.claim(
        act.session, act.vault, act.contact_id, staff=act.staff, now=act.now, lease=act.lease
    )


@gate.does("/contacts/{contact_id}/return", action="contact.return")
def put_back(act: Act[schemas.Deed]) -> None:
    """Return one's contact to the queue."""
    service.put_back(act.session, act.vault, act.contact_id, staff=act.staff, now=act.now)


@gate.does("/contacts/{contact_id}/reply", action="contact.reply", takes=schemas.Reply, status=201)
def reply(act: Act[schemas.Reply]) -> None:
    """Send words to the child; what became of them stands in the contact's messages."""
    service.renew_all(act.session, staff_id=act.staff.id, now=act.now, lease=act.lease)
    service.reply(
        act.session,
        act.vault,
        act.contact_id,
        staff=act.staff,
        text=act.wanted.text,
        key=act.key,
        now=act.now,
    )


@gate.does("/contacts/{contact_id}/draft", action="contact.reply", takes=schemas.Draft)
def draft(act: Act[schemas.Draft]) -> None:
    """Keep what stands in the reply field, for whoever has the contact next."""
    text = act.wanted.text
    service.save_draft(
        act.session, act.vault, act.contact_id, staff=act.staff, text=text, now=act.now
    )


@gate.does("/contacts/{contact_id}/note", action="contact.note", takes=schemas.Note, status=201)
def note(act: Act[schemas.Note]) -> None:
    """Write a note for staff."""
    text = act.wanted.text
    service.add_note(
        act.session, act.vault, act.contact_id, staff=act.staff, text=text, now=act.now
    )


@gate.does("/contacts/{contact_id}/offer", action="contact.offer", takes=schemas.Offer)
def offer(act: Act[schemas.Offer]) -> None:
    """Offer one's contact to somebody on duty, who has it once they accept."""
    to, note = act.wanted.to, act.wanted.note
    service.offer(
        act.session, act.vault, act.contact_id, staff=act.staff, to_id=to, note=note, now=act.now
    )


@gate.does("/contacts/{contact_id}/withdraw", action="contact.offer")
def withdraw(act: Act[schemas.Deed]) -> None:
    """Take an offer back."""
    service.withdraw(act.session, act.vault, act.contact_id, staff=act.staff, now=act.now)


@gate.does("/contacts/{contact_id}/accept", action="contact.accept")
def accept(act: Act[schemas.Deed]) -> None:
    """Take a contact that is offered."""
    service.accept(
        act.session, act.vault, act.contact_id, staff=act.staff, now=act.now, lease=act.lease
    )


@gate.does("/contacts/{contact_id}/take-over", action="contact.take_over")
def take_over(act: Act[schemas.Deed]) -> None:
    """Take a contact from its holder."""
    service.take_over(
        act.session, act.vault, act.contact_id, staff=act.staff, now=act.now, lease=act.lease
    )


@gate.does("/contacts/{contact_id}/call", action="contact.call", takes=schemas.Call)
def call(act: Act[schemas.Call]) -> None:
    """Call the supervisor to this contact."""
    words = act.wanted.words
    service.call_supervisor(
        act.session, act.vault, act.contact_id, staff=act.staff, words=words, now=act.now
    )


@gate.does("/contacts/{contact_id}/end", action="contact.end")
def end(act: Act[schemas.Deed]) -> None:
    """End the talk: the child is told, the form stays open."""
    service.end(act.session, act.vault, act.contact_id, staff=act.staff, now=act.now)


@gate.does("/contacts/{contact_id}/reopen", action="contact.reopen")
def reopen(act: Act[schemas.Deed]) -> None:
    """Put a closed contact into the queue again."""
    service.reopen(act.session, act.vault, act.contact_id, staff=act.staff, now=act.now)


@gate.does("/contacts/{contact_id}/block", action="contact.block", takes=schemas.Block)
def block(act: Act[schemas.Block]) -> None:
    """Block the sender of this contact for a time; urgent words still queue."""
    service.block(
        act.session,
        act.vault,
        act.contact_id,
        staff=act.staff,
        until=act.now + timedelta(hours=act.wanted.hours),
        reason=act.wanted.reason,
        now=act.now,
    )


@gate.does("/contacts/{contact_id}/unblock", action="contact.block")
def unblock(act: Act[schemas.Deed]) -> None:
    """Let the sender through again."""
    service.unblock(act.session, act.vault, act.contact_id, staff=act.staff, now=act.now)


@gate.asks("/contacts/{contact_id}/form", action="contact.form", answers=FormView)
def form(request: Request, person: Signed, contact_id: Id) -> FormView:
    """The form of one's contact, with its version; the read is recorded as the contact's."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        service.note_reading(session, vault, contact_id, staff_id=person.id, now=now)
        return forms.form_of(session, vault, contact_id)


@gate.does(
    "/contacts/{contact_id}/form", action="contact.form", takes=schemas.Form, answers=FormView
)
def save_form(act: Act[schemas.Form]) -> FormView:
    """Keep answers that the form knows; made from an older version they are refused."""
    return forms.save(
        act.session,
        act.vault,
        act.contact_id,
        staff=act.staff,
        answers=checked(act.wanted.answers),
        version=act.wanted.version,
        now=act.now,
    )


@gate.does("/contacts/{contact_id}/finish", action="contact.form", answers=Finished)
def finish(act: Act[schemas.Deed]) -> Finished:
    """Close the contact with its form; ``missing`` names what the form still wants."""
    missing = forms.finish(act.session, act.vault, act.contact_id, staff=act.staff, now=act.now)
    return Finished(closed=not missing, missing=missing)


@gate.does("/contacts", action="contact.enter", takes=schemas.Entry, answers=Taken, status=201)
def enter(act: Act[schemas.Entry]) -> Taken:
    """Enter a contact that did not come through Sigurt; then its form is open."""
    wanted = act.wanted
    entry = entering.read_entry(
        wanted.contact_id,
        day=wanted.day,
        hour=wanted.hour,
        minutes=wanted.minutes,
        chosen={name: getattr(wanted, name) for name in entering.CHOICES},
        now=act.now,
    )
    return Taken(entering.enter(act.session, act.vault, entry, staff=act.staff, now=act.now))


@gate.does("/here", action="console.live", takes=schemas.Here)
def here(act: Act[schemas.Here]) -> None:
    """A sign of life: keeps every claim and the duty, and shows typing to the child."""
    duty.heard(act.session, staff_id=act.staff.id, now=act.now)
    service.renew_all(act.session, staff_id=act.staff.id, now=act.now, lease=act.lease)
    service.seen(
        act.session,
        act.vault,
        staff=act.staff,
        contact_id=act.wanted.contact_id,
        typing=act.wanted.typing,
        now=act.now,
    )


@gate.does("/duty", action="duty.change", takes=schemas.Duty)
def change_duty(act: Act[schemas.Duty]) -> None:
    """Say that somebody behind the system is on duty, or nobody is any more."""
    duty.set_on_duty(act.session, act.vault, staff=act.staff, on=act.wanted.on, now=act.now)


@gate.asks("/events", action="contact.list", answers=Events)
async def events(
    request: Request,
    person: Signed,
    after: Annotated[int, Query(ge=0, le=_HIGHEST)] = 0,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
) -> Events:
    """What happened after that number, without content; with nothing, waits up to ``wait`` s."""
    loop, bell = asyncio.get_running_loop(), request.app.state.bell
    deadline = loop.time() + wait
    while True:
        strokes = bell.strokes
        found = await run_in_threadpool(_events, request, after)
        left = deadline - loop.time()
        if found or left <= 0 or bell.closed or await request.is_disconnected():
            return Events(found, found[-1].number if found else after)
        await bell.wait(min(left, _LOOK_AGAIN), since=strokes)


def _events(request: Request, after: int) -> tuple[Event, ...]:
    with database_of(request).read() as session:
        return tuple(told(deed) for deed in deeds_after(session, after))
