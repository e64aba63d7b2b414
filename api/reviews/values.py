"""Values of reviews, as the pages see them. All times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from api.contacts.values import StaffRef

QUESTIONS = (
    *("believed", "limits", "safety", "wishes"),
    *("not_leading", "referral", "form", "tone"),
)
ANSWERS = ("yes", "partly", "no", "not_applicable")
LONGEST_WORDS = 4000

STATES = ("suggested", "open", "done")
"""Of a closed contact: suggested for review and not reviewed, not reviewed, reviewed."""


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One review: an answer to every question, and words for the counsellor."""

    staff: StaffRef
    at: datetime
    answers: Mapping[str, str]
    words: str


@dataclass(frozen=True, slots=True)
class ReviewPanel:
    """What stands beside a contact: reviews, and whether this person may write one.

    ``own`` is the person's own review of it, to be changed.
    """

    reviews: tuple[ReviewView, ...]
    writes: bool
    own: ReviewView | None
    questions: tuple[str, ...] = QUESTIONS
    answers: tuple[str, ...] = ANSWERS


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to list; an empty field is any. Days are Albania's, of the end of the form."""

    number: int | None
    first: date
    last: date
    person: int | None
    call_type: str
    category: str
    channel: str
    outcome: str
    review: str


@dataclass(frozen=True, slots=True)
class ClosedItem:
    """A closed contact in the list."""

    contact_id: str
    number: str
    closed_at: datetime
    rank: int
    holder: StaffRef | None
    call_type: str
    categories: tuple[str, ...]
    channel: str
    outcome: str
    suggested: bool
    reviewed: bool

    @property
    def review(self) -> str:
        """Its state, one of ``STATES``."""
        if self.reviewed:
            return "done"
        return "suggested" if self.suggested else "open"


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of closed contacts; ``people`` are all who had one in these days."""

    items: tuple[ClosedItem, ...]
    count: int
    page: int
    pages: int
    people: tuple[StaffRef, ...]
