"""The trail on screen: searched by item, person and deed, the newest rows first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.checking import opened
from api.audit.tables import AuditRow
from api.cases.queries import names_of
from api.crypto import Vault
from api.times import from_ms

SHOWN = 50
_TOO_MANY = 30_000
"""More ids than this are not asked for in one question: PostgreSQL takes 65,535 values."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; ``before`` is the number below which to go on, 0 for the newest."""

    about: str = ""
    who: str = ""
    what: str = ""
    before: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One row. ``detail`` is None for who may not read it."""

    seq: int
    at: datetime
    who: str
    name: str
    what: str
    about: str
    hash: str
    detail: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the number from which older ones follow, 0 when there are none."""

    lines: Sequence[Line]
    older: int


def page(session: Session, vault: Vault, search: Search, *, hidden: set[str], full: bool) -> Page:
    """The rows that fit, without those about what is hidden; details only when ``full``."""
    rows = _found(session, search, hidden)
    shown = rows[:SHOWN]
    names = names_of(session, vault, {_staff(row.who) for row in shown})
    lines = [_line(vault, row, names, full) for row in shown]
    return Page(lines, shown[-1].seq if len(rows) > SHOWN else 0)


def _found(session: Session, search: Search, hidden: set[str]) -> list[AuditRow]:
    wanted = select(AuditRow).order_by(col(AuditRow.seq).desc()).limit(SHOWN + 1)
    if search.before:
        wanted = wanted.where(col(AuditRow.seq) < search.before)
    if search.about:
        wanted = wanted.where(col(AuditRow.about) == search.about)
    if search.who:
        wanted = wanted.where(col(AuditRow.who) == search.who)
    if search.what:
        wanted = wanted.where(col(AuditRow.what).startswith(search.what, autoescape=True))
    if not hidden:
        return list(session.execute(wanted).scalars())
    ids = sorted(hidden)
    for start in range(0, len(ids), _TOO_MANY):
        wanted = wanted.where(col(AuditRow.about).not_in(ids[start : start + _TOO_MANY]))
    return list(session.execute(wanted).scalars())


def _line(vault: Vault, row: AuditRow, names: dict[int, str], full: bool) -> Line:
    return Line(
        seq=row.seq,
        at=from_ms(row.at),
        who=row.who,
        name=names.get(_staff(row.who), ""),
        what=row.what,
        about=row.about,
        hash=row.hash,
        detail=_detail(vault, row) if full else None,
    )


def _detail(vault: Vault, row: AuditRow) -> dict[str, str]:
    text = opened(vault, row)
    found: dict[str, str] = json.loads(text)["detail"] if text else {}
    return {name: value for name, value in found.items() if value}


def _staff(who: str) -> int:
    found = who.removeprefix("staff:")
    return int(found) if found != who else 0
