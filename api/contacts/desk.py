"""What the desk shows of contacts: groups of the queue, and the thread of a chat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from api.contacts.deadlines import DEADLINES
from api.contacts.values import ContactView, EventView, MessageView, QueueItem
from api.staff.sessions import Person

_HEADED_BY = {4: "emergency", 3: "disclosure", 2: "none", 1: "concern", 0: "none"}


@dataclass(frozen=True, slots=True)
class Group:
    """Contacts of one urgency; ``goal`` is the minutes until everybody is called."""

    urgency: int
    severity: str
    goal: int
    items: tuple[QueueItem, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the thread: either a message or something that happened."""

    message: MessageView | None = None
    event: EventView | None = None


def groups(items: Iterable[QueueItem], person: Person) -> list[Group]:
    """The queue of this person, most urgent first: what waits, and what the person holds.

    What others hold is for a supervisor's eyes as well.
    """
    shown = [item for item in items if _concerns(item, person)]
    return [
        Group(urgency, _HEADED_BY[urgency], DEADLINES[urgency][0][0], tuple(found))
        for urgency, found in groupby(shown, key=lambda item: item.urgency)
    ]


def thread(view: ContactView) -> Sequence[Entry]:
    """Messages and events in the order of their time."""
    messages = [(m.at, Entry(message=m)) for m in view.messages]
    events = [(e.at, Entry(event=e)) for e in view.events]
    return [entry for _, entry in sorted([*messages, *events], key=lambda pair: pair[0])]


def is_mine(view: ContactView, person: Person) -> bool:
    """Whether this person holds the contact."""
    holder = view.item.holder
    return view.item.state == "claimed" and holder is not None and holder.id == person.id


def _concerns(item: QueueItem, person: Person) -> bool:
    held_by_me = item.holder is not None and item.holder.id == person.id
    return item.state == "waiting" or held_by_me or "supervisor" in person.roles
