"""Filing reports: made, looked at, sent, answered. Everything needs a writing session.

A filing is written once and kept byte for byte: what staff look at before they send it is what
leaves. It leaves over a line where the settings open one, and by hand everywhere else.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.audit.service import record, record_once
from api.contacts.values import StaffRef
from api.counters import touch
from api.crypto import Vault
from api.filing import effects, facts, queries, records
from api.filing.facts import Wish
from api.filing.office import Office
from api.filing.queries import reports_failed
from api.filing.recipients import Recipient, Suggestion
from api.filing.refusals import (
    AgainstReporter,
    FiledAlready,
    HeldForPolice,
    InvalidFiling,
    NotInState,
)
from api.filing.tables import Filing, FilingAddress
from api.filing.values import (
    ACKNOWLEDGED,
    ANSWERED,
    ARRIVED,
    DRAFT,
    FAILED,
    FILED,
    HAND,
    LONGEST_OUTCOME,
    LONGEST_REFERENCE,
    LONGEST_SUMMARY,
    ON_ITS_WAY,
    READY,
    REFUSED,
    RESULTS,
    RETRACTED,
    UNSURE,
    WAITING,
    FilingView,
    Parcel,
    TryView,
)
from api.reports import queries as reports
from api.times import to_ms

__all__ = [
    "discard",
    "filings_of",
    "filings_of_reports",
    "make",
    "note_read",
    "parcel",
    "read",
    "reports_failed",
    "retract",
    "retry",
    "send",
    "sent_by_hand",
    "settle",
    "suggested",
]

_LATE = frozenset({READY, UNSURE, REFUSED, FAILED})


def suggested(
    session: Session, vault: Vault, office: Office, report_id: str, *, now: datetime
) -> list[Suggestion]:
    """To whom this report should go, by its kind, its answers and its addresses."""
    every = tuple(one.address_id for one in facts.targets_of(session, vault, report_id))
    found = facts.gather(
        session, vault, report_id, Wish("", every), place=0, sender=office.sender, now=now
    )
    return office.catalogue.suggested(found)


def make(
    session: Session,
    vault: Vault,
    office: Office,
    report_id: str,
    recipient_id: str,
    wish: Wish,
    *,
    key: str,
    again: bool = False,
    staff: StaffRef,
    now: datetime,
) -> list[str]:
    """Write what would leave for this recipient; the ids, one for each address at IWF.

    Nothing leaves yet. The same ``key`` gives the same filings. Raises ``NotForRecipient``,
    ``InvalidFiling``, ``HeldForPolice``, ``AgainstReporter`` without a reason where the
    reporter said no, and ``FiledAlready`` unless ``again`` says that it shall go once more.
    """
    recipient = office.catalogue.get(recipient_id)
    if len(wish.summary) > LONGEST_SUMMARY:
        raise InvalidFiling("summary")
    if not wish.why.strip() and facts.against(session, vault, report_id):
        raise AgainstReporter()
    parts = _parts(session, vault, report_id, recipient, wish)
    return [
        _make(
            session, vault, office, report_id, recipient, part, f"{key}.{place}", again, staff, now
        )
        for place, part in enumerate(parts)
    ]


def send(
    session: Session,
    vault: Vault,
    office: Office,
    filing_id: str,
    *,
    again: bool = False,
    staff: StaffRef,
    now: datetime,
) -> str:
    """Let a filing leave as it is; its state. Sending it twice changes nothing.

    Raises ``FiledAlready``, ``HeldForPolice``, ``NotInState``.
    """
    filing = queries.get(session, filing_id)
    if filing.state in (*ON_ITS_WAY, READY, *ARRIVED):
        return filing.state
    _in_state(filing, DRAFT)
    _check(session, vault, office, filing, again)
    line = office.line(filing.recipient)
    filing.way = office.way(filing.recipient)
    filing.state = WAITING if line else READY
    filing.step = line.first if line else ""
    filing.since_at = to_ms(now)
    filing.next_at = to_ms(now) if line else None
    _note(session, vault, filing, "filing.sent_off", staff=staff, now=now)
    return filing.state


def discard(
    session: Session, vault: Vault, filing_id: str, *, staff: StaffRef, now: datetime
) -> None:
    """Send a draft nowhere; it stays to be read. Raises ``NotInState``."""
    filing = queries.get(session, filing_id)
    _in_state(filing, DRAFT, READY)
    filing.state = RETRACTED
    _note(session, vault, filing, "filing.discarded", staff=staff, now=now)


def sent_by_hand(
    session: Session,
    vault: Vault,
    office: Office,
    filing_id: str,
    *,
    reference: str = "",
    staff: StaffRef,
    now: datetime,
) -> None:
    """Say that it is there: somebody sent the files, or found that they had arrived.

    Raises ``NotInState`` while it leaves by itself, ``InvalidFiling``.
    """
    filing = queries.get(session, filing_id)
    _in_state(filing, *_LATE)
    if filing.state == READY:
        filing.way = HAND
    arrive(session, vault, office, filing, reference=_reference(reference), staff=staff, now=now)
    _note(session, vault, filing, "filing.by_hand", staff=staff, now=now)


def settle(
    session: Session,
    vault: Vault,
    office: Office,
    filing_id: str,
    *,
    reference: str = "",
    result: str = "",
    words: str = "",
    staff: StaffRef,
    now: datetime,
) -> None:
    """Write down what the other side answered: its number, and what came of it.

    Raises ``NotInState`` for what is not there yet, ``InvalidFiling`` for nothing to say.
    """
    filing = queries.get(session, filing_id)
    _in_state(filing, *ARRIVED)
    reference = _reference(reference)
    if len(words) > LONGEST_OUTCOME or result not in ("", *RESULTS) or not (reference or result):
        raise InvalidFiling()
    said = {"reference": reference, "result": result, "words": words.strip()}
    effects.keep_answer(session, vault, filing, said, staff=staff, now=now)
    if reference:
        records.write(vault, filing, "reference", reference)
        acknowledge(session, vault, filing, staff=staff, now=now)
    if result:
        _answer(session, vault, office, filing, result, words.strip(), staff=staff, now=now)
    _note(session, vault, filing, "filing.settled", staff=staff, now=now)


def retry(
    session: Session,
    vault: Vault,
    office: Office,
    filing_id: str,
    *,
    staff: StaffRef,
    now: datetime,
) -> None:
    """Send again what surely did not arrive, over the line of today; without one by hand.

    Of what may have arrived (``unsure``) the person says with it that it did not. Raises
    ``NotInState``, ``HeldForPolice``.
    """
    filing = queries.get(session, filing_id)
    _in_state(filing, UNSURE, REFUSED, FAILED, READY)
    _check(session, vault, office, filing, again=True)
    line = office.line(filing.recipient)
    filing.way = office.way(filing.recipient)
    filing.state = WAITING if line else READY
    filing.step, filing.tries = (line.first if line else ""), 0
    filing.since_at = to_ms(now)
    filing.next_at = to_ms(now) if line else None
    for column in ("why", "remote"):
        records.write(vault, filing, column, "")
    _note(session, vault, filing, "filing.retried", staff=staff, now=now)


def retract(
    session: Session,
    vault: Vault,
    office: Office,
    filing_id: str,
    *,
    staff: StaffRef,
    now: datetime,
) -> None:
    """Call back what has not arrived; what is open at the other side is taken back there.

    Raises ``NotInState`` for what is there, or leaves at this moment.
    """
    filing = queries.get(session, filing_id)
    _in_state(filing, *ON_ITS_WAY)
    line = office.line(filing.recipient)
    if filing.claimed_at is not None:
        raise NotInState()
    if filing.step in ("finish", "retract") and line is not None:
        filing.step, filing.next_at = "retract", to_ms(now)
    else:
        filing.state, filing.next_at = RETRACTED, None
    _note(session, vault, filing, "filing.retracted", staff=staff, now=now)


def read(
    session: Session, vault: Vault, filing_id: str, *, staff_id: int, now: datetime
) -> tuple[FilingView, Parcel, list[TryView]]:
    """A filing with exactly what leaves, and each call; the read is recorded."""
    filing = queries.get(session, filing_id)
    who = f"staff:{staff_id}"
    record(session, vault, who=who, what="filing.read", about=filing.id, now=now)
    tries = [records.try_of(vault, one) for one in queries.tries_of(session, filing.id)]
    view = records.view_of(session, vault, filing)
    return view, records.parcel_of(vault, filing), tries


def note_read(
    session: Session, vault: Vault, report_id: str, *, staff_id: int, now: datetime
) -> None:
    """Record that a person saw what a report's filings say of it; once in ten minutes."""
    who, once = f"staff:{staff_id}", timedelta(minutes=10)
    record_once(session, vault, who=who, what="report.read", about=report_id, now=now, within=once)


