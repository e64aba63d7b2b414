"""Exhibits on screen: what is known of one, who had it in hand, and its words for a reason."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import Form, Request, Response

from api.console.render import render
from api.console.words import WORDS
from api.contacts.values import StaffRef
from api.evidence import custody, exhibits
from api.evidence.refusals import ExhibitBroken, ReasonWanted
from api.evidence.values import JSON, WHYS, Exhibit
from api.rights.gate import Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")

Why = Annotated[str, Form(max_length=exhibits.LONGEST)]
_READABLE = ("text/plain", "application/xml", "text/xml", "message/rfc822")


@gate.allow("GET", "/exhibits/{exhibit_id}", action="exhibit.list")
def exhibit(request: Request, person: Signed, exhibit_id: str) -> Response:
    """What is known of an exhibit, and its custody; nothing of what it says."""
    vault, now, staff = vault_of(request), clock_of(request)(), _ref(person)
    with database_of(request).write() as session:
        exhibits.exhibit(session, vault, exhibit_id, staff=staff, now=now)
    return _page(request, exhibit_id)


@gate.allow("POST", "/exhibits/{exhibit_id}/look", action="exhibit.read")
def look(request: Request, person: Signed, exhibit_id: str, why: Why = "") -> Response:
    """What the exhibit says, shown once; the reason goes into its custody."""
    vault, now, staff = vault_of(request), clock_of(request)(), _ref(person)
    try:
        with database_of(request).write() as session:
            taken = exhibits.look(session, vault, exhibit_id, staff=staff, why=why, now=now)
    except ReasonWanted:
        return _page(request, exhibit_id, wanted=True, status=ReasonWanted.status)
    if not taken.whole:
        raise ExhibitBroken()
    return _page(request, exhibit_id, shown=_words(taken), taken=True)


def _page(
    request: Request,
    exhibit_id: str,
    *,
    shown: str | None = None,
    taken: bool = False,
    wanted: bool = False,
    status: int = 200,
) -> Response:
    with database_of(request).read() as session:
        view = exhibits.view(session, exhibit_id)
        entries = custody.custody_of(session, vault_of(request), exhibit_id)
        chained = custody.is_chained(custody.entries_of(session, exhibit_id))
    return render(
        request,
        "exhibit.html",
        status=status,
        place="reports" if view.report_id else "cases",
        view=view,
        entries=entries,
        chained=chained,
        shown=shown,
        taken=taken,
        wanted=wanted,
        whys=WHYS,
        whys_said=WORDS["exhibit_why"],
    )


def _words(taken: Exhibit) -> str | None:
    """What can be read of it on a page; None for what is no text."""
    if taken.view.media == JSON:
        return json.dumps(taken.value, ensure_ascii=False, indent=2)
    if taken.view.media.partition(";")[0] in _READABLE:
        return taken.body.decode(errors="replace")
    return None


def _ref(person: Person) -> StaffRef:
    return StaffRef(person.id, person.name)
