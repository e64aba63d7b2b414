"""An enrolment under way: what was chosen, until the first right code makes it an account."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from api.crypto import Vault
from api.staff import codes, service, sessions, sign_in
from api.staff.tables import StaffAccount, StaffRecoveryCode, StaffSession


@dataclass(frozen=True, slots=True)
class Draft:
    """An enrolment under way; nothing is an account until the code has been shown."""

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
    sessions.end(session, row.hash)
    sign_in.use_up(session, account.id, code, now=now)
    recovery = codes.new_recovery_codes()
    for item in recovery:
        session.add(StaffRecoveryCode(hash=codes.recovery_hash(item), staff_id=account.id))
    token = sessions.start(session, staff_id=account.id, stage="full", now=now)
    return sign_in.Entered(token, account.id, account.login_key), recovery


def _account_of(session: Session, vault: Vault, draft: Draft, *, now: datetime) -> StaffAccount:
    staff_id = service.spend(session, draft.link, now=now)
    if staff_id is None:
        return service.create(
            session, vault, login=draft.login, name=draft.name, roles=service.ROLES, now=now
        )
    return session.get_one(StaffAccount, staff_id)
