"""What happens by time alone: leases end, unanswered contacts climb, old answers go.

APScheduler only ticks. A lease row decides which process works, and each tick is one
transaction: two clocks take turns and each job is done once.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.orm import Session

from api.addresses.service import tell_due as tell_checks
from api.audit.service import jumped
from api.cases.listing import tell_due
from api.contacts.service import climb, end_blocks, expire_leases, lapse_offers, prune, watch
from api.crypto import Vault
from api.db import Database
from api.duty.service import tell_openings
from api.intake import repeats
from api.intake.tables import Lease
from api.reports.service import climb as climb_reports
from api.reports.service import keep_word
from api.shifts.handover import remind
from api.shifts.leaving import leave_silent
from api.shifts.load import end_long_breaks, warn_of_long_shifts
from api.times import Clock, to_ms

_LEASE = timedelta(seconds=15)
_TICK = 1.0
_JUMP = 60.0  # seconds: less is a clock that is being set right


class Job(Protocol):
    """What is due at a moment; needs a writing session and does each thing once."""

    def __call__(self, session: Session, vault: Vault, *, now: datetime) -> object: ...


def _prune(session: Session, vault: Vault, *, now: datetime) -> None:
    repeats.prune(session, now=now)


JOBS: Sequence[Job] = (
    *(expire_leases, lapse_offers, end_blocks, climb, watch),
    *(climb_reports, keep_word),
    *(leave_silent, tell_openings, end_long_breaks, warn_of_long_shifts, remind),
    *(tell_due, tell_checks, prune, _prune),
)
"""In this order, once a second: what returns to the queue climbs from then on."""


class Ticker:
    """The clock of one process; ``start`` and ``stop`` may be called once each."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        *,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._name = secrets.token_hex(8)
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._steady = steady
        self._last: tuple[float, datetime | None] = (0.0, None)

    def start(self) -> None:
        """Tick each second, in a thread, until ``stop``."""
        self._scheduler.add_job(
            self.beat, "interval", seconds=_TICK, max_instances=1, coalesce=True
        )
        self._scheduler.start()

    def stop(self) -> None:
        """End the ticking; a tick under way is finished first."""
        if self._scheduler.running:
            self._scheduler.shutdown()

    def beat(self) -> bool:
        """A tick; before it, a jump of the clock against a steady one is recorded (S52)."""
        steady, now = self._steady(), self._clock()
        then, last = self._last
        self._last = (steady, now)
        ticked = self.tick()
        seconds = (now - last).total_seconds() - (steady - then) if last else 0.0
        if ticked and abs(seconds) >= _JUMP:
            with self._database.write() as session:
                jumped(session, self._vault, round(seconds), now=now)
        return ticked

    def tick(self) -> bool:
        """Do all that is due; False when another process has the clock."""
        now = self._clock()
        with self._database.write() as session:
            if not take_lease(session, "clock", self._name, now=now):
                return False
            for job in JOBS:
                job(session, self._vault, now=now)
        return True


def take_lease(session: Session, name: str, holder: str, *, now: datetime) -> bool:
    """True when this holder has the job; taken over when the last holder fell silent."""
    lease = session.get(Lease, name)
    begins, ends = to_ms(now), to_ms(now + _LEASE)
    if lease is None:
        session.add(Lease(name=name, holder=holder, until=ends))
        return True
    runs = begins < lease.until <= ends  # one that ends later was given by a wrong clock
    if runs and lease.holder != holder:
        return False
    if not runs or lease.until < to_ms(now + _LEASE / 2):
        lease.holder, lease.until = holder, ends
    return True
