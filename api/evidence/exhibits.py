"""Exhibits: things kept as they were, so that anybody can see that nothing was changed.

What is kept is written once, sealed, with the SHA-256 of its bytes. Whoever takes it in hand
says why, and leaves an entry of custody. Everything but the lists needs a writing session.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.chain import canonical, digest, hash_of
from api.audit.service import record
from api.contacts.noticing import notify
from api.contacts.values import StaffRef
from api.counters import next_number, touch
from api.crypto import SealBroken, Vault
from api.evidence import custody, tables
from api.evidence.custody import custody_of
from api.evidence.refusals import ExhibitUnknown, ReasonWanted
from api.evidence.values import JSON, Exhibit, ExhibitView
from api.times import from_ms, rfc3339, to_ms

__all__ = [
    "custody_of",
    "exhibit",
    "exhibits_of",
    "hand",
    "keep",
    "look",
    "of_hidden",
    "owner_of",
    "view",
    "vouched_hash",
]

_NOTHING = hash_of(b"")
_NO_BODY = ""  # in place of a hash: the sealed bytes do not open
LONGEST = 1000


def keep(
    session: Session,
    vault: Vault,
    *,
    kind: str,
    body: Any,
    who: str,
    now: datetime,
    case_id: str = "",
    report_id: str = "",
    media: str = "",
    why: str = "",
) -> str:
    """Keep a thing as it is; its id. ``body`` is bytes, or JSON, which is kept canonically.

    ``who`` is as in the trail (``staff:<id>``, ``bot``, ``clock``). The same thing may be
    kept twice; each is an exhibit of its own.
    """
    exhibit_id, data = str(uuid.uuid4()), _bytes(body)
    values = {
        "id": exhibit_id,
        "number": next_number(session, "exhibits"),
        "case_id": case_id or None,
        "report_id": report_id or None,
        "kind": kind,
        "media": media or ("application/octet-stream" if isinstance(body, bytes) else JSON),
        "size": len(data),
        "sha256": hash_of(data),
        "kept_at": to_ms(now),
        "who": who,
        "body": vault.row("exhibits", exhibit_id).seal("body", base64.b64encode(data).decode()),
    }
    session.execute(insert(tables.Exhibit), [values])
    _vouch(session, vault, session.get_one(tables.Exhibit, exhibit_id), now=now)
    custody.enter(
        session,
        vault,
        exhibit_id,
        deed="kept",
        who=who,
        why=why,
        hash_before=_NOTHING,
        hash_after=hash_of(data),
        now=now,
    )
    touch(session)
    return exhibit_id


def look(
    session: Session,
    vault: Vault,
    exhibit_id: str,
    *,
    staff: StaffRef,
    why: str,
    now: datetime,
    deed: str = "looked",
) -> Exhibit:
    """Take an exhibit in hand, for a reason; an entry of custody says so (S51).

    ``deed``: ``looked``, or ``exported`` when it leaves in a bundle or file. Bytes that are
    not those that were kept are not handed out: ``whole`` is then False and the supervisors
    are told; raise only after the session was left, or nobody hears of it. Raises
    ``ExhibitUnknown``, ``ReasonWanted``.
    """
    if not why.strip():
        raise ReasonWanted()
    row = _get(session, exhibit_id)
    before = _open(vault, row)
    after = _open(vault, row)  # again: what was read is what lies there now
    whole = row.sha256 == _hash(before) == _hash(after)
    custody.enter(
        session,
        vault,
        exhibit_id,
        deed=deed if whole else "broken",
        who=f"staff:{staff.id}",
        why=why.strip()[:LONGEST],
        hash_before=_hash(before),
        hash_after=_hash(after),
        now=now,
        name=staff.name,
    )
    if not whole:
        notify(session, vault, kind="exhibit_broken", detail=_shown(row), now=now)
    touch(session)
    return Exhibit(_view(row), before if whole and before is not None else b"", whole)


def hand(
    session: Session,
    vault: Vault,
    exhibit_id: str,
    *,
    to: str,
    staff: StaffRef,
    why: str,
    now: datetime,
) -> Exhibit:
    """As ``look``, for an exhibit that is handed to somebody outside."""
    reason = f"{to}: {why.strip()}" if why.strip() else ""
    return look(session, vault, exhibit_id, staff=staff, why=reason, now=now, deed="handed")


def exhibits_of(session: Session, *, case_id: str = "", report_id: str = "") -> list[ExhibitView]:
    """The exhibits of a case or of a report, the first one first."""
    column = col(tables.Exhibit.case_id) if case_id else col(tables.Exhibit.report_id)
    wanted = select(tables.Exhibit).where(column == (case_id or report_id))
    rows: Sequence[tables.Exhibit] = (
        session.execute(wanted.order_by(col(tables.Exhibit.number))).scalars().all()
    )
    return [_view(row) for row in rows]


def view(session: Session, exhibit_id: str) -> ExhibitView:
    """What is known of an exhibit without opening it; raises ``ExhibitUnknown``."""
    return _view(_get(session, exhibit_id))


def exhibit(
    session: Session, vault: Vault, exhibit_id: str, *, staff: StaffRef, now: datetime
) -> ExhibitView:
    """As ``view``, for a person: the read is recorded."""
    found = view(session, exhibit_id)
    record(session, vault, who=f"staff:{staff.id}", what="exhibit.read", about=exhibit_id, now=now)
    return found


def owner_of(session: Session, exhibit_id: str) -> tuple[str, str] | None:
    """The case and the report of an exhibit, either may be empty; None when there is none."""
    row = session.get(tables.Exhibit, exhibit_id)
    return (row.case_id or "", row.report_id or "") if row else None


def of_hidden(session: Session, *, cases: set[str], reports: set[str]) -> set[str]:
    """The exhibits of these cases and reports, by their ids."""
    columns = select(
        col(tables.Exhibit.id), col(tables.Exhibit.case_id), col(tables.Exhibit.report_id)
    )
    return {
        exhibit_id
        for exhibit_id, case_id, report_id in session.execute(columns)
        if case_id in cases or report_id in reports
    }


def vouched_hash(session: Session, vault: Vault, key: str) -> str | None:
    """What an exhibit hashes to now, for who checks the trail; None when it is not whole."""
    row = session.get(tables.Exhibit, key, populate_existing=True)
    if row is None:
        return None
    try:
        data = _open(vault, row)
        return digest(_content(row)) if data is not None and _fits(row, data) else None
    except (TypeError, ValueError, OverflowError):
        return None


def count(session: Session) -> int:
    """How many exhibits there are."""
    return int(session.execute(select(func.count()).select_from(tables.Exhibit)).scalar_one())


def _vouch(session: Session, vault: Vault, row: tables.Exhibit, *, now: datetime) -> None:
    """Have the trail vouch for what stands in the row: whose it is, and what its bytes hash to."""
    detail = {"vouched": "exhibits", "row": row.id, "sha256": digest(_content(row))}
    record(
        session, vault, who=row.who, what="exhibit.entered", about=row.id, now=now, detail=detail
    )


def _content(row: tables.Exhibit) -> dict[str, object]:
    names = ("id", "number", "case_id", "report_id", "kind", "media", "size", "sha256", "who")
    return {
        **{name: getattr(row, name) for name in names},
        "kept_at": rfc3339(from_ms(row.kept_at)),
    }


def _fits(row: tables.Exhibit, data: bytes) -> bool:
    return hash_of(data) == row.sha256 and len(data) == row.size


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else canonical(body)


def _open(vault: Vault, row: tables.Exhibit) -> bytes | None:
    try:
        return base64.b64decode(vault.row("exhibits", row.id).open("body", row.body))
    except (SealBroken, TypeError):
        return None


def _hash(data: bytes | None) -> str:
    return _NO_BODY if data is None else hash_of(data)


def _get(session: Session, exhibit_id: str) -> tables.Exhibit:
    row = session.get(tables.Exhibit, exhibit_id)
    if row is None:
        raise ExhibitUnknown()
    return row


def _shown(row: tables.Exhibit) -> str:
    return f"E-{row.number}"


def _view(row: tables.Exhibit) -> ExhibitView:
    return ExhibitView(
        exhibit_id=row.id,
        number=_shown(row),
        case_id=row.case_id or "",
        report_id=row.report_id or "",
        kind=row.kind,
        media=row.media,
        size=row.size,
        sha256=row.sha256,
        kept_at=from_ms(row.kept_at),
        who=row.who,
    )
