"""An enrolment under way: what was chosen, until a second factor makes it an account."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from webauthn.registration.verify_registration_response import VerifiedRegistration

from api.crypto import Vault
from api.staff import codes, own, passkeys, service, sessions, sign_in
from api.staff.tables import StaffAccount, StaffSession


@dataclass(frozen=True, slots=True)
class Draft:
    """An enrolment under way; nothing is an account until a second factor is."""

    link: str  # its hash
    login: str
    name: str
    password: str  # hashed
    secret: str


def begin(session: Session, vault: Vault, draft: Draft, *, now: datetime) -> str:
    """Keep what was chosen and return the token of the session that goes on with it."""
    token = sessions.start(session, staff_id=None, stage="enrol", now=now)
    row = session.get_one(StaffSession, sessions.hash_of(token))
    text = json.dumps(astuple(draft))
    row.draft = vault.row("staff_sessions", row.hash).seal("draft", text)
    return token


def draft_of(vault: Vault, row: StaffSession) -> Draft:
    """What was chosen so far."""
    sealed = row.draft or b""
    return Draft(*json.loads(vault.row("staff_sessions", row.hash).open("draft", sealed)))


def finish(
    session: Session, vault: Vault, row: StaffSession, code: str, *, now: datetime
) -> tuple[sign_in.Entered, list[str]] | None:
    """With the right code: spend the link, store the person, return session and recovery
    codes. None when the code is wrong. Raises ``LinkSpent`` or ``LoginTaken``.
    """
    draft = draft_of(vault, row)
    if codes.step_of(draft.secret, code, now=now) is None:
        return None
    account = _account_of(session, vault, draft, now=now)
    service.enrol(session, vault, account, password=draft.password, secret=draft.secret)
    sign_in.use_up(session, account.id, code, now=now)
    return _open(session, row, account, by="code", now=now)


def finish_with_passkey(
    session: Session,
    vault: Vault,
    row: StaffSession,
    made: VerifiedRegistration,
    *,
    name: str,
    now: datetime,
) -> tuple[sign_in.Entered, list[str]]:
    """As ``finish``, with a passkey of this name as the second factor."""
    draft = draft_of(vault, row)
    account = _account_of(session, vault, draft, now=now)
    service.enrol(session, vault, account, password=draft.password, secret=None)
    passkeys.keep(session, vault, made, staff_id=account.id, name=name, now=now)
    return _open(session, row, account, by="passkey", now=now)


def _open(
    session: Session, row: StaffSession, account: StaffAccount, *, by: str, now: datetime
) -> tuple[sign_in.Entered, list[str]]:
    sessions.end(session, row.hash)
    recovery = own.new_recovery_codes(session, account.id)
    token = sessions.start(session, staff_id=account.id, stage="full", now=now)
    return sign_in.Entered(token, account.id, account.login_key, by), recovery


def _account_of(session: Session, vault: Vault, draft: Draft, *, now: datetime) -> StaffAccount:
    staff_id = service.spend(session, draft.link, now=now)
    if staff_id is None:
        return service.create(
            session, vault, login=draft.login, name=draft.name, roles=service.ROLES, now=now
        )
    return session.get_one(StaffAccount, staff_id)
