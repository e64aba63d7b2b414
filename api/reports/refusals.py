"""What the helpline refuses with reports."""

from __future__ import annotations

from api.errors import Refusal


class ReportHeld(Refusal):
    status, type, title = 409, "report-held", "Another person has this report"


class WrongReportMove(Refusal):
    status, type, title = 409, "report-move", "The report cannot go there from where it stands"


class InvalidAssessment(Refusal):
    status, type, title = 422, "invalid-assessment", "The assessment is not complete"


class InvalidReportWords(Refusal):
    status, type, title = 422, "invalid-report-words", "Words are missing, or too many"


class DuplicateUnknown(Refusal):
    status, type, title = 422, "duplicate-unknown", "No other report has this number"


COMES_BACK = (
    *(ReportHeld, WrongReportMove),
    *(InvalidAssessment, InvalidReportWords, DuplicateUnknown),
)
"""What is said on the form that was refused, which keeps what was typed."""
