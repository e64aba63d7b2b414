"""What cannot be filed, settled or taken back."""

from __future__ import annotations

from api.errors import Refusal


class FilingUnknown(Refusal):
    status, type, title = 404, "filing-unknown", "No such filing"


class InvalidFiling(Refusal):
    status, type, title = 422, "invalid-filing", "Something is missing, or too long"


class NotForRecipient(Refusal):
    status, type, title = 422, "not-for-recipient", "This recipient does not take such a report"


class FiledAlready(Refusal):
    status, type, title = 409, "filed-already", "It was filed there before; say that it is wanted"


class NotInState(Refusal):
    status, type, title = 409, "filing-not-in-state", "The filing is not in a state for this"


class HeldForPolice(Refusal):
    status, type, title = 409, "held-for-police", "Police were told: a supervisor lifts the hold"


class AgainstReporter(Refusal):
    status, type, title = (
        422,
        "against-reporter",
        "The reporter said no: say why it goes all the same",
    )
