"""What a child told of who it is: written by staff, read back only with a second person (S30).

Somebody asks with a reason and a length, a supervisor other than the asker decides, and then
the asker alone reads until the end comes. Each read is recorded, and shown on the case.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record
from api.audit.tables import AuditRow
from api.cases import listing, queries, records
from api.cases.noting import plain, standing, trace
from api.cases.refusals import AlreadyDecided, IdentityLocked, InvalidCaseWords, OwnRequest
from api.cases.tables import CaseIdentity, CaseUnlock
from api.cases.values import IDENTITY_KINDS, UNLOCK_MINUTES, IdentityView, UnlockView
from api.contacts.noticing import settle_notice
from api.contacts.values import StaffRef
from api.counters import touch
from api.crypto import Vault
from api.times import from_ms, to_ms


def write(
    session: Session,
    vault: Vault,
    case_id: str,
    *,
    kind: str,
    text: str,
    staff: StaffRef,
    now: datetime,
) -> None:
    """Keep something the child told; a correction is a further entry.

    Raises ``InvalidCaseWords``.
    """
    case, said = standing(session, case_id), plain(text)
    if kind not in IDENTITY_KINDS:
        raise InvalidCaseWords()
    identity_id = str(uuid.uuid4())
    row = vault.row("case_identities", identity_id)
    values = {
        "id": identity_id,
        "case_id": case_id,
        "at": to_ms(now),
        "staff_id": staff.id,
        "name": row.seal("name", staff.name),
        "kind": row.seal("kind", kind),
        "text": row.seal("text", said),
    }
    session.execute(insert(CaseIdentity), [values])
    detail = {"entry": identity_id}
    trace(session, vault, case, "identity.written", detail, staff=staff, now=now)


def ask(
    session: Session,
    vault: Vault,
    case_id: str,
    *,
    reason: str,
    minutes: int,
    staff: StaffRef,
    now: datetime,
) -> str:
    """Ask to read the identity for so long; the supervisors are told. The id of the wish.

    Raises ``InvalidCaseWords``.
    """
    case, said = queries.get(session, case_id), plain(reason)
    if minutes not in UNLOCK_MINUTES:
        raise InvalidCaseWords()
    unlock_id = str(uuid.uuid4())
    row = vault.row("case_unlocks", unlock_id)
    values = {
        "id": unlock_id,
        "case_id": case_id,
        "state": "asked",
        "minutes": minutes,
        "asked_at": to_ms(now),
        "asker_id": staff.id,
        "asker_name": row.seal("asker_name", staff.name),
        "reason": row.seal("reason", said),
    }
    session.execute(insert(CaseUnlock), [values])
    detail = {"unlock": unlock_id, "minutes": str(minutes), "reason": said}
    trace(session, vault, case, "identity.asked", detail, staff=staff, now=now)
    by = staff.id  # the notice has the wish's id: whoever decides settles it
    listing.tell(session, vault, case, "unlock_asked", staff_id=by, notice_id=unlock_id, now=now)
    return unlock_id


def decide(
    session: Session,
    vault: Vault,
    case_id: str,
    unlock_id: str,
    *,
    grant: bool,
    words: str = "",
    staff: StaffRef,
    now: datetime,
) -> None:
    """Let the asker read until the end that was asked for, or refuse with words.

    Raises ``OwnRequest``, ``AlreadyDecided`` (also for a wish that has lapsed).
    """
    case, unlock = queries.get(session, case_id), queries.unlock(session, case_id, unlock_id)
    said = plain(words, needed=not grant)
    if unlock.asker_id == staff.id:
        raise OwnRequest()
    if records.unlock_state(unlock, now=now) != "asked":
        raise AlreadyDecided()
    row = vault.row("case_unlocks", unlock.id)
    unlock.state = "open" if grant else "refused"
    unlock.decided_at, unlock.decider_id = to_ms(now), staff.id
    unlock.decider_name = row.seal("decider_name", staff.name)
    unlock.answer = row.seal("answer", said)
    unlock.until = to_ms(now + timedelta(minutes=unlock.minutes)) if grant else None
    what, detail = "identity.opened" if grant else "identity.refused", {"unlock": unlock_id}
    trace(session, vault, case, what, detail, staff=staff, now=now)
    settle_notice(session, vault, unlock_id, staff=staff, now=now)


def lock(session: Session, vault: Vault, case_id: str, *, staff: StaffRef, now: datetime) -> None:
    """End one's own reading before its time; nothing to end changes nothing."""
    case = queries.get(session, case_id)
    while unlock := queries.open_unlock(session, case_id, staff.id, now=now):
        unlock.state, unlock.until = "ended", to_ms(now)
        session.flush()
        detail = {"unlock": unlock.id}
        trace(session, vault, case, "identity.locked", detail, staff=staff, now=now)


def read(
    session: Session,
    vault: Vault,
    case_id: str,
    *,
    staff_id: int,
    now: datetime,
    origin: str = "",
) -> tuple[tuple[IdentityView, ...], datetime]:
    """What the child told, the newest first, and until when it may be read.

    Every call is recorded as a read. Raises ``IdentityLocked``.
    """
    unlock = queries.open_unlock(session, case_id, staff_id, now=now)
    if unlock is None or unlock.until is None:
        raise IdentityLocked()
    who, detail = f"staff:{staff_id}", {"case": case_id, "from": origin}
    record(session, vault, who=who, what="identity.read", about=unlock.id, now=now, detail=detail)
    touch(session)
    found = queries.identities_of(session, case_id)
    return tuple(records.identity_of(vault, one) for one in found), from_ms(unlock.until)


def unlocks(
    session: Session, vault: Vault, case_id: str, *, now: datetime
) -> tuple[UnlockView, ...]:
    """The access log: who asked why, who decided, and when it was read; the newest first."""
    found = queries.unlocks_of(session, case_id)
    reads = _reads(session, [one.id for one in found])
    return tuple(records.unlock_of(vault, one, reads[one.id], now=now) for one in found)


def _reads(session: Session, unlocks: list[str]) -> dict[str, list[datetime]]:
    wanted = select(col(AuditRow.about), col(AuditRow.at)).where(
        col(AuditRow.about).in_(unlocks), col(AuditRow.what) == "identity.read"
    )
    reads: dict[str, list[datetime]] = defaultdict(list)
    for about, at in session.execute(wanted.order_by(col(AuditRow.seq))):
        reads[about].append(from_ms(at))
    return reads
