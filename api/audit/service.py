"""Write to the audit trail, and check that nobody else did.

Every deed of staff and every read of a contact is recorded in the transaction that does
it. Each row carries the hash of the row before, so that a changed, missing or inserted row
shows; an ``Anchor`` kept outside the database also shows a cut end or a rebuilt chain.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.tables import AuditRow
from api.counters import last_number, next_number
from api.crypto import Vault
from api.times import to_ms

_START = "0" * 64


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of the chain at some moment, to be kept outside the database."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain is broken, and how."""

    seq: int
    what: str


def record(
    session: Session,
    vault: Vault,
    *,
    who: str,
    what: str,
    about: str = "",
    now: datetime,
    detail: dict[str, str] | None = None,
) -> int:
    """Add one deed and return its number.

    ``who`` is ``staff:<id>``, ``bot``, ``clock`` or ``anonymous``; ``about`` an id. Names,
    addresses and anything else a person wrote belong in ``detail``, which is sealed.
    """
    prev = head(session).hash
    seq = next_number(session, "audit")
    sealed = vault.seal(json.dumps(detail or {}), table="audit", column="detail", row=seq)
    row = AuditRow(
        seq=seq,
        at=to_ms(now),
        who=who,
        what=what,
        about=about,
        detail=sealed,
        prev=prev,
        hash="",
    )
    values = {**row.model_dump(), "hash": _hash(row)}
    session.execute(insert(AuditRow), [values])
    return seq


def record_once(
    session: Session,
    vault: Vault,
    *,
    who: str,
    what: str,
    about: str,
    now: datetime,
    within: timedelta,
    detail: dict[str, str] | None = None,
) -> None:
    """As ``record``, unless the same deed stands there already, younger than ``within``."""
    same = (
        select(col(AuditRow.seq))
        .where(col(AuditRow.about) == about, col(AuditRow.who) == who)
        .where(col(AuditRow.what) == what, col(AuditRow.at) > to_ms(now - within))
        .limit(1)
    )
    if session.execute(same).first() is None:
        record(session, vault, who=who, what=what, about=about, now=now, detail=detail)


def head(session: Session) -> Anchor:
    """The newest row's number and hash; number 0 when nothing is recorded."""
    newest = (
        select(col(AuditRow.seq), col(AuditRow.hash)).order_by(col(AuditRow.seq).desc()).limit(1)
    )
    row = session.execute(newest).first()
    return Anchor(row[0], row[1]) if row else Anchor(0, _START)


def check(session: Session, *, anchor: Anchor | None = None) -> Fault | None:
    """The first fault of the whole chain, or None.

    ``anchor`` is a head taken earlier and kept elsewhere: without one, an end that was cut
    off together with its counter, or a chain rebuilt from some row on, cannot be seen.
    """
    rows = session.execute(select(AuditRow).order_by(col(AuditRow.seq))).scalars()
    fault, end = _walk(rows, anchor)
    if fault:
        return fault
    expected = max(last_number(session, "audit"), anchor.seq if anchor else 0)
    return Fault(end + 1, "missing at the end") if end < expected else None


def _walk(rows: Iterable[AuditRow], anchor: Anchor | None) -> tuple[Fault | None, int]:
    prev, seq = _START, 0
    for row in rows:
        seq += 1
        if row.seq != seq:
            return Fault(seq, "missing"), seq
        if row.prev != prev or row.hash != _hash(row):
            return Fault(seq, "changed"), seq
        if anchor and row.seq == anchor.seq and row.hash != anchor.hash:
            return Fault(seq, "not what was anchored"), seq
        prev = row.hash
    return None, seq


def _hash(row: AuditRow) -> str:
    parts = [row.seq, row.at, row.who, row.what, row.about, row.detail.hex(), row.prev]
    return sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()
