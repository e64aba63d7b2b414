"""What the bot knows of the helpline at this moment: staffed, empty or out of reach."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.engine.events import NO_PLAN, Helpline, Plan
from bot.helpline import Duty, plan_of, rfc3339

HOLDS = timedelta(seconds=90)  # longer than one long poll and its time-out


def utcnow() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


class KnownHelpline:
    """The last thing heard of the helpline; called, it gives the engine's word for it.

    Until something is heard, and when nothing was heard for a while, the helpline counts
    as unreachable: the bot never says that somebody is there on an old hearsay. Safe to
    read from any thread.
    """

    def __init__(self, *, now: Callable[[], datetime] = utcnow) -> None:
        self._now = now
        self._duty: Duty | None = None
        self._heard: datetime | None = None

    def __call__(self) -> Helpline:
        heard = self._heard
        if self._duty is None or heard is None or self._now() - heard > HOLDS:
            return Helpline.UNREACHABLE
        return Helpline.STAFFED if self._duty.on_duty else Helpline.EMPTY

    def plan(self) -> Plan:
        """What it says of itself while its plan keeps it closed; nothing on an old hearsay."""
        duty = self._duty
        return duty.plan if duty and self() is not Helpline.UNREACHABLE else NO_PLAN

    def answered(self, duty: Duty | None = None) -> None:
        """The helpline has answered, and has said who is on duty or that nothing changed."""
        self._heard = self._now()
        self._duty = duty or self._duty

    def lost(self) -> None:
        """The helpline does not answer; who was on duty then says nothing any more."""
        self._heard = None
        self._duty = None

    def to_mark(self) -> str:
        """What other processes may know, as text."""
        if self._duty is None or self._heard is None:
            return "{}"
        duty = self._duty
        opens_at = rfc3339(duty.plan.opens_at) if duty.plan.opens_at else None
        known = {"on_duty": duty.on_duty, "usual": duty.usual_minutes, "opens_at": opens_at}
        return json.dumps({**known, "message": dict(duty.plan.message)}, ensure_ascii=False)

    def from_mark(self, text: str, at: datetime) -> None:
        """Take over what another process heard at ``at``."""
        found = json.loads(text)
        self._heard = at
        self._duty = Duty(found["on_duty"], found["usual"], plan_of(found)) if found else None
