"""Everything of a case that one person may see, as JSON and exhibits, for a bundle.

What is hidden from whoever makes the bundle is absent. Notes that staff wrote for staff are
not in it, nor is who the child is, unless that was opened for the maker.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.addresses.service import addresses_of_reports
from api.addresses.values import AddressView
from api.audit.chain import canonical, hash_of
from api.cases import identity, queries
from api.cases import service as cases
from api.cases.values import CaseView
from api.contacts import service as contacts
from api.contacts.values import ContactView, StaffRef
from api.crypto import Vault
from api.evidence import exhibits
from api.evidence.refusals import ExhibitBroken
from api.evidence.values import Exhibit, ExhibitView
from api.filing.service import filings_of_reports
from api.filing.values import FilingView
from api.reports import service as reports
from api.reports.values import ReportView
from api.times import rfc3339

FORMAT = "sigurt-case-1"
ENDINGS = {
    "application/json": "json",
    "application/pdf": "pdf",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/plain": "txt",
}
_NOT_IN_IT = {"notes", "draft", "earlier", "block", "deeds"}


@dataclass(frozen=True, slots=True)
class Held:
    """The exhibits in hand, by the file that each becomes."""

    file: str
    exhibit: Exhibit


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a bundle tells. ``about``: the ids by which the trail speaks of it."""

    case: CaseView
    contacts: tuple[ContactView, ...]
    reports: tuple[ReportView, ...]
    addresses: tuple[AddressView, ...]
    filings: tuple[FilingView, ...]
    held: tuple[Held, ...]
    known: tuple[Mapping[str, str], ...] | None
    about: tuple[str, ...]


def gather(
    session: Session,
    vault: Vault,
    case_id: str,
    *,
    staff: StaffRef,
    why: str,
    with_identity: bool,
    now: datetime,
) -> Gathered:
    """Read all of it, keep each talk as an exhibit, and take every exhibit in hand.

    Needs a writing session; every read and every exhibit's leaving is recorded. An exhibit
    that is no longer what was kept is in hand with ``whole`` False: see ``all_whole``.
    """
    case = cases.read(session, vault, case_id, staff_id=staff.id, now=now)
    talks = tuple(
        contacts.read(session, vault, one.contact_id, staff_id=staff.id, now=now)
        for one in reversed(case.contacts)
    )
    for talk in talks:
        _keep_talk(session, vault, case_id, talk, staff=staff, now=now)
    hidden = queries.hidden_reports(session, staff.id)
    report_ids = [one for one in reports.reports_of_case(session, case_id) if one not in hidden]
    held = _held(session, vault, case_id, report_ids, staff=staff, why=why, now=now)
    told = tuple(
        reports.read(session, vault, one, staff_id=staff.id, now=now) for one in report_ids[::-1]
    )
    found = tuple(addresses_of_reports(session, vault, report_ids))
    filed = tuple(filings_of_reports(session, vault, report_ids))
    known = _identity(session, vault, case_id, staff, now) if with_identity else None
    about = (
        *(case_id, *(talk.item.contact_id for talk in talks), *report_ids),
        *(one.address_id for one in found),
        *(one.filing_id for one in filed),
        *(one.exhibit.view.exhibit_id for one in held),
    )
    return Gathered(case, talks, told, found, filed, held, known, about)


def all_whole(gathered: Gathered) -> None:
    """Raises ``ExhibitBroken`` when one is no longer what was kept: no bundle is made of it."""
    if broken := [one.file for one in gathered.held if not one.exhibit.whole]:
        raise ExhibitBroken(", ".join(broken))


