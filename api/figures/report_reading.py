"""Opens what figures of reports are made of: kind, platform and times, never what was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.addresses import queries, records
from api.addresses.life import ENDED, NOTICE
from api.addresses.tables import Address, AddressEvent, ReportAddress
from api.crypto import Vault
from api.figures import periods
from api.figures.report_values import AddressRow, ReportRow
from api.figures.values import Period
from api.filing.tables import Filing
from api.reports.tables import Report, ReportAssessment
from api.times import to_ms

_MILLISECOND = timedelta(milliseconds=1)


def reports(
    session: Session, vault: Vault, period: Period, *, hidden: Collection[str]
) -> list[ReportRow]:
    """Every report that came in the period, but the hidden."""
    begins, ends = (to_ms(moment) for moment in periods.bounds(period))
    wanted = select(Report).where(col(Report.stored_at) >= begins, col(Report.stored_at) < ends)
    found = [one for one in session.execute(wanted).scalars() if one.id not in hidden]
    assessed, filed, places = _assessed(session), _filed(session), _places(session, vault)
    return [
        ReportRow(
            kind=vault.row("reports", one.id).open("kind", one.kind),
            state=one.state,
            platforms=_each(place for place, _ in places.get(one.id, ())) or ("",),
            domains=_each(domain for _, domain in places.get(one.id, ())),
            assessed=_since(one.stored_at, assessed.get(one.id)),
            filed=_since(one.stored_at, filed.get(one.id)),
        )
        for one in found
    ]


def addresses(
    session: Session, period: Period, *, hidden_reports: Collection[str]
) -> list[AddressRow]:
    """Every address that was first reported in the period, but the hidden."""
    begins, ends = (to_ms(moment) for moment in periods.bounds(period))
    wanted = select(Address).where(
        col(Address.received_at) >= begins, col(Address.received_at) < ends
    )
    gone = queries.hidden(session, hidden_reports)
    asked, ended = _event(session, (NOTICE,)), _event(session, ENDED)
    return [
        AddressRow(
            state=one.state,
            removed=_since(one.received_at, ended.get(one.id)),
            removed_after_request=_since(asked.get(one.id), ended.get(one.id)),
        )
        for one in session.execute(wanted).scalars()
        if one.id not in gone
    ]


def _places(session: Session, vault: Vault) -> Mapping[str, list[tuple[str, str]]]:
    """Platform and domain of each address of each report."""
    known: dict[str, tuple[str, str]] = {}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    rows = select(col(ReportAddress.report_id), Address).join(
        Address, col(Address.id) == col(ReportAddress.address_id)
    )
    for report_id, address in session.execute(rows):
        if address.id not in known:
            reading = records.reading_of(vault, address)
            known[address.id] = (reading.platform, reading.domain)
        found[report_id].append(known[address.id])
    return found


def _each(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _assessed(session: Session) -> dict[str, int]:
    """When each report was first assessed."""
    wanted = select(col(ReportAssessment.report_id), func.min(col(ReportAssessment.at)))
    rows = session.execute(wanted.group_by(col(ReportAssessment.report_id)))
    return {str(report_id): at for report_id, at in rows}


def _filed(session: Session) -> dict[str, int]:
    """When each report first went to somebody."""
    wanted = select(col(Filing.report_id), func.min(col(Filing.sent_at)))
    sent = wanted.where(col(Filing.sent_at).is_not(None)).group_by(col(Filing.report_id))
    return {report_id: at for report_id, at in session.execute(sent) if at is not None}


def _event(session: Session, kinds: Collection[str]) -> dict[str, int]:
    """When one of these first happened to each address."""
    wanted = (
        select(col(AddressEvent.address_id), func.min(col(AddressEvent.at)))
        .where(col(AddressEvent.kind).in_(kinds))
        .group_by(col(AddressEvent.address_id))
    )
    return {str(address_id): at for address_id, at in session.execute(wanted)}


def _since(begin: int | None, end: int | None) -> timedelta | None:
    if begin is None or end is None or end < begin:
        return None
    return (end - begin) * _MILLISECOND
