"""The trail over canonical JSON, its stamps, exhibits and their custody."""

from __future__ import annotations

import json
import time
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

from api.audit.chain import START, content, digest, link
from api.audit.guards import GUARDED, statements

revision = "0017"
down_revision = "0016"

_GROWS = ("audit", "stamps", "exhibits", "custody")
_STEP = 1000
_AUDIT = sa.table(
    "audit",
    *(sa.column("seq", sa.BigInteger), sa.column("at", sa.BigInteger), sa.column("who")),
    *(sa.column("what"), sa.column("about"), sa.column("detail", sa.LargeBinary)),
    *(sa.column("prev"), sa.column("hash"), sa.column("detail_hash")),
)


def upgrade() -> None:
    """Make the tables, chain what there is anew, and guard what only grows."""
    dialect = op.get_bind().dialect.name
    _unguard(dialect)
    op.add_column(
        "audit", sa.Column("detail_hash", sa.String(64), nullable=False, server_default="")
    )
    _chain_anew()
    _tables()
    counters = sa.table("counters", sa.column("name"), sa.column("value"))
    starts = {"stamps": 0, "exhibits": 1000, "custody": 0}
    op.bulk_insert(counters, [{"name": name, "value": value} for name, value in starts.items()])
    for one in (one for one in GUARDED if one.table in _GROWS):
        for statement in statements(one, dialect):
            op.execute(statement)


def _unguard(dialect: str) -> None:
    names = {
        "sqlite": ("audit_no_update", "audit_no_delete"),
        "postgresql": ("audit_no_change", "audit_no_truncate"),
    }[dialect]
    for name in names:
        op.execute(f"DROP TRIGGER {name}" + ("" if dialect == "sqlite" else " ON audit"))
    if dialect != "sqlite":
        op.execute("DROP FUNCTION audit_only_grows()")


def _chain_anew() -> None:
    """Give the rows of before the new hashes, and say so in a row that keeps the old head.

    Their details are hashed as they were sealed: a migration has no keys. A chain that did not
    hold before is said to have been broken, and where.
    """
    old, new, seq, broken = START, START, 0, 0
    while rows := _rows(seq):
        for row in rows:
            seq = row.seq
            broken = broken or (0 if row.prev == old and row.hash == _old_hash(row) else seq)
            old = row.hash
            new = _store(row, new)
    if seq:
        _say("trail.chained_anew", old, seq + 1, new)
    if broken:
        _say("trail.was_broken", str(broken), seq + 2, _last_hash(seq + 1))


def _rows(after: int) -> Any:
    wanted = sa.select(_AUDIT).where(_AUDIT.c.seq > after).order_by(_AUDIT.c.seq).limit(_STEP)
    return op.get_bind().execute(wanted).all()


def _old_hash(row: Any) -> str:
    parts = [row.seq, row.at, row.who, row.what, row.about, row.detail.hex(), row.prev]
    return sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()


def _hashes(prev: str, said: dict[str, Any], detail: bytes) -> dict[str, str]:
    detail_hash = sha256(detail).hexdigest()
    made = link(prev, digest(content(**said, detail_hash=detail_hash)))
    return {"prev": prev, "hash": made, "detail_hash": detail_hash}


def _store(row: Any, prev: str) -> str:
    said = {name: getattr(row, name) for name in ("seq", "at", "who", "what", "about")}
    hashes = _hashes(prev, said, row.detail)
    op.get_bind().execute(_AUDIT.update().where(_AUDIT.c.seq == row.seq).values(**hashes))
    return hashes["hash"]


def _say(what: str, about: str, seq: int, prev: str) -> None:
    said = {"seq": seq, "at": time.time_ns() // 1_000_000, "who": "clock"}
    said |= {"what": what, "about": about}
    values = {**said, "detail": b"", **_hashes(prev, said, b"")}
    op.get_bind().execute(_AUDIT.insert().values(**values))
    counters = sa.table("counters", sa.column("name"), sa.column("value"))
    op.execute(counters.update().where(counters.c.name == "audit").values(value=seq))


def _last_hash(seq: int) -> str:
    wanted = sa.select(_AUDIT.c.hash).where(_AUDIT.c.seq == seq)
    return str(op.get_bind().execute(wanted).scalar_one())


def _tables() -> None:
    notice = sa.Column("notice_id", sa.String(36), sa.ForeignKey("notices.id"))
    op.add_column("alerts", notice, inline_references=True)
    once = ["notice_id", "why", "address"]
    op.create_index("alerts_once_per_notice", "alerts", once, unique=True)
    op.create_table(
        "trail_checks",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("asked_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("upto", sa.BigInteger, nullable=False),
        sa.Column("fault_seq", sa.BigInteger, nullable=False),
        sa.Column("fault", sa.String(64), nullable=False),
    )
    op.create_table(
        "stamps",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("head_seq", sa.BigInteger, nullable=False),
        sa.Column("head_hash", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
    )
    op.create_index("stamps_kind", "stamps", ["kind", "at"])
    op.create_table(
        "exhibits",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False, unique=True),
        sa.Column("case_id", sa.String(36), index=True),
        sa.Column("report_id", sa.String(64), index=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("media", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "custody",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("exhibit_id", sa.String(36), nullable=False, index=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("deed", sa.String(12), nullable=False),
        sa.Column("why", sa.LargeBinary, nullable=False),
        sa.Column("why_hash", sa.String(64), nullable=False),
        sa.Column("hash_before", sa.String(64), nullable=False),
        sa.Column("hash_after", sa.String(64), nullable=False),
        sa.Column("prev", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
