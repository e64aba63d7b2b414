"""Filing on screen: written for one recipient, looked at as it leaves, sent, and followed.

Nothing leaves by a key or by one press: what is sent was shown before, byte for byte.
"""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse

from api.console.render import render
from api.console.typed import Typed
from api.contacts.values import StaffRef
from api.errors import Refusal
from api.filing import facts, mail, service, showing
from api.filing.documents import PDF
from api.filing.facts import LET_GO, Wish
from api.filing.office import Office
from api.filing.recipients import shipped
from api.filing.refusals import (
    AgainstReporter,
    FiledAlready,
    FilingUnknown,
    InvalidFiling,
    NotInState,
)
from api.filing.values import (
    LONGEST_OUTCOME,
    LONGEST_REFERENCE,
    LONGEST_SUMMARY,
    RESULTS,
    File,
    FilingView,
    Parcel,
)
from api.reports import queries as reports
from api.reports.records import shown_number
from api.rights.gate import Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")

Words = Annotated[str, Form(max_length=8000)]
Short = Annotated[str, Form(max_length=400)]
Ids = Annotated[list[Annotated[str, Form(max_length=64)]], Form(max_length=60)]

LONGEST_FOR_IWF = 480  # of 500: its number stands before
_MAIL = "mail"
_FIRST = "isigurt"


@gate.allow("GET", "/filings", action="report.list")
def filings(request: Request, person: Signed) -> Response:
    """All filings that have not arrived: what wants a person first."""
    with database_of(request).read() as session:
        found = showing.lists(session, vault_of(request), person.id)
    shown: dict[str, Any] = dict(found)
    return render(request, "filings.html", place="reports", **shown)


@gate.allow("GET", "/reports/{report_id}/filings/new", action="filing.make")
def new(request: Request, person: Signed, report_id: str, to: str = _FIRST) -> Response:
    """The form of a filing for one recipient."""
    return _form(request, report_id, to, {"key": str(uuid.uuid4())})


@gate.allow("POST", "/reports/{report_id}/filings", action="filing.make")
def make(
    request: Request,
    person: Signed,
    report_id: str,
    to: Short = "",
    summary: Words = "",
    address: Ids = [],  # noqa: B006 (FastAPI copies it)
    let_go: Ids = [],  # noqa: B006
    hold: Short = "",
    again: Short = "",
    why: Words = "",
    key: Short = "",
) -> Response:
    """Write what would leave, and show it; what is refused comes back as it was typed."""
    wish = Wish(summary, tuple(address), tuple(let_go), hold == "yes", why[:1000])
    made: list[str] = []
    _office(request).ready(to)
    try:
        with database_of(request).write() as session:
            made = service.make(
                session,
                vault_of(request),
                _office(request),
                report_id,
                to,
                wish,
                key=key[:40] or str(uuid.uuid4()),
                again=again == "yes",
                **_by(request, person),
            )
    except (AgainstReporter, FiledAlready, InvalidFiling) as refused:
        typed = {"summary": summary, "address": address, "let_go": let_go, "key": key, "why": why}
        return _form(request, report_id, to, {**typed, "hold": hold}, refused=refused)
    return RedirectResponse(f"/helpline/filings/{made[0]}", 303)


@gate.allow("GET", "/filings/{filing_id}", action="filing.read")
def filing(request: Request, person: Signed, filing_id: str) -> Response:
    """A filing with exactly what leaves, or left; the read is recorded."""
    return _filing(request, person, filing_id)


