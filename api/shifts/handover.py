"""The hand-over: what one shift leaves to the next, in words and as it stood.

It is kept as it was written. Another person reads and confirms it; until then a supervisor
hears of it, for what nobody confirmed nobody may have read.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record, record_once
from api.contacts.noticing import notify
from api.contacts.values import StaffRef
from api.counters import touch
from api.crypto import Vault
from api.shifts.refusals import BadHandover, HandoverConfirmed, HandoverUnknown, OwnHandover
from api.shifts.tables import Handover, HandoverDraft
from api.shifts.values import HandoverView, Left
from api.times import from_ms, maybe_from_ms, to_ms

LONGEST = 8000
CONFIRM_WITHIN = timedelta(minutes=30)
"""Shifts overlap by half an hour; after that the writer has gone home."""
_SHOWN = 10
_ONE_READING = timedelta(minutes=10)


def draft(session: Session, vault: Vault, staff_id: int) -> str:
    """The words of a hand-over that this person has begun."""
    row = session.get(HandoverDraft, staff_id)
    if row is None:
        return ""
    return vault.open(row.text, table="handover_drafts", column="text", row=staff_id)


def save_draft(session: Session, vault: Vault, *, staff_id: int, text: str, now: datetime) -> None:
    """Keep the words as they are typed; empty ones are forgotten."""
    if len(text) > LONGEST:
        raise BadHandover
    if not text:
        _forget_draft(session, staff_id)
        return
    sealed = vault.seal(text, table="handover_drafts", column="text", row=staff_id)
    session.merge(HandoverDraft(staff_id=staff_id, at=to_ms(now), text=sealed))
    session.flush()


def give(
    session: Session,
    vault: Vault,
    *,
    staff: StaffRef,
    words: str,
    left: list[Left],
    now: datetime,
) -> str:
    """Hand the shift over and return the hand-over's id; raises ``BadHandover``."""
    words = words.strip()
    if not words or len(words) > LONGEST:
        raise BadHandover
    handover_id = str(uuid.uuid4())
    row = vault.row("handovers", handover_id)
    values = {
        "id": handover_id,
        "at": to_ms(now),
        "staff_id": staff.id,
        "name": row.seal("name", staff.name),
        "words": row.seal("words", words),
        "snapshot": row.seal("snapshot", json.dumps([_as_json(one) for one in left])),
    }
    session.execute(insert(Handover), [values])
    _forget_draft(session, staff.id)
    _record(session, vault, staff.id, "handover.written", handover_id, now)
    touch(session)
    return handover_id


def confirm(
    session: Session, vault: Vault, handover_id: str, *, staff: StaffRef, now: datetime
) -> None:
    """Say that one has read it and takes over.

    Raises ``HandoverUnknown``, ``OwnHandover``, ``HandoverConfirmed``.
    """
    row = _get(session, handover_id)
    if row.staff_id == staff.id:
        raise OwnHandover
    if row.confirmed_at is not None:
        raise HandoverConfirmed
    row.confirmed_at, row.confirmed_by = to_ms(now), staff.id
    row.confirmed_name = vault.row("handovers", handover_id).seal("confirmed_name", staff.name)
    session.flush()
    _record(session, vault, staff.id, "handover.confirmed", handover_id, now)
    touch(session)


def newest(
    session: Session, vault: Vault, *, staff_id: int, hidden: set[str], now: datetime
) -> list[HandoverView]:
    """The last hand-overs, the newest first; each reading is recorded."""
    rows = session.execute(
        select(Handover).order_by(col(Handover.at).desc(), col(Handover.id)).limit(_SHOWN)
    ).scalars()
    found = [_view(vault, row, hidden) for row in rows]
    for view in found:
        record_once(
            session,
            vault,
            who=f"staff:{staff_id}",
            what="handover.read",
            about=view.handover_id,
            now=now,
            within=_ONE_READING,
        )
    return found


def open_since(session: Session) -> datetime | None:
    """When the oldest hand-over was written that nobody has confirmed."""
    at = session.scalar(
        select(col(Handover.at))
        .where(col(Handover.confirmed_at).is_(None))
        .order_by(col(Handover.at))
        .limit(1)
    )
    return maybe_from_ms(at)


def writer(session: Session, handover_id: str) -> int | None:
    """Who wrote it; for the condition that another person confirms."""
    row = session.get(Handover, handover_id)
    return row.staff_id if row else None


def remind(session: Session, vault: Vault, *, now: datetime) -> list[str]:
    """Tell supervisors, once, of what nobody confirmed in time; the clock's part."""
    rows = session.execute(
        select(Handover).where(
            col(Handover.confirmed_at).is_(None),
            col(Handover.reminded_at).is_(None),
            col(Handover.at) <= to_ms(now - CONFIRM_WITHIN),
        )
    ).scalars()
    found = list(rows)
    for row in found:
        row.reminded_at = to_ms(now)
        name = vault.row("handovers", row.id).open("name", row.name)
        notify(
            session,
            vault,
            kind="handover_unconfirmed",
            staff_id=row.staff_id,
            detail=name,
            now=now,
        )
    return [row.id for row in found]


def _get(session: Session, handover_id: str) -> Handover:
    row = session.get(Handover, handover_id)
    if row is None:
        raise HandoverUnknown
    return row


def _forget_draft(session: Session, staff_id: int) -> None:
    row = session.get(HandoverDraft, staff_id)
    if row is not None:
        session.delete(row)
        session.flush()


def _view(vault: Vault, row: Handover, hidden: set[str]) -> HandoverView:
    seal = vault.row("handovers", row.id)
    left = tuple(_from_json(one) for one in json.loads(seal.open("snapshot", row.snapshot)))
    confirmed = None
    if row.confirmed_by is not None and row.confirmed_name is not None:
        name = seal.open("confirmed_name", row.confirmed_name)
        confirmed = StaffRef(row.confirmed_by, name)
    return HandoverView(
        handover_id=row.id,
        at=from_ms(row.at),
        by=StaffRef(row.staff_id, seal.open("name", row.name)),
        words=seal.open("words", row.words),
        left=tuple(one for one in left if one.path.rpartition("/")[2] not in hidden),
        confirmed_at=maybe_from_ms(row.confirmed_at),
        confirmed_by=confirmed,
    )


def _as_json(one: Left) -> Mapping[str, str | int]:
    return {
        "kind": one.kind,
        "number": one.number,
        "path": one.path,
        "detail": one.detail,
        "at": to_ms(one.at),
    }


def _from_json(one: Mapping[str, str | int]) -> Left:
    kind, number, path, detail = (str(one[key]) for key in ("kind", "number", "path", "detail"))
    return Left(kind, number, path, detail, from_ms(int(one["at"])))


def _record(
    session: Session, vault: Vault, staff_id: int, what: str, about: str, now: datetime
) -> None:
    record(session, vault, who=f"staff:{staff_id}", what=what, about=about, now=now)
