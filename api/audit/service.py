"""Write to the audit trail.

Every deed of staff and every read of a contact, case, report, address, filing or exhibit is
recorded in the transaction that does it. Each row carries the hash of the row before, so that
a changed, missing or inserted row shows (``checking``); a head that is kept outside the
database, or stamped by somebody else, also shows a cut end or a rebuilt chain.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.chain import START, Anchor, content, digest, hash_of, link, veiled
from api.audit.checking import check
from api.audit.tables import AuditRow
from api.counters import next_number
from api.crypto import Vault
from api.times import to_ms

__all__ = ["Anchor", "check", "head", "jumped", "record", "record_once"]

_BACK = 60_000
"""Rows of writers that stood in line may differ by seconds: only more is a clock set back."""


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
    addresses and anything else a person wrote belong in ``detail``, which is sealed. A clock
    that was set back is a row of its own; the order of the rows is that of their numbers.
    """
    last = _last(session)
    if last and to_ms(now) < last[1] - _BACK:
        seconds = str((last[1] - to_ms(now)) // 1000)
        _append(session, vault, "clock", "clock.set_back", seconds, now, {})
    return _append(session, vault, who, what, about, now, detail or {})


def jumped(session: Session, vault: Vault, seconds: int, *, now: datetime) -> None:
    """Record that the clock jumped by so many seconds, beyond the time that passed (S52)."""
    what = "clock.jumped" if seconds > 0 else "clock.set_back"
    _append(session, vault, "clock", what, str(abs(seconds)), now, {})


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
    last = _last(session)
    return Anchor(last[0], last[2]) if last else Anchor(0, START)


def _last(session: Session) -> tuple[int, int, str] | None:
    columns = (col(AuditRow.seq), col(AuditRow.at), col(AuditRow.hash))
    row = session.execute(select(*columns).order_by(col(AuditRow.seq).desc()).limit(1)).first()
    return (row[0], row[1], row[2]) if row else None


def _append(
    session: Session,
    vault: Vault,
    who: str,
    what: str,
    about: str,
    now: datetime,
    detail: dict[str, str],
) -> int:
    prev = head(session).hash
    seq, text = next_number(session, "audit"), veiled(detail)
    said = {"seq": seq, "at": to_ms(now), "who": who, "what": what, "about": about}
    detail_hash = hash_of(text)
    whole = content(**said, detail_hash=detail_hash)  # type: ignore[arg-type]
    values = {
        **said,
        "detail": vault.seal(text, table="audit", column="detail", row=seq),
        "detail_hash": detail_hash,
        "prev": prev,
        "hash": link(prev, digest(whole)),
    }
    session.execute(insert(AuditRow), [values])
    return seq