def case_json(
    session: Session, vault: Vault, gathered: Gathered, *, made: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """The case as the file ``case.json`` has it; ``made`` says by whom, when and why."""
    line = gathered.case.line
    return {
        "format": FORMAT,
        "made": dict(made),
        "case": {
            "id": line.ref.case_id,
            "number": line.ref.number,
            "status": line.ref.status,
            "severity": line.severity,
            "lead": line.lead.name,
            "opened_at": rfc3339(line.opened_at),
            "closed_at": _time(gathered.case.closed_at),
            "events": plain(gathered.case.events),
        },
        "parts": plain(gathered.case.parts),
        "contacts": [_contact(talk) for talk in gathered.contacts],
        "reports": [_report(one) for one in gathered.reports],
        "addresses": [_address(one, now) for one in gathered.addresses],
        "filings": plain(gathered.filings),
        "exhibits": [_exhibit(session, vault, one) for one in gathered.held],
        "identity": None if gathered.known is None else list(gathered.known),
    }


def plain(value: Any) -> Any:
    """Values as JSON: dataclasses by their fields, times in RFC 3339."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if is_dataclass(value) and not isinstance(value, type):
        named = [field.name for field in fields(value) if field.name not in _NOT_IN_IT]
        return {name: plain(getattr(value, name)) for name in named}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (tuple, list, frozenset, set)):
        return [plain(one) for one in value]
    return value


def entry_of(view: ExhibitView) -> dict[str, Any]:
    """What the trail vouched for when the exhibit was kept."""
    return {
        "id": view.exhibit_id,
        "number": int(view.number.removeprefix("E-")),
        "case_id": view.case_id or None,
        "report_id": view.report_id or None,
        "kind": view.kind,
        "media": view.media,
        "size": view.size,
        "sha256": view.sha256,
        "who": view.who,
        "kept_at": rfc3339(view.kept_at),
    }


def _keep_talk(
    session: Session,
    vault: Vault,
    case_id: str,
    talk: ContactView,
    *,
    staff: StaffRef,
    now: datetime,
) -> None:
    """Keep a talk as it stands; the same words are not kept twice."""
    body = canonical(_talk(talk))
    there = exhibits.exhibits_of(session, case_id=case_id)
    if hash_of(body) in {one.sha256 for one in there if one.kind == "transcript"}:
        return
    exhibits.keep(
        session,
        vault,
        kind="transcript",
        body=body,
        media="application/json",
        who=f"staff:{staff.id}",
        case_id=case_id,
        now=now,
    )


def _held(
    session: Session,
    vault: Vault,
    case_id: str,
    report_ids: Sequence[str],
    *,
    staff: StaffRef,
    why: str,
    now: datetime,
) -> tuple[Held, ...]:
    views = exhibits.exhibits_of(session, case_id=case_id)
    for report_id in report_ids:
        views += exhibits.exhibits_of(session, report_id=report_id)
    by_id = {one.exhibit_id: one for one in views if one.kind != "bundle"}
    return tuple(
        Held(_file(one), _taken(session, vault, one.exhibit_id, staff=staff, why=why, now=now))
        for one in sorted(by_id.values(), key=lambda one: int(one.number.removeprefix("E-")))
    )


def _taken(
    session: Session, vault: Vault, exhibit_id: str, *, staff: StaffRef, why: str, now: datetime
) -> Exhibit:
    return exhibits.look(session, vault, exhibit_id, staff=staff, why=why, now=now, deed="exported")


def _file(view: ExhibitView) -> str:
    return f"exhibits/{view.number}.{ENDINGS.get(view.media, 'bin')}"


def _identity(
    session: Session, vault: Vault, case_id: str, staff: StaffRef, now: datetime
) -> tuple[Mapping[str, str], ...] | None:
    """What the child told of who it is, where a second person opened it for the maker."""
    if queries.open_unlock(session, case_id, staff.id, now=now) is None:
        return None
    found, _ = identity.read(session, vault, case_id, staff_id=staff.id, now=now, origin="bundle")
    return tuple({"kind": one.kind, "text": one.text, "at": rfc3339(one.at)} for one in found)


def _talk(talk: ContactView) -> dict[str, Any]:
    """A talk as it is kept: who wrote what and when, and nothing that changes by itself."""
    return {
        "contact": talk.item.contact_id,
        "number": talk.item.number,
        "channel": talk.item.channel,
        "language": talk.item.language,
        "opened_at": rfc3339(talk.item.opened_at),
        "limits": plain(talk.limits),
        "messages": [
            {
                "id": one.message_id,
                "at": rfc3339(one.at),
                "direction": one.direction,
                "kind": one.kind,
                "name": one.name,
                "text": one.text,
            }
            for one in talk.messages
        ],
    }


def _contact(talk: ContactView) -> dict[str, Any]:
    item = talk.item
    return {
        **_talk(talk),
        "state": item.state,
        "severity": item.severity,
        "category": item.category,
        "band": item.band,
        "role": item.role,
        "country": item.country,
        "closed_at": _time(item.closed_at),
        "outcome": item.outcome,
    }


def _report(report: ReportView) -> dict[str, Any]:
    line = report.line
    return {
        "id": line.report_id,
        "number": line.number,
        "state": line.state,
        "rank": line.rank,
        "received_at": rfc3339(line.received_at),
        "closed_at": _time(line.closed_at),
        "told": plain(report.told),
        "additions": plain(report.additions),
        "updates": plain(report.updates),
        "assessments": plain(report.assessments),
    }


def _address(one: AddressView, now: datetime) -> dict[str, Any]:
    """With both clocks: whole minutes since it was reported, and since the notice."""
    end = one.ended_at or now
    return {
        **plain(one),
        "shown": one.shown,
        "minutes_since_report": _minutes(one.received_at, end),
        "minutes_since_notice": _minutes(one.notice_at, end) if one.notice_at else None,
    }


def _exhibit(session: Session, vault: Vault, held: Held) -> dict[str, Any]:
    view = held.exhibit.view
    custody: Iterable[Any] = exhibits.custody_of(session, vault, view.exhibit_id)
    return {
        "file": held.file,
        "number": view.number,
        "kind": view.kind,
        "sha256": view.sha256,
        "entry": entry_of(view),
        "custody": plain(list(custody)),
    }


def _minutes(since: datetime, until: datetime) -> int:
    return max(0, int((until - since).total_seconds() // 60))


def _time(at: datetime | None) -> str | None:
    return rfc3339(at) if at else None
