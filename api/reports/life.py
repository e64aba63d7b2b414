"""The life of a report: judged, filed, answered, closed. Needs a writing session."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.audit.service import record
from api.cases.queries import hidden_reports
from api.contacts.values import StaffRef
from api.counters import touch
from api.crypto import Vault
from api.reports import queries, records
from api.reports.holding import held, hold, note_deed
from api.reports.refusals import (
    DuplicateUnknown,
    InvalidAssessment,
    InvalidReportWords,
    WrongReportMove,
)
from api.reports.tables import Report, ReportAssessment, ReportNote
from api.reports.telling import tell
from api.reports.values import (
    ACKNOWLEDGED,
    ASSESSING,
    CLOSED,
    DUPLICATE,
    FILED,
    IN_REMIT,
    KINDS,
    MOVES,
    OUT_OF_REMIT,
    OUTCOME,
    OUTCOMES,
    RANKS,
    SERVICES,
    STATES,
    VERDICTS,
    Assessment,
)
from api.times import to_ms

_MOST = 4000
_ANSWERED = (FILED, ACKNOWLEDGED, OUTCOME)
_DANGER = ("yes", "no", "unsure")


def assess(
    session: Session,
    vault: Vault,
    report_id: str,
    made: Assessment,
    *,
    staff: StaffRef,
    now: datetime,
) -> None:
    """Judge a report that one has; judging anew adds a version.

    The reporter of one out of remit hears where it belongs. What was filed stays in remit.
    Raises ``ReportHeld``, ``InvalidAssessment``, ``DuplicateUnknown``, ``WrongReportMove``.
    """
    report = queries.get(session, report_id)
    held(report, staff)
    _check(made)
    first = _first(session, report, made, staff) if made.verdict == DUPLICATE else None
    _move_to_verdict(report, made.verdict)
    _keep(session, vault, report, made, staff=staff, now=now)
    report.duplicate_of = first.id if first else None
    report.rank = made.rank
    report.kind = vault.row("reports", report.id).seal("kind", made.kind)
    said = {"verdict": made.verdict, "duplicate": made.duplicate, "words": made.words}
    note_deed(session, vault, report, "report.assessed", staff=staff, now=now, **said)
    if made.verdict == OUT_OF_REMIT:
        tell(session, vault, report.id, "signposted", now=now)


def advance(
    session: Session, vault: Vault, report_id: str, state: str, *, who: str, now: datetime
) -> bool:
    """Follow what became of its filings: filed, acknowledged, outcome; never backwards.

    False when the report is there already, further, or closed. Raises ``ReportUnknown``.
    """
    report = queries.get(session, report_id)
    if report.state == CLOSED or STATES.index(state) <= STATES.index(report.state):
        return False
    report.state = state
    record(session, vault, who=who, what=f"report.{state}", about=report.id, now=now)
    touch(session)
    return True


def close(
    session: Session,
    vault: Vault,
    report_id: str,
    *,
    outcome: str,
    words: str = "",
    staff: StaffRef,
    now: datetime,
) -> None:
    """Close a report with what came of it, and let the reporter know.

    Raises ``ReportHeld``, ``InvalidAssessment`` for no known outcome, ``WrongReportMove`` for
    one that nobody has judged.
    """
    report, said = queries.get(session, report_id), plain(words, needed=False)
    held(report, staff)
    if outcome not in OUTCOMES:
        raise InvalidAssessment()
    if CLOSED not in MOVES[report.state]:
        raise WrongReportMove()
    report.state, report.closed_at = CLOSED, to_ms(now)
    detail = {"outcome": outcome, "words": said}
    note_deed(session, vault, report, "report.closed", staff=staff, now=now, **detail)
    tell(session, vault, report.id, "closed", now=now)


def reopen(
    session: Session, vault: Vault, report_id: str, *, words: str, staff: StaffRef, now: datetime
) -> None:
    """Take up a closed report again; who may is the gate's to say. Raises ``WrongReportMove``."""
    report, said = queries.get(session, report_id), plain(words)
    if report.state != CLOSED:
        raise WrongReportMove()
    report.state, report.closed_at = ASSESSING, None
    hold(vault, report, staff=staff, now=now)
    note_deed(session, vault, report, "report.reopened", staff=staff, now=now, words=said)
    tell(session, vault, report.id, "assessing", now=now)


def add_note(
    session: Session, vault: Vault, report_id: str, *, text: str, staff: StaffRef, now: datetime
) -> None:
    """Write words for staff alone. Raises ``InvalidReportWords``."""
    report, said, note_id = queries.get(session, report_id), plain(text), str(uuid.uuid4())
    row = vault.row("report_notes", note_id)
    values = {
        "id": note_id,
        "report_id": report.id,
        "at": to_ms(now),
        "staff_id": staff.id,
        "name": row.seal("name", staff.name),
        "text": row.seal("text", said),
    }
    session.execute(insert(ReportNote), [values])
    note_deed(session, vault, report, "report.noted", staff=staff, now=now)


def plain(words: str, *, needed: bool = True) -> str:
    """Words of staff as they are kept. Raises ``InvalidReportWords``."""
    said = words.replace("\r\n", "\n").strip()
    if len(said) > _MOST or (needed and not said):
        raise InvalidReportWords()
    return said


def _check(made: Assessment) -> None:
    """Raise ``InvalidAssessment`` unless every choice is one of ours."""
    known = (
        made.verdict in VERDICTS,
        made.kind in KINDS,
        made.danger in _DANGER,
        made.rank in RANKS,
        set(made.services) <= set(SERVICES),
        bool(made.services) or made.verdict != OUT_OF_REMIT,
    )
    if not all(known):
        raise InvalidAssessment()
    plain(made.words, needed=False)


def _first(session: Session, report: Report, made: Assessment, staff: StaffRef) -> Report:
    """The report that this one repeats; of a chain, its first. Hidden ones are unknown (S29)."""
    digits = made.duplicate.strip().upper().removeprefix("R-").strip()
    known = digits.isascii() and digits.isdecimal() and len(digits) < 12
    found = queries.by_number(session, int(digits)) if known else None
    if found is not None and found.duplicate_of is not None:
        found = queries.get(session, found.duplicate_of)
    if found is None or found.id in {report.id, *hidden_reports(session, staff.id)}:
        raise DuplicateUnknown()
    return found


def _move_to_verdict(report: Report, verdict: str) -> None:
    if report.state in _ANSWERED and verdict == IN_REMIT:
        return
    if verdict not in MOVES[report.state]:
        raise WrongReportMove()
    report.state = verdict


def _keep(
    session: Session,
    vault: Vault,
    report: Report,
    made: Assessment,
    *,
    staff: StaffRef,
    now: datetime,
) -> None:
    before = queries.newest_assessment(session, report.id)
    version = before.version + 1 if before else 1
    values = {
        "report_id": report.id,
        "version": version,
        "at": to_ms(now),
        "staff_id": staff.id,
        **records.sealed_assessment(vault, report.id, version, made, staff),
    }
    session.execute(insert(ReportAssessment), [values])
