"""What somebody must look at: counted, logged, shown by ``/metrics`` and ``/readyz``."""

from __future__ import annotations

import logging
from collections import Counter

log = logging.getLogger(__name__)


class Alarms:
    """Counts alarms by name since the process started."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def sound(self, name: str, **ids: str | int) -> None:
        """Count an alarm and log it as an error. ``ids`` are ids, types and counts only."""
        self._counts[name] += 1
        log.error("alarm %s %s", name, " ".join(f"{key}={value}" for key, value in ids.items()))

    @property
    def counts(self) -> dict[str, int]:
        """How often each alarm has sounded."""
        return dict(self._counts)
