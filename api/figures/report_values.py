"""Figures of reports, as the pages and files see them: numbers, and nothing of a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

SPLITS = ("report_kind", "report_platform", "report_state", "address_state")
"""What reports, and in the end addresses, are counted by."""

SEVERAL = ("report_platform",)
"""Splits in which one report may count in several groups."""

STEPS = ("assessed", "filed", "removed", "removed_after_request")
"""What is timed: of reports assessment and filing, of addresses the removal by both clocks."""

OF_ADDRESSES = ("address_state", "removed", "removed_after_request")

WITHIN: Mapping[str, timedelta] = {
    "within_24h": timedelta(hours=24),
    "within_72h": timedelta(hours=72),
    "within_7d": timedelta(days=7),
}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report: what it is counted by, and how long things took; None has not happened."""

    kind: str
    state: str
    platforms: tuple[str, ...]
    domains: tuple[str, ...]
    assessed: timedelta | None
    filed: timedelta | None


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One address; ``removed`` runs from its first report, the other from the first request."""

    state: str
    removed: timedelta | None
    removed_after_request: timedelta | None


@dataclass(frozen=True, slots=True)
class Step:
    """How long something took, of how many; None is not shown."""

    name: str
    known: int | None
    median: timedelta | None
    within: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """The figures of reports; ``domains`` are for the helpline's own eyes alone."""

    whole: bool
    reports: int | None
    addresses: int | None
    splits: Mapping[str, Mapping[str, int | None]]
    steps: tuple[Step, ...]
    domains: Mapping[str, int]
