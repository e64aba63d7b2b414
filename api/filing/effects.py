"""What follows from a filing: for the report, its addresses, the reporter and the evidence."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime

from sqlalchemy.orm import Session

from api.addresses import service as addresses
from api.addresses.life import NOTICE, POLICE, may_move
from api.contacts.noticing import notify
from api.contacts.values import StaffRef
from api.counters import touch
from api.crypto import Vault
from api.evidence import exhibits
from api.filing import queries, records
from api.filing.recipients import Recipient
from api.filing.tables import Filing
from api.filing.values import Parcel
from api.reports import service as reports
from api.reports.values import ACKNOWLEDGED, FILED, OUTCOME

CLOCK = "clock"
_TOLD_BY_ADDRESSES = ("police", "platform")
"""Recipients of whom the reporter hears by what happens to the addresses, but a held one."""


def who(staff: StaffRef | None) -> str:
    """Who did it, as the trail has it."""
    return f"staff:{staff.id}" if staff else CLOCK


def filed(
    session: Session,
    vault: Vault,
    filing: Filing,
    recipient: Recipient,
    *,
    staff: StaffRef | None,
    now: datetime,
) -> None:
    """It is there: the addresses' clocks run, the reporter hears, the content is evidence."""
    report_id = filing.report_id
    reports.advance(session, vault, report_id, FILED, who=who(staff), now=now)
    state = {"removal": NOTICE, "inquiry": POLICE}.get(recipient.asks, "")
    heard = _move_all(session, vault, filing, recipient, state, staff=staff, now=now)
    if not (heard and recipient.group in _TOLD_BY_ADDRESSES):
        told = "police" if recipient.asks == "inquiry" else "filed"
        reports.tell(session, vault, report_id, told, to=recipient.group, now=now)
    body = _sent(session, vault, filing)
    exhibits.keep(
        session, vault, kind="filing", body=body, who=who(staff), now=now, report_id=report_id
    )


def acknowledged(
    session: Session, vault: Vault, filing: Filing, *, staff: StaffRef | None, now: datetime
) -> None:
    """The other side gave its number."""
    reports.advance(session, vault, filing.report_id, ACKNOWLEDGED, who=who(staff), now=now)


def answered(
    session: Session,
    vault: Vault,
    filing: Filing,
    recipient: Recipient,
    *,
    staff: StaffRef,
    now: datetime,
) -> None:
    """The other side said what came of it; a removal or its refusal is so of the addresses."""
    reports.advance(session, vault, filing.report_id, OUTCOME, who=who(staff), now=now)
    outcomes = {"removed": "removed", "not_illegal": "refused", "no_action": "refused"}
    state = outcomes.get(filing.result, "") if recipient.asks == "removal" else ""
    _move_all(session, vault, filing, recipient, state, staff=staff, now=now)


def keep_answer(
    session: Session,
    vault: Vault,
    filing: Filing,
    said: dict[str, str],
    *,
    body: bytes = b"",
    staff: StaffRef | None,
    now: datetime,
) -> None:
    """Keep an answer of the other side as evidence, as it came and as it was read."""
    kept = {"filing": filing.id, "number": records.number_of(session, filing), **said}
    if body:
        kept["bytes"] = b64encode(body).decode()
    exhibits.keep(
        session,
        vault,
        kind="answer",
        body={"to": filing.recipient, **kept},
        who=who(staff),
        now=now,
        report_id=filing.report_id,
    )


def tell_staff(session: Session, vault: Vault, filing: Filing, kind: str, *, now: datetime) -> None:
    """Let the supervisors know that a filing needs somebody."""
    detail = records.named(session, filing)
    notify(session, vault, kind=kind, report_id=filing.report_id, detail=detail, now=now)
    touch(session)


def is_held(
    session: Session, vault: Vault, recipient: Recipient, address_ids: tuple[str, ...]
) -> bool:
    """Whether police were told of an address whose removal this recipient would be asked for."""
    if recipient.asks != "removal":
        return False
    return any(addresses.address(session, vault, one).held for one in address_ids)


def _move_all(
    session: Session,
    vault: Vault,
    filing: Filing,
    recipient: Recipient,
    state: str,
    *,
    staff: StaffRef | None,
    now: datetime,
) -> bool:
    """Move the addresses of a filing on; those that are further stay.

    Whether the reporter hears of it: nothing is told by an address that the police hold.
    """
    ids = queries.addresses_of(session, filing.id) if state else ()
    wanted = [one for one in ids if _may(session, vault, one, state)]
    for address_id in wanted:
        addresses.set_state(
            session,
            vault,
            address_id,
            state,
            staff=staff,
            now=now,
            to=recipient.group,
            hold=filing.hold,
        )
    return any(not addresses.address(session, vault, one).held for one in wanted)


def _may(session: Session, vault: Vault, address_id: str, state: str) -> bool:
    there = addresses.address(session, vault, address_id)
    if state == POLICE:
        return True
    return may_move(there.state, state) and not (state == NOTICE and there.held)


def _sent(session: Session, vault: Vault, filing: Filing) -> dict[str, object]:
    """What left, as evidence keeps it: every file byte for byte."""
    parcel: Parcel = records.parcel_of(vault, filing)
    return {
        "filing": filing.id,
        "number": records.number_of(session, filing),
        "to": filing.recipient,
        "way": filing.way,
        "reference": records.read(vault, filing, "reference"),
        "subject": parcel.subject,
        "files": [
            {"name": one.name, "type": one.type, "base64": b64encode(one.body).decode()}
            for one in parcel.files
        ],
    }
