"""What the writer does in one transaction: outcomes of sending, events, questions.

Runs in the writer's thread and changes nothing but the database, so that a batch whose
commit failed can be done again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, Protocol

from sqlalchemy import Connection

from bot.crypto import Keys
from bot.engine.effects import CancelTimer, Effect, Erase, Say, SetTimer
from bot.engine.events import (
    AnyEvent,
    ChatLost,
    Helpline,
    MediaOffered,
    MessageReceived,
    Reading,
    TimerFired,
)
from bot.engine.state import State
from bot.helpline import BoxKey
from bot.parcels import Draft, Origin, Parcel, drafts_of, key_of, open_address, open_all
from bot.store import conversations, outbox
from bot.store.conversations import Stored
from bot.store.database import millis
from bot.store.forms import write_event
from bot.store.outbox import CHANNEL, LEASE_MS, Pair, is_reply


class Answer(Protocol):
    """What a step returns: the next state, and what should happen."""

    @property
    def state(self) -> State: ...

    @property
    def effects(self) -> Sequence[Effect]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the runner is made of. All of it is called in the writer's thread.

    ``read`` is the triage; ``fallback`` gives the doors of help by language and country, for
    when a step fails (both may be unknown: empty); ``helpline`` is what is known of it now;
    ``box`` is None until its key is known.
    """

    keys: Keys
    step: Callable[[State, AnyEvent], Answer]
    read: Callable[[str], Reading]
    fallback: Callable[[str, str], Sequence[Say]]
    helpline: Callable[[], Helpline]
    box: Callable[[], BoxKey | None]
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Settle:
    """What became of a parcel: it was accepted, is put off until ``due_at``, or failed."""

    id: int
    pair: Pair
    how: Literal["accepted", "later", "failed"]
    due_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One event of one conversation. ``address`` is empty when it did not come from there.

    ``settle`` is done in the same commit, also when the event turns out to be a repeat.
    """

    seen: str
    conversation: str
    event: AnyEvent
    channel: str = ""
    address: str = ""
    settle: Settle | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Any other question or change; ``what`` is given the connection."""

    what: Callable[[Connection], object]


Job = Turn | Settle | Ask


@dataclass(slots=True)
class Outcome:
    """What a job came to, once it is durable.

    ``parcels`` may be carried now, ``dropped`` are keys of what will never leave;
    ``spoiled`` is the type of the error that a step ended with.
    """

    changed: bool = True
    value: object = None
    spoiled: str = ""
    parcels: list[Parcel] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Talk:
    """A conversation while the batch works on it."""

    stored: Stored
    address: str
    reachable: bool
    state: State | None = None
    packed: bytes = b""


