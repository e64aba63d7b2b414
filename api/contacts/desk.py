"""What the desk shows of contacts: groups of the queue, and the thread of a chat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from api.contacts.deadlines import DEADLINES, GOALS
from api.contacts.values import ContactView, EventView, MessageView, QueueItem
from api.staff.sessions import Person

QUIET = timedelta(minutes=10)
"""How long a child may be without words before the desk calls the talk silent."""

_HEADED_BY = {4: "emergency", 3: "disclosure", 2: "none", 1: "concern", 0: "none"}
_OWN = ("offered", "mine", "form")


@dataclass(frozen=True, slots=True)
class Coming:
    """The next step that a waiting contact climbs, and when."""

    step: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """Contacts under one heading.

    ``kind``: ``offered`` by a colleague, ``mine``, ``form`` (the talk ended, its form is
    open), ``others`` (a colleague has them), or ``waiting`` with their urgency, the severity
    that heads them, ``goal``, the minutes within which each should be answered, and what is
    ``coming`` next for each while nobody takes it.
    """

    key: str
    kind: str
    items: tuple[QueueItem, ...]
    urgency: int = 0
    severity: str = "none"
    goal: int = 0
    coming: Mapping[str, Coming] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the thread: either a message or something that happened."""

    message: MessageView | None = None
    event: EventView | None = None


def groups(items: Iterable[QueueItem], person: Person) -> list[Group]:
    """The queue of this person: what is offered and in hand, then what waits, by urgency.

    In hand, those come first whose child wrote last. What others hold, and the forms that
    they have to finish, are for a supervisor's eyes alone.
    """
    found: dict[str, list[QueueItem]] = {}
    for item in items:
        found.setdefault(_kind(item, person), []).append(item)
    found.get("mine", []).sort(key=lambda item: not item.unanswered)
    own = [Group(kind, kind, tuple(found[kind])) for kind in _OWN if kind in found]
    led = found.get("others", []) if "supervisor" in person.roles else []
    others = [Group("others", "others", tuple(led))] if led else []
    return [*own, *_by_urgency(found.get("waiting", ())), *others]


def thread(view: ContactView) -> Sequence[Entry]:
    """Messages and events in the order of their time."""
    messages = [(m.at, Entry(message=m)) for m in view.messages]
    events = [(e.at, Entry(event=e)) for e in view.events]
    return [entry for _, entry in sorted([*messages, *events], key=lambda pair: pair[0])]


def is_mine(view: ContactView, person: Person) -> bool:
    """Whether this person holds the contact."""
    holder = view.item.holder
    return view.item.state == "claimed" and holder is not None and holder.id == person.id


def silent_since(view: ContactView, *, now: datetime) -> datetime | None:
    """When the child last wrote, if the talk runs and that is long ago; else None."""
    spoken = [m.at for m in view.messages if m.direction == "in"]
    if view.item.state != "claimed" or view.item.unanswered or not spoken:
        return None
    return spoken[-1] if now - spoken[-1] > QUIET else None


def _by_urgency(waiting: Iterable[QueueItem]) -> list[Group]:
    runs = groupby(waiting, key=lambda item: item.urgency)
    return [_waiting(urgency, tuple(found)) for urgency, found in runs]


def _waiting(urgency: int, items: tuple[QueueItem, ...]) -> Group:
    return Group(
        key=str(urgency),
        kind="waiting",
        items=items,
        urgency=urgency,
        severity=_HEADED_BY[urgency],
        goal=GOALS[urgency],
        coming={item.contact_id: found for item in items if (found := _coming(item))},
    )


def _coming(item: QueueItem) -> Coming | None:
    for minutes, step in DEADLINES[item.urgency]:
        if step not in item.steps:
            return Coming(step, item.waiting_since + timedelta(minutes=minutes))
    return None


def _kind(item: QueueItem, person: Person) -> str:
    if item.state == "waiting":
        return "waiting"
    if item.offered is not None and item.offered.id == person.id:
        return "offered"
    if item.holder is None or item.holder.id != person.id:
        return "others"
    return "form" if item.state == "ended" else "mine"
