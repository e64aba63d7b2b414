"""All marks: as a list, as counts by rule and category, and as a file for retraining."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from api.audit.service import record
from api.contacts import queries
from api.contacts import records as contacts
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.marks import records
from api.marks.values import MISSED, RELEASED, Label, MarkView, Was
from api.times import rfc3339, to_ms

_OF_BAND = {"8-10": "child_8_10", "11-13": "child_11_13", "14-17": "child_14_17"}


@dataclass(frozen=True, slots=True)
class Line:
    """A mark as everybody sees it who may see the list: whose it is cannot be told."""

    kind: str
    label: Label
    was: Was
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FullLine:
    """A mark for those who may read contacts."""

    line: Line
    mark_id: str
    contact_id: str
    number: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Count:
    """How often a rule or category was in a false alarm, and in a miss."""

    name: str
    false_alarms: int
    misses: int


def views(session: Session, vault: Vault) -> list[MarkView]:
    """Every mark, the newest first, without words."""
    return [records.view_of(vault, row) for row in records.newest_first(session)]


def lines(found: Iterable[MarkView]) -> list[Line]:
    """The list without anything of a contact or of the person who marked."""
    return [_line(view) for view in found]


def full_lines(session: Session, found: Iterable[MarkView]) -> list[FullLine]:
    """The list with the contact, who marked, and how far the words are."""
    return [
        FullLine(
            line=_line(view),
            mark_id=view.mark_id,
            contact_id=view.contact_id,
            number=contacts.shown_number(queries.get(session, view.contact_id)),
            name=view.name,
            state=view.state,
        )
        for view in found
    ]


def by_rule(found: Sequence[MarkView]) -> list[Count]:
    """Counts by rule that was met; the empty name counts the marks where none was."""
    return _counts((view, view.was.rules or ("",)) for view in found)


def by_category(found: Sequence[MarkView]) -> list[Count]:
    """Counts by category: of a false alarm what the triage said, of a miss what staff say."""
    return _counts((view, (_category(view),)) for view in found)


def export(
    session: Session, vault: Vault, *, with_words: bool, staff: StaffRef, now: datetime
) -> str:
    """Every mark as a line of JSON, in ASCII; the export is recorded.

    ``text`` is there only ``with_words`` and where it is released. Needs a writing session.
    """
    rows = records.newest_first(session)
    words = _released(session, vault, now) if with_words else {}
    found = [records.view_of(vault, row) for row in rows]
    detail = {"marks": str(len(found)), "texts": str(len(words))}
    record(session, vault, who=f"staff:{staff.id}", what="marks.exported", now=now, detail=detail)
    return "".join(json.dumps(_exported(view, words)) + "\n" for view in found)


def _released(session: Session, vault: Vault, now: datetime) -> dict[str, str]:
    """The released texts by mark; that they went out is noted on the mark."""
    rows = [row for row in records.newest_first(session) if row.state == RELEASED]
    for row in rows:
        row.exported_at = to_ms(now)
    return {row.id: records.words_of(vault, row) for row in rows}


def _exported(view: MarkView, words: Mapping[str, str]) -> dict[str, object]:
    """A mark as retraining reads it; its id is random and not the contact's."""
    author, text = _author(view), words.get(view.mark_id)
    return {
        "id": view.mark_id,
        "lang": view.language,
        **({"author": author} if author else {}),
        **asdict(view.label),
        "marked": view.kind,
        "was": asdict(view.was),
        "marked_at": rfc3339(view.at),
        **({} if text is None else {"text": text}),
    }


def _author(view: MarkView) -> str:
    """Who wrote, in the words of the training files; empty where it is not known."""
    if view.role == "child":
        return _OF_BAND.get(view.band, "")
    return view.role if view.role in ("parent", "teacher") else ""


def _line(view: MarkView) -> Line:
    return Line(view.kind, view.label, view.was, view.language, view.at)


def _category(view: MarkView) -> str:
    return view.label.category if view.kind == MISSED else view.was.category or "none"


def _counts(found: Iterable[tuple[MarkView, Sequence[str]]]) -> list[Count]:
    """Counts by name, the most frequent first."""
    counted: Counter[tuple[str, bool]] = Counter()
    for view, names in found:
        counted.update((name, view.kind == MISSED) for name in names)
    made = [
        Count(name, counted[name, False], counted[name, True]) for name in {n for n, _ in counted}
    ]
    return sorted(made, key=lambda one: (-one.false_alarms - one.misses, one.name))
