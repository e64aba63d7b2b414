"""Plain values that pages and other parts see of reports; nothing here touches the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from api.contacts.values import EarlierView, StaffRef

SUBMITTED, ASSESSING, IN_REMIT, OUT_OF_REMIT = "submitted", "assessing", "in_remit", "out_of_remit"
DUPLICATE, FILED, ACKNOWLEDGED = "duplicate", "filed", "acknowledged"
OUTCOME, CLOSED = "outcome", "closed"

STATES = (
    *(SUBMITTED, ASSESSING, IN_REMIT, OUT_OF_REMIT, DUPLICATE),
    *(FILED, ACKNOWLEDGED, OUTCOME, CLOSED),
)
LIFE = (SUBMITTED, ASSESSING, IN_REMIT, FILED, ACKNOWLEDGED, OUTCOME, CLOSED)
"""The way of a report that is followed up to its end."""

VERDICTS = (IN_REMIT, OUT_OF_REMIT, DUPLICATE)
_JUDGED = (IN_REMIT, OUT_OF_REMIT, DUPLICATE)
MOVES: Mapping[str, tuple[str, ...]] = {
    SUBMITTED: (ASSESSING, FILED),
    ASSESSING: (*_JUDGED, FILED),
    IN_REMIT: (*_JUDGED, FILED, OUTCOME, CLOSED),
    OUT_OF_REMIT: (*_JUDGED, FILED, CLOSED),
    DUPLICATE: (*_JUDGED, FILED, CLOSED),
    FILED: (ACKNOWLEDGED, OUTCOME, CLOSED),
    ACKNOWLEDGED: (OUTCOME, CLOSED),
    OUTCOME: (CLOSED,),
    CLOSED: (ASSESSING,),
}
"""Which state may follow which; what somebody else answered never leads backwards."""

URGENT = 3
"""From this rank on a report that nobody has rings, calls out and climbs."""
RANKS = (4, 3, 2, 1)
OUTCOMES = (
    *("removed", "passed_on", "police", "advised", "not_removed"),
    *("out_of_remit", "duplicate", "withdrawn", "nothing_found"),
)
SERVICES = ("police", "child_helpline", "helpline", "removal", "authority", "emergency")
"""Kinds of services, as in the content folder, to which a report can be signposted."""
KINDS = (
    *("csam_address", "sexual_extortion", "grooming", "unwanted_sexual_material"),
    *("live_streamed_abuse", "trafficking", "altered_picture", "shared_picture"),
    *("violence_or_hate", "other"),
)


@dataclass(frozen=True, slots=True)
class LimitsTold:
    """Which text on the limits of confidence the reporter was shown, and when."""

    version: str
    language: str
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """Everything the reporter said, as it came; what was left out is empty.

    ``evidence`` are pairs of a rule of the triage and the words that met it.
    """

    kind: str
    reporter: str
    language: str
    channel: str
    band: str
    country: str
    addresses: tuple[str, ...]
    place: str
    app: str
    where: str
    suspect: str
    when: str
    now: str
    still: str
    safe: str
    in_picture: str
    demand: tuple[str, ...]
    given: str
    deadline: str
    words: str
    pass_on: str
    severity: str
    evidence: tuple[tuple[str, str], ...]
    limits: LimitsTold | None


@dataclass(frozen=True, slots=True)
class AdditionView:
    """What the holder of the receipt added."""

    addition_id: str
    at: datetime
    words: str
    addresses: tuple[str, ...]
    still: str
    severity: str
    evidence: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class UpdateView:
    """Something the reporter may know: to whom it went, and when somebody looks again."""

    at: datetime
    state: str
    to: str
    next: datetime | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """A judgement of staff in a few choices.

    ``verdict`` is one of ``VERDICTS``; ``danger``: a child is in danger now (yes, no, unsure);
    ``services`` to which a report out of remit belongs; ``duplicate`` the number of the first.
    """

    verdict: str
    kind: str
    danger: str
    rank: int
    services: tuple[str, ...] = ()
    duplicate: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """An assessment with its writer."""

    version: int
    at: datetime
    staff: StaffRef
    fields: Assessment


@dataclass(frozen=True, slots=True)
class NoteView:
    """Words for staff alone."""

    at: datetime
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class DeedView:
    """Something that was done with a report, as the audit trail has it."""

    at: datetime
    who: str
    what: str
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ReportRef:
    """A report in short."""

    report_id: str
    number: str
    state: str


@dataclass(frozen=True, slots=True)
class CaseOf:
    """A case that a report belongs to."""

    case_id: str
    number: str
    status: str


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report in a list. It waits (since ``waiting_since``) while it is open without holder;
    ``steps`` are those it climbed in this wait. ``added``: something new was added."""

    ref: ReportRef
    rank: int
    kind: str
    reporter: str
    language: str
    channel: str
    received_at: datetime
    stored_at: datetime
    waiting_since: datetime
    holder: StaffRef | None
    steps: tuple[str, ...]
    told_at: datetime
    wants_news: bool
    closed_at: datetime | None
    added: bool

    @property
    def report_id(self) -> str:
        """The report's id."""
        return self.ref.report_id

    @property
    def number(self) -> str:
        """The number that staff and the reporter see."""
        return self.ref.number

    @property
    def state(self) -> str:
        """Where the report stands."""
        return self.ref.state

    @property
    def waits(self) -> bool:
        """Whether it is open and nobody has it."""
        return self.holder is None and self.state != CLOSED


@dataclass(frozen=True, slots=True)
class ReportView:
    """A whole report as one person may see it. Addresses are shown inert, never as links.

    ``contacts`` are those of the same conversation, ``duplicates`` the reports that say the
    same, ``original`` the one that this one repeats.
    """

    line: ReportLine
    told: Told
    additions: tuple[AdditionView, ...]
    updates: tuple[UpdateView, ...]
    assessments: tuple[AssessmentView, ...]
    notes: tuple[NoteView, ...]
    deeds: tuple[DeedView, ...]
    contacts: tuple[EarlierView, ...]
    cases: tuple[CaseOf, ...]
    duplicates: tuple[ReportRef, ...]
    original: ReportRef | None
    reachable: bool

    @property
    def report_id(self) -> str:
        """The report's id."""
        return self.line.report_id

    @property
    def assessment(self) -> AssessmentView | None:
        """The newest judgement."""
        return self.assessments[-1] if self.assessments else None

    @property
    def signpost(self) -> tuple[str, ...]:
        """Where it belongs instead, if it was none for us."""
        newest = self.assessment
        return newest.fields.services if newest and self.line.state != IN_REMIT else ()
