"""Who is called outside the console, and when. Needs a writing session.

A new urgent contact calls the team at once; each step of the climb calls whom it names.
Alerts leave from their own table, so that none is lost, and each once per wait.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from api.alerts.addresses import Addresses
from api.alerts.tables import Alert
from api.audit.service import record
from api.contacts import queries
from api.contacts.noticing import notify
from api.contacts.tables import Contact
from api.contacts.values import StaffRef
from api.counters import touch
from api.crypto import Vault
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
}


def any_due(session: Session, addresses: Addresses, *, now: datetime) -> bool:
    """Whether there is anything to do: a look that writes nothing."""
    return bool(_wanted(session, addresses) or _due(session, now=now, most=1))


def call_out(session: Session, addresses: Addresses, *, now: datetime) -> int:
    """Put on their way the alerts that the waiting contacts want; how many were new."""
    wanted = _wanted(session, addresses)
    return sum(_add(session, addresses, why, contact=contact, now=now) for contact, why in wanted)


def call_all(
    session: Session, vault: Vault, addresses: Addresses, *, staff: StaffRef, now: datetime
) -> int:
    """A supervisor calls the team to the desk; how many alerts are on their way."""
    record(session, vault, who=f"staff:{staff.id}", what="alert.called_all", now=now)
    return _add(session, addresses, "call_all", contact=None, now=now)


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


def _wanted(session: Session, addresses: Addresses) -> list[tuple[Contact, str]]:
    """What the waiting contacts want and has not been put on its way in their present wait."""
    waiting = queries.waiting(session)
    steps = queries.steps_of(session, waiting)
    known = _known(session, waiting)
    return [
        (contact, why)
        for contact in waiting
        for why in _reasons(contact, steps.get(contact.id, ()))
        if addresses.of(_WHOM[why]) and (contact.id, contact.waiting_since, why) not in known
    ]


def _reasons(contact: Contact, steps: Iterable[str]) -> list[str]:
    return [*(["new"] if contact.urgency >= URGENT else []), *steps]


def _known(
    session: Session, contacts: Iterable[Contact]
) -> set[tuple[str | None, int | None, str]]:
    ids = [contact.id for contact in contacts]
    rows = session.execute(
        select(col(Alert.contact_id), col(Alert.waiting_since), col(Alert.why)).where(
            col(Alert.contact_id).in_(ids)
        )
    ).all()
    return {(row[0], row[1], row[2]) for row in rows}


def _add(
    session: Session, addresses: Addresses, why: str, *, contact: Contact | None, now: datetime
) -> int:
    whom = _WHOM[why]
    rows = [
        {
            "id": str(uuid.uuid4()),
            "at": to_ms(now),
            "whom": whom,
            "why": why,
            "address": fingerprint,
            "contact_id": contact.id if contact else None,
            "waiting_since": contact.waiting_since if contact else None,
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
    if alert.contact_id is None:
        return False
    contact = session.get_one(Contact, alert.contact_id)
    return contact.state != "waiting" or contact.waiting_since != alert.waiting_since


def _settle(session: Session, ids: Sequence[str], state: str, *, now: datetime) -> None:
    session.execute(
        update(Alert).where(col(Alert.id).in_(ids)).values(state=state, done_at=to_ms(now))
    )
    touch(session)
