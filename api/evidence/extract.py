"""A part of the trail that proves itself: some rows whole, the others as hashes.

    data = extract(session, vault, about=[case_id, *exhibit_ids])
    proof = verify_extract(data, roots=roots)

The extract begins after the last stamp before the first of its rows and ends with the first
stamp after the last, so that both ends are known outside. ``verify_extract`` is pure: whoever
gets an extract needs neither our database nor our keys.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.x509 import Certificate
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.chain import START, Anchor, Fault, canonical, digest, hash_of, link
from api.audit.checking import content_of, opened
from api.audit.service import head
from api.audit.tables import AuditRow
from api.crypto import Vault
from api.evidence.tables import Stamp
from api.evidence.tokens import TokenWrong, verified
from api.times import from_ms, rfc3339

FORMAT = "sigurt-trail-1"
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Stamped:
    """A head that somebody outside has seen, and when; ``at`` is what a service signed."""

    seq: int
    kind: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What an extract proves: its faults, how many rows it shows, and which heads are stamped."""

    faults: tuple[Fault, ...]
    rows: int
    shown: int
    stamped: tuple[Stamped, ...]


def extract(session: Session, vault: Vault, *, about: Collection[str]) -> dict[str, Any]:
    """The part of the trail that tells of these ids, as JSON."""
    wanted = _seqs(session, about)
    first, last = _span(session, wanted)
    rows = [_row(vault, row, row.seq in wanted) for row in _rows(session, first, last)]
    return {
        "format": FORMAT,
        "first": first,
        "prev": _hash_at(session, first - 1),
        "rows": rows,
        "head": {"seq": last, "hash": _hash_at(session, last)},
        "stamps": [_stamp(one) for one in _stamps(session, first - 1, last)],
    }


def verify_extract(data: Mapping[str, Any], *, roots: Sequence[Certificate] = ()) -> Proof:
    """Follow the extract link by link and check its stamps; raises nothing.

    Without ``roots`` a stamp service's answers are not checked, and ``stamped`` leaves them out.
    """
    try:
        faults, heads, shown = _follow(data)
        stamped, wrong = _stamped(data, heads, roots)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return Proof((Fault(0, "unreadable"),), 0, 0, ())
    return Proof((*faults, *wrong), len(data["rows"]), shown, stamped)


def _seqs(session: Session, about: Collection[str]) -> set[int]:
    found: set[int] = set()
    ids = sorted(set(about) - {""})
    for start in range(0, len(ids), _BATCH):
        some = col(AuditRow.about).in_(ids[start : start + _BATCH])
        found.update(session.execute(select(col(AuditRow.seq)).where(some)).scalars())
    return found


def _span(session: Session, wanted: Collection[int]) -> tuple[int, int]:
    """From after the stamp before the first row to the stamp after the last, or to the head."""
    end = head(session).seq
    if not wanted:
        return end + 1, end
    before = _nearest(session, col(Stamp.head_seq) < min(wanted), func.max(col(Stamp.head_seq)))
    after = _nearest(session, col(Stamp.head_seq) >= max(wanted), func.min(col(Stamp.head_seq)))
    return (before or 0) + 1, after or end


def _nearest(session: Session, where: Any, which: Any) -> int | None:
    """The head of a stamp service's stamp, or else of an exported one."""
    for kind in ("tsa", "exported"):
        found: int | None = session.execute(
            select(which).where(where, col(Stamp.kind) == kind)
        ).scalar()
        if found is not None:
            return found
    return None


def _rows(session: Session, first: int, last: int) -> Iterable[AuditRow]:
    for start in range(first, last + 1, _BATCH):
        stop = min(start + _BATCH - 1, last)
        span = select(AuditRow).where(col(AuditRow.seq).between(start, stop))
        yield from session.execute(span.order_by(col(AuditRow.seq))).scalars()


def _row(vault: Vault, row: AuditRow, whole: bool) -> dict[str, Any]:
    said = content_of(row)
    if not whole:
        return {"seq": row.seq, "content_hash": digest(said)}
    text = opened(vault, row)
    return {"seq": row.seq, "content": said, "detail": json.loads(text) if text else None}


def _hash_at(session: Session, seq: int) -> str:
    if seq == 0:
        return START
    wanted = select(col(AuditRow.hash)).where(col(AuditRow.seq) == seq)
    return str(session.execute(wanted).scalar_one())


def _stamps(session: Session, first: int, last: int) -> Sequence[Stamp]:
    wanted = select(Stamp).where(col(Stamp.head_seq).between(first, last))
    return session.execute(wanted.order_by(col(Stamp.seq))).scalars().all()


def _stamp(one: Stamp) -> dict[str, Any]:
    made: dict[str, Any] = {
        "kind": one.kind,
        "head": {"seq": one.head_seq, "hash": one.head_hash},
    }
    if one.kind == "tsa":  # when, is in the service's own answer
        return {**made, "token": base64.b64encode(one.token).decode()}
    return {**made, "at": rfc3339(from_ms(one.at))}


def _follow(data: Mapping[str, Any]) -> tuple[list[Fault], dict[int, str], int]:
    """The faults of the links, the hash after each row, and how many rows are shown whole."""
    seq, prev = data["first"] - 1, data["prev"]
    faults = [] if data["format"] == FORMAT else [Fault(0, "unknown format")]
    if seq == 0 and prev != START:
        faults.append(Fault(1, "changed"))
    heads, shown = {seq: prev}, 0
    for row in data["rows"]:
        seq += 1
        if row["seq"] != seq:
            return [*faults, Fault(seq, "missing")], heads, shown
        content_hash = row.get("content_hash") or digest(row["content"])
        if "content" in row:
            shown += 1
            faults += _faults_of(row, seq)
        heads[seq] = prev = link(prev, content_hash)
    if (data["head"]["seq"], data["head"]["hash"]) != (seq, prev):
        faults.append(Fault(seq, "changed"))
    return faults, heads, shown


def _faults_of(row: Mapping[str, Any], seq: int) -> Iterable[Fault]:
    if row["content"]["seq"] != seq or "content_hash" in row:
        yield Fault(seq, "changed")
    detail = row["detail"]
    if detail is not None and hash_of(canonical(detail)) != row["content"]["detail_hash"]:
        yield Fault(seq, "detail changed")


def _stamped(
    data: Mapping[str, Any], heads: Mapping[int, str], roots: Sequence[Certificate]
) -> tuple[tuple[Stamped, ...], list[Fault]]:
    stamped, faults = [], []
    for one in data["stamps"]:
        anchor = Anchor(one["head"]["seq"], one["head"]["hash"])
        if heads.get(anchor.seq) != anchor.hash:
            faults.append(Fault(anchor.seq, "not what was stamped"))
        elif one["kind"] == "exported":
            stamped.append(Stamped(anchor.seq, "exported", None))
        elif roots:
            try:
                token = base64.b64decode(one["token"], validate=True)
                at = verified(token, anchor, roots)
                stamped.append(Stamped(anchor.seq, "tsa", at))
            except (TokenWrong, binascii.Error):
                faults.append(Fault(anchor.seq, "stamp changed"))
    return tuple(stamped), faults
