"""What the writer does in one transaction: outcomes of sending, events, questions.

Runs in the writer's thread and changes nothing but the database, so that a batch whose
commit failed can be done again.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from bot.channels.base import Capabilities
from bot.crypto import Sealer
from bot.engine import hearing
from bot.engine.effects import CancelTimer, Count, CountCampaign, Effect, Erase, Say, SetTimer
from bot.engine.events import (
    AnyEvent,
    ButtonTapped,
    ChatLost,
    ExitPressed,
    PollAnswered,
    ReportAdded,
    ReportFilled,
    TimerFired,
)
from bot.engine.state import State
from bot.jobs import Ask, Job, Outcome, Parts, Settle, Turn, in_order, settle_of
from bot.parcels import UNREADABLE, Draft, Origin, Parcel, drafts_of, open_address, open_all
from bot.store import campaigns, conversations, learning, outbox, shown
from bot.store.conversations import Stored
from bot.store.database import millis
from bot.store.forms import read_errand, write_event
from bot.store.outbox import CHANNEL, LEASE_MS, SAYS, Pair, is_reply
from bot.store.shown import Standing
from bot.traces import button_of, placed

AHEAD_MS = 60_000  # more than any chat has to rest: a clock was put back


log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Talk:
    """A conversation while the batch works on it."""

    stored: Stored
    address: str
    reachable: bool
    heard_at: int
    free_at: int
    state: State | None = None
    packed: bytes = b""

    @property
    def changed(self) -> bool:
        """Whether anything of it must be stored."""
        now = (self.reachable, self.heard_at, self.free_at)
        before = (self.stored.reachable, self.stored.heard_at, self.stored.free_at)
        return bool(self.packed) or now != before


class Batch:
    """The work of one transaction; made afresh for each try."""

    def __init__(self, parts: Parts, connection: Connection, *, carry: bool) -> None:
        self._parts = parts
        self._sealer = parts.keys.sealer
        self._connection = connection
        self._carry = carry  # whether this process can take more parcels
        self._now = millis(parts.now())
        self._box = parts.box()
        self._helpline, self._plan = parts.helpline(), parts.plan()
        self._talks: dict[str, _Talk] = {}
        self._timers: dict[tuple[str, str], int | None] = {}
        self._drafts: list[tuple[str, Draft]] = []
        self._lost: set[str] = set()  # nothing can reach these chats
        self._silenced: set[str] = set()  # nothing that the bot said may still reach these
        self._erased: set[str] = set()
        self._strange: set[shown.Place] = set()  # messages that were pressed and not known
        self._campaigns: Counter[str] = Counter()
        self._learned: Counter[Count] = Counter()
        self._spoiled: list[dict[str, Any]] = []
        self._dropped: list[str] = []
        self._recalled: list[str] = []
        self._parcels: list[Parcel] = []

    def run(self, jobs: Sequence[Job]) -> list[Outcome]:
        """Do the jobs; events of one conversation in the order given."""
        self._settle([settle for job in jobs if (settle := settle_of(job))])
        turns = self._take_turns([job for job in jobs if isinstance(job, Turn)])
        self._flush()
        outcomes = [turns[id(job)] if isinstance(job, Turn) else self._other(job) for job in jobs]
        outcomes[0].parcels, outcomes[0].dropped = self._parcels, self._dropped
        outcomes[0].recalled = self._recalled
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
        shown.note_said(self._connection, [row for item in settles for row in item.shown])
        shown.forget(self._connection, [row for item in settles for row in item.removed])
        rests = {item.pair[1]: item.free_at for item in settles if item.free_at}
        conversations.rest(self._connection, rests)
        free = {item.pair for item in settles if item.how != "later"}
        taken = outbox.take_heads(self._connection, free, now=self._now)
        heads = open_all(self._connection, taken, self._sealer)
        self._parcels += [_rested(head, rests.get(head.conversation, 0)) for head in heads]

    # Events

    def _take_turns(self, turns: Sequence[Turn]) -> dict[int, Outcome]:
        """What became of each, by the identity of the turn."""
        new = conversations.remember(self._connection, {turn.seen for turn in turns}, at=self._now)
        fresh = [turn for turn in turns if turn.seen in new]
        self._load(fresh)
        self._hear(fresh)
        return {id(turn): self._once(turn, new) for turn in in_order(turns)}

    def _hear(self, turns: Sequence[Turn]) -> None:
        rows = [
            Standing(0, turn.conversation, turn.message, turn.pressed, None, self._now)
            for turn in turns
            if turn.message
        ]
        self._strange = shown.note_heard(self._connection, rows)

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
            talk = _Talk(stored, "", stored.reachable, stored.heard_at, stored.free_at)
            self._talks[stored.id] = talk

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
        self._reach(turn, talk)
        origin = self._origin(turn, talk)
        try:
            event = self._prepared(turn, talk)
            if event is None:
                return Outcome()
            answer = self._parts.step(self._state(talk), event)
            drafts = drafts_of(answer.effects, origin, self._box)
            packed = _packed(answer.state)
        except Exception as error:  # a bug of ours: the child still gets the doors of help
            return self._spoil(turn, talk, origin, error)
        talk.state, talk.packed = answer.state, packed
        self._order(turn.conversation, answer.effects)
        if any(isinstance(effect, Erase) for effect in answer.effects):
            self._recall(talk, answer.state)
        return Outcome(says=self._post(turn, talk, drafts))

    def _origin(self, turn: Turn, talk: _Talk) -> Origin:
        """A message that is not known is answered by a new one: who knows where it stands."""
        known = (turn.conversation, turn.message) not in self._strange
        return Origin(
            seen=turn.seen,
            conversation=turn.conversation,
            channel=talk.stored.channel,
            at=turn.event.at,
            pressed=turn.message if turn.pressed and known else "",
            theirs="" if turn.pressed else turn.message,
        )

    def _reach(self, turn: Turn, talk: _Talk) -> None:
        if isinstance(turn.event, ChatLost):
            talk.reachable = False
            self._silence(turn.conversation, replies=True)
        elif turn.address:
            talk.reachable = True
            talk.address = turn.address
            if not turn.in_answer:  # who only opens the chat has not written: no session begins
                talk.heard_at = max(talk.heard_at, millis(turn.event.at))

    def _state(self, talk: _Talk) -> State:
        if talk.state is None:
            place = {"table": "conversations", "column": "state", "row": talk.stored.id}
            talk.state = State.from_dict(json.loads(self._sealer.open(talk.stored.state, **place)))
        return talk.state

    def _prepared(self, turn: Turn, talk: _Talk) -> AnyEvent | None:
        """The event with all that the engine is told; None: it means nothing to anybody."""
        event: AnyEvent | None = turn.event
        if isinstance(event, PollAnswered):
            event = self._press_of(turn.conversation, event)
        if event is None:
            return None
        event = replace(event, helpline=self._helpline, plan=self._plan)
        event = replace(event, abilities=self._able(talk).abilities)
        return hearing.read(self._state(talk), event, self._parts.read)

    def _press_of(self, which: str, event: PollAnswered) -> ButtonTapped | None:
        place = (which, event.poll, event.option)
        button = button_of(self._connection, self._sealer, *place)
        return ButtonTapped(at=event.at, button=button) if button else None

    def _able(self, talk: _Talk) -> Capabilities:
        return self._parts.able(talk.stored.channel)

    def _spoil(self, turn: Turn, talk: _Talk, origin: Origin, error: Exception) -> Outcome:
        """Keep it; who did something just now, and did not leave, sees the doors of help."""
        state = talk.state or State.new()
        silent = ExitPressed | ChatLost | ReportFilled | ReportAdded
        there = turn.address and not isinstance(turn.event, silent)
        doors = self._parts.fallback(state.language, state.country) if there else ()
        says = self._post(turn, talk, drafts_of(doors, origin, None))
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
        return Outcome(spoiled=kind, says=says)

    def _order(self, which: str, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, SetTimer):
                self._timers[which, effect.name] = millis(effect.at)
            elif isinstance(effect, CancelTimer):
                self._timers[which, effect.name] = None
            elif isinstance(effect, Erase):
                self._silence(which, replies=False)
                self._erased.add(which)
            elif isinstance(effect, CountCampaign) and campaigns.is_name(effect.name):
                self._campaigns[effect.name] += 1
            elif isinstance(effect, Count):
                self._learned[effect] += 1

    def _recall(self, talk: _Talk, state: State) -> None:
        """A person's words that wait are held for the child, not shown to whoever looks on."""
        which = talk.stored.id
        rows = outbox.recall_replies(self._connection, which)
        says = [
            *(say for row in rows for say in _unsent(row, self._sealer)),
            *(say for whose, draft in self._drafts for say in _reply(whose == which, draft)),
        ]
        self._recalled += [key for key, _, _ in rows]
        self._drafts = [item for item in self._drafts if not _reply(item[0] == which, item[1])]
        if words := tuple((say.name, say.text) for say in says if say.name):
            talk.state = replace(state, held=(*state.held, *words))
            talk.packed = _packed(talk.state)

    def _silence(self, which: str, *, replies: bool) -> None:
        """Drop what waits for a chat; a person's words, and what removes traces, only where
        they cannot arrive.
        """
        (self._lost if replies else self._silenced).add(which)
        kept: list[tuple[str, Draft]] = []
        for whose, draft in self._drafts:
            own = draft.kind == SAYS and not is_reply(draft.key)
            if whose == which and draft.lane == CHANNEL and (replies or own):
                self._dropped.append(draft.key)
            else:
                kept.append((whose, draft))
        self._drafts = kept

    def _post(self, turn: Turn, talk: _Talk, drafts: Sequence[Draft]) -> tuple[Say, ...]:
        """Take the drafts of a step; return what is said in the answer to the call itself."""
        says: list[Say] = []
        for draft in drafts:
            if turn.in_answer and draft.kind == SAYS:
                says += draft.errand.says
            elif draft.lane == CHANNEL and not talk.reachable:
                self._dropped.append(draft.key)
            else:
                self._drafts.append((talk.stored.id, self._timed(draft, talk)))
        return tuple(says)

    def _timed(self, draft: Draft, talk: _Talk) -> Draft:
        """Keep the chat free for so many bubbles, where the platform wants rest between them."""
        rest = int(self._able(talk).rest * 1000)
        if draft.kind != SAYS or not rest:
            return draft
        ahead = talk.free_at - self._now
        begin = self._now if ahead > AHEAD_MS else max(self._now, talk.free_at)
        talk.free_at = begin + rest * len(draft.errand.says)
        errand = replace(draft.errand, not_before=begin, free_at=talk.free_at)
        return replace(draft, errand=errand)

    # Everything that was gathered, in few statements

    def _flush(self) -> None:
        changed = [self._changed(talk) for talk in self._talks.values() if talk.changed]
        conversations.save(self._connection, changed, at=self._now)
        self._dropped += outbox.drop(self._connection, self._lost)
        self._dropped += outbox.drop(self._connection, self._silenced, replies=False)
        dropped = {
            *self._dropped,
            *self._recalled,
        }  # a row may have become the next one just before
        self._parcels = [parcel for parcel in self._parcels if parcel.key not in dropped]
        conversations.forget_pages(self._connection, self._erased)
        conversations.set_timers(self._connection, self._timers)
        conversations.keep_spoiled(self._connection, self._spoiled)
        campaigns.count(self._connection, self._campaigns)
        learning.add(self._connection, self._learned)
        self._put()
        self._parcels = placed(
            self._connection, self._parcels, self._sealer, self._parts.able, now=self._now
        )

    def _changed(self, talk: _Talk) -> Stored:
        state = talk.stored.state
        if talk.packed:
            state = self._sealed("state", talk.stored.id, talk.packed)
        return replace(
            talk.stored,
            state=state,
            reachable=talk.reachable,
            heard_at=talk.heard_at,
            free_at=talk.free_at,
        )

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
            priority=draft.priority,
            attempts=0,
            done=0,
            created_at=self._now,
            heard_at=talk.heard_at,
            letter=draft.letter,
            errand=draft.errand,
        )


def _unsent(row: tuple[str, bytes, int], sealer: Sealer) -> tuple[Say, ...]:
    key, payload, done = row
    try:
        plain = sealer.open(payload, table="outbox", column="payload", row=key)
        return read_errand(plain).says[done:]
    except UNREADABLE as broken:
        log.error("row %s of the outbox is lost: %s", key, type(broken).__name__)
        return ()


def _reply(theirs: bool, draft: Draft) -> tuple[Say, ...]:
    return draft.errand.says if theirs and draft.kind == SAYS and is_reply(draft.key) else ()


def _rested(parcel: Parcel, free_at: int) -> Parcel:
    if free_at <= parcel.errand.not_before:
        return parcel
    return replace(parcel, errand=replace(parcel.errand, not_before=free_at))


def _packed(state: State) -> bytes:
    stored = json.dumps(state.to_dict(), ensure_ascii=False, separators=(",", ":"))
    return stored.encode(errors="surrogatepass")
