"""Brings filings to where they should go: one call at a time, outside every transaction."""

from __future__ import annotations

from api.crypto import Vault
from api.db import Database
from api.filing import outbox
from api.filing.lines import Job
from api.filing.office import Office
from api.times import Clock

AT_ONCE = 20


class FilingErrand:
    """Calls for what is due, the gravest first; each call is claimed before and stored after."""

    name = "filings"

    def __init__(self, database: Database, vault: Vault, clock: Clock, office: Office) -> None:
        self._database, self._vault, self._clock = database, vault, clock
        self._office = office

    def has_work(self) -> bool:
        """Whether something should leave now."""
        with self._database.read() as session:
            return outbox.any_due(session, now=self._clock())

    def turn(self) -> None:
        """Call for what is due now."""
        for _ in range(AT_ONCE):
            job = self._claim()
            if job is None:
                return
            self._call(job)

    def _claim(self) -> Job | None:
        with self._database.write() as session:
            return outbox.claim(session, self._vault, self._office, now=self._clock())

    def _call(self, job: Job) -> None:
        line = self._office.line(job.recipient)
        if line is None:
            return  # the claim lapses, and it is sent by hand
        answer = line.call(job)
        with self._database.write() as session:
            outbox.store(session, self._vault, self._office, job, answer, now=self._clock())
