"""What reviews refuse."""

from __future__ import annotations

from api.errors import Refusal


class OwnContact(Refusal):
    status, type, title = 403, "own-contact", "Nobody reviews a contact of their own"


class NotClosed(Refusal):
    status, type, title = 409, "not-closed", "Only a closed contact is reviewed"


class InvalidReview(Refusal):
    status, type, title = 422, "invalid-review", "A review answers every question"


class InvalidSearch(Refusal):
    status, type, title = 422, "invalid-search", "These fields cannot be looked for"
