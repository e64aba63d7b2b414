"""One event, one step, one commit: state, what must leave and the update's id together.

Requests that wait at the moment share a commit; each is answered only after it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from typing import Protocol, TypeVar, cast

from sqlalchemy import Connection, Engine

from bot.alarms import Alarms
from bot.batch import Batch
from bot.channels.base import Inbound
from bot.engine.effects import Say
from bot.engine.events import AnyEvent
from bot.jobs import Ask, Job, Outcome, Parts, Settle, Turn, seen_id
from bot.parcels import Parcel
from bot.store.shown import is_id
from bot.store.writer import Writer

log = logging.getLogger(__name__)

Found = TypeVar("Found")


class Carrier(Protocol):
    """Who carries what must leave; ``bot.delivery`` does."""

    def has_room(self) -> bool:
        """Whether parcels can be taken at once. Asked in the writer's thread."""

    def take(self, parcels: Sequence[Parcel]) -> None:
        """Carry these; they are stored, and leased to this process."""

    def forget(self, keys: Collection[str]) -> None:
        """These will never leave: they were dropped."""

    def recall(self, keys: Collection[str]) -> None:
        """These are no longer on their way; nothing is to be said of them yet."""


class Runner:
    """The one door to conversations, for people, counsellors and timers alike."""

    def __init__(self, engine: Engine, parts: Parts, alarms: Alarms) -> None:
        self._parts = parts
        self._alarms = alarms
        self._carrier: Carrier | None = None
        self._writer: Writer[Job, Outcome] = Writer(engine, self._work, self._committed)
        self.repeats = 0

    def start(self, carrier: Carrier | None = None) -> None:
        """Begin to take events, in the running loop; without a carrier all waits stored."""
        self._carrier = carrier
        self._writer.start()

    async def stop(self) -> None:
        """Store what was given before, then end."""
        await self._writer.stop()

    @property
    def handled(self) -> int:
        """Jobs that are durable since the start."""
        return self._writer.jobs

    @property
    def commits(self) -> int:
        """Transactions they took."""
        return self._writer.commits

    async def handle(self, inbound: Inbound) -> bool:
        """Answer an update; True after the durable commit, False: a repeat changed nothing.

        Raises ``StoreUnavailable`` when nothing was stored: the platform must repeat it.
        """
        return (await self._turn(self._turn_of(inbound))).changed

    async def answer(self, inbound: Inbound) -> tuple[Say, ...]:
        """As ``handle``; return what is said in the answer to the call itself, once it is durable.

        Only an update that is ``in_answer`` is answered so, and no repeat.
        """
        return (await self._turn(self._turn_of(inbound))).says

    async def handle_event(
        self,
        conversation: str,
        event: AnyEvent,
        *,
        update_id: str,
        settle: Settle | None = None,
    ) -> bool:
        """Answer what did not come from the person: feed, timers, outcomes of sending.

        False: a repeat, or no such conversation (any more). ``settle`` is stored in the
        same commit in any case. Raises ``StoreUnavailable``.
        """
        turn = Turn(seen=seen_id(update_id), conversation=conversation, event=event, settle=settle)
        return (await self._turn(turn)).changed

    async def settle(self, settle: Settle) -> None:
        """Store what became of a parcel. Raises ``StoreUnavailable``."""
        await self._writer.do(settle)

    async def ask(self, what: Callable[[Connection], Found]) -> Found:
        """Run a query or a change in the writer's next transaction.

        Raises ``StoreUnavailable``. ``what`` may run more than once.
        """
        return cast(Found, (await self._writer.do(Ask(what))).value)

    def conversation_id(self, channel: str, address: str) -> str:
        """The pseudonym under which everything about this address is stored."""
        return self._parts.keys.conversation_id(channel, address)

    def _turn_of(self, inbound: Inbound) -> Turn:
        return Turn(
            seen=seen_id(f"{inbound.channel}:{inbound.update_id}"),
            conversation=self.conversation_id(inbound.channel, inbound.address),
            event=inbound.event,
            channel=inbound.channel,
            address=inbound.address,
            message=inbound.message if is_id(inbound.message) else "",
            pressed=inbound.pressed,
            order=inbound.order,
            in_answer=inbound.in_answer,
        )

    async def _turn(self, turn: Turn) -> Outcome:
        outcome = await self._writer.do(turn)
        if outcome.spoiled:
            self._alarms.sound("spoiled", conversation=turn.conversation, error=outcome.spoiled)
        self.repeats += not outcome.changed
        return outcome

    def _work(self, connection: Connection, jobs: Sequence[Job]) -> list[Outcome]:
        carry = self._carrier is not None and self._carrier.has_room()
        return Batch(self._parts, connection, carry=carry).run(jobs)

    def _committed(self, outcomes: Sequence[Outcome]) -> None:
        if self._carrier is None:
            return
        for outcome in outcomes:
            self._carrier.forget(outcome.dropped)
            self._carrier.recall(outcome.recalled)
            self._carrier.take(outcome.parcels)
