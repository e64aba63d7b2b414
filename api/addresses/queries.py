"""Named queries on addresses; every one works on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.addresses.records import Named
from api.addresses.refusals import AddressUnknown
from api.addresses.tables import Address, AddressEvent, ReportAddress


def get(session: Session, address_id: str) -> Address:
    """The address; raises ``AddressUnknown``."""
    found = session.get(Address, address_id)
    if found is None:
        raise AddressUnknown()
    return found


def by_print(session: Session, print: str) -> Address | None:
    """The address with this fingerprint."""
    wanted = select(Address).where(col(Address.print) == print)
    return session.execute(wanted).scalar_one_or_none()


def of_reports(session: Session, report_ids: Collection[str]) -> Sequence[Address]:
    """The addresses that these reports name, each once, the first first."""
    named = select(col(ReportAddress.address_id)).where(
        col(ReportAddress.report_id).in_(report_ids)
    )
    wanted = select(Address).where(col(Address.id).in_(named)).order_by(col(Address.number))
    return session.execute(wanted).scalars().all()


def typed_in(session: Session, report_id: str) -> Sequence[ReportAddress]:
    """What a report says of addresses, in order."""
    wanted = select(ReportAddress).where(col(ReportAddress.report_id) == report_id)
    return session.execute(wanted.order_by(col(ReportAddress.place))).scalars().all()


def typed_of(session: Session, address_id: str) -> Sequence[ReportAddress]:
    """What reports say of an address, the first first."""
    wanted = select(ReportAddress).where(col(ReportAddress.address_id) == address_id)
    order = (col(ReportAddress.at), col(ReportAddress.report_id))
    return session.execute(wanted.order_by(*order)).scalars().all()


def reports_of(session: Session, address_id: str) -> list[str]:
    """The ids of the reports that name an address, the first first."""
    return [row.report_id for row in typed_of(session, address_id)]


def named(
    session: Session, address_ids: Collection[str], *, hidden: Collection[str] = ()
) -> Mapping[str, Named]:
    """How often each of these was reported, but for ``hidden`` reports."""
    rows = session.execute(
        select(col(ReportAddress.address_id), func.count(), func.max(col(ReportAddress.at)))
        .where(
            col(ReportAddress.address_id).in_(address_ids),
            col(ReportAddress.report_id).not_in(hidden),
        )
        .group_by(col(ReportAddress.address_id))
    )
    return {str(address_id): Named(count, last) for address_id, count, last in rows}


def others(session: Session, report_id: str) -> bool:
    """Whether another report names an address of this one; of one that police hold, nobody
    hears so: whoever asks may be who is looked for.
    """
    mine = (
        select(col(ReportAddress.address_id))
        .join(Address, col(Address.id) == col(ReportAddress.address_id))
        .where(col(ReportAddress.report_id) == report_id, col(Address.held).is_(False))
    )
    wanted = select(col(ReportAddress.report_id)).where(
        col(ReportAddress.address_id).in_(mine), col(ReportAddress.report_id) != report_id
    )
    return session.execute(wanted.limit(1)).first() is not None


def next_place(session: Session, report_id: str) -> int:
    """The place of the next address in a report."""
    highest = select(func.max(col(ReportAddress.place))).where(
        col(ReportAddress.report_id) == report_id
    )
    return (session.execute(highest).scalar_one_or_none() or 0) + 1


def next_event(session: Session, address_id: str) -> int:
    """The place of the next event of an address."""
    highest = select(func.max(col(AddressEvent.place))).where(
        col(AddressEvent.address_id) == address_id
    )
    return (session.execute(highest).scalar_one_or_none() or 0) + 1


def events_of(session: Session, address_id: str) -> Sequence[AddressEvent]:
    """What was done with an address, the first first."""
    wanted = select(AddressEvent).where(col(AddressEvent.address_id) == address_id)
    return session.execute(wanted.order_by(col(AddressEvent.place))).scalars().all()


def due(session: Session, until: int, *, untold: bool = False) -> Sequence[Address]:
    """Addresses at which somebody must look by then, the earliest first.

    ``untold`` are those of which the supervisors have not heard.
    """
    wanted = select(Address).where(col(Address.next_check_at) <= until)
    if untold:
        wanted = wanted.where(~col(Address.check_told))
    order = (col(Address.next_check_at), col(Address.number))
    return session.execute(wanted.order_by(*order)).scalars().all()


@dataclass(frozen=True, slots=True)
class Filter:
    """Which addresses a list wants: states, held for the police, to be checked by then."""

    states: tuple[str, ...] = ()
    held: bool = False
    due_by: int | None = None


def found(
    session: Session, wanted: Filter, gone: Collection[str], *, offset: int, limit: int
) -> tuple[Sequence[Address], int]:
    """Addresses that fit, and how many fit in all: the earliest check first, or the newest."""
    fit = select(Address).where(*_fits(wanted), col(Address.id).not_in(gone))
    first = (col(Address.next_check_at),) if wanted.due_by is not None else ()
    order = (*first, col(Address.number).desc())
    count = session.execute(select(func.count()).select_from(fit.subquery())).scalar_one()
    rows = session.execute(fit.order_by(*order).offset(offset).limit(limit)).scalars().all()
    return rows, count


def _fits(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    if wanted.states:
        yield col(Address.state).in_(wanted.states)
    if wanted.held:
        yield col(Address.held).is_(True)
    if wanted.due_by is not None:
        yield col(Address.next_check_at) <= wanted.due_by


def reports_due(session: Session, until: int) -> set[str]:
    """The reports that name an address at which somebody must look by then."""
    wanted = (
        select(col(ReportAddress.report_id))
        .join(Address, col(Address.id) == col(ReportAddress.address_id))
        .where(col(Address.next_check_at) <= until)
    )
    return set(session.execute(wanted).scalars())


def hidden(session: Session, hidden_reports: Collection[str]) -> set[str]:
    """Addresses that no other report names than these."""
    if not hidden_reports:
        return set()
    seen = select(col(ReportAddress.address_id)).where(
        col(ReportAddress.address_id).is_not(None),
        col(ReportAddress.report_id).not_in(hidden_reports),
    )
    wanted = select(col(ReportAddress.address_id)).where(
        col(ReportAddress.report_id).in_(hidden_reports),
        col(ReportAddress.address_id).is_not(None),
        col(ReportAddress.address_id).not_in(seen),
    )
    return {str(found) for found in session.execute(wanted).scalars()}
