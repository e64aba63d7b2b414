"""The form for a mark, beside an open contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.contacts.values import ContactView, MessageView
from api.marks.service import is_markable
from api.marks.values import CATEGORIES, WHOLE, Label, MarkView, kind_of, severities

CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Panel:
    """What the form shows: of which message (or None), what may be said, what was said so far."""

    message: MessageView | None
    severities: Sequence[str]
    categories: Sequence[str]
    chosen: Label
    mark: MarkView | None


def opened(view: ContactView, made: Mapping[str, MarkView], wanted: str) -> Panel | None:
    """The form for a message id or ``contact``; None for what cannot be marked."""
    if wanted == CONTACT:
        return _panel(None, view.item.severity, made.get(WHOLE), Label("", view.item.category))
    for message in view.messages:
        if message.message_id == wanted and is_markable(message):
            return _panel(message, message.severity, made.get(wanted), Label("", ""))
    return None


def _panel(
    message: MessageView | None, said: str, mark: MarkView | None, first: Label
) -> Panel | None:
    choice = severities(kind_of(message.message_id if message else WHOLE), said)
    if not choice and mark is None:
        return None
    return Panel(message, choice, CATEGORIES, mark.label if mark else first, mark)
