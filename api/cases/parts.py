"""Writing the parts of a case. A change adds a version; the versions before stay readable."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.cases import queries, records, sections
from api.cases.noting import standing, trace
from api.cases.refusals import PartMoved, PartUnknown
from api.cases.sections import SECTIONS
from api.cases.tables import CasePart, CaseVersion
from api.cases.values import PartView, VersionView
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.times import to_ms

NEW = 0


def save(
    session: Session,
    vault: Vault,
    case_id: str,
    part_id: str,
    *,
    kind: str,
    version: int,
    given: Mapping[str, str],
    staff: StaffRef,
    now: datetime,
) -> None:
    """Write a part; ``version`` is the one that was open for editing, ``NEW`` for none.

    The id of a new part comes with its form, so that a form sent twice writes once. Raises
    ``CaseIsClosed``, ``InvalidPart`` with all its faults, ``PartMoved`` when somebody was
    faster, ``PartUnknown``.
    """
    case = standing(session, case_id)
    if kind not in SECTIONS or not _is_id(part_id):
        raise PartUnknown()
    values = sections.checked(kind, given)
    part = session.get(CasePart, part_id)
    if part is not None:
        _check_same(part, case_id, kind)
        if _stands(session, vault, part, values):
            return
    if part is None:
        part = _begin(session, case_id, part_id, kind, version)
    if part.version != version:
        raise PartMoved()
    _write(session, vault, part, values, staff=staff, now=now)
    what = "case.part_changed" if version else "case.part_added"
    detail = {"part": part.id, "kind": kind, "version": str(part.version)}
    trace(session, vault, case, what, detail, staff=staff, now=now)


def of_case(session: Session, vault: Vault, case_id: str) -> tuple[PartView, ...]:
    """Every part of a case with its versions, in the order in which they were begun."""
    found = queries.parts_of(session, case_id)
    versions: dict[str, list[VersionView]] = defaultdict(list)
    for row in queries.versions_of(session, [part.id for part in found]):
        versions[row.part_id].append(records.version_of(vault, row))
    return tuple(records.part_of(part, versions[part.id]) for part in found)


def get(session: Session, vault: Vault, case_id: str, part_id: str) -> PartView:
    """One part with its versions; raises ``PartUnknown``."""
    found = queries.part(session, case_id, part_id)
    rows = queries.versions_of(session, [part_id])
    return records.part_of(found, [records.version_of(vault, row) for row in rows])


def _is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _check_same(part: CasePart, case_id: str, kind: str) -> None:
    if (part.case_id, part.kind) != (case_id, kind):
        raise PartUnknown()


def _stands(session: Session, vault: Vault, part: CasePart, values: Mapping[str, str]) -> bool:
    """Whether the part says this already: sent twice, or saved without a change."""
    newest = queries.versions_of(session, [part.id])[-1]
    return dict(records.version_of(vault, newest).fields) == values


def _begin(session: Session, case_id: str, part_id: str, kind: str, version: int) -> CasePart:
    if version != NEW:
        raise PartUnknown()
    others = {part.kind for part in queries.parts_of(session, case_id)}
    if SECTIONS[kind].single and kind in others:
        raise PartMoved()
    place = queries.next_place(session, CasePart, case_id)
    part = CasePart(id=part_id, case_id=case_id, kind=kind, place=place, version=NEW, state="")
    session.add(part)
    return part


def _write(
    session: Session,
    vault: Vault,
    part: CasePart,
    values: Mapping[str, str],
    *,
    staff: StaffRef,
    now: datetime,
) -> None:
    section = SECTIONS[part.kind]
    state, due = section.field("state"), section.field("due")
    part.version += 1
    part.state = values[state.name] if state else ""
    _set_due(part, sections.moment(values[due.name]) if due else None)
    session.flush()
    row = vault.row("case_versions", records.version_row(part.id, part.version))
    made = {
        "part_id": part.id,
        "version": part.version,
        "at": to_ms(now),
        "staff_id": staff.id,
        "name": row.seal("name", staff.name),
        "fields": row.seal("fields", json.dumps(values)),
    }
    session.execute(insert(CaseVersion), [made])


def _set_due(part: CasePart, due: datetime | None) -> None:
    """A new date is told of anew."""
    at = to_ms(due) if due else None
    if at != part.due_at:
        part.due_at, part.due_told = at, False
