"""What is refused about shifts."""

from __future__ import annotations

from api.errors import Refusal


class HandsFull(Refusal):
    status, type, title = 409, "hands-full", "A child in your hands waits; hand over or put back"


class HandoverUnknown(Refusal):
    status, type, title = 404, "handover-unknown", "No such hand-over"


class HandoverConfirmed(Refusal):
    status, type, title = 409, "handover-confirmed", "Somebody confirmed this hand-over already"


class OwnHandover(Refusal):
    status, type, title = 403, "own-handover", "The next shift confirms what you wrote"


class BadHandover(Refusal):
    status, type, title = 422, "bad-handover", "A hand-over needs words, and not too many"


class BadPlan(Refusal):
    status, type, title = 422, "bad-rota", "Choose a person, a day, and times like 08:00-16:00"
