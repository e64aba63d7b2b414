"""What a supervisor must know of: written once, seen until somebody has settled it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record
from api.cases.queries import hidden_contacts, hidden_reports
from api.contacts import queries, records
from api.contacts.refusals import NoticeUnknown
from api.contacts.tables import Contact, Notice
from api.contacts.values import NoticeView, StaffRef
from api.counters import touch
from api.crypto import Vault
from api.reports.tables import Report
from api.times import from_ms, to_ms

URGENT = 3
"""From this rank on somebody else must know when a contact loses its holder."""


def notify(
    session: Session,
    vault: Vault,
    *,
    kind: str,
    now: datetime,
    contact_id: str | None = None,
    report_id: str | None = None,
    staff_id: int | None = None,
    detail: str = "",
    notice_id: str = "",
) -> str:
    """Tell the supervisors of something; the notice's id, a new one unless it is given."""
    notice_id = notice_id or str(uuid.uuid4())
    values = {
        "id": notice_id,
        "at": to_ms(now),
        "kind": kind,
        "contact_id": contact_id,
        "report_id": report_id,
        "staff_id": staff_id,
        "detail": vault.row("notices", notice_id).seal("detail", detail),
    }
    session.execute(insert(Notice), [values])
    touch(session)
    return notice_id


def notices(session: Session, vault: Vault, *, staff_id: int | None = None) -> list[NoticeView]:
    """What nobody has settled, the newest first; nothing of cases that name this person."""
    hidden = _hidden(session, staff_id) if staff_id is not None else set[str]()
    rows = session.execute(
        select(Notice, Contact, Report)
        .outerjoin(Contact, col(Contact.id) == col(Notice.contact_id))
        .outerjoin(Report, col(Report.id) == col(Notice.report_id))
        .where(col(Notice.settled_at).is_(None))
        .order_by(col(Notice.at).desc(), col(Notice.id))
    ).all()
    return [
        _view(vault, notice, contact, report)
        for notice, contact, report in rows
        if not {notice.contact_id, notice.report_id} & hidden
    ]


def settle_notice(
    session: Session, vault: Vault, notice_id: str, *, staff: StaffRef, now: datetime
) -> None:
    """Say that this has been seen to; settling it again changes nothing.

    Raises ``NoticeUnknown``.
    """
    notice = session.get(Notice, notice_id)
    if notice is None or {notice.contact_id, notice.report_id} & _hidden(session, staff.id):
        raise NoticeUnknown()
    if notice.settled_at is not None:
        return
    notice.settled_by, notice.settled_at = staff.id, to_ms(now)
    who = f"staff:{staff.id}"
    record(session, vault, who=who, what="notice.settled", about=notice_id, now=now)
    touch(session)


def settle_of(session: Session, contact_id: str, *kinds: str, now: datetime) -> None:
    """Settle what has settled itself: its reason is gone."""
    session.execute(
        update(Notice)
        .where(col(Notice.contact_id) == contact_id, col(Notice.kind).in_(kinds))
        .where(col(Notice.settled_at).is_(None))
        .values(settled_at=to_ms(now))
    )


def leaving(session: Session, vault: Vault, *, staff_id: int, now: datetime) -> list[str]:
    """Tell the supervisors what urgent contacts somebody leaves in the lurch; their ids.

    Once for each: whoever goes off duty and then signs out has left it once.
    """
    urgent = [one for one in queries.held_by(session, staff_id) if one.urgency >= URGENT]
    told = noticed_at(session, "urgent_left", [one.id for one in urgent])
    for contact in urgent:
        if told.get(contact.id, -1) >= (contact.claimed_at or 0):
            continue
        holder = records.holder_of(vault, contact)
        notify(
            session,
            vault,
            kind="urgent_left",
            contact_id=contact.id,
            staff_id=staff_id,
            detail=holder.name if holder else "",
            now=now,
        )
    return [contact.id for contact in urgent]


def noticed_at(session: Session, kind: str, contact_ids: Iterable[str]) -> dict[str, int]:
    """When each contact was last noticed for this, settled or not."""
    rows = session.execute(
        select(col(Notice.contact_id), col(Notice.at))
        .where(col(Notice.kind) == kind, col(Notice.contact_id).in_(list(contact_ids)))
        .order_by(col(Notice.at))
    ).all()
    return {contact_id: at for contact_id, at in rows if contact_id is not None}


def _hidden(session: Session, staff_id: int) -> set[str]:
    """The contacts and reports that this person may not see."""
    return hidden_contacts(session, staff_id) | hidden_reports(session, staff_id)


def _view(
    vault: Vault, notice: Notice, contact: Contact | None, report: Report | None
) -> NoticeView:
    number = records.shown_number(contact) if contact else ""
    return NoticeView(
        notice_id=notice.id,
        at=from_ms(notice.at),
        kind=notice.kind,
        contact_id=notice.contact_id or "",
        report_id=notice.report_id or "",
        number=number or (f"R-{report.number}" if report else ""),
        staff_id=notice.staff_id,
        detail=vault.row("notices", notice.id).open("detail", notice.detail),
    )
