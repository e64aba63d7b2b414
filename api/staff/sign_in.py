"""Signing in: login and password, then a code; or a passkey. Nothing tells what was wrong.

The first step always leads to the second and answers nothing; unknown people cost the
same work as known ones (S16). Failures are counted per account and per address (S17).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from itsdangerous import BadSignature, Signer
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlmodel import col

from api.crypto import Vault
from api.db import Database
from api.rights.parts import Site
from api.staff import challenges, codes, passkeys, passwords, service, sessions
from api.staff.tables import (
    StaffAccount,
    StaffRecoveryCode,
    StaffSession,
    StaffUsedCode,
)

_NOBODY = codes.new_secret()  # what the codes of unknown people are compared with


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody came in: the token of the new session, and who it is."""

    token: str
    staff_id: int
    login_key: str
    by: str = "code"  # recovery_code, passkey


class Throttle:
    """Counts failures. A browser in which a person signed in before has its own count,
    so that somebody who hammers on the account cannot lock its owner out.

    Counts live in the memory of this process.
    """

    ACCOUNT = parse("10 per 15 minutes")
    ADDRESS = parse("40 per 15 minutes")
    KNOCKS = parse("30 per minute")

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def may_knock(self, *, address: str) -> bool:
        """Count a password to be compared, which is costly work, and say whether to do it."""
        return self._limiter.hit(self.KNOCKS, "knock", address)

    def allows(self, login_key: str, *, address: str, device: str | None) -> bool:
        """Whether another try may be made."""
        return all(
            self._limiter.test(limit, *key) for limit, key in self._keys(login_key, address, device)
        )

    def failed(self, login_key: str, *, address: str, device: str | None) -> None:
        """Count a failure."""
        for limit, key in self._keys(login_key, address, device):
            self._limiter.hit(limit, *key)

    def _keys(
        self, login_key: str, address: str, device: str | None
    ) -> list[tuple[RateLimitItem, tuple[str, str]]]:
        if device is not None:
            return [(self.ACCOUNT, ("device", device))]
        return [(self.ACCOUNT, ("account", login_key)), (self.ADDRESS, ("address", address))]


def knock(database: Database, vault: Vault, *, login: str, password: str, now: datetime) -> str:
    """Take login and password; return the token of a session that waits for the code."""
    with database.read() as session:
        account = service.by_login(session, vault, login)
    knows = passwords.matches(account.password if account else None, password)
    with database.write() as session:
        sessions.prune(session, now=now)
        return sessions.start(
            session,
            staff_id=account.id if account else None,
            stage="entry",
            knows_password=knows,
            login_key=service.login_key(vault, login),
            now=now,
        )


def enter(
    session: Session, vault: Vault, waiting: StaffSession, code: str, *, now: datetime
) -> Entered | None:
    """Judge password and code together; the waiting session ends either way.

    None when anything was wrong. A code or recovery code that let somebody in is used up.
    """
    sessions.end(session, waiting.hash)
    account = session.get(StaffAccount, waiting.staff_id) if waiting.staff_id else None
    usable = may_enter(account)
    right = code_is_right(session, vault, account if usable else None, code, now=now)
    if account is None or not (usable and waiting.knows_password and right):
        return None
    by = use_up(session, account.id, code, now=now)
    token = sessions.start(session, staff_id=account.id, stage="full", now=now)
    return Entered(token, account.id, account.login_key, by)


def await_passkey(session: Session, vault: Vault, site: Site, *, now: datetime) -> tuple[str, str]:
    """The token of a session that waits for a passkey, and what the browser must ask for."""
    sessions.prune(session, now=now)
    token = sessions.start(session, staff_id=None, stage="passkey", now=now)
    challenge = challenges.ask(session, sessions.hash_of(token), "enter", now=now)
    return token, passkeys.to_show(session, vault, site, staff_id=None, challenge=challenge)


def enter_with_passkey(
    session: Session, vault: Vault, site: Site, waiting: StaffSession, answer: str, *, now: datetime
) -> Entered | None:
    """Judge a passkey's answer; the waiting session ends either way. None when it is wrong."""
    sessions.end(session, waiting.hash)
    challenge = challenges.take(session, waiting.hash, "enter", now=now)
    staff_id = passkeys.show(session, vault, site, answer, challenge=challenge, now=now)
    account = session.get(StaffAccount, staff_id) if staff_id else None
    if account is None or not may_enter(account):
        return None
    if not passkeys.is_handle_of(vault, account.login_key, answer):
        return None
    token = sessions.start(session, staff_id=account.id, stage="full", now=now)
    return Entered(token, account.id, account.login_key, "passkey")


def may_enter(account: StaffAccount | None) -> bool:
    """Whether this account opens the door to whoever shows its factors."""
    return account is not None and account.password is not None and not account.disabled


def known_device(vault: Vault, cookie: str | None, *, login_key: str) -> str | None:
    """The mark of a browser in which this person has signed in before."""
    try:
        marked = _signer(vault).unsign(cookie or "").decode()
    except BadSignature:
        return None
    return marked if marked.startswith(f"{login_key}.") else None


def device_cookie(vault: Vault, *, login_key: str) -> str:
    """A mark for the browser in which somebody has just signed in."""
    return _signer(vault).sign(f"{login_key}.{secrets.token_hex(8)}").decode()


def code_is_right(
    session: Session, vault: Vault, account: StaffAccount | None, code: str, *, now: datetime
) -> bool:
    """Whether this is the account's code of now, or one of its recovery codes."""
    secret = _NOBODY
    if account is not None and account.secret is not None:
        secret = vault.row("staff", account.id).open("secret", account.secret)
    step = codes.step_of(secret, code, now=now)
    staff_id = account.id if account else 0
    used = session.get(StaffUsedCode, (staff_id, step or 0)) is not None
    spare = session.get(StaffRecoveryCode, codes.recovery_hash(code))
    return (step is not None and not used) or (spare is not None and spare.staff_id == staff_id)


def use_up(session: Session, staff_id: int, code: str, *, now: datetime) -> str:
    """Neither this half minute's code nor this recovery code works again; says which it was."""
    step = int(now.timestamp()) // codes.STEP
    session.execute(
        delete(StaffUsedCode).where(
            col(StaffUsedCode.staff_id) == staff_id, col(StaffUsedCode.step) < step
        )
    )
    session.merge(StaffUsedCode(staff_id=staff_id, step=step))
    spare = session.get(StaffRecoveryCode, codes.recovery_hash(code))
    if spare is None:
        return "code"
    session.delete(spare)
    return "recovery_code"


def _signer(vault: Vault) -> Signer:
    return Signer(vault.subkey("staff device"), salt="device")
