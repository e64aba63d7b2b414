"""Whether the trail holds, and all that it vouches for: once a day, and when somebody asks."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.chain import Anchor, Fault
from api.audit.checking import Vouched, check_in_steps
from api.audit.service import head, record
from api.audit.tables import TrailCheck
from api.contacts.noticing import notify
from api.contacts.values import StaffRef
from api.counters import touch
from api.crypto import Vault
from api.db import Database
from api.evidence import custody, exhibits, stamps
from api.evidence.stamps import Stamping
from api.evidence.tables import Stamp
from api.evidence.tokens import TokenWrong, verified
from api.evidence.values import CheckView
from api.times import Clock, from_ms, maybe_from_ms, to_ms

logger = logging.getLogger(__name__)

EVERY = timedelta(hours=24)
VOUCHED = {
    "stamps": Vouched(stamps.vouched_hash, stamps.count),
    "exhibits": Vouched(exhibits.vouched_hash, exhibits.count),
    "custody": Vouched(custody.vouched_hash, custody.count),
}


def whole(database: Database, vault: Vault, set_up: Stamping) -> tuple[Fault | None, int]:
    """The first fault of all that must not change, or None; and how far the trail was read."""
    with database.read() as session:
        known = list(stamps.anchors(session, set_up.folder))
    fault, upto = check_in_steps(database, vault, anchors=known, vouched=VOUCHED)
    if fault is None and set_up.roots:
        with database.read() as session:
            fault = _wrong_token(session, set_up)
    return fault, upto


def ask(session: Session, vault: Vault, *, staff: StaffRef, now: datetime) -> str:
    """Have the trail checked now; one check at a time. The check's id."""
    waits = select(col(TrailCheck.id)).where(col(TrailCheck.done_at).is_(None))
    found: str | None = session.execute(waits.limit(1)).scalar()
    who = f"staff:{staff.id}"
    record(session, vault, who=who, what="trail.check_asked", now=now)
    return found or _add(session, who, now=now)


def last_checks(session: Session, *, most: int = 5) -> list[CheckView]:
    """The newest checks, the newest first."""
    wanted = select(TrailCheck).order_by(col(TrailCheck.asked_at).desc()).limit(most)
    return [
        CheckView(
            from_ms(row.asked_at), maybe_from_ms(row.done_at), row.upto, row.fault_seq, row.fault
        )
        for row in session.execute(wanted).scalars()
    ]


class TrailErrand:
    """Checks the trail once a day and when somebody asked; what is wrong is told at once."""

    name = "trail"

    def __init__(self, database: Database, vault: Vault, clock: Clock, set_up: Stamping) -> None:
        self._database, self._vault, self._clock = database, vault, clock
        self._set_up = set_up

    def has_work(self) -> bool:
        """Whether somebody asked, or the last check is a day old."""
        with self._database.read() as session:
            return self._waiting(session) is not None or self._is_due(session)

    def turn(self) -> None:
        """Check, and keep what was found."""
        with self._database.write() as session:
            check_id = self._waiting(session) or _add(session, "clock", now=self._clock())
        fault, upto = whole(self._database, self._vault, self._set_up)
        with self._database.write() as session:
            _done(session, self._vault, check_id, fault, upto, now=self._clock())
        if fault:
            logger.error("the trail does not hold at row %d: %s", fault.seq, fault.what)

    def _waiting(self, session: Session) -> str | None:
        waits = select(col(TrailCheck.id)).where(col(TrailCheck.done_at).is_(None))
        found: str | None = session.execute(waits.limit(1)).scalar()
        return found

    def _is_due(self, session: Session) -> bool:
        if head(session).seq == 0:
            return False
        newest = last_checks(session, most=1)
        if not newest or newest[0].done_at is None:
            return not newest
        return not timedelta(0) <= self._clock() - newest[0].asked_at < EVERY


def _add(session: Session, who: str, *, now: datetime) -> str:
    check_id = str(uuid.uuid4())
    values = {"id": check_id, "asked_at": to_ms(now), "who": who, "upto": 0}
    session.execute(insert(TrailCheck), [{**values, "fault_seq": 0, "fault": ""}])
    touch(session)
    return check_id


def _done(
    session: Session, vault: Vault, check_id: str, fault: Fault | None, upto: int, *, now: datetime
) -> None:
    found = {"fault_seq": fault.seq if fault else 0, "fault": fault.what if fault else ""}
    session.execute(
        update(TrailCheck)
        .where(col(TrailCheck.id) == check_id)
        .values(done_at=to_ms(now), upto=upto, **found)
    )
    what = "trail.broken" if fault else "trail.checked"
    detail = {"fault": f"{fault.seq}: {fault.what}"} if fault else {}
    record(session, vault, who="clock", what=what, about=str(upto), now=now, detail=detail)
    if fault:
        notify(session, vault, kind="trail_broken", detail=str(fault.seq), now=now)
    touch(session)


def _wrong_token(session: Session, set_up: Stamping) -> Fault | None:
    """The first stamp that no longer rests on a certificate that we know."""
    rows = session.execute(select(Stamp).where(col(Stamp.kind) == stamps.TSA)).scalars()
    for row in rows:
        try:
            verified(row.token, Anchor(row.head_seq, row.head_hash), set_up.roots)
        except TokenWrong:
            return Fault(row.head_seq, "stamp changed")
    return None