class Batch:
    """The work of one transaction; made afresh for each try."""

    def __init__(self, parts: Parts, connection: Connection, *, carry: bool) -> None:
        self._parts = parts
        self._sealer = parts.keys.sealer
        self._connection = connection
        self._carry = carry  # whether this process can take more parcels
        self._now = millis(parts.now())
        self._box = parts.box()
        self._helpline = parts.helpline()
        self._talks: dict[str, _Talk] = {}
        self._timers: dict[tuple[str, str], int | None] = {}
        self._drafts: list[tuple[str, Draft]] = []
        self._lost: set[str] = set()  # nothing can reach these chats
        self._silenced: set[str] = set()  # nothing that the bot said may still reach these
        self._erased: set[str] = set()
        self._spoiled: list[dict[str, Any]] = []
        self._dropped: list[str] = []
        self._parcels: list[Parcel] = []

    def run(self, jobs: Sequence[Job]) -> list[Outcome]:
        """Do the jobs; events of one conversation in the order given."""
        self._settle([settle for job in jobs if (settle := _settle_of(job))])
        turns = iter(self._take_turns([job for job in jobs if isinstance(job, Turn)]))
        self._flush()
        outcomes = [next(turns) if isinstance(job, Turn) else self._other(job) for job in jobs]
        outcomes[0].parcels, outcomes[0].dropped = self._parcels, self._dropped
        return outcomes

    def _other(self, job: Settle | Ask) -> Outcome:
        return Outcome(value=job.what(self._connection) if isinstance(job, Ask) else None)

    # What became of what was sent

    def _settle(self, settles: Sequence[Settle]) -> None:
        if not settles:
            return
        outbox.accepted(self._connection, [item.id for item in settles if item.how == "accepted"])
        outbox.failed(self._connection, [item.id for item in settles if item.how == "failed"])
        put_off = [(item.id, item.pair, item.due_at) for item in settles if item.how == "later"]
        outbox.later(self._connection, put_off)
        free = {item.pair for item in settles if item.how != "later"}
        taken = outbox.take_heads(self._connection, free, now=self._now)
        self._parcels += open_all(self._connection, taken, self._sealer)

    # Events

    def _take_turns(self, turns: Sequence[Turn]) -> list[Outcome]:
        new = conversations.remember(self._connection, {turn.seen for turn in turns}, at=self._now)
        fresh = [turn for turn in turns if turn.seen in new]
        self._load(fresh)
        return [self._once(turn, new) for turn in turns]

    def _once(self, turn: Turn, new: set[str]) -> Outcome:
        if turn.seen not in new:
            return Outcome(changed=False)
        new.discard(turn.seen)
        talk = self._talks.get(turn.conversation)
        if talk is None or not self._due(turn):
            return Outcome(changed=False)
        return self._take_turn(turn, talk)

    def _load(self, turns: Sequence[Turn]) -> None:
        ids = {turn.conversation for turn in turns}
        known = conversations.load(self._connection, ids)
        if strangers := self._strangers(turns, known):
            conversations.add(self._connection, strangers, at=self._now)
            known |= conversations.load(self._connection, [item.id for item in strangers])
        for stored in known.values():
            self._talks[stored.id] = _Talk(stored, "", stored.reachable)

    def _strangers(self, turns: Sequence[Turn], known: Collection[str]) -> list[Stored]:
        new = {turn.conversation: turn for turn in turns if turn.address}
        return [
            Stored(
                which,
                turn.channel,
                self._sealed("address", which, turn.address.encode()),
                self._sealed("state", which, _packed(State.new())),
                True,
            )
            for which, turn in new.items()
            if which not in known
        ]

    def _sealed(self, column: str, which: str, plain: bytes) -> bytes:
        return self._sealer.seal(plain, table="conversations", column=column, row=which)

    def _due(self, turn: Turn) -> bool:
        """A timer that was moved or cancelled meanwhile does not fire, and fires once."""
        if not isinstance(turn.event, TimerFired):
            return True
        place = (turn.conversation, turn.event.name)
        at = max(self._now, millis(turn.event.at))
        if place not in self._timers:
            return conversations.take_timer(self._connection, *place, at=at)
        due = self._timers[place]
        if due is None or due > at:
            return False
        self._timers[place] = None
        return True

    def _take_turn(self, turn: Turn, talk: _Talk) -> Outcome:
        origin = Origin(
            seen=turn.seen,
            conversation=turn.conversation,
            channel=talk.stored.channel,
            at=turn.event.at,
        )
        self._reach(turn, talk)
        try:
            state = self._state(talk)
            answer = self._parts.step(state, self._prepared(turn.event))
            drafts = drafts_of(answer.effects, origin, self._box)
            packed = _packed(answer.state)
        except Exception as error:  # a bug of ours: the child still gets the doors of help
            return self._spoil(turn, talk, origin, error)
        talk.state, talk.packed = answer.state, packed
        self._order(turn.conversation, answer.effects)
        self._post(talk, drafts)
        return Outcome()

    def _reach(self, turn: Turn, talk: _Talk) -> None:
        if isinstance(turn.event, ChatLost):
            talk.reachable = False
            self._silence(turn.conversation, replies=True)
        elif turn.address:
            talk.reachable = True
            talk.address = turn.address

    def _state(self, talk: _Talk) -> State:
        if talk.state is None:
            place = {"table": "conversations", "column": "state", "row": talk.stored.id}
            talk.state = State.from_dict(json.loads(self._sealer.open(talk.stored.state, **place)))
        return talk.state

    def _prepared(self, event: AnyEvent) -> AnyEvent:
        if isinstance(event, MessageReceived):
            return replace(event, helpline=self._helpline, reading=self._parts.read(event.text))
        if isinstance(event, MediaOffered) and event.caption:
            return replace(event, helpline=self._helpline, reading=self._parts.read(event.caption))
        return replace(event, helpline=self._helpline)

    def _spoil(self, turn: Turn, talk: _Talk, origin: Origin, error: Exception) -> Outcome:
        state = talk.state or State.new()
        doors = self._parts.fallback(state.language, state.country)
        self._post(talk, drafts_of(doors, origin, None))
        kind = type(error).__name__[:80]
        place = {"table": "spoiled", "column": "payload", "row": turn.seen}
        self._spoiled.append(
            {
                "conversation": turn.conversation,
                "update_id": turn.seen,
                "payload": self._sealer.seal(write_event(turn.event), **place),
                "error": kind,
                "at": self._now,
            }
        )
        return Outcome(spoiled=kind)

    def _order(self, which: str, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, SetTimer):
                self._timers[which, effect.name] = millis(effect.at)
            elif isinstance(effect, CancelTimer):
                self._timers[which, effect.name] = None
            elif isinstance(effect, Erase):
                self._silence(which, replies=False)
                self._erased.add(which)

    def _silence(self, which: str, *, replies: bool) -> None:
        """Drop what waits for a chat; a person's words only where they cannot arrive."""
        (self._lost if replies else self._silenced).add(which)
        kept: list[tuple[str, Draft]] = []
        for whose, draft in self._drafts:
            if whose == which and draft.lane == CHANNEL and (replies or not is_reply(draft.key)):
                self._dropped.append(draft.key)
            else:
                kept.append((whose, draft))
        self._drafts = kept

    def _post(self, talk: _Talk, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            if draft.lane == CHANNEL and not talk.reachable:
                self._dropped.append(draft.key)
            else:
                self._drafts.append((talk.stored.id, draft))

    # Everything that was gathered, in few statements

    def _flush(self) -> None:
        changed = [
            (which, self._state_of(talk), talk.reachable)
            for which, talk in self._talks.items()
            if talk.packed or talk.reachable != talk.stored.reachable
        ]
        conversations.save(self._connection, changed, at=self._now)
        self._dropped += outbox.drop(self._connection, self._lost)
        self._dropped += outbox.drop(self._connection, self._silenced, replies=False)
        dropped = set(self._dropped)  # a row may have become the next one just before
        self._parcels = [parcel for parcel in self._parcels if parcel.key not in dropped]
        conversations.forget_pages(self._connection, self._erased)
        conversations.set_timers(self._connection, self._timers)
        conversations.keep_spoiled(self._connection, self._spoiled)
        self._put()

    def _state_of(self, talk: _Talk) -> bytes:
        if not talk.packed:
            return talk.stored.state
        return self._sealed("state", talk.stored.id, talk.packed)

    def _put(self) -> None:
        pairs = {(draft.lane, which) for which, draft in self._drafts}
        waiting = outbox.waiting(self._connection, pairs)
        outbox.hurry(
            self._connection,
            [
                ((draft.lane, which), draft.priority)
                for which, draft in self._drafts
                if (ahead := waiting.get((draft.lane, which))) and ahead.priority > draft.priority
            ],
        )
        heads = self._heads(waiting)
        rows = [self._row(which, draft, waiting, heads) for which, draft in self._drafts]
        ids = outbox.put(self._connection, rows)
        for number, (which, draft) in zip(ids, self._drafts, strict=True):
            if draft.key in heads:
                self._parcels.append(self._parcel(number, which, draft))

    def _heads(self, waiting: Collection[Pair]) -> set[str]:
        """The keys of drafts that nothing stands before: this process carries them itself."""
        if not self._carry:
            return set()
        first: dict[Pair, str] = {}
        for which, draft in self._drafts:
            first.setdefault((draft.lane, which), draft.key)
        return {key for pair, key in first.items() if pair not in waiting}

    def _row(
        self,
        which: str,
        draft: Draft,
        waiting: dict[Pair, outbox.Waiting],
        heads: Collection[str],
    ) -> dict[str, Any]:
        ahead = waiting.get((draft.lane, which))
        place = {"table": "outbox", "column": "payload", "row": draft.key}
        return {
            "conversation": which,
            "lane": draft.lane,
            "kind": draft.kind,
            "key": draft.key,
            "payload": self._sealer.seal(draft.plain, **place),
            "priority": draft.priority,
            "attempts": 0,
            "done": 0,
            "created_at": self._now,
            "due_at": max(self._now, ahead.due_at if ahead else 0),
            "leased_until": self._now + LEASE_MS if draft.key in heads else 0,
            "failed": False,
        }

    def _parcel(self, number: int, which: str, draft: Draft) -> Parcel:
        talk = self._talks[which]
        address = talk.address or open_address(self._sealer, which, talk.stored.address)
        return Parcel(
            id=number,
            conversation=which,
            channel=talk.stored.channel,
            address=address,
            lane=draft.lane,
            kind=draft.kind,
            key=draft.key,
            plain=draft.plain,
            priority=draft.priority,
            attempts=0,
            done=0,
            created_at=self._now,
        )


def seen_id(update_id: str) -> str:
    """An update's id as it is stored: what is too long or odd for the column is hashed."""
    plain = len(update_id) <= 120 and update_id.isascii() and update_id.isprintable()
    return update_id if plain else key_of(update_id, 0)


def _settle_of(job: Job) -> Settle | None:
    if isinstance(job, Settle):
        return job
    return job.settle if isinstance(job, Turn) else None


def _packed(state: State) -> bytes:
    stored = json.dumps(state.to_dict(), ensure_ascii=False, separators=(",", ":"))
    return stored.encode(errors="surrogatepass")
