"""Bundles of a case on screen: what was made, asking for one, and taking it out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.audit.service import record_once
from api.cases import listing, queries
from api.console.render import render
from api.console.words import WORDS
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.evidence import bundles
from api.evidence.bundles import InvalidBundle, Wish
from api.evidence.packing import recipients
from api.evidence.refusals import ExhibitBroken, ReasonWanted
from api.evidence.signing import (
    certificate_pem,
    fingerprint,
    load_signing,
    minisign_public,
)
from api.locale.catalogue import LANGUAGES
from api.rights.gate import Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.settings import Settings
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")

Why = Annotated[str, Form(max_length=bundles.LONGEST)]
Short = Annotated[str, Form(max_length=100)]
Several = Annotated[list[str] | None, Form()]


def panel(
    session: Session, vault: Vault, case_id: str, person: Person, now: datetime
) -> dict[str, Any]:
    """The bundles of a case, for ``bundles_of.html`` under the name ``bundles``."""
    return {"case_id": case_id, "made": bundles.bundles_of(session, vault, case_id)}


@gate.allow("GET", "/cases/{case_id}/bundles", action="bundle.list")
def bundles_of_case(request: Request, person: Signed, case_id: str) -> Response:
    """What was made of this case, and by which key it is signed."""
    return _page(request, case_id)


@gate.allow("POST", "/cases/{case_id}/bundles", action="bundle.make")
def make(
    request: Request,
    person: Signed,
    case_id: str,
    languages: Several = None,
    why: Why = "",
    recipient: Short = "",
    identity: Short = "",
) -> Response:
    """Ask for a bundle; it is there a few seconds later."""
    vault, now = vault_of(request), clock_of(request)()
    wish = Wish(why, tuple(languages or ()), recipient, identity == "yes")
    known = frozenset(_recipients(request))
    try:
        with database_of(request).write() as session:
            bundles.ask(session, vault, case_id, wish, known=known, staff=_ref(person), now=now)
    except (ReasonWanted, InvalidBundle) as refusal:
        return _page(request, case_id, typed=wish, fault=refusal.type, status=refusal.status)
    return RedirectResponse(f"/helpline/cases/{case_id}/bundles", 303)


@gate.allow("POST", "/cases/{case_id}/bundles/{bundle_id}/file", action="bundle.read")
def file(request: Request, person: Signed, case_id: str, bundle_id: str, why: Why = "") -> Response:
    """A bundle as a file; the reason goes into its custody."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        view, taken = bundles.take(
            session, vault, case_id, bundle_id, why=why, staff=_ref(person), now=now
        )
    if not taken.whole:
        raise ExhibitBroken()
    return _saved(view.file, taken.body)


@gate.allow("GET", "/evidence/minisign.pub", action="bundle.list")
def public_key(request: Request, person: Signed) -> Response:
    """The key that signs bundles, to be published."""
    signing = load_signing(_settings(request), now=clock_of(request)())
    return _saved("minisign.pub", minisign_public(signing.public).encode())


@gate.allow("GET", "/evidence/signing-certificate.pem", action="bundle.list")
def certificate(request: Request, person: Signed) -> Response:
    """The certificate that signs documents, to be published."""
    signing = load_signing(_settings(request), now=clock_of(request)())
    return _saved("signing-certificate.pem", certificate_pem(signing))


def _saved(name: str, body: bytes) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type="application/octet-stream", headers=headers)


def _page(
    request: Request,
    case_id: str,
    *,
    typed: Wish | None = None,
    fault: str = "",
    status: int = 200,
) -> Response:
    vault, now = vault_of(request), clock_of(request)()
    signing = load_signing(_settings(request), now=now)
    who, once = f"staff:{request.state.person.id}", timedelta(minutes=10)
    with database_of(request).write() as session:
        record_once(session, vault, who=who, what="case.read", about=case_id, now=now, within=once)
        line = listing.line_of(session, vault, queries.get(session, case_id), ())
        found = bundles.bundles_of(session, vault, case_id)
    return render(
        request,
        "bundles.html",
        status=status,
        place="cases",
        line=line,
        found=found,
        typed=typed or Wish("", LANGUAGES),
        fault=fault,
        languages=LANGUAGES,
        recipients=sorted(_recipients(request)),
        whys_said=WORDS["exhibit_why"],
        fingerprint=fingerprint(signing.public),
        self_made=signing.self_made,
    )


def _recipients(request: Request) -> dict[str, str]:
    return recipients(_settings(request).bundle_recipients)


def _settings(request: Request) -> Settings:
    found: Settings = request.app.state.settings
    return found


def _ref(person: Person) -> StaffRef:
    return StaffRef(person.id, person.name)
