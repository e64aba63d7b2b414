"""What a reporter is told: kept for whoever holds the receipt, and sent as news if wanted.

Needs a writing session. The bot decides when news may be said; the receipt always works.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record
from api.contacts.noticing import notify
from api.contacts.tables import Notice
from api.counters import touch
from api.crypto import Vault
from api.intake.events import emit
from api.reports import queries
from api.reports.tables import Report, ReportUpdate
from api.reports.values import CLOSED
from api.times import from_ms, rfc3339, to_ms

WORD_WITHIN = timedelta(days=7)
"""A reporter hears something within this time."""
REMIND_AFTER = timedelta(days=6)
"""So long without a word, and a supervisor is told."""
_QUIET, _FORGOTTEN = "report_quiet", "report_forgotten"


def tell(
    session: Session,
    vault: Vault,
    report_id: str,
    state: str,
    *,
    to: str = "",
    next: datetime | None = None,
    now: datetime,
) -> None:
    """Let the reporter know, and the reporters of its duplicates.

    ``state`` and ``to`` are words of the contract; ``next`` is when somebody looks again.
    What happens to several addresses in one moment is said once. Raises ``ReportUnknown``.
    """
    report = queries.get(session, report_id)
    same = [one for one in queries.duplicates_of(session, report.id) if one.state != CLOSED]
    for one in (report, *(same if state != "closed" else ())):
        _tell(session, vault, one, state, to, next, now)


def set_wish(session: Session, report: Report, wants_news: bool) -> None:
    """Whether the reporter wants news in the chat; what was said until now is no news."""
    if wants_news and not report.wants_news:
        report.news_place = queries.last_place(session, ReportUpdate, report.id)
    report.wants_news = wants_news


def keep_word(session: Session, vault: Vault, *, now: datetime) -> None:
    """Seven days without a word: “still working on it”, where that is true.

    It is, if somebody of staff worked on the report since the reporter last heard something.
    Supervisors hear of each such silence a day before, and again where nothing could be said.
    """
    for report in queries.untold_since(session, to_ms(now - REMIND_AFTER)):
        if from_ms(report.told_at) > now - WORD_WITHIN:
            _remind(session, vault, report, _QUIET, now)
        elif (report.worked_at or 0) > report.told_at:
            tell(session, vault, report.id, "working", now=now)
        else:
            _remind(session, vault, report, _FORGOTTEN, now)


def _tell(
    session: Session,
    vault: Vault,
    report: Report,
    state: str,
    to: str,
    next: datetime | None,
    now: datetime,
) -> None:
    last = queries.last_place(session, ReportUpdate, report.id)
    word = {
        "at": to_ms(now),
        "state": state,
        "told_to": to,
        "next_at": to_ms(next) if next is not None else None,
    }
    if _is_said(session, report, word, last):
        return
    session.execute(insert(ReportUpdate), [{"report_id": report.id, "place": last + 1, **word}])
    report.told_at = to_ms(now)
    detail = {"state": state, "to": to}
    record(session, vault, who="clock", what="report.told", about=report.id, now=now, detail=detail)
    _settle(session, report, now)
    _send_news(session, vault, report, now)
    touch(session)


def _is_said(session: Session, report: Report, word: dict[str, Any], place: int) -> bool:
    last = session.get(ReportUpdate, (report.id, place))
    return last is not None and all(getattr(last, name) == word[name] for name in word)


def _send_news(session: Session, vault: Vault, report: Report, now: datetime) -> None:
    """One event for each change, with everything since the last one."""
    conversation = vault.row("reports", report.id).open("conversation", report.conversation)
    if not report.wants_news or not conversation:
        return
    fresh = queries.updates_of(session, report.id, after=report.news_place)
    told = as_told(fresh)
    whose = {"conversation": conversation, "report_id": report.id}
    emit(session, vault, type="report.news", now=now, updates=told, **whose)
    report.news_place = fresh[-1].place


def as_told(updates: Sequence[ReportUpdate]) -> list[dict[str, Any]]:
    """Updates as the contract writes them."""
    return [
        {
            "at": rfc3339(from_ms(row.at)),
            "state": row.state,
            "to": row.told_to,
            "next": rfc3339(from_ms(row.next_at)) if row.next_at is not None else None,
        }
        for row in updates
    ]


def _remind(session: Session, vault: Vault, report: Report, kind: str, now: datetime) -> None:
    """Once in each silence."""
    known = select(col(Notice.id)).where(
        col(Notice.report_id) == report.id,
        col(Notice.kind) == kind,
        col(Notice.at) >= report.told_at,
    )
    if session.execute(known.limit(1)).first() is None:
        notify(session, vault, kind=kind, report_id=report.id, now=now)


def _settle(session: Session, report: Report, now: datetime) -> None:
    """What was noticed of a silence is over with a word."""
    silences = col(Notice.kind).in_((_QUIET, _FORGOTTEN))
    session.execute(
        update(Notice)
        .where(col(Notice.report_id) == report.id, silences, col(Notice.settled_at).is_(None))
        .values(settled_at=to_ms(now))
    )