def parcel(session: Session, vault: Vault, filing_id: str) -> Parcel:
    """Exactly what leaves, for whoever has recorded the read already."""
    return records.parcel_of(vault, queries.get(session, filing_id))


def filings_of(session: Session, vault: Vault, report_id: str) -> list[FilingView]:
    """The filings of a report, the first one first."""
    return [records.view_of(session, vault, one) for one in queries.of_report(session, report_id)]


def filings_of_reports(
    session: Session, vault: Vault, report_ids: Sequence[str]
) -> list[FilingView]:
    """The filings of several reports, as those of a case, in their order."""
    found = queries.of_reports(session, report_ids)
    return [records.view_of(session, vault, one) for one in found]


def arrive(
    session: Session,
    vault: Vault,
    office: Office,
    filing: Filing,
    *,
    reference: str,
    staff: StaffRef | None,
    now: datetime,
) -> None:
    """It is at the other side: state, time and number, and all that follows from it."""
    filing.state, filing.sent_at, filing.next_at = FILED, to_ms(now), None
    filing.step = ""
    records.write(vault, filing, "why", "")
    records.write(vault, filing, "reference", reference)
    recipient = office.catalogue.get(filing.recipient)
    effects.filed(session, vault, filing, recipient, staff=staff, now=now)
    if reference:
        acknowledge(session, vault, filing, staff=staff, now=now)


