"""Check that nobody else wrote to the trail, nor to what it vouches for.

The trail is walked in steps, so that neither memory nor a lock grows with its length. A row
whose details name ``vouched`` and ``sha256`` vouches for a row of another table (a stamp, an
exhibit, an entry of custody); ``Vouched`` says how that row is hashed now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit import guards
from api.audit.chain import START, Anchor, Fault, content, digest, hash_of, link, unveiled
from api.audit.tables import AuditRow
from api.counters import last_number
from api.crypto import SealBroken, Vault
from api.db import Database

STEP = 2000
_COLUMNS = (
    *(col(AuditRow.seq), col(AuditRow.at), col(AuditRow.who), col(AuditRow.what)),
    *(col(AuditRow.about), col(AuditRow.detail), col(AuditRow.detail_hash)),
    *(col(AuditRow.prev), col(AuditRow.hash)),
)


@dataclass(frozen=True, slots=True)
class Vouched:
    """A table whose every row the trail vouches for."""

    hash_of: Callable[[Session, Vault, str], str | None]
    """By the row's key: its hash as it stands now; None when it is gone or does not open."""
    count: Callable[[Session], int]


Vouchings = Mapping[str, Vouched]


@dataclass(slots=True)
class Walk:
    """A check on its way through the trail."""

    vault: Vault
    anchors: Mapping[int, Sequence[str]]
    vouched: Vouchings
    seq: int = 0
    prev: str = START
    counted: dict[str, int] = field(default_factory=dict)

    def look(self, session: Session) -> tuple[Fault | None, bool]:
        """Go some rows further, and at the end look at the end; the fault, and whether to go on.

        Rows may be added while the end is looked at: what seems wrong then is looked at again.
        """
        seen, counted = self.seq, last_number(session, "audit")
        fault, more = self._step(session)
        if fault or more:
            return fault, more
        fault = self._end(session, counted)
        return (None, True) if fault and self.seq > seen else (fault, False)

    def _step(self, session: Session) -> tuple[Fault | None, bool]:
        wanted = select(*_COLUMNS).order_by(col(AuditRow.seq)).limit(STEP)
        if self.seq:
            wanted = wanted.where(col(AuditRow.seq) > self.seq)
        rows = session.execute(wanted).all()
        for row in rows:
            if fault := self._fault_of(session, row):
                return fault, False
        return None, len(rows) == STEP

    def _end(self, session: Session, counted: int) -> Fault | None:
        """What is wrong with the end, with what the trail vouches for, and with the guards."""
        wanted = max(counted, *self.anchors, 0)
        if self.seq < wanted:
            return Fault(self.seq + 1, "missing at the end")
        if self.seq > last_number(session, "audit"):
            return Fault(self.seq, "not counted")
        for name, one in self.vouched.items():
            if one.count(session) != self.counted.get(name, 0):
                return Fault(self.seq, f"{name} added or gone")
        gone = guards.missing(session)
        return Fault(self.seq, f"guard gone: {gone[0]}"[:64]) if gone else None

    def _fault_of(self, session: Session, row: Any) -> Fault | None:
        wanted = self.seq + 1
        if row.seq != wanted:
            return Fault(wanted, "missing")
        text = opened(self.vault, row)
        if text is None or row.prev != self.prev or row.hash != _hash(row):
            return Fault(wanted, "changed")
        if any(row.hash != known for known in self.anchors.get(wanted, ())):
            return Fault(wanted, "not what was anchored")
        self.seq, self.prev = wanted, row.hash
        return self._vouching(session, text) if "sha256" in text else None

    def _vouching(self, session: Session, text: str) -> Fault | None:
        detail = unveiled(text)
        if detail.get("vouched") not in self.vouched:
            return None
        name, one = detail["vouched"], self.vouched[detail["vouched"]]
        self.counted[name] = self.counted.get(name, 0) + 1
        same = one.hash_of(session, self.vault, detail["row"]) == detail["sha256"]
        return None if same else Fault(self.seq, f"{name} changed")


def check(
    session: Session,
    vault: Vault,
    *,
    anchors: Iterable[Anchor] = (),
    vouched: Vouchings | None = None,
) -> Fault | None:
    """The first fault of the whole trail, or None.

    ``anchors`` are heads taken earlier and kept elsewhere: without one, an end that was cut
    off together with its counter, or a chain rebuilt with our keys, cannot be seen.
    """
    walk = _walk(vault, anchors, vouched)
    while True:
        fault, more = walk.look(session)
        if fault or not more:
            return fault


def check_in_steps(
    database: Database,
    vault: Vault,
    *,
    anchors: Iterable[Anchor] = (),
    vouched: Vouchings | None = None,
) -> tuple[Fault | None, int]:
    """As ``check``, and the last number seen; no view of the database is held for long."""
    walk = _walk(vault, anchors, vouched)
    while True:
        with database.read() as session:
            fault, more = walk.look(session)
        if fault or not more:
            return fault, walk.seq


def opened(vault: Vault, row: Any) -> str | None:
    """What a row's details say, as they were hashed; None when they do not fit their hash.

    Empty for a row from before this way of hashing, whose sealed bytes were hashed.
    """
    try:
        if hash_of(bytes(row.detail)) == row.detail_hash:
            return ""
        text = vault.open(row.detail, table="audit", column="detail", row=row.seq)
    except (SealBroken, TypeError, ValueError):
        return None
    return text if hash_of(text) == row.detail_hash else None


def content_of(row: Any) -> Mapping[str, str | int]:
    """What the row says; raises ``TypeError``, ``ValueError`` or ``OverflowError`` on nonsense."""
    return content(
        seq=row.seq,
        at=row.at,
        who=row.who,
        what=row.what,
        about=row.about,
        detail_hash=row.detail_hash,
    )


def _walk(vault: Vault, anchors: Iterable[Anchor], vouched: Vouchings | None) -> Walk:
    known: dict[int, list[str]] = {}
    for anchor in anchors:
        if anchor.seq:
            known.setdefault(anchor.seq, []).append(anchor.hash)
    return Walk(vault, known, vouched or {})


def _hash(row: Any) -> str | None:
    try:
        return link(row.prev, digest(content_of(row)))
    except (TypeError, ValueError, OverflowError):
        return None
