"""Sessions at the console: kept here, known by the hash of their token, ended at once.

A person's name, roles and whether the account still stands are read anew on each request,
so a right taken away bites on the next one (S27).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from sqlalchemy import delete, update
from sqlalchemy.orm import Session
from sqlmodel import col

from api.crypto import Vault
from api.staff.tables import StaffAccount, StaffSession
from api.times import from_ms, to_ms

Stage = Literal["entry", "enrol", "full"]

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
HALFWAY = timedelta(minutes=15)  # to type a code, or to set up the second factor
_NOTED = timedelta(seconds=15)  # how stale ``seen_at`` may be, to spare writes


@dataclass(frozen=True, slots=True)
class Person:
    """Who is at the console now; ``session`` is the hash of the session's token."""

    id: int
    name: str
    roles: frozenset[str]
    session: str
    seen_at: datetime


def start(
    session: Session,
    *,
    staff_id: int | None,
    stage: Stage,
    now: datetime,
    knows_password: bool = False,
    login_key: str = "",
) -> str:
    """Begin a session and return its token (256 bits), which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    row = StaffSession(
        hash=hash_of(token),
        staff_id=staff_id,
        stage=stage,
        knows_password=knows_password,
        login_key=login_key,
        created_at=to_ms(now),
        seen_at=to_ms(now),
    )
    session.add(row)
    return token


def person_of(
    session: Session, vault: Vault, hash: str, *, trial: bool, now: datetime
) -> Person | None:
    """Whose full session this is; None when it ended, the account does, or no trial runs."""
    row = _standing(session, hash, stage="full", now=now)
    account = session.get(StaffAccount, row.staff_id) if row else None
    if row is None or account is None or account.disabled or (account.trial and not trial):
        return None
    name = vault.open(account.name, table="staff", column="name", row=account.id)
    roles = frozenset(account.roles.split())
    return Person(account.id, name, roles, row.hash, from_ms(row.seen_at))


def unfinished(session: Session, token: str, *, stage: Stage, now: datetime) -> StaffSession | None:
    """The session of somebody who is still on the way in."""
    return _standing(session, hash_of(token), stage=stage, now=now)


def is_stale(person: Person, *, now: datetime) -> bool:
    """Whether it is time to note that the person was heard of."""
    return now - person.seen_at > _NOTED


def touch(session: Session, hash: str, *, now: datetime) -> None:
    """Note that the person was heard of."""
    session.execute(
        update(StaffSession).where(col(StaffSession.hash) == hash).values(seen_at=to_ms(now))
    )


def end(session: Session, hash: str) -> None:
    """End one session."""
    session.execute(delete(StaffSession).where(col(StaffSession.hash) == hash))


def end_all(session: Session, staff_id: int) -> None:
    """End every session of a person, half-open ones included."""
    session.execute(delete(StaffSession).where(col(StaffSession.staff_id) == staff_id))


def prune(session: Session, *, now: datetime) -> None:
    """Drop sessions that ended by themselves."""
    session.execute(delete(StaffSession).where(col(StaffSession.seen_at) < to_ms(now - IDLE)))


def hash_of(token: str) -> str:
    """How a token of chance is stored."""
    return sha256(token.encode()).hexdigest()


def _standing(session: Session, hash: str, *, stage: Stage, now: datetime) -> StaffSession | None:
    row = session.get(StaffSession, hash)
    if row is None or row.stage != stage:
        return None
    idle, longest = (IDLE, LONGEST) if stage == "full" else (HALFWAY, HALFWAY)
    if now - from_ms(row.seen_at) >= idle or now - from_ms(row.created_at) >= longest:
        return None
    return row