def acknowledge(
    session: Session, vault: Vault, filing: Filing, *, staff: StaffRef | None, now: datetime
) -> None:
    """The other side gave a number of its own."""
    if filing.state == FILED:
        filing.state, filing.acknowledged_at = ACKNOWLEDGED, to_ms(now)
    effects.acknowledged(session, vault, filing, staff=staff, now=now)


def _parts(
    session: Session, vault: Vault, report_id: str, recipient: Recipient, wish: Wish
) -> list[Wish]:
    """What becomes a filing each: IWF takes one address at a time."""
    if recipient.way != "iwf":
        return [wish]
    named = facts.targets(session, vault, report_id, wish.addresses)
    ids = [one.address_id for one in named if one.exact.startswith(("http://", "https://"))]
    return [replace(wish, addresses=(one,)) for one in ids] or [wish]


def _make(
    session: Session,
    vault: Vault,
    office: Office,
    report_id: str,
    recipient: Recipient,
    wish: Wish,
    key: str,
    again: bool,
    staff: StaffRef,
    now: datetime,
) -> str:
    if known := queries.by_key(session, report_id, key):
        return known.id
    place = queries.next_place(session, report_id)
    found = facts.gather(
        session, vault, report_id, wish, place=place, sender=office.sender, now=now
    )
    ids = tuple(one.address_id for one in found.targets)
    if effects.is_held(session, vault, recipient, ids):
        raise HeldForPolice()
    if not again and queries.same(session, report_id, recipient.id, ids):
        raise FiledAlready()
    hold = wish.hold and recipient.asks == "inquiry"
    content = office.write(found, recipient, hold=hold)
    filing_id = str(uuid.uuid4())
    texts = {"content": content.to_json(), "name": staff.name}
    values = {
        **{"id": filing_id, "report_id": report_id, "place": place, "key": key, "hold": hold},
        **{"recipient": recipient.id, "way": office.way(recipient.id), "state": DRAFT},
        **{"step": "", "rank": reports.get(session, report_id).rank, "tries": 0, "result": ""},
        **{"made_at": to_ms(now), "made_by": staff.id},
        **records.sealed(vault, filing_id, dict.fromkeys(_EMPTY, "") | texts),
    }
    session.execute(insert(Filing), [values])
    for address_id in ids:
        session.add(FilingAddress(filing_id=filing_id, address_id=address_id))
    session.flush()
    made = queries.get(session, filing_id)
    _note(session, vault, made, "filing.made", staff=staff, now=now, why=wish.why.strip())
    return filing_id


_EMPTY = ("reference", "remote", "outcome", "why")


def _check(session: Session, vault: Vault, office: Office, filing: Filing, again: bool) -> None:
    """Refuse what became wrong since it was written: a hold, or the same sent by another."""
    recipient = office.catalogue.get(filing.recipient)
    ids = queries.addresses_of(session, filing.id)
    if effects.is_held(session, vault, recipient, ids):
        raise HeldForPolice()
    same = queries.same(session, filing.report_id, filing.recipient, ids, but=filing.id)
    if not again and any((one.since_at or 0) >= filing.made_at for one in same):
        raise FiledAlready()


def _answer(
    session: Session,
    vault: Vault,
    office: Office,
    filing: Filing,
    result: str,
    words: str,
    *,
    staff: StaffRef,
    now: datetime,
) -> None:
    filing.state, filing.result, filing.outcome_at = ANSWERED, result, to_ms(now)
    records.write(vault, filing, "outcome", words)
    recipient = office.catalogue.get(filing.recipient)
    effects.answered(session, vault, filing, recipient, staff=staff, now=now)


def _reference(text: str) -> str:
    cleaned = " ".join(text.split())
    if len(cleaned) > LONGEST_REFERENCE:
        raise InvalidFiling("reference")
    return cleaned


def _in_state(filing: Filing, *states: str) -> None:
    if filing.state not in states:
        raise NotInState()


def _note(
    session: Session,
    vault: Vault,
    filing: Filing,
    what: str,
    *,
    staff: StaffRef,
    now: datetime,
    why: str = "",
) -> None:
    """Record a deed on a filing under its report, where its history is read."""
    session.flush()
    reports.get(session, filing.report_id).worked_at = to_ms(now)
    detail = {
        "name": staff.name,
        "filing": filing.id,
        "to": filing.recipient,
        "words": ": ".join(one for one in (records.named(session, filing), why) if one),
    }
    who = f"staff:{staff.id}"
    record(session, vault, who=who, what=what, about=filing.report_id, now=now, detail=detail)
    touch(session)
