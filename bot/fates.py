"""What platforms say became of messages that they had accepted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, Protocol, TypeVar

from sqlalchemy import Connection

from bot.alarms import Alarms
from bot.channels.base import MessageFate
from bot.crypto import Sealer
from bot.store import shown
from bot.traces import about_of

Found = TypeVar("Found")
Told = Callable[[str, Literal["delivered", "seen", "failed"]], Awaitable[None]]


class Asks(Protocol):
    """What is needed of the runner."""

    async def ask(self, what: Callable[[Connection], Found]) -> Found: ...

    def conversation_id(self, channel: str, address: str) -> str: ...


class Fates:
    """Notes them. ``told`` hears what became of a parcel with a person's words.

    To say the same again changes nothing; of a message that is not known nothing is noted.
    """

    def __init__(self, runner: Asks, sealer: Sealer, alarms: Alarms, told: Told) -> None:
        self._runner, self._sealer, self._alarms, self._told = runner, sealer, alarms, told

    async def note(self, said: MessageFate) -> None:
        """Note what became of a message. Raises ``StoreUnavailable``."""
        if not shown.is_id(said.message):
            return
        place = (self._runner.conversation_id(said.channel, said.address), said.message)
        await self._tell(place, said.fate)
        if await self._runner.ask(lambda asked: shown.note_fate(asked, place, said.fate)):
            self._alarm(said)

    async def _tell(self, place: shown.Place, fate: Literal["delivered", "seen", "failed"]) -> None:
        """Before it is noted: a crash in between tells it twice, never not at all."""
        row = await self._runner.ask(lambda asked: shown.find(asked, place, fate=fate))
        parcel = about_of(row, self._sealer).parcel if row else ""
        if parcel:
            await self._told(parcel, fate)

    def _alarm(self, said: MessageFate) -> None:
        if said.fate == "failed":
            self._alarms.sound("message_failed", channel=said.channel)
