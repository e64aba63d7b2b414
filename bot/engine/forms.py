"""A report that is made in the browser form: how it stands, besides what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

FILLING, SENDING, DELAYED, REFUSED = "filling", "sending", "delayed", "refused"
STORED, OVER = "stored", "over"
ON_ITS_WAY = (SENDING, DELAYED, REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Where the form of one browser is.

    ``stage`` is one of the above; ``over``: nothing of it is left. ``turn`` counts what was
    changed, so that a summary can name what it shows. ``until`` is when all of it is gone.
    ``receipt`` is there until it was written down.
    """

    stage: str = FILLING
    turn: int = 0
    until: datetime | None = None
    receipt: str = ""
