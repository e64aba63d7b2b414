"""Rows of filings, and what staff see of them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from api.crypto import RowSeal, Vault
from api.filing import queries
from api.filing.recipients import shipped
from api.filing.tables import Filing, FilingTry
from api.filing.values import FilingView, Parcel, TryView, shown_as
from api.reports import queries as reports
from api.reports.records import shown_number
from api.times import from_ms, maybe_from_ms


def seal_of(vault: Vault, filing_id: str) -> RowSeal:
    """The seal of a filing's row."""
    return vault.row("filings", filing_id)


def read(vault: Vault, filing: Filing, column: str) -> str:
    """A sealed column of a filing."""
    return seal_of(vault, filing.id).open(column, getattr(filing, column))


def write(vault: Vault, filing: Filing, column: str, text: str) -> None:
    """Replace what a sealed column holds."""
    setattr(filing, column, seal_of(vault, filing.id).seal(column, text))


def sealed(vault: Vault, filing_id: str, texts: Mapping[str, str]) -> dict[str, bytes]:
    """Sealed columns of a new row."""
    row = seal_of(vault, filing_id)
    return {column: row.seal(column, text) for column, text in texts.items()}


def parcel_of(vault: Vault, filing: Filing) -> Parcel:
    """Exactly what leaves, or left."""
    return Parcel.from_json(read(vault, filing, "content"))


def number_of(session: Session, filing: Filing) -> str:
    """Its number, by which both sides name it."""
    report = reports.get(session, filing.report_id)
    return shown_as(shown_number(report.number), filing.place)


def named(session: Session, filing: Filing) -> str:
    """Its number and recipient, as history and notices have them."""
    return f"{number_of(session, filing)} · {shipped().get(filing.recipient).name}"


def view_of(session: Session, vault: Vault, filing: Filing) -> FilingView:
    """A filing as staff see it."""
    return FilingView(
        filing_id=filing.id,
        report_id=filing.report_id,
        number=number_of(session, filing),
        recipient=filing.recipient,
        way=filing.way,
        state=filing.state,
        rank=filing.rank,
        made_at=from_ms(filing.made_at),
        name=read(vault, filing, "name"),
        sent_at=maybe_from_ms(filing.sent_at),
        acknowledged_at=maybe_from_ms(filing.acknowledged_at),
        outcome_at=maybe_from_ms(filing.outcome_at),
        next_at=maybe_from_ms(filing.next_at),
        tries=filing.tries,
        reference=read(vault, filing, "reference"),
        result=filing.result,
        outcome=read(vault, filing, "outcome"),
        why=read(vault, filing, "why"),
        address_ids=queries.addresses_of(session, filing.id),
    )


def try_of(vault: Vault, one: FilingTry) -> TryView:
    """One call as staff see it."""
    row = vault.row("filing_tries", f"{one.filing_id}/{one.place}")
    return TryView(from_ms(one.at), one.step, one.result, row.open("detail", one.detail))
