"""Ready-made replies per category and language: pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse

from api.console.render import language_of
from api.contacts import service as contacts
from api.contacts.values import StaffRef
from api.replies import service
from api.rights.gate import Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of

gate = Gate(prefix="/helpline")

Words = Annotated[str, Form(max_length=8000)]
Short = Annotated[str, Form(max_length=100)]


@gate.allow("POST", "/contacts/{contact_id}/ready", action="contact.reply")
def choose(
    request: Request,
    person: Signed,
    contact_id: str,
    ready: Short,
    text: Words = "",
    key: Short = "",
) -> Response:
    """Put a ready-made reply behind what stands in the reply field; nothing is sent.

    For a page without script: with it, the page does so itself.
    """
    vault, now = vault_of(request), clock_of(request)()
    staff = StaffRef(person.id, person.name)
    with database_of(request).write() as session:
        view = contacts.read(session, vault, contact_id, staff_id=person.id, now=now)
        found = service.text_of(
            request.app.state.replies,
            view,
            language_of(request),
            ready,
            name=person.name,
            now=now,
        )
        whole = f"{text.rstrip()} {found}".strip()
        contacts.save_draft(session, vault, contact_id, staff=staff, text=whole, key=key, now=now)
    return RedirectResponse(f"/helpline/contacts/{contact_id}#chat", 303)
