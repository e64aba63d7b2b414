"""Other systems, as the administrator sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HookView:
    """A webhook; of its address only the host is shown, for the rest may hold a secret.

    ``behind`` says that events wait; ``failing_since`` and ``stopped_at`` why.
    """

    host: str
    behind: bool
    failing_since: datetime | None
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True)
class SystemView:
    """One system that has, or had, a key; ``waits`` until a supervisor has let it in."""

    id: int
    name: str
    roles: tuple[str, ...]
    created_at: datetime
    used_at: datetime | None
    disabled: bool
    waits: bool
    hook: HookView | None
