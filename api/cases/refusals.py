"""What the helpline refuses about cases."""

from __future__ import annotations

from api.errors import Refusal


class CaseUnknown(Refusal):
    status, type, title = 404, "case-unknown", "No such case"


class PartUnknown(Refusal):
    status, type, title = 404, "part-unknown", "No such part of the case"


class UnlockUnknown(Refusal):
    status, type, title = 404, "unlock-unknown", "Nobody asked for this"


class CaseIsClosed(Refusal):
    status, type, title = 409, "case-closed", "The case is closed; a supervisor can re-open it"


class WrongMove(Refusal):
    status, type, title = 409, "wrong-move", "A case cannot go from this state to that one"


class PromisesOpen(Refusal):
    status, type, title = 409, "promises-open", "A promise to the child is open"


class PartMoved(Refusal):
    status, type, title = 409, "part-moved", "Somebody has changed this part meanwhile"


class InvalidPart(Refusal):
    """``faults`` tells of each field what is wrong with it: ``missing``, ``unreadable``, …"""

    status, type, title = 422, "invalid-part", "A field is missing or cannot be read"

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(", ".join(sorted(faults)))
        self.faults = faults


class InvalidCaseWords(Refusal):
    status, type, title = 422, "invalid-case-words", "Something is missing, too long or unreadable"


class NotOfStaff(Refusal):
    status, type, title = 422, "not-of-staff", "Choose somebody who works on cases"


class AlreadyDecided(Refusal):
    status, type, title = 409, "already-decided", "Somebody has decided on this already"


class OwnRequest(Refusal):
    status, type, title = 403, "own-request", "Another person decides on what one asked for"


class IdentityLocked(Refusal):
    status, type, title = 403, "identity-locked", "The identity is locked"
