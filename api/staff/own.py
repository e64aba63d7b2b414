"""What a person changes of the own account: password, second factors, recovery codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.crypto import Vault
from api.errors import Refusal
from api.staff import codes, passkeys, sessions, sign_in
from api.staff.passkeys import Passkey
from api.staff.sessions import Person, Seat
from api.staff.tables import StaffAccount, StaffRecoveryCode, StaffSession


class LastFactor(Refusal):
    status, type, title = 409, "last-factor", "The last second factor stays"


class TrialAccount(Refusal):
    status, type, title = 409, "trial-account", "A trial has neither password nor second factor"


class WrongPassword(Refusal):
    status, type, title = 422, "wrong-password", "That is not the present password"


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """What a person sees of the own account."""

    login: str
    roles: tuple[str, ...]
    language: str
    trial: bool
    has_app: bool
    passkeys: list[Passkey]
    codes_left: int
    seats: list[Seat]


def account_of(session: Session, vault: Vault, person: Person, *, now: datetime) -> OwnAccount:
    """The own account."""
    row = session.get_one(StaffAccount, person.id)
    return OwnAccount(
        login=vault.row("staff", row.id).open("login", row.login),
        roles=tuple(row.roles.split()),
        language=row.language,
        trial=row.trial,
        has_app=row.secret is not None,
        passkeys=passkeys.listed(session, vault, row.id),
        codes_left=codes_left(session, row.id),
        seats=sessions.seats(session, vault, person, now=now),
    )


def real(session: Session, person: Person) -> StaffAccount:
    """The row of an account that has factors; raises ``TrialAccount`` for one of a trial."""
    row = session.get_one(StaffAccount, person.id)
    if row.trial:
        raise TrialAccount
    return row


def set_password(session: Session, person: Person, hashed: str) -> None:
    """Give the person another password; every other session ends (S19)."""
    real(session, person).password = hashed
    sessions.end_others(session, person)


def codes_left(session: Session, staff_id: int) -> int:
    """How many recovery codes are not used yet."""
    mine = col(StaffRecoveryCode.staff_id) == staff_id
    return session.scalar(select(func.count()).where(mine)) or 0


def new_recovery_codes(session: Session, staff_id: int) -> list[str]:
    """Fresh recovery codes, shown this once; the older ones are void."""
    session.execute(delete(StaffRecoveryCode).where(col(StaffRecoveryCode.staff_id) == staff_id))
    fresh = codes.new_recovery_codes()
    for item in fresh:
        session.add(StaffRecoveryCode(hash=codes.recovery_hash(item), staff_id=staff_id))
    return fresh


def begin_app(session: Session, vault: Vault, person: Person) -> tuple[str, str]:
    """A secret for an authenticator app, kept with the session until a code shows it; login."""
    row, account = session.get_one(StaffSession, person.session), real(session, person)
    secret = codes.new_secret()
    row.draft = vault.row("staff_sessions", row.hash).seal("draft", secret)
    return secret, vault.row("staff", account.id).open("login", account.login)


def app_begun(session: Session, vault: Vault, person: Person) -> tuple[str, str] | None:
    """Secret and login of an app that is being set up."""
    row, account = session.get_one(StaffSession, person.session), real(session, person)
    if row.draft is None:
        return None
    secret = vault.row("staff_sessions", row.hash).open("draft", row.draft)
    return secret, vault.row("staff", account.id).open("login", account.login)


def finish_app(session: Session, vault: Vault, person: Person, code: str, *, now: datetime) -> bool:
    """With a right code the app counts from now on, instead of an older one."""
    begun, account = app_begun(session, vault, person), real(session, person)
    if begun is None or codes.step_of(begun[0], code, now=now) is None:
        return False
    account.secret = vault.row("staff", account.id).seal("secret", begun[0])
    session.get_one(StaffSession, person.session).draft = None
    sign_in.use_up(session, account.id, code, now=now)
    return True


def remove_app(session: Session, person: Person) -> None:
    """Forget the authenticator app; raises ``LastFactor`` without a passkey beside it."""
    account = real(session, person)
    if not passkeys.has_any(session, person.id):
        raise LastFactor
    account.secret = None


def remove_passkey(session: Session, person: Person, key_id: str) -> None:
    """Forget a passkey; raises ``PasskeyUnknown``, or ``LastFactor`` when nothing is left."""
    account = real(session, person)
    passkeys.remove(session, person.id, key_id)
    if account.secret is None and not passkeys.has_any(session, person.id):
        raise LastFactor
