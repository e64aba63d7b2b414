"""The life of an address: the moves it can make, its clocks, and when somebody looks again. Pure.

Looking again is work for people: a hotline or a platform says what became of the address. The
program never opens it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

REPORTED, ASSESSED, POLICE, NOTICE = "reported", "assessed", "police_told", "notice_sent"
REMOVED, REFUSED, GONE, MOVED = "removed", "refused", "gone", "moved"
AGAIN, DROPPED, THERE = "again", "dropped", "there"

# From where to where. What the police are told of later is marked, and stays where it is.
MOVES: Mapping[str, tuple[str, ...]] = {
    REPORTED: (ASSESSED, POLICE, NOTICE, REMOVED, GONE, MOVED, DROPPED),
    ASSESSED: (POLICE, NOTICE, REMOVED, GONE, MOVED, DROPPED),
    POLICE: (NOTICE, REMOVED, GONE, MOVED, DROPPED),
    NOTICE: (NOTICE, REMOVED, REFUSED, GONE, MOVED),
    REFUSED: (NOTICE, REMOVED, GONE, MOVED),
    REMOVED: (GONE, MOVED, AGAIN),
    GONE: (MOVED, AGAIN),
    MOVED: (AGAIN,),
    AGAIN: (POLICE, NOTICE, REMOVED, GONE, MOVED, DROPPED),
    DROPPED: (ASSESSED,),
}
STATES = tuple(MOVES)
ENDED = (REMOVED, GONE, MOVED)
OUTCOMES = (THERE, REMOVED, GONE, MOVED, AGAIN)
"""What somebody who looks again may find."""

HOWS = ("hotline", "platform", "police", "checker", "reporter", "other")
"""By whom or how it was found out."""

CHECKS = (timedelta(hours=24), timedelta(days=7), timedelta(days=30))
"""After the notice; after the end of an address without a notice, from there."""

_AFTER_END = timedelta(hours=24)
_WHILE_OPEN = timedelta(days=7)  # held for the police, or still there after the last check


@dataclass(frozen=True, slots=True)
class Clocks:
    """When things happened in the present round; None has not."""

    began: datetime
    police: datetime | None = None
    notice: datetime | None = None
    ended: datetime | None = None
    checked: datetime | None = None

    def since_received(self, now: datetime) -> timedelta:
        """The upper clock; it stands still when the address is gone."""
        return (self.ended or now) - self.began

    def since_notice(self, now: datetime) -> timedelta | None:
        """The lower clock; it stands still with the upper one."""
        return None if self.notice is None else (self.ended or now) - self.notice


def may_move(state: str, to: str) -> bool:
    """Whether an address can go there, holds aside."""
    return to in MOVES[state]


def outcomes(state: str) -> tuple[str, ...]:
    """What a check of an address in this state may find."""
    if state == DROPPED:
        return ()
    same = state if state in ENDED else THERE
    return tuple(one for one in OUTCOMES if one in (same, *MOVES[state]))


def next_check(state: str, held: bool, clocks: Clocks) -> datetime | None:
    """When somebody must look again; None for never."""
    if state == DROPPED:
        return None
    last = clocks.checked or clocks.began
    wanted = [moment for moment in _wanted(clocks) if moment > last]
    if wanted:
        return min(wanted)
    waits = held or (clocks.notice is not None and clocks.ended is None)
    return _since(last, clocks) + _WHILE_OPEN if waits else None


def check_times(clocks: Clocks) -> tuple[datetime, ...]:
    """The checks that belong to a notice, for the drawing; none before one was sent."""
    base = clocks.notice or clocks.ended
    return tuple(base + length for length in CHECKS) if base else ()


def _wanted(clocks: Clocks) -> Iterator[datetime]:
    if clocks.ended is None:
        yield from check_times(clocks)
        return
    first = clocks.ended + _AFTER_END
    yield first
    yield from (moment for moment in check_times(clocks) if moment > first)


def _since(last: datetime, clocks: Clocks) -> datetime:
    return max(last, clocks.police or last)
