"""Between sealed rows and plain values: the one place that opens a report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from api.audit.chain import unveiled
from api.audit.tables import AuditRow
from api.cases.records import shown_number as case_number
from api.cases.tables import Case
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.intake import schemas
from api.reports.tables import (
    Report,
    ReportAddition,
    ReportAssessment,
    ReportNote,
    ReportUpdate,
)
from api.reports.values import (
    AdditionView,
    Assessment,
    AssessmentView,
    CaseOf,
    DeedView,
    LimitsTold,
    NoteView,
    ReportLine,
    ReportRef,
    Told,
    UpdateView,
)
from api.times import from_ms, maybe_from_ms, to_ms

_BESIDE = (
    *("kind", "channel", "band", "country", "place", "app", "suspect", "when", "now", "still"),
    *("safe", "in_picture", "demand", "given", "deadline", "pass_on", "severity"),
)
_NOTHING: dict[str, Any] = {**dict.fromkeys(_BESIDE, ""), "demand": [], "severity": "none"}


def shown_number(number: int) -> str:
    """The number that staff and the reporter see."""
    return f"R-{number}"


def ref_of(report: Report) -> ReportRef:
    """The report in short; nothing of it is sealed."""
    return ReportRef(report.id, shown_number(report.number), report.state)


def seals(vault: Vault, wanted: schemas.Report) -> dict[str, bytes]:
    """The sealed columns of a new report."""
    row = vault.row("reports", wanted.report_id)
    texts = {
        "kind": wanted.kind,
        "reporter": wanted.reporter,
        "language": wanted.language,
        "addresses": json.dumps(wanted.addresses),
        "whereabouts": wanted.where,
        "words": wanted.words,
        "conversation": wanted.conversation or "",
        "answers": json.dumps(_beside(wanted)),
    }
    return {column: row.seal(column, text) for column, text in texts.items()}


def told_of(vault: Vault, report: Report) -> Told:
    """What the reporter said, as it came."""
    row = vault.row("reports", report.id)
    beside: dict[str, Any] = (
        json.loads(row.open("answers", report.answers or b""))
        if (report.answers)
        else {"kind": row.open("kind", report.kind)}
    )
    answers = {**_NOTHING, **beside}
    return Told(
        **{name: answers[name] for name in _BESIDE if name != "demand"},
        demand=tuple(answers["demand"]),
        evidence=_evidence(answers),
        limits=_limits(answers.get("limits")),
        reporter=row.open("reporter", report.reporter),
        language=row.open("language", report.language),
        addresses=tuple(json.loads(row.open("addresses", report.addresses))),
        where=row.open("whereabouts", report.whereabouts),
        words=row.open("words", report.words),
    )


def line_of(vault: Vault, report: Report, steps: Sequence[str] = ()) -> ReportLine:
    """The report in a list."""
    row = vault.row("reports", report.id)
    return ReportLine(
        ref=ref_of(report),
        rank=report.rank,
        kind=row.open("kind", report.kind),
        reporter=row.open("reporter", report.reporter),
        language=row.open("language", report.language),
        channel=told_of(vault, report).channel,
        received_at=from_ms(report.received_at),
        stored_at=from_ms(report.stored_at),
        waiting_since=from_ms(report.waiting_since),
        holder=holder_of(vault, report),
        steps=tuple(steps),
        told_at=from_ms(report.told_at),
        wants_news=report.wants_news,
        closed_at=maybe_from_ms(report.closed_at),
        added=has_news(report),
    )


def has_news(report: Report) -> bool:
    """Whether something was added after staff last worked on the report."""
    return report.added_at is not None and report.added_at > (report.worked_at or 0)


def holder_of(vault: Vault, report: Report) -> StaffRef | None:
    """Who has the report."""
    if report.holder_id is None or report.holder_name is None:
        return None
    name = vault.row("reports", report.id).open("holder_name", report.holder_name)
    return StaffRef(report.holder_id, name)


def update_of(update: ReportUpdate) -> UpdateView:
    """Something that the reporter may know."""
    return UpdateView(
        from_ms(update.at), update.state, update.told_to, maybe_from_ms(update.next_at)
    )


def sealed_addition(vault: Vault, wanted: schemas.Addition) -> bytes:
    """An addition as it came."""
    said = wanted.model_dump(mode="json", include={"words", "addresses", "still", "severity"})
    said["evidence"] = [[one.rule, one.words] for one in wanted.evidence]
    row = vault.row("report_additions", wanted.addition_id)
    return row.seal("answers", json.dumps(said))


def addition_of(vault: Vault, addition: ReportAddition) -> AdditionView:
    """What was added."""
    row = vault.row("report_additions", addition.id)
    said: dict[str, Any] = json.loads(row.open("answers", addition.answers))
    return AdditionView(
        addition_id=addition.id,
        at=from_ms(addition.at),
        words=said["words"],
        addresses=tuple(said["addresses"]),
        still=said["still"],
        severity=said["severity"],
        evidence=_evidence(said),
    )


def version_row(report_id: str, version: int) -> str:
    """The row that an assessment's seals are bound to."""
    return f"{report_id}/{version}"


def sealed_assessment(
    vault: Vault, report_id: str, version: int, fields: Assessment, staff: StaffRef
) -> dict[str, bytes]:
    """The sealed columns of an assessment."""
    row = vault.row("report_assessments", version_row(report_id, version))
    return {
        "fields": row.seal("fields", json.dumps(asdict(fields))),
        "name": row.seal("name", staff.name),
    }


def assessment_of(vault: Vault, made: ReportAssessment) -> AssessmentView:
    """An assessment with its writer."""
    row = vault.row("report_assessments", version_row(made.report_id, made.version))
    fields = Assessment(**json.loads(row.open("fields", made.fields)))
    fields = replace(fields, services=tuple(fields.services))
    staff = StaffRef(made.staff_id, row.open("name", made.name))
    return AssessmentView(made.version, from_ms(made.at), staff, fields)


def note_of(vault: Vault, note: ReportNote) -> NoteView:
    """Words for staff."""
    row = vault.row("report_notes", note.id)
    return NoteView(from_ms(note.at), row.open("name", note.name), row.open("text", note.text))


def deed_of(vault: Vault, deed: AuditRow) -> DeedView:
    """A deed with its detail; whoever may read the report may read it."""
    opened = vault.open(deed.detail, table="audit", column="detail", row=deed.seq)
    return DeedView(from_ms(deed.at), deed.who, deed.what, unveiled(opened))


def case_of(case: Case) -> CaseOf:
    """A case in short."""
    return CaseOf(case.id, case_number(case), case.status)


def _beside(wanted: schemas.Report) -> dict[str, Any]:
    """What has no column of its own."""
    said = wanted.model_dump(mode="json", include=set(_BESIDE))
    said["evidence"] = [[one.rule, one.words] for one in wanted.evidence]
    if wanted.limits is not None:
        limits = wanted.limits
        at = to_ms(limits.told_at)
        said["limits"] = {"version": limits.version, "language": limits.language, "told_at": at}
    return said


def _limits(said: dict[str, Any] | None) -> LimitsTold | None:
    if said is None:
        return None
    return LimitsTold(said["version"], said["language"], from_ms(said["told_at"]))


def _evidence(said: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((rule, words) for rule, words in said.get("evidence", ()))
