"""What is refused about hours and messages."""

from __future__ import annotations

from api.errors import Refusal


class BadHours(Refusal):
    status, type, title = 422, "bad-hours", "Hours are written like 09:00-17:00, and do not overlap"


class BadHoliday(Refusal):
    status, type, title = 422, "bad-holiday", "A holiday needs a date and a name"


class BadMessage(Refusal):
    status, type, title = 422, "bad-closed-message", "The message needs both languages, or none"
