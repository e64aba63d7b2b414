"""What cannot be saved or entered."""

from __future__ import annotations

from api.errors import Refusal


class FormMoved(Refusal):
    status, type, title = 409, "form-moved", "A newer version of the form is stored"


class InvalidAnswer(Refusal):
    status, type, title = 422, "invalid-answer", "An answer is not one that the form knows"


class AnswerTooLong(Refusal):
    status, type, title = 422, "answer-too-long", "A text of the form is too long"


class InvalidEntry(Refusal):
    status, type, title = 422, "invalid-entry", "A contact entered by hand is not complete"
