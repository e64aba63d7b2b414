"""What leaves for other services: done by one process, outside every transaction.

An errand looks up what is due in a short transaction, calls out without one, and stores
what became of it in another. A crash between the last two repeats the call: whoever is
called must bear that.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Sequence
from typing import Protocol

from api.clock import take_lease
from api.db import Database
from api.errors import where
from api.times import Clock

logger = logging.getLogger(__name__)

_EVERY = 0.5  # seconds between two looks


class Errand(Protocol):
    """One kind of thing that leaves."""

    name: str

    def has_work(self) -> bool:
        """Whether anything is due: a look that writes nothing."""
        ...

    def turn(self) -> None:
        """Do what is due now; what fails is put off, and raises nothing."""
        ...


class Errands:
    """Runs errands in a thread each, while this process has the lease of their name."""

    def __init__(self, database: Database, clock: Clock, errands: Sequence[Errand]) -> None:
        self._database, self._clock = database, clock
        self._errands = errands
        self._name = secrets.token_hex(8)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin; may be called once."""
        for errand in self._errands:
            thread = threading.Thread(target=self._run, args=(errand,), name=errand.name)
            thread.daemon = True  # a service that hangs must not keep us from stopping
            thread.start()
            self._threads.append(thread)

    def stop(self, *, wait: float = 3.0) -> None:
        """End; a call under way has so many seconds to come back."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(wait)

    def turn(self, errand: Errand) -> bool:
        """One look; False when nothing is due or another process has this errand."""
        if not errand.has_work():
            return False
        with self._database.write() as session:
            mine = take_lease(session, errand.name, self._name, now=self._clock())
        if mine:
            errand.turn()
        return mine

    def _run(self, errand: Errand) -> None:
        while not self._stopping.wait(_EVERY):
            try:
                self.turn(errand)
            except Exception as error:  # the thread must outlive a locked or full disk
                kind, place = type(error).__name__, where(error)  # its text may hold an address
                logger.error("errand %s is tried again: %s at %s", errand.name, kind, place)
