"""What a passkey must sign: fresh chance, for one session and purpose, once."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlmodel import col

from api.staff.tables import StaffChallenge
from api.times import from_ms, to_ms

Purpose = Literal["enter", "enrol", "add", "confirm"]

LASTS = timedelta(minutes=5)
_BYTES = 32


def ask(session: Session, hash: str, purpose: Purpose, *, now: datetime) -> bytes:
    """A new challenge for this session; an older one of the same purpose is void."""
    old = col(StaffChallenge.at) < to_ms(now - LASTS)
    session.execute(delete(StaffChallenge).where(old))
    challenge = secrets.token_bytes(_BYTES)
    row = StaffChallenge(session=hash, purpose=purpose, challenge=challenge, at=to_ms(now))
    session.merge(row)
    return challenge


def take(session: Session, hash: str, purpose: Purpose, *, now: datetime) -> bytes | None:
    """The challenge that this session was given, if it still counts; it does not again."""
    row = session.get(StaffChallenge, (hash, purpose))
    if row is None:
        return None
    session.delete(row)
    session.flush()
    return row.challenge if now - from_ms(row.at) < LASTS else None
