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

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from api.crypto import Vault
from api.staff.tables import StaffAccount, StaffSession
from api.times import from_ms, to_ms

Stage = Literal["entry", "passkey", "enrol", "full"]

# An open page is a sign of life: in a quiet night it must not put its counsellor out, for a
# child would then call nobody. What an unattended screen could do beyond reading asks for
# the second factor again after ``FRESH``, and after ``LONGEST`` everybody signs in anew.
IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
# Long enough for one errand (read an identity, add a key, change roles), too short for
# whoever sits down at a screen that somebody left.
FRESH = timedelta(minutes=5)
HALFWAY = timedelta(minutes=15)  # to type a code, or to set up the second factor
_NOTED = timedelta(seconds=15)  # how stale ``seen_at`` may be, to spare writes


@dataclass(frozen=True, slots=True)
class Person:
    """Who is at the console now; ``session`` is the hash of the session's token.

    ``root`` stays the same when step-up renews the session; ``language`` is empty until
    the person chose one.
    """

    id: int
    name: str
    roles: frozenset[str]
    session: str
    seen_at: datetime
    factor_at: datetime
    root: str
    language: str = ""

    def is_fresh(self, *, now: datetime) -> bool:
        """Whether a second factor was shown a short while ago."""
        return now - self.factor_at < FRESH


@dataclass(frozen=True, slots=True)
class Seat:
    """One open session of a person, as its owner sees it."""

    since: datetime
    seen_at: datetime
    browser: str
    here: bool


def start(
    session: Session,
    *,
    staff_id: int | None,
    stage: Stage,
    now: datetime,
    knows_password: bool = False,
    login_key: str = "",
) -> str:
    """Begin a session and return its token (256 bits), which is stored nowhere.

    A full session begins with a second factor that was just shown.
    """
    token = secrets.token_urlsafe(32)
    row = StaffSession(
        hash=hash_of(token),
        staff_id=staff_id,
        stage=stage,
        knows_password=knows_password,
        login_key=login_key,
        root=hash_of(token),
        created_at=to_ms(now),
        seen_at=to_ms(now),
        factor_at=to_ms(now),
    )
    session.add(row)
    return token


def renew(session: Session, person: Person, *, now: datetime) -> str:
    """Go on in a new session, with a second factor just shown; the old one is dead (S18).

    It ends when the old one would have ended.
    """
    old = session.get_one(StaffSession, person.session)
    token = start(session, staff_id=person.id, stage="full", now=now)
    row = session.get_one(StaffSession, hash_of(token))
    row.root, row.created_at = old.root, old.created_at
    session.delete(old)
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
    return Person(
        id=account.id,
        name=name,
        roles=roles,
        session=row.hash,
        seen_at=from_ms(row.seen_at),
        factor_at=from_ms(row.factor_at),
        root=row.root,
        language=account.language,
    )


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


def end_others(session: Session, person: Person) -> int:
    """End every session of a person but this one; returns how many."""
    others = select(StaffSession).where(
        col(StaffSession.staff_id) == person.id, col(StaffSession.hash) != person.session
    )
    rows = session.scalars(others).all()
    for row in rows:
        session.delete(row)
    return len(rows)


def describe(session: Session, vault: Vault, token: str, browser: str) -> None:
    """Keep in which browser a session is, for its owner to recognise."""
    row = session.get_one(StaffSession, hash_of(token))
    row.browser = vault.row("staff_sessions", row.hash).seal("browser", browser)


def seats(session: Session, vault: Vault, person: Person, *, now: datetime) -> list[Seat]:
    """The sessions of a person that stand, the newest first."""
    rows = session.scalars(
        select(StaffSession)
        .where(col(StaffSession.staff_id) == person.id, col(StaffSession.stage) == "full")
        .order_by(col(StaffSession.created_at).desc())
    )
    standing = [row for row in rows if _standing(session, row.hash, stage="full", now=now)]
    return [_seat(vault, row, here=row.hash == person.session) for row in standing]


def prune(session: Session, *, now: datetime) -> None:
    """Drop sessions that ended by themselves."""
    session.execute(delete(StaffSession).where(col(StaffSession.seen_at) < to_ms(now - IDLE)))


def hash_of(token: str) -> str:
    """How a token of chance is stored."""
    return sha256(token.encode()).hexdigest()


def _seat(vault: Vault, row: StaffSession, *, here: bool) -> Seat:
    seal = vault.row("staff_sessions", row.hash)
    browser = seal.open("browser", row.browser) if row.browser else ""
    return Seat(from_ms(row.created_at), from_ms(row.seen_at), browser, here)


def _standing(session: Session, hash: str, *, stage: Stage, now: datetime) -> StaffSession | None:
    row = session.get(StaffSession, hash)
    if row is None or row.stage != stage:
        return None
    idle, longest = (IDLE, LONGEST) if stage == "full" else (HALFWAY, HALFWAY)
    if now - from_ms(row.seen_at) >= idle or now - from_ms(row.created_at) >= longest:
        return None
    return row
