"""What cannot be marked, proposed or released."""

from __future__ import annotations

from api.errors import Refusal


class MarkUnknown(Refusal):
    status, type, title = 404, "mark-unknown", "No such mark"


class NotMarkable(Refusal):
    status, type, title = 422, "not-markable", "Only what the child wrote can be marked"


class InvalidMark(Refusal):
    status, type, title = 422, "invalid-mark", "Severity and category do not fit this mark"


class InvalidWords(Refusal):
    status, type, title = 422, "invalid-words", "The text is empty or too long"


class NothingProposed(Refusal):
    status, type, title = 409, "nothing-proposed", "No text is proposed for release"


class AlreadyReleased(Refusal):
    status, type, title = 409, "already-released", "The text is released; take it back first"


class OwnProposal(Refusal):
    status, type, title = 403, "own-proposal", "Another person releases what one proposed"
