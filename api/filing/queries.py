"""Named queries on filings; every one works on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.filing.refusals import FilingUnknown
from api.filing.tables import Filing, FilingAddress, FilingTry
from api.filing.values import COUNTS, ON_ITS_WAY, WANTS_A_PERSON


def get(session: Session, filing_id: str) -> Filing:
    """The filing; raises ``FilingUnknown``."""
    found = session.get(Filing, filing_id)
    if found is None:
        raise FilingUnknown()
    return found


def of_report(session: Session, report_id: str) -> Sequence[Filing]:
    """The filings of a report, the first one first."""
    wanted = select(Filing).where(col(Filing.report_id) == report_id)
    return session.scalars(wanted.order_by(col(Filing.place))).all()


def of_reports(session: Session, report_ids: Collection[str]) -> Sequence[Filing]:
    """The filings of these reports, in the order in which they were made."""
    wanted = select(Filing).where(col(Filing.report_id).in_(report_ids))
    return session.scalars(wanted.order_by(col(Filing.made_at), col(Filing.place))).all()


def by_key(session: Session, report_id: str, key: str) -> Filing | None:
    """The filing that was made with this key."""
    wanted = select(Filing).where(col(Filing.report_id) == report_id, col(Filing.key) == key)
    return session.scalars(wanted).one_or_none()


def next_place(session: Session, report_id: str) -> int:
    """The number of the next filing of a report."""
    last = select(func.max(col(Filing.place))).where(col(Filing.report_id) == report_id)
    return (session.execute(last).scalar() or 0) + 1


def addresses_of(session: Session, filing_id: str) -> tuple[str, ...]:
    """The ids of the addresses that a filing names."""
    wanted = select(col(FilingAddress.address_id)).where(col(FilingAddress.filing_id) == filing_id)
    return tuple(session.scalars(wanted.order_by(col(FilingAddress.address_id))))


def same(
    session: Session,
    report_id: str,
    recipient: str,
    addresses: Collection[str],
    *,
    but: str = "",
) -> Sequence[Filing]:
    """What went there before of the same addresses; without addresses, of the same report."""
    wanted = select(Filing).where(
        col(Filing.recipient) == recipient, col(Filing.state).in_(COUNTS), col(Filing.id) != but
    )
    if addresses:
        named = select(col(FilingAddress.filing_id)).where(
            col(FilingAddress.address_id).in_(addresses)
        )
        wanted = wanted.where(col(Filing.id).in_(named))
    else:
        wanted = wanted.where(col(Filing.report_id) == report_id)
    return session.scalars(wanted.order_by(col(Filing.made_at))).all()


def due(session: Session, now: int, *, most: int = 20) -> Sequence[Filing]:
    """What should leave now, the gravest first."""
    wanted = select(Filing).where(col(Filing.state).in_(ON_ITS_WAY), col(Filing.next_at) <= now)
    order = (col(Filing.rank).desc(), col(Filing.next_at), col(Filing.id))
    return session.scalars(wanted.order_by(*order).limit(most)).all()


def wanting(session: Session, hidden: Collection[str]) -> Sequence[Filing]:
    """What waits for a person, of reports that are not hidden: the gravest first."""
    wanted = select(Filing).where(
        col(Filing.state).in_(WANTS_A_PERSON), col(Filing.report_id).not_in(hidden)
    )
    return session.scalars(wanted.order_by(col(Filing.rank).desc(), col(Filing.made_at))).all()


def by_hand(session: Session, hidden: Collection[str]) -> Sequence[Filing]:
    """What was made and must be sent by hand, or was not confirmed yet."""
    wanted = select(Filing).where(
        col(Filing.state).in_(("draft", "ready")), col(Filing.report_id).not_in(hidden)
    )
    return session.scalars(wanted.order_by(col(Filing.rank).desc(), col(Filing.made_at))).all()


def on_the_way(session: Session, hidden: Collection[str]) -> Sequence[Filing]:
    """What leaves by itself and has not arrived."""
    wanted = select(Filing).where(
        col(Filing.state).in_(ON_ITS_WAY), col(Filing.report_id).not_in(hidden)
    )
    return session.scalars(wanted.order_by(col(Filing.rank).desc(), col(Filing.made_at))).all()


def tries_of(session: Session, filing_id: str) -> Sequence[FilingTry]:
    """The calls of a filing, the first one first."""
    wanted = select(FilingTry).where(col(FilingTry.filing_id) == filing_id)
    return session.scalars(wanted.order_by(col(FilingTry.place))).all()


def last_try(session: Session, filing_id: str) -> int:
    """The number of the last call; 0 before the first."""
    last = select(func.max(col(FilingTry.place))).where(col(FilingTry.filing_id) == filing_id)
    return session.execute(last).scalar() or 0


def reports_failed(session: Session) -> set[str]:
    """The reports of which something did not arrive and waits for a person."""
    wanted = select(col(Filing.report_id)).where(col(Filing.state).in_(WANTS_A_PERSON))
    return set(session.scalars(wanted))
