"""Between sealed rows and plain values: the one place that opens a case."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from api.cases.tables import (
    Case,
    CaseConflict,
    CaseEvent,
    CaseIdentity,
    CaseMember,
    CasePart,
    CaseUnlock,
    CaseVersion,
)
from api.cases.values import (
    WISH_LASTS,
    CaseRef,
    ConflictView,
    EventView,
    IdentityView,
    PartView,
    UnlockView,
    VersionView,
)
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.times import from_ms, maybe_from_ms


def shown_number(case: Case) -> str:
    """The number that staff see."""
    return f"R-{case.year}-{case.number:04}"


def ref_of(case: Case) -> CaseRef:
    """The case in short; nothing of it is sealed."""
    return CaseRef(case.id, shown_number(case), case.status)


def lead_of(vault: Vault, case: Case) -> StaffRef:
    """Who leads the case."""
    return StaffRef(case.lead_id, vault.row("cases", case.id).open("lead_name", case.lead_name))


def follow_up_of(vault: Vault, case: Case) -> str:
    """What to look at on the day of the follow-up."""
    if case.follow_up is None:
        return ""
    return vault.row("cases", case.id).open("follow_up", case.follow_up)


def member_row(case_id: str, staff_id: int) -> str:
    """The row that a member's seal is bound to."""
    return f"{case_id}/{staff_id}"


def member_of(vault: Vault, member: CaseMember) -> StaffRef:
    """Somebody of the team."""
    row = vault.row("case_members", member_row(member.case_id, member.staff_id))
    return StaffRef(member.staff_id, row.open("name", member.name))


def version_row(part_id: str, version: int) -> str:
    """The row that a version's seals are bound to."""
    return f"{part_id}/{version}"


def version_of(vault: Vault, version: CaseVersion) -> VersionView:
    """A part as somebody wrote it."""
    row = vault.row("case_versions", version_row(version.part_id, version.version))
    staff = StaffRef(version.staff_id, row.open("name", version.name))
    fields: dict[str, str] = json.loads(row.open("fields", version.fields))
    return VersionView(version.version, from_ms(version.at), staff, fields)


def part_of(part: CasePart, versions: Sequence[VersionView]) -> PartView:
    """A part with its versions, the oldest first."""
    due = maybe_from_ms(part.due_at)
    return PartView(part.id, part.kind, part.state, due, tuple(versions))


def conflict_of(vault: Vault, conflict: CaseConflict, names: Mapping[int, str]) -> ConflictView:
    """Somebody who is named in the case."""
    reason = vault.row("case_conflicts", conflict.id).open("reason", conflict.reason)
    staff = StaffRef(conflict.staff_id, names.get(conflict.staff_id, ""))
    by = names.get(conflict.by_id, "")
    return ConflictView(conflict.id, staff, from_ms(conflict.at), by, reason)


def event_of(vault: Vault, event: CaseEvent) -> EventView:
    """Something that was done with the case."""
    row = vault.row("case_events", event.id)
    words: dict[str, str] = json.loads(row.open("words", event.words))
    return EventView(from_ms(event.at), event.kind, row.open("name", event.name), words)


def identity_of(vault: Vault, identity: CaseIdentity) -> IdentityView:
    """Something a child told of who it is: call this only under an unlock."""
    row = vault.row("case_identities", identity.id)
    return IdentityView(
        at=from_ms(identity.at),
        name=row.open("name", identity.name),
        kind=row.open("kind", identity.kind),
        text=row.open("text", identity.text),
    )


def unlock_of(
    vault: Vault, unlock: CaseUnlock, reads: Sequence[datetime], *, now: datetime
) -> UnlockView:
    """A wish to read the identity, and what became of it."""
    row = vault.row("case_unlocks", unlock.id)
    decider = None
    if unlock.decider_id is not None and unlock.decider_name is not None:
        decider = StaffRef(unlock.decider_id, row.open("decider_name", unlock.decider_name))
    return UnlockView(
        unlock_id=unlock.id,
        state=unlock_state(unlock, now=now),
        minutes=unlock.minutes,
        asker=StaffRef(unlock.asker_id, row.open("asker_name", unlock.asker_name)),
        asked_at=from_ms(unlock.asked_at),
        reason=row.open("reason", unlock.reason),
        decider=decider,
        decided_at=maybe_from_ms(unlock.decided_at),
        answer=row.open("answer", unlock.answer) if unlock.answer else "",
        until=maybe_from_ms(unlock.until),
        reads=tuple(reads),
    )


def unlock_state(unlock: CaseUnlock, *, now: datetime) -> str:
    """The state as time has left it: an end comes by itself, an old wish lapses."""
    if unlock.state == "open" and unlock.until is not None and from_ms(unlock.until) <= now:
        return "ended"
    if unlock.state == "asked" and from_ms(unlock.asked_at) + WISH_LASTS <= now:
        return "lapsed"
    return unlock.state
