"""Figures of learning: the newest replace the older, and no small group is shown.

A group of fewer than ten is left out wherever it would stand, and so is every share that is
made of one: whoever knows the whole and the share would know the rest.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.intake import schemas
from api.learning.tables import Figure
from api.times import from_ms, to_ms

ENOUGH = 10
_SOFT = "soft_"  # what is counted of the soft question, by category


@dataclass(frozen=True, slots=True)
class Line:
    """One lesson in one language. None: fewer than ten, or a share that would tell of them.

    ``before_percent`` and ``after_percent`` are of right answers to the matched questions,
    ``finished_percent`` of those who began, ``review_percent`` of right answers to the
    questions that came back.
    """

    topic: str
    band: str
    language: str
    begun: int | None
    finished: int | None
    finished_percent: int | None
    before_percent: int | None
    after_percent: int | None
    review_due: int | None
    review_done: int | None
    review_percent: int | None
    help: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """How often the soft question was asked about words of a category, and what was answered.

    None as in ``Line``. ``fine_percent`` is of those who said yes or no: how often it had
    been nothing.
    """

    category: str
    band: str
    language: str
    asked: int | None
    a_bit: int | None
    fine: int | None
    decline: int | None
    fine_percent: int | None


def store(session: Session, wanted: schemas.Figures) -> None:
    """Take the bot's counts as they are now; older ones than those that stand change nothing."""
    at = to_ms(wanted.counted_at)
    newest = session.scalar(select(func.max(col(Figure.counted_at))))
    if newest is not None and at < newest:
        return
    session.execute(delete(Figure))
    session.add_all(
        Figure(**each.model_dump(), counted_at=at)
        for each in wanted.figures
        if each.count >= ENOUGH
    )


def lines(session: Session) -> tuple[list[Line], datetime | None]:
    """A line for each lesson of which something may be shown, and when it was counted."""
    found = session.scalars(select(Figure)).all()
    groups = _groups(each for each in found if not each.what.startswith(_SOFT))
    shown = [_line(*name, groups[name]) for name in sorted(groups, key=_place)]
    at = max((each.counted_at for each in found), default=None)
    return shown, None if at is None else from_ms(at)


def asked(session: Session) -> list[Asked]:
    """How often it was asked whether something happened, and how often it was nothing."""
    found = session.scalars(select(Figure).where(col(Figure.what).startswith(_SOFT))).all()
    groups = _groups(found)
    return [_asked(*name, groups[name]) for name in sorted(groups, key=_place)]


def _groups(found: Iterable[Figure]) -> dict[tuple[str, str, str], dict[str, int]]:
    groups: dict[tuple[str, str, str], dict[str, int]] = {}
    for each in found:
        groups.setdefault((each.topic, each.language, each.band), {})[each.what] = each.count
    return groups


def _asked(category: str, language: str, band: str, counts: Mapping[str, int]) -> Asked:
    whole = counts.get("soft_asked")
    a_bit, fine = counts.get("soft_a_bit"), counts.get("soft_fine")
    return Asked(
        category=category,
        band=band,
        language=language,
        asked=whole,
        a_bit=_part(whole, a_bit),
        fine=_part(whole, fine),
        decline=_part(whole, counts.get("soft_decline")),
        fine_percent=_share(fine, a_bit),
    )


def _place(name: tuple[str, str, str]) -> tuple[str, str, int]:
    topic, language, band = name
    return topic, language, int(band.partition("-")[0])


def _line(topic: str, language: str, band: str, counts: Mapping[str, int]) -> Line:
    begun, finished = counts.get("begun"), _part(counts.get("begun"), counts.get("finished"))
    right, other = counts.get("review_right"), counts.get("review_other")
    done = None if right is None or other is None else right + other
    return Line(
        topic=topic,
        band=band,
        language=language,
        begun=begun,
        finished=finished,
        finished_percent=_finished(begun, finished),
        before_percent=_share(counts.get("before_right"), counts.get("before_other")),
        after_percent=_share(counts.get("after_right"), counts.get("after_other")),
        review_due=counts.get("review_due"),
        review_done=_part(counts.get("review_due"), done),
        review_percent=_share(right, other),
        help=counts.get("help"),
    )


def _share(right: int | None, other: int | None) -> int | None:
    """Per cent of the first of two answers, where both groups are large enough."""
    return None if right is None or other is None else round(100 * right / (right + other))


def _part(whole: int | None, part: int | None) -> int | None:
    """A part that stands beside its whole, where the rest is large enough too, or nobody."""
    if whole is None or part is None:
        return part
    return None if 0 < whole - part < ENOUGH else part


def _finished(begun: int | None, finished: int | None) -> int | None:
    """Per cent that finished, of those who began."""
    return min(100, round(100 * finished / begun)) if begun and finished else None


def as_csv(shown: Sequence[Line], title: Callable[[str], str]) -> str:
    """The lines as CSV with a header and each topic's title; what is not shown is empty."""
    file = io.StringIO()
    writer = csv.writer(file)
    topic, *others = (item.name for item in fields(Line))
    writer.writerow([topic, "title", *others])
    writer.writerows([line.topic, title(line.topic), *_cells(line, others)] for line in shown)
    return file.getvalue()


def _cells(line: Line, names: Sequence[str]) -> Iterable[object]:
    values = (getattr(line, name) for name in names)
    return ("" if value is None else value for value in values)
