"""How a report comes in, and what its reporter adds. Needs a writing session."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.addresses.reading import kept
from api.addresses.service import note as note_addresses
from api.audit.service import record
from api.counters import next_number, touch
from api.crypto import Vault
from api.evidence import exhibits
from api.intake import schemas
from api.reports import queries, records
from api.reports.holding import wait_again
from api.reports.ranking import rank_of, rank_of_addition
from api.reports.tables import Report, ReportAddition, ReportUpdate
from api.reports.telling import set_wish
from api.reports.values import CLOSED, SUBMITTED, URGENT
from api.times import to_ms

_GRAVE = ("emergency", "disclosure")


def store(
    session: Session, vault: Vault, wanted: schemas.Report, hash: str, *, now: datetime
) -> tuple[str, bool]:
    """Keep a report under the hash of its receipt; its number, and whether it is new.

    As it came it is an exhibit from the first moment, without pictures typed as text.
    """
    known = session.get(Report, wanted.report_id)
    if known is not None:
        return records.shown_number(known.number), False
    wanted = _without_material(wanted)
    number = next_number(session, "reports")
    _insert(session, vault, wanted, hash, number, now)
    record(session, vault, who="bot", what="report.stored", about=wanted.report_id, now=now)
    note_addresses(session, vault, wanted.report_id, wanted.addresses, app=wanted.app, now=now)
    _keep(session, vault, wanted.report_id, "report", wanted, now)
    touch(session)
    return records.shown_number(number), True


def add(
    session: Session, vault: Vault, report: Report, wanted: schemas.Addition, *, now: datetime
) -> bool:
    """Keep what the holder of a receipt adds; whether it is new.

    Grave words raise the rank and want somebody who is there now. What is added to a closed
    report puts it before staff again, for whoever adds is told that it is read.
    """
    if session.get(ReportAddition, wanted.addition_id) is not None:
        return False
    wanted = _without_material(wanted)
    if wanted.wants_news is not None:
        set_wish(session, report, wanted.wants_news)
    if not _says(wanted):
        touch(session)
        return True
    _insert_addition(session, vault, report, wanted, now)
    _raise(report, wanted, now)
    record(session, vault, who="bot", what="report.added", about=report.id, now=now)
    note_addresses(session, vault, report.id, wanted.addresses, now=now)
    _keep(session, vault, report.id, "addition", wanted, now)
    touch(session)
    return True


def _says(wanted: schemas.Addition) -> bool:
    """Whether it is more than a wish to hear of news."""
    return bool(wanted.words.strip() or wanted.addresses or wanted.still)


def _without_material(wanted: Any) -> Any:
    """The material itself is never kept, not even as a data: address (S6)."""
    texts = {"words": kept(wanted.words), "addresses": [kept(one) for one in wanted.addresses]}
    for name in ("where", "suspect"):
        if hasattr(wanted, name):
            texts[name] = kept(getattr(wanted, name))
    return wanted.model_copy(update=texts)


def _raise(report: Report, wanted: schemas.Addition, now: datetime) -> None:
    before, report.added_at = report.rank, to_ms(now)
    report.rank = rank_of_addition(wanted, before)
    if report.state == CLOSED:
        report.state, report.closed_at = SUBMITTED, None
        wait_again(report, now=now)
    elif wanted.severity in _GRAVE or (report.rank >= URGENT > before):
        wait_again(report, now=now)


def _insert(
    session: Session,
    vault: Vault,
    wanted: schemas.Report,
    hash: str,
    number: int,
    now: datetime,
) -> None:
    values = {
        "id": wanted.report_id,
        "number": number,
        "state": SUBMITTED,
        "rank": rank_of(wanted),
        "received_at": to_ms(wanted.received_at),
        "stored_at": to_ms(now),
        "receipt_hash": hash,
        "same_child": _same_child(vault, wanted),
        "wants_news": wanted.wants_news,
        "news_place": 1,
        "told_at": to_ms(now),
        "waiting_since": to_ms(now),
        **records.seals(vault, wanted),
    }
    session.execute(insert(Report), [values])
    update = {"report_id": wanted.report_id, "place": 1, "at": to_ms(now), "state": SUBMITTED}
    session.execute(insert(ReportUpdate), [{**update, "told_to": ""}])


def _same_child(vault: Vault, wanted: schemas.Report) -> str:
    """The same fingerprint as of a contact of this conversation."""
    if not wanted.conversation:
        return ""
    return vault.fingerprint(wanted.conversation, purpose="contacts.conversation")


def _insert_addition(
    session: Session, vault: Vault, report: Report, wanted: schemas.Addition, now: datetime
) -> None:
    values = {
        "id": wanted.addition_id,
        "report_id": report.id,
        "place": queries.last_place(session, ReportAddition, report.id) + 1,
        "at": to_ms(wanted.at),
        "stored_at": to_ms(now),
        "answers": records.sealed_addition(vault, wanted),
    }
    session.execute(insert(ReportAddition), [values])


def _keep(
    session: Session,
    vault: Vault,
    report_id: str,
    kind: str,
    wanted: schemas.Report | schemas.Addition,
    now: datetime,
) -> None:
    """What a reporter said, as an exhibit; how to reach the person is none of it."""
    body = wanted.model_dump(mode="json", exclude={"conversation"})
    exhibits.keep(session, vault, report_id=report_id, kind=kind, body=body, who="bot", now=now)
