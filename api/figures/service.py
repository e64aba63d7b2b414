"""The figures of a period, as somebody may see them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from api.audit.service import record
from api.crypto import Vault
from api.figures import counting, reading, report_counting, report_reading
from api.figures.report_values import ReportFigures
from api.figures.shielding import shielded
from api.figures.values import Figures, Period


def whole(
    session: Session,
    vault: Vault,
    period: Period,
    *,
    now: datetime,
    hidden: Collection[str] = frozenset(),
) -> Figures:
    """Everything, exact: only for who may read the contacts themselves, without ``hidden``."""
    found = reading.read(session, vault, period, now=now, hidden=hidden)
    return Figures(
        period=period,
        whole=True,
        total=counting.total(found.rows),
        tables=counting.tables(found.rows, period),
        abandoned_after=counting.abandoned_after(found.rows),
        blocked=found.blocked,
        tests=found.tests,
    )


def outside(
    session: Session,
    vault: Vault,
    period: Period,
    *,
    now: datetime,
    hidden: Collection[str] = frozenset(),
) -> Figures | None:
    """What may be seen by anybody, and leave; None of a period with too few contacts."""
    return shielded(whole(session, vault, period, now=now, hidden=hidden))


def reports(
    session: Session,
    vault: Vault,
    period: Period,
    *,
    exact: bool,
    hidden: Collection[str] = frozenset(),
) -> ReportFigures | None:
    """The figures of reports without the ``hidden``; not ``exact`` without small groups.

    None of a period with too few reports for whoever may not see them exactly.
    """
    found = report_counting.count(
        report_reading.reports(session, vault, period, hidden=hidden),
        report_reading.addresses(session, period, hidden_reports=hidden),
    )
    return found if exact else report_counting.shielded(found)


def note_export(
    session: Session, vault: Vault, period: Period, *, staff_id: int, now: datetime
) -> None:
    """Write down that a file of figures was taken. Needs a writing session."""
    days = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    who = f"staff:{staff_id}"
    record(session, vault, who=who, what="figures.exported", now=now, detail=days)
