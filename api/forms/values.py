"""Values of a contact form, as the pages show them. All times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.forms.definition import Answers, Field
from api.forms.words import WORDS


@dataclass(frozen=True, slots=True)
class FormView:
    """What is stored of a contact's form; version 0 when nothing is."""

    contact_id: str
    version: int
    answers: Answers
    saved_at: datetime | None
    saved_by: str
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lengths:
    """Computed, never typed: the wait, how long the first reply took, and the talk."""

    wait: timedelta | None
    first_reply: timedelta | None
    talk: timedelta | None


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One field on the page. ``mine`` is what the person had typed when another saved."""

    field: Field
    chosen: tuple[str, ...]
    suggested: tuple[str, ...]
    missing: bool
    mine: tuple[str, ...] | None

    @property
    def text(self) -> str:
        """The one answer, or nothing."""
        return next(iter(self.chosen), "")

    @property
    def has_help(self) -> bool:
        """Whether a sentence of help stands beside it."""
        return self.field.id in WORDS["form_help"]


@dataclass(frozen=True, slots=True)
class FormPanel:
    """The form beside a contact.

    ``tab`` names the page that will save it. ``tree`` are the categories by their branch,
    ``closes`` the types of contact that ask for nothing more.
    """

    view: FormView
    contact_id: str
    number: str
    writable: bool
    sections: tuple[tuple[str, tuple[FieldShown, ...]], ...]
    done: int
    total: int
    missing: tuple[str, ...]
    moved: bool
    lengths: Lengths
    tab: str
    tree: Mapping[str, tuple[str, ...]]
    closes: tuple[str, ...]

    @property
    def fields(self) -> tuple[FieldShown, ...]:
        """Every field, in order."""
        return tuple(shown for _, fields in self.sections for shown in fields)

    @property
    def suggests(self) -> bool:
        """Whether something is suggested that has no answer yet."""
        return any(shown.suggested and not shown.chosen for shown in self.fields)
