"""The contract, ``/v1``: what a bot may ask and tell. Reads and checks, then the services."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.contacts.presence import typing_now
from api.contacts.records import shown_number
from api.contacts.tables import Contact
from api.crypto import Vault
from api.db import Database
from api.duty.service import told
from api.errors import ReportUnknown
from api.intake import answers, schemas, service
from api.intake.events import events_after
from api.intake.reading import Body, open_sealed, parse, read_body, require_key
from api.intake.repeats import RECEIPT_KEPT, Answer, once
from api.learning import service as learning
from api.live import Bell
from api.reports import intake as reports
from api.reports import receipts
from api.reports.guesses import Guesses
from api.times import to_ms

LONGEST_WAIT = 25.0
_LOOK_AGAIN = 0.25  # writes of other processes do not ring our bell
_HIGHEST = 2**62

router = APIRouter(prefix="/v1", dependencies=[Depends(require_key)])

Posted = Annotated[Body, Depends(read_body)]
Seq = Annotated[int, Path(ge=1, le=_HIGHEST)]
ContactId = Annotated[str, Path(max_length=64)]


@router.post("/contacts", status_code=201, response_model=answers.ContactStored)
def open_contact(request: Request, body: Posted) -> Response:
    """Open a contact. The same ``contact_id`` again answers 200 with the one that is there."""
    wanted = open_sealed(body, request.app.state.box, schemas.Contact)
    database, vault, now = _parts(request)
    with database.write() as session:

        def work() -> Answer:
            contact, new = service.open_contact(session, vault, wanted, now=now)
            there = told(session, vault, now=now)
            return Answer(201 if new else 200, {**_stored(contact), "duty": there})

        return once(session, vault, body, work, now=now)


@router.post(
    "/contacts/{contact_id}/messages", status_code=201, response_model=answers.MessagesStored
)
def add_messages(request: Request, contact_id: ContactId, body: Posted) -> Response:
    """Add messages to a contact, raise its severity, or say how the child left."""
    wanted = open_sealed(body, request.app.state.box, schemas.Messages)
    database, vault, now = _parts(request)
    with database.write() as session:

        def work() -> Answer:
            contact, accepted = service.add_messages(session, vault, contact_id, wanted, now=now)
            known = {"contact_id": contact.id, "state": _told_state(contact)}
            return Answer(201, {**known, "accepted": accepted})

        return once(session, vault, body, work, now=now)


@router.get("/events", response_model=answers.Events, response_model_exclude_unset=True)
async def events(
    request: Request,
    after: Annotated[int, Query(ge=0, le=_HIGHEST)] = 0,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
) -> dict[str, Any]:
    """At most 100 events after that number; with none, waits up to ``wait`` seconds.

    The wait also ends when a counsellor types after it began, at most once in three seconds
    for each.
    """
    loop = asyncio.get_running_loop()
    bell: Bell = request.app.state.bell
    deadline, begun = loop.time() + wait, to_ms(request.app.state.clock())
    while True:
        strokes = bell.strokes
        found, typed_at = await run_in_threadpool(_events, request, after)
        left = deadline - loop.time()
        news = found["events"] or typed_at > begun
        if news or left <= 0 or bell.closed or await request.is_disconnected():
            return found
        await bell.wait(min(left, _LOOK_AGAIN), since=strokes)


@router.post("/events/{seq}/receipt", status_code=204)
def receipt(request: Request, seq: Seq, body: Posted) -> Response:
    """What became of a counsellor's message at the channel."""
    wanted = parse(body.raw, schemas.Receipt)
    database, vault, now = _parts(request)
    with database.write() as session:

        def work() -> Answer:
            service.note_receipt(session, vault, seq, wanted.status, now=now)
            return Answer(204)

        return once(session, vault, body, work, now=now)


