"""Who had an exhibit in hand, when, why, and what it hashed to before and after.

Each entry is chained to the one before of the same exhibit, and the audit trail vouches for
each. Needs a writing session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.chain import START, digest, hash_of, link, unveiled, veiled
from api.audit.service import record
from api.cases.queries import names_of
from api.counters import next_number
from api.crypto import SealBroken, Vault
from api.evidence.tables import Custody
from api.evidence.values import CustodyView
from api.times import from_ms, rfc3339, to_ms


def enter(
    session: Session,
    vault: Vault,
    exhibit_id: str,
    *,
    deed: str,
    who: str,
    why: str,
    hash_before: str,
    hash_after: str,
    now: datetime,
    name: str = "",
) -> None:
    """Add an entry of custody, and have the trail vouch for it."""
    seq, text = next_number(session, "custody"), veiled({"why": why, "name": name})
    said = {"seq": seq, "exhibit_id": exhibit_id, "at": to_ms(now), "who": who, "deed": deed}
    hashes = {"why_hash": hash_of(text), "hash_before": hash_before, "hash_after": hash_after}
    row = {
        **said,
        **hashes,
        "why": vault.seal(text, table="custody", column="why", row=seq),
        "prev": _last_hash(session, exhibit_id),
    }
    row["hash"] = link(str(row["prev"]), digest(_content(row)))
    session.execute(insert(Custody), [row])
    detail = {"vouched": "custody", "row": str(seq), "sha256": str(row["hash"]), "name": name}
    what = f"exhibit.{deed}"
    record(session, vault, who=who, what=what, about=exhibit_id, now=now, detail=detail)


def custody_of(session: Session, vault: Vault, exhibit_id: str) -> list[CustodyView]:
    """Every entry, the first one first."""
    rows = _rows(session, exhibit_id)
    texts = [unveiled(vault.row("custody", row.seq).open("why", row.why)) for row in rows]
    staff = {int(row.who[6:]) for row in rows if row.who.startswith("staff:")}
    names = names_of(session, vault, staff)
    return [
        _view(row, text, names.get(_staff(row.who), "") or text.get("name", ""))
        for row, text in zip(rows, texts, strict=True)
    ]


def is_chained(rows: Sequence[Custody]) -> bool:
    """Whether each entry of an exhibit rests on the one before."""
    prev = START
    for row in rows:
        if row.prev != prev or row.hash != _link(row):
            return False
        prev = row.hash
    return True


def entries_of(session: Session, exhibit_id: str) -> Sequence[Custody]:
    """The rows, the first one first."""
    return _rows(session, exhibit_id)


def vouched_hash(session: Session, vault: Vault, key: str) -> str | None:
    """What an entry hashes to now, for who checks the trail."""
    row = session.get(Custody, int(key), populate_existing=True)
    if row is None:
        return None
    try:
        text = vault.row("custody", row.seq).open("why", row.why)
    except (SealBroken, TypeError):
        return None
    return _link(row) if hash_of(text) == row.why_hash and row.hash == _link(row) else None


def count(session: Session) -> int:
    """How many entries there are."""
    return int(session.execute(select(func.count()).select_from(Custody)).scalar_one())


def _link(row: Custody) -> str | None:
    try:
        return link(row.prev, digest(_content(row.model_dump())))
    except (TypeError, ValueError, OverflowError):
        return None


def _content(row: Mapping[str, object]) -> dict[str, object]:
    """What an entry says, as it is hashed."""
    at = row["at"]
    if not isinstance(at, int):
        raise TypeError("a time is a number")
    names = ("seq", "exhibit_id", "who", "deed", "why_hash", "hash_before", "hash_after")
    return {**{name: row[name] for name in names}, "at": rfc3339(from_ms(at))}


def _last_hash(session: Session, exhibit_id: str) -> str:
    wanted = select(col(Custody.hash)).where(col(Custody.exhibit_id) == exhibit_id)
    found = session.execute(wanted.order_by(col(Custody.seq).desc()).limit(1)).scalar()
    return found or START


def _rows(session: Session, exhibit_id: str) -> Sequence[Custody]:
    wanted = select(Custody).where(col(Custody.exhibit_id) == exhibit_id)
    return session.execute(wanted.order_by(col(Custody.seq))).scalars().all()


def _staff(who: str) -> int:
    return int(who[6:]) if who.startswith("staff:") else 0


def _view(row: Custody, text: Mapping[str, str], name: str) -> CustodyView:
    return CustodyView(
        seq=row.seq,
        exhibit_id=row.exhibit_id,
        at=from_ms(row.at),
        who=row.who,
        name=name,
        deed=row.deed,
        why=text["why"],
        hash_before=row.hash_before,
        hash_after=row.hash_after,
        prev=row.prev,
        hash=row.hash,
    )
