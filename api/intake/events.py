"""The feed: what happened at the helpline, in order, for the bot to fetch."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.counters import last_number, next_number
from api.crypto import Vault
from api.intake.tables import EventRow
from api.times import from_ms, rfc3339, to_ms

MOST = 100


def emit(
    session: Session,
    vault: Vault,
    *,
    type: str,
    now: datetime,
    contact_id: str | None = None,
    **payload: Any,
) -> int:
    """Tell the bot, and return the event's number; also wakes the open consoles."""
    seq = next_number(session, "events")
    next_number(session, "changes")
    sealed = vault.seal(json.dumps(payload), table="events", column="payload", row=seq)
    row = {
        "seq": seq,
        "at": to_ms(now),
        "type": type,
        "contact_id": contact_id,
        "payload": sealed,
    }
    session.execute(insert(EventRow), [row])
    return seq


def events_after(session: Session, vault: Vault, after: int) -> tuple[list[dict[str, Any]], int]:
    """Up to ``MOST`` events after that number, and where to go on from.

    A number that was never given (the database was put back to an older day) is answered
    with the last one that was.
    """
    rows = session.execute(
        select(EventRow).where(col(EventRow.seq) > after).order_by(col(EventRow.seq)).limit(MOST)
    ).scalars()
    events = [as_event(vault, row) for row in rows]
    if events:
        return events, int(events[-1]["seq"])
    return [], min(after, last_number(session, "events"))


def as_event(vault: Vault, row: EventRow) -> dict[str, Any]:
    """The event as the contract writes it."""
    event: dict[str, Any] = {"seq": row.seq, "at": rfc3339(from_ms(row.at)), "type": row.type}
    if row.contact_id is not None:
        event["contact_id"] = row.contact_id
    return {**event, **payload_of(vault, row)}


def payload_of(vault: Vault, row: EventRow) -> dict[str, Any]:
    """What the event says beside its type."""
    opened = vault.open(row.payload, table="events", column="payload", row=row.seq)
    payload: dict[str, Any] = json.loads(opened)
    return payload