@gate.allow("GET", "/filings/{filing_id}/file", action="filing.read")
def file(request: Request, person: Signed, filing_id: str, name: str = _MAIL) -> Response:
    """One file of it, or the whole letter as a mail program reads it; the read is recorded."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        view, parcel, _ = service.read(session, vault, filing_id, staff_id=person.id, now=now)
    found = _letter(request, view, parcel) if name == _MAIL else _named(parcel, name)
    headers = {"Content-Disposition": f'attachment; filename="{_safe(found.name)}"'}
    return Response(found.body, media_type=found.type, headers=headers)


@gate.allow("POST", "/filings/{filing_id}/send", action="filing.make")
def send(request: Request, person: Signed, filing_id: str, again: Short = "") -> Response:
    """Let it leave as it was shown."""
    try:
        with database_of(request).write() as session:
            service.send(
                session,
                vault_of(request),
                _office(request),
                filing_id,
                again=again == "yes",
                **_by(request, person),
            )
    except FiledAlready as refused:
        return _filing(request, person, filing_id, twice=True, status=refused.status)
    return _to_filing(filing_id)


@gate.allow("POST", "/filings/{filing_id}/discard", action="filing.make")
def discard(request: Request, person: Signed, filing_id: str) -> Response:
    """Send it nowhere."""
    with database_of(request).write() as session:
        service.discard(session, vault_of(request), filing_id, **_by(request, person))
    return _to_filing(filing_id)


@gate.allow("POST", "/filings/{filing_id}/retry", action="filing.make")
def retry(request: Request, person: Signed, filing_id: str) -> Response:
    """Send again what did not arrive."""
    with database_of(request).write() as session:
        service.retry(
            session, vault_of(request), _office(request), filing_id, **_by(request, person)
        )
    return _to_filing(filing_id)


@gate.allow("POST", "/filings/{filing_id}/retract", action="filing.make")
def retract(request: Request, person: Signed, filing_id: str) -> Response:
    """Call back what has not arrived."""
    with database_of(request).write() as session:
        service.retract(
            session, vault_of(request), _office(request), filing_id, **_by(request, person)
        )
    return _to_filing(filing_id)


@gate.allow("POST", "/filings/{filing_id}/by-hand", action="filing.settle")
def by_hand(request: Request, person: Signed, filing_id: str, reference: Short = "") -> Response:
    """Say that it was sent by hand, or that it had arrived."""
    with database_of(request).write() as session:
        service.sent_by_hand(
            session,
            vault_of(request),
            _office(request),
            filing_id,
            reference=reference,
            **_by(request, person),
        )
    return _to_filing(filing_id)


@gate.allow("POST", "/filings/{filing_id}/settle", action="filing.settle")
def settle(
    request: Request,
    person: Signed,
    filing_id: str,
    reference: Short = "",
    result: Short = "",
    words: Words = "",
) -> Response:
    """Write down what the other side answered; what is refused comes back as it was typed."""
    said = {"reference": reference, "result": result, "words": words}
    try:
        with database_of(request).write() as session:
            service.settle(
                session,
                vault_of(request),
                _office(request),
                filing_id,
                reference=reference,
                result=result,
                words=words,
                **_by(request, person),
            )
    except (InvalidFiling, NotInState) as refused:
        typed = Typed("settle", refused.type, said)
        return _filing(request, person, filing_id, typed=typed, status=refused.status)
    return _to_filing(filing_id)


def _form(
    request: Request,
    report_id: str,
    to: str,
    typed: dict[str, Any],
    *,
    refused: Refusal | None = None,
) -> Response:
    recipient, vault = shipped().get(to), vault_of(request)
    staff_id, now = request.state.person.id, clock_of(request)()
    with database_of(request).write() as session:
        service.note_read(session, vault, report_id, staff_id=staff_id, now=now)
        number = shown_number(reports.get(session, report_id).number)
        targets = facts.targets_of(session, vault, report_id)
        against = facts.against(session, vault, report_id)
        before = [
            one
            for one in service.filings_of(session, vault, report_id)
            if one.recipient == recipient.id
        ]
    first = {
        "summary": "",
        "address": [one.address_id for one in targets],
        "let_go": LET_GO,
        "why": "",
    }
    return render(
        request,
        "filing_new.html",
        place="reports",
        status=refused.status if refused else 200,
        refused=refused.type if refused else "",
        report_id=report_id,
        number=number,
        recipient=recipient,
        way=_office(request).way(recipient.id),
        targets=targets,
        against=against,
        before=before,
        let_go=LET_GO,
        longest=LONGEST_FOR_IWF if recipient.way == "iwf" else LONGEST_SUMMARY,
        typed={**first, "hold": "yes", **typed},
    )


def _filing(
    request: Request,
    person: Person,
    filing_id: str,
    *,
    twice: bool = False,
    typed: Typed = Typed(),  # noqa: B008 (frozen)
    status: int = 200,
) -> Response:
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        view, parcel, tries = service.read(session, vault, filing_id, staff_id=person.id, now=now)
    recipient = shipped().get(view.recipient)
    return render(
        request,
        "filing.html",
        place="reports",
        status=status,
        view=view,
        recipient=recipient,
        way=_office(request).way(view.recipient),
        to=_address(request, view),
        subject=parcel.subject,
        files=[(one, _text(one)) for one in parcel.files],
        tries=tries,
        twice=twice,
        typed=typed,
        results=RESULTS,
        longest=(LONGEST_REFERENCE, LONGEST_OUTCOME),
    )


def _address(request: Request, view: FilingView) -> str:
    addresses = request.app.state.settings.mail_addresses
    found: str = addresses.get(shipped().get(view.recipient).mail_name, "")
    return found


def _text(one: File) -> str | None:
    """A file as it can be read on the page; None of a document."""
    return None if one.type == PDF else one.body.decode(errors="replace")


def _named(parcel: Parcel, name: str) -> File:
    for one in parcel.files:
        if one.name == name:
            return one
    raise FilingUnknown()


def _letter(request: Request, view: FilingView, parcel: Parcel) -> File:
    """The whole as one file that a mail program opens and sends."""
    made = mail.message(
        parcel,
        sender=_office(request).sender,
        to=_address(request, view),
        filing_id=view.filing_id,
        made_at=view.made_at,
    )
    return File(f"{view.number}.eml", "message/rfc822", made.as_bytes())


def _safe(name: str) -> str:
    return name.replace("/", "-")


def _office(request: Request) -> Office:
    found: Office = request.app.state.office
    return found


def _by(request: Request, person: Person) -> dict[str, Any]:
    return {"staff": StaffRef(person.id, person.name), "now": clock_of(request)()}


def _to_filing(filing_id: str) -> RedirectResponse:
    return RedirectResponse(f"/helpline/filings/{filing_id}", 303)
