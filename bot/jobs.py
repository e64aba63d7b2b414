"""What the writer is given to do, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from sqlalchemy import Connection

from bot.channels.base import Capabilities
from bot.crypto import Keys
from bot.engine.effects import Effect, Say
from bot.engine.events import NO_PLAN, AnyEvent, Helpline, Plan
from bot.engine.hearing import Read
from bot.engine.state import State
from bot.helpline import BoxKey
from bot.parcels import Parcel, key_of
from bot.store.outbox import Pair
from bot.store.shown import Standing

PLAIN = Capabilities()


class Answer(Protocol):
    """What a step returns: the next state, and what should happen."""

    @property
    def state(self) -> State: ...

    @property
    def effects(self) -> Sequence[Effect]: ...


def plain(_channel: str) -> Capabilities:
    """What every channel can do, also one that is no longer configured."""
    return PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the runner is made of. All of it is called in the writer's thread.

    ``read`` is the triage; ``fallback`` gives the doors of help by language and country, for
    when a step fails (both may be unknown: empty); ``helpline`` is what is known of it now,
    ``plan`` what it says of itself while closed;
    ``box`` is None until its key is known; ``able`` tells what a channel can do, by name.
    """

    keys: Keys
    step: Callable[[State, AnyEvent], Answer]
    read: Read
    fallback: Callable[[str, str], Sequence[Say]]
    helpline: Callable[[], Helpline]
    box: Callable[[], BoxKey | None]
    now: Callable[[], datetime]
    able: Callable[[str], Capabilities] = plain
    plan: Callable[[], Plan] = lambda: NO_PLAN


@dataclass(frozen=True, slots=True)
class Settle:
    """What became of a parcel: it was accepted, is put off until ``due_at``, or failed.

    ``shown`` are messages that the platform accepted and that are not noted yet, ``removed``
    the rows of those that no longer stand; before ``free_at`` (0: as planned) the chat
    shall not be written to again.
    """

    id: int
    pair: Pair
    how: Literal["accepted", "later", "failed"]
    due_at: int = 0
    shown: tuple[Standing, ...] = ()
    removed: tuple[int, ...] = ()
    free_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One event of one conversation. ``address`` is empty when it did not come from there.

    ``message``, ``pressed``, ``order`` and ``in_answer`` are those of ``Inbound``.
    ``settle`` is done in the same commit, also when the event turns out to be a repeat.
    """

    seen: str
    conversation: str
    event: AnyEvent
    channel: str = ""
    address: str = ""
    message: str = ""
    pressed: bool = False
    order: int = 0
    in_answer: bool = False
    settle: Settle | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Any other question or change; ``what`` is given the connection."""

    what: Callable[[Connection], object]


Job = Turn | Settle | Ask


@dataclass(slots=True)
class Outcome:
    """What a job came to, once it is durable.

    ``parcels`` may be carried now, ``dropped`` are keys of what will never leave,
    ``recalled`` of a person's words that the conversation holds instead; ``says`` are for
    the answer to the call itself; ``spoiled`` is the type of the error that a step ended with.
    """

    changed: bool = True
    value: object = None
    spoiled: str = ""
    says: tuple[Say, ...] = ()
    parcels: list[Parcel] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    recalled: list[str] = field(default_factory=list)


def seen_id(update_id: str) -> str:
    """An update's id as it is stored: what is too long or odd for the column is hashed."""
    fits = len(update_id) <= 120 and update_id.isascii() and update_id.isprintable()
    return update_id if fits else key_of(update_id, 0)


def settle_of(job: Job) -> Settle | None:
    """What a job says of a parcel."""
    if isinstance(job, Settle):
        return job
    return job.settle if isinstance(job, Turn) else None


def in_order(turns: Sequence[Turn]) -> list[Turn]:
    """The turns, those of one conversation in the platform's order where that is known.

    What has no order keeps its place.
    """
    placed: dict[str, list[int]] = {}
    for place, turn in enumerate(turns):
        if turn.order:
            placed.setdefault(turn.conversation, []).append(place)
    ordered = list(turns)
    for places in placed.values():
        if len(places) > 1:
            line = sorted((turns[place] for place in places), key=lambda turn: turn.order)
            for place, turn in zip(places, line, strict=True):
                ordered[place] = turn
    return ordered
