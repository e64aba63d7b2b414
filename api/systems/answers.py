"""What other systems are answered, beside the values that the console's pages show."""

from __future__ import annotations

from dataclasses import dataclass

from api.contacts.values import QueueItem, StaffRef


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue, and who is on duty."""

    contacts: tuple[QueueItem, ...]
    on_duty: tuple[StaffRef, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """The contact that was taken, if any waited."""

    contact_id: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; ``about`` is the id of the contact, case or person."""

    number: int
    type: str
    at: str
    about: str
    by: str


@dataclass(frozen=True, slots=True)
class Events:
    """Events in order, and the number to go on from."""

    events: tuple[Event, ...]
    next: int


@dataclass(frozen=True, slots=True)
class Opened:
    """The case that was opened."""

    case_id: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Whether the contact is closed, and else the fields that its form still wants."""

    closed: bool
    missing: tuple[str, ...]