@router.post("/figures", status_code=204)
def take_figures(request: Request, body: Posted) -> Response:
    """Take what was learned, counted over everybody. The newest replaces what was there."""
    wanted = parse(body.raw, schemas.Figures)
    database, vault, now = _parts(request)
    with database.write() as session:

        def work() -> Answer:
            learning.store(session, wanted)
            return Answer(204)

        return once(session, vault, body, work, now=now)


@router.get("/duty", response_model=answers.Duty)
def who_is_there(request: Request) -> dict[str, Any]:
    """How many people are on duty, how long an answer usually takes, and the next opening."""
    database, vault, now = _parts(request)
    with database.read() as session:
        return told(session, vault, now=now)


@router.get("/key", response_model=answers.PublicKey)
def key(request: Request) -> dict[str, str]:
    """The key to which bodies are sealed."""
    box = request.app.state.box
    return {"key_id": box.key_id, "public_key": box.public_key}


@router.post("/reports", status_code=201, response_model=answers.ReportStored)
def store_report(request: Request, body: Posted) -> Response:
    """Store a report. The receipt is shown this once."""
    wanted = open_sealed(body, request.app.state.box, schemas.Report)
    database, vault, now = _parts(request)
    fresh = receipts.new_receipt(vault)  # slow on purpose, so before anyone waits for us
    with database.write() as session:

        def work() -> Answer:
            number, new = reports.store(session, vault, wanted, fresh.hash, now=now)
            shown = fresh.digits if new else None
            return Answer(201 if new else 200, {"number": number, "receipt": shown})

        return once(session, vault, body, work, now=now, kept=RECEIPT_KEPT)


@router.get("/reports/{receipt}", response_model=answers.ReportState)
def report_state(request: Request, receipt: str) -> dict[str, Any]:
    """What has become of a report; guessing is slowed and alarmed."""
    database, vault, _ = _parts(request)
    hash = _known_receipt(request, receipt)
    with database.read() as session:
        return receipts.shown(session, vault, receipts.get(session, hash))


@router.post("/reports/{receipt}/additions", status_code=201, response_model=answers.AdditionStored)
def add_to_report(request: Request, receipt: str, body: Posted) -> Response:
    """Add to a report what was forgotten, or change whether news is wanted."""
    wanted = open_sealed(body, request.app.state.box, schemas.Addition)
    database, vault, now = _parts(request)
    hash = _known_receipt(request, receipt)
    with database.write() as session:

        def work() -> Answer:
            report = receipts.get(session, hash)
            new = reports.add(session, vault, report, wanted, now=now)
            return Answer(201 if new else 200, {"accepted": new})

        return once(session, vault, body, work, now=now)


def _known_receipt(request: Request, receipt: str) -> str:
    """The hash of a receipt that there is; raises ``ReportUnknown``, ``TooManyTries``."""
    guesses: Guesses = request.app.state.guesses
    guesses.refuse_flood()
    database, vault, now = _parts(request)
    hash = receipts.receipt_hash(vault, receipt)
    with database.read() as session:
        known = receipts.find(session, hash) is not None
    if not known:
        guesses.missed(database, vault, now=now)
        raise ReportUnknown()
    return hash


def _parts(request: Request) -> tuple[Database, Vault, datetime]:
    state = request.app.state
    return state.database, state.vault, state.clock()


def _events(request: Request, after: int) -> tuple[dict[str, Any], int]:
    """What the feed holds, and when a counsellor last typed."""
    database, vault, now = _parts(request)
    with database.read() as session:
        found, following = events_after(session, vault, after)
        typing = typing_now(session, vault, now=now)
    answer = {"events": found, "next": following, "typing": list(typing.conversations)}
    return answer, typing.newest


def _stored(contact: Contact) -> dict[str, str]:
    return {
        "contact_id": contact.id,
        "number": shown_number(contact),
        "state": _told_state(contact),
    }


def _told_state(contact: Contact) -> str:
    """What the bot may know: not that a form is open, nor that a sender is blocked."""
    return {"ended": "closed", "blocked": "waiting"}.get(contact.state, contact.state)
