"""Who is called outside the console, and when. Needs a writing session.

A new urgent contact or report calls the team at once; each step of the climb calls whom it names.
Evidence that is no longer what it was calls the supervisor.
Alerts leave from their own table, so that none is lost, and each once per wait.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from api.alerts.addresses import Addresses
from api.alerts.tables import Alert
from api.audit.service import record
from api.contacts import queries
from api.contacts.noticing import notify
from api.contacts.tables import Contact, Notice
from api.contacts.values import StaffRef
from api.counters import touch
from api.crypto import Vault
from api.reports import queries as report_queries
from api.reports.tables import Report
from api.reports.values import CLOSED
from api.times import to_ms

URGENT = 3  # the rank from which somebody is called at once
PAUSES = tuple(timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 1800))
"""Between one try and the next; after the last the alert is given up."""
TOLD_AFTER = 2
"""So many failures and the supervisor reads of it, while it is tried on."""
_WHOM = {
    "new": "team",
    "all_on_duty": "team",
    "supervisor": "supervisor",
    "outside": "outside",
    "call_all": "team",
    "evidence_broken": "supervisor",
}
_BROKEN = ("trail_broken", "exhibit_broken")
"""Notices that cannot wait until a supervisor opens the console."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The present wait of a contact, report or notice: since when, and the steps it climbed."""

    since: int
    urgent: bool
    steps: tuple[str, ...]
    contact_id: str | None = None
    report_id: str | None = None
    notice_id: str | None = None

    @property
    def key(self) -> str:
        """The id of what waits."""
        return self.contact_id or self.report_id or self.notice_id or ""


def any_due(session: Session, addresses: Addresses, *, now: datetime) -> bool:
    """Whether there is anything to do: a look that writes nothing."""
    return bool(_wanted(session, addresses) or _due(session, now=now, most=1))


def call_out(session: Session, addresses: Addresses, *, now: datetime) -> int:
    """Put on their way the alerts that what waits wants; how many were new."""
    wanted = _wanted(session, addresses)
    return sum(_add(session, addresses, why, wait=wait, now=now) for wait, why in wanted)


def call_all(
    session: Session, vault: Vault, addresses: Addresses, *, staff: StaffRef, now: datetime
) -> int:
    """A supervisor calls the team to the desk; how many alerts are on their way."""
    record(session, vault, who=f"staff:{staff.id}", what="alert.called_all", now=now)
    return _add(session, addresses, "call_all", wait=None, now=now)


def due(session: Session, *, now: datetime, most: int = 20) -> Sequence[Alert]:
    """The alerts to be tried now, the oldest first; those that came too late are closed."""
    rows = _due(session, now=now, most=most)
    late = [row.id for row in rows if _somebody_came(session, row)]
    if late:
        _settle(session, late, "moot", now=now)
    return [row for row in rows if row.id not in late]


def sent(session: Session, alert_id: str, *, now: datetime) -> None:
    """The service behind the address took it."""
    _settle(session, [alert_id], "sent", now=now)


def not_sent(session: Session, vault: Vault, alert_id: str, *, now: datetime) -> None:
    """It was not taken: try again later, tell the supervisor, and in the end give up."""
    alert = session.get_one(Alert, alert_id)
    alert.tries += 1
    if alert.tries == TOLD_AFTER:
        notify(
            session,
            vault,
            kind="alert_failed",
            contact_id=alert.contact_id,
            report_id=alert.report_id,
            detail=alert.whom,
            now=now,
        )
    if alert.tries > len(PAUSES):
        _settle(session, [alert_id], "failed", now=now)
        return
    alert.next_at = to_ms(now + PAUSES[alert.tries - 1])


def _due(session: Session, *, now: datetime, most: int) -> Sequence[Alert]:
    return session.scalars(
        select(Alert)
        .where(col(Alert.state) == "waiting", col(Alert.next_at) <= to_ms(now))
        .order_by(col(Alert.next_at), col(Alert.at))
        .limit(most)
    ).all()


def _wanted(session: Session, addresses: Addresses) -> list[tuple[Wait, str]]:
    """What the waits want that has not been put on its way in each."""
    waits = [*_of_contacts(session), *_of_reports(session), *_of_notices(session)]
    known = _known(session, waits)
    return [
        (wait, why)
        for wait in waits
        for why in ([*(["new"] if wait.urgent else []), *wait.steps])
        if addresses.of(_WHOM[why]) and (wait.key, wait.since, why) not in known
    ]


def _of_contacts(session: Session) -> list[Wait]:
    waiting = queries.waiting(session)
    steps = queries.steps_of(session, waiting)
    return [
        Wait(
            one.waiting_since,
            urgent=one.urgency >= URGENT,
            steps=steps.get(one.id, ()),
            contact_id=one.id,
        )
        for one in waiting
    ]


def _of_reports(session: Session) -> list[Wait]:
    waiting = report_queries.waiting(session, rank=URGENT)
    steps = report_queries.steps_of(session, waiting)
    return [
        Wait(one.waiting_since, urgent=True, steps=steps.get(one.id, ()), report_id=one.id)
        for one in waiting
    ]


def _of_notices(session: Session) -> list[Wait]:
    open_ones = select(col(Notice.id), col(Notice.at)).where(
        col(Notice.kind).in_(_BROKEN), col(Notice.settled_at).is_(None)
    )
    return [
        Wait(at, urgent=False, steps=("evidence_broken",), notice_id=notice_id)
        for notice_id, at in session.execute(open_ones).all()
    ]


def _known(session: Session, waits: Iterable[Wait]) -> set[tuple[str | None, int | None, str]]:
    """What is on its way already; ids of contacts, reports and notices are never the same."""
    ids = [wait.key for wait in waits]
    subject = func.coalesce(col(Alert.contact_id), col(Alert.report_id), col(Alert.notice_id))
    wanted = select(subject, col(Alert.waiting_since), col(Alert.why)).where(subject.in_(ids))
    return {(row[0], row[1], row[2]) for row in session.execute(wanted).all()}


def _add(
    session: Session, addresses: Addresses, why: str, *, wait: Wait | None, now: datetime
) -> int:
    whom = _WHOM[why]
    rows = [
        {
            "id": str(uuid.uuid4()),
            "at": to_ms(now),
            "whom": whom,
            "why": why,
            "address": fingerprint,
            "contact_id": wait.contact_id if wait else None,
            "report_id": wait.report_id if wait else None,
            "notice_id": wait.notice_id if wait else None,
            "waiting_since": wait.since if wait else None,
            "state": "waiting",
            "tries": 0,
            "next_at": to_ms(now),
        }
        for fingerprint in addresses.of(whom)
    ]
    if rows:
        session.execute(insert(Alert), rows)
    return len(rows)


def _somebody_came(session: Session, alert: Alert) -> bool:
    """Whether the wait that the alert was made for is over."""
    if alert.report_id is not None:
        report = session.get_one(Report, alert.report_id)
        waits = report.holder_id is None and report.state != CLOSED
        return not waits or report.waiting_since != alert.waiting_since
    if alert.notice_id is not None:
        return session.get_one(Notice, alert.notice_id).settled_at is not None
    if alert.contact_id is None:
        return False
    contact = session.get_one(Contact, alert.contact_id)
    return contact.state != "waiting" or contact.waiting_since != alert.waiting_since


def _settle(session: Session, ids: Sequence[str], state: str, *, now: datetime) -> None:
    session.execute(
        update(Alert).where(col(Alert.id).in_(ids)).values(state=state, done_at=to_ms(now))
    )
    touch(session)
