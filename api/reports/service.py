"""Reports and their receipts. A receipt is kept only as a slow hash."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record
from api.counters import next_number, touch
from api.crypto import Vault
from api.errors import ReportUnknown
from api.intake import schemas
from api.reports.tables import Report, ReportUpdate
from api.times import from_ms, rfc3339, to_ms

DIGITS = 16
SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The secret with which an anonymous reporter comes back, and what we keep of it."""

    digits: str
    hash: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as staff see it. Addresses are shown inert, never as links."""

    report_id: str
    number: str
    state: str
    received_at: datetime
    kind: str
    reporter: str
    language: str
    addresses: tuple[str, ...]
    where: str
    words: str


def new_receipt(vault: Vault) -> Receipt:
    """A fresh receipt of 16 random digits."""
    digits = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    return Receipt(digits, receipt_hash(vault, digits))


def receipt_hash(vault: Vault, receipt: str) -> str:
    """A slow hash under this installation's secret; the same time for any input.

    Salted once per installation rather than per row, so that a receipt can be looked up.
    """
    salt = vault.subkey("receipts")
    digits = "".join(sign for sign in receipt[:64] if sign.isdigit())
    raw = hash_secret_raw(
        digits.encode(),
        salt,
        time_cost=2,
        memory_cost=19_456,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )
    return raw.hex()


def store(
    session: Session, vault: Vault, wanted: schemas.Report, hash: str, *, now: datetime
) -> tuple[str, bool]:
    """Keep a report under the hash of its receipt; its number, and whether it is new."""
    known = session.get(Report, wanted.report_id)
    if known is not None:
        return shown_number(known.number), False
    number = next_number(session, "reports")
    _insert(session, vault, wanted, hash, number, now)
    record(session, vault, who="bot", what="report.stored", about=wanted.report_id, now=now)
    touch(session)
    return shown_number(number), True


def state_of(session: Session, hash: str) -> tuple[str, Sequence[ReportUpdate]] | None:
    """State and updates of the report with this receipt, or None."""
    wanted = select(Report).where(col(Report.receipt_hash) == hash)
    report = session.execute(wanted).scalar_one_or_none()
    if report is None:
        return None
    updates = session.execute(
        select(ReportUpdate)
        .where(col(ReportUpdate.report_id) == report.id)
        .order_by(col(ReportUpdate.place))
    )
    return report.state, updates.scalars().all()


def shown(found: tuple[str, Sequence[ReportUpdate]] | None) -> dict[str, Any]:
    """What a reporter may know; raises ``ReportUnknown`` for nothing found."""
    if found is None:
        raise ReportUnknown()
    state, updates = found
    listed = [{"at": rfc3339(from_ms(row.at)), "state": row.state} for row in updates]
    return {"state": state, "updates": listed}


def reports(session: Session, vault: Vault) -> list[ReportView]:
    """All reports, the newest first."""
    rows = session.execute(select(Report).order_by(col(Report.number).desc())).scalars()
    return [_view(vault, row) for row in rows]


def read(
    session: Session, vault: Vault, report_id: str, *, staff_id: int, now: datetime
) -> ReportView:
    """One report; the read is recorded. Raises ``ReportUnknown``."""
    row = session.get(Report, report_id)
    if row is None:
        raise ReportUnknown()
    record(session, vault, who=f"staff:{staff_id}", what="report.read", about=report_id, now=now)
    return _view(vault, row)


def shown_number(number: int) -> str:
    """The number that staff and the reporter see."""
    return f"R-{number}"


def _insert(
    session: Session,
    vault: Vault,
    wanted: schemas.Report,
    hash: str,
    number: int,
    now: datetime,
) -> None:
    row = vault.row("reports", wanted.report_id)
    values = {
        "id": wanted.report_id,
        "number": number,
        "state": SUBMITTED,
        "received_at": to_ms(wanted.received_at),
        "stored_at": to_ms(now),
        "receipt_hash": hash,
        "kind": row.seal("kind", wanted.kind),
        "reporter": row.seal("reporter", wanted.reporter),
        "language": row.seal("language", wanted.language),
        "addresses": row.seal("addresses", json.dumps(wanted.addresses)),
        "whereabouts": row.seal("whereabouts", wanted.where),
        "words": row.seal("words", wanted.words),
        "conversation": row.seal("conversation", wanted.conversation or ""),
    }
    session.execute(insert(Report), [values])
    update = {"report_id": wanted.report_id, "place": 1, "at": to_ms(now), "state": SUBMITTED}
    session.execute(insert(ReportUpdate), [update])


def _view(vault: Vault, report: Report) -> ReportView:
    row = vault.row("reports", report.id)
    return ReportView(
        report_id=report.id,
        number=shown_number(report.number),
        state=report.state,
        received_at=from_ms(report.received_at),
        kind=row.open("kind", report.kind),
        reporter=row.open("reporter", report.reporter),
        language=row.open("language", report.language),
        addresses=tuple(json.loads(row.open("addresses", report.addresses))),
        where=row.open("whereabouts", report.whereabouts),
        words=row.open("words", report.words),
    )
