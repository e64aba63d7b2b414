"""Values of a mark, and which of them fit together. All times are aware UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.console.words import WORDS
from api.contacts.values import SEVERITIES
from api.marks.refusals import InvalidMark

CATEGORIES = tuple(WORDS["category"])
FALSE_ALARM, MISSED = "false_alarm", "missed"
KEPT, PROPOSED, RELEASED = "kept", "proposed", "released"
WHOLE = ""  # in place of a message id: the contact as a whole


@dataclass(frozen=True, slots=True)
class Label:
    """What somebody takes words for: a severity, and the category of harm."""

    severity: str
    category: str

    @classmethod
    def of(cls, severity: str, category: str) -> Label:
        """As a form says it; without severity there is no category."""
        return cls(severity, "none" if severity == "none" else category)


@dataclass(frozen=True, slots=True)
class Was:
    """What the triage had said when the mark was made, never the words.

    ``category`` and ``score`` are None of a message: the bot tells them of the contact alone.
    """

    severity: str
    category: str | None
    score: float | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MarkView:
    """A mark as staff see it who may read the contact."""

    mark_id: str
    contact_id: str
    message_id: str
    kind: str
    label: Label
    was: Was
    language: str
    band: str
    role: str
    at: datetime
    name: str
    state: str
    proposer_id: int | None
    exported_at: datetime | None


def kind_of(message_id: str) -> str:
    """A contact can be a false alarm, a message can be missed."""
    return MISSED if message_id else FALSE_ALARM


def severities(kind: str, said: str) -> Sequence[str]:
    """What a mark may say: of a missed message something graver than the triage did."""
    place = SEVERITIES.index(said)
    return SEVERITIES[place + 1 :] if kind == MISSED else SEVERITIES[: place + 1]


def check(kind: str, was: Was, label: Label) -> None:
    """Raise ``InvalidMark`` for a label that fits neither itself nor what was said."""
    known = label.severity in severities(kind, was.severity) and label.category in CATEGORIES
    whole = (label.severity == "none") == (label.category == "none")
    same = (label.severity, label.category) == (was.severity, was.category)
    if not known or not whole or same:
        raise InvalidMark()
