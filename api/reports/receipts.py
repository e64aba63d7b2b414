"""Receipts: what a reporter comes back with, and what it opens. Kept only as a slow hash."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.addresses.queries import others
from api.crypto import Vault
from api.errors import ReportUnknown
from api.reports import queries, records
from api.reports.tables import Report
from api.reports.telling import as_told
from api.reports.values import CLOSED, OUT_OF_REMIT

DIGITS = 16


@dataclass(frozen=True, slots=True)
class Receipt:
    """The secret with which an anonymous reporter comes back, and what we keep of it."""

    digits: str
    hash: str


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


def find(session: Session, hash: str) -> Report | None:
    """The report with this receipt."""
    return session.execute(
        select(Report).where(col(Report.receipt_hash) == hash)
    ).scalar_one_or_none()


def get(session: Session, hash: str) -> Report:
    """The report with this receipt; raises ``ReportUnknown``."""
    report = find(session, hash)
    if report is None:
        raise ReportUnknown()
    return report


def shown(session: Session, vault: Vault, report: Report) -> dict[str, Any]:
    """What the holder of the receipt may know."""
    return {
        "updates": as_told(queries.updates_of(session, report.id)),
        "others": others(session, report.id),
        "open": report.state != CLOSED,
        "wants_news": report.wants_news,
        "signpost": _signpost(session, vault, report),
    }


def _signpost(session: Session, vault: Vault, report: Report) -> list[str]:
    newest = queries.newest_assessment(session, report.id)
    if newest is None:
        return []
    judged = records.assessment_of(vault, newest).fields
    return list(judged.services) if judged.verdict == OUT_OF_REMIT else []
