"""Counts reports and addresses, and hides what small groups would tell. Pure.

What leaves the helpline has no domain: a list of them would lead offenders to the pages. Its
counts follow the rules of ``shielding``, its medians are of five or more and in full hours.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial

from api.figures.counting import middle
from api.figures.report_values import (
    OF_ADDRESSES,
    SEVERAL,
    STEPS,
    WITHIN,
    AddressRow,
    ReportFigures,
    ReportRow,
    Step,
)
from api.figures.shielding import TOTAL, Cell, Sum, fives, hidden

_LONGEST = 20  # domains
_NOT_YET = "not_yet"


def count(reports: Sequence[ReportRow], addresses: Sequence[AddressRow]) -> ReportFigures:
    """Everything, exact: only for who may read the reports themselves."""
    lengths = {
        "assessed": [one.assessed for one in reports],
        "filed": [one.filed for one in reports],
        "removed": [one.removed for one in addresses],
        "removed_after_request": [one.removed_after_request for one in addresses],
    }
    return ReportFigures(
        whole=True,
        reports=len(reports),
        addresses=len(addresses),
        splits={
            "report_kind": _most(one.kind for one in reports),
            "report_platform": _most(name for one in reports for name in one.platforms),
            "report_state": _most(one.state for one in reports),
            "address_state": _most(one.state for one in addresses),
        },
        steps=tuple(_step(name, lengths[name]) for name in STEPS),
        domains=dict(
            Counter(name for one in reports for name in one.domains).most_common(_LONGEST)
        ),
    )


def shielded(figures: ReportFigures) -> ReportFigures | None:
    """The figures as they may leave; None of a period with too few reports."""
    of_reports = _shown(figures, figures.reports or 0, addresses=False)
    of_addresses = _shown(figures, figures.addresses or 0, addresses=True)
    if of_reports[TOTAL] is None:
        return None
    shown = {**of_addresses, **of_reports}
    return ReportFigures(
        whole=False,
        reports=of_reports[TOTAL],
        addresses=of_addresses[TOTAL],
        splits={
            split: {name: shown[split, name] for name in groups if shown[split, name] is not None}
            for split, groups in figures.splits.items()
        },
        steps=tuple(map(partial(_step_shown, shown), figures.steps)),
        domains={},
    )


def _step(name: str, lengths: Iterable[timedelta | None]) -> Step:
    known = [length for length in lengths if length is not None]
    within = {
        limit: sum(length <= longest for length in known) for limit, longest in WITHIN.items()
    }
    return Step(name, len(known), middle(known), within)


def _most(names: Iterable[str]) -> dict[str, int | None]:
    """The largest group first, and who is not known last."""
    found = Counter(names)
    return {
        name: found[name] for name in sorted(found, key=lambda one: (not one, -found[one], one))
    }


def _shown(figures: ReportFigures, everybody: int, *, addresses: bool) -> dict[Cell, int | None]:
    """What may be shown of one population."""
    counts: dict[Cell, int] = {TOTAL: everybody}
    sums: list[Sum] = []
    for split, groups in figures.splits.items():
        if (split in OF_ADDRESSES) == addresses:
            counts |= {(split, name): number or 0 for name, number in groups.items()}
            whole = (split, "*") if split in SEVERAL else TOTAL
            counts[whole] = sum(number or 0 for number in groups.values())
            sums.append(Sum(whole, tuple((split, name) for name in groups)))
    for step in figures.steps:
        if (step.name in OF_ADDRESSES) == addresses:
            more, parts = _bands(step, everybody)
            counts, sums = {**counts, **more}, [*sums, *parts]
    gone = hidden(counts, sums, frozenset())
    return {cell: None if cell in gone else fives(number) for cell, number in counts.items()}


def _bands(step: Step, everybody: int) -> tuple[dict[Cell, int], list[Sum]]:
    """The numbers of a step, with those between them that follow by subtracting."""
    name, known = step.name, step.known or 0
    limits = [*step.within.items(), ("known", known)]
    counts: dict[Cell, int] = {(name, limit): number or 0 for limit, number in limits}
    counts[name, _NOT_YET] = everybody - known
    sums = [Sum(TOTAL, ((name, "known"), (name, _NOT_YET)))]
    for (earlier, less), (later, more) in itertools.pairwise(limits):
        band = (name, f"{earlier}-{later}")
        counts[band] = (more or 0) - (less or 0)
        sums.append(Sum((name, later), ((name, earlier), band)))
    return counts, sums


def _step_shown(shown: Mapping[Cell, int | None], step: Step) -> Step:
    known = shown[step.name, "known"]
    within = {limit: shown[step.name, limit] for limit in step.within}
    return Step(step.name, known, None if known is None else _hours(step.median), within)


def _hours(length: timedelta | None) -> timedelta | None:
    return None if length is None else timedelta(hours=round(length.total_seconds() / 3600))
