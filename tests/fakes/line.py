"""The helpline as the bot sees it: notes what it is told, answers or fails as a test says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bot.helpline import BoxKey, Duty, HelplineUnavailable, News


class Posted(NamedTuple):
    """One accepted body."""

    kind: str
    contact_id: str
    body: bytes
    key: str


class FakeLine:
    """Holds events to be fetched; while ``down`` nothing is answered."""

    def __init__(self) -> None:
        self.down = False
        self.on_duty = 1
        self.posted: list[Posted] = []
        self.items: list[Mapping[str, object]] = []
        self.asked: list[int] = []
        self.typing: tuple[str, ...] = ()
        self.receipts: list[tuple[int, str]] = []

    def happens(self, kind: str, conversation: str = "c" * 32, **more: object) -> int:
        """Add an event to the feed and return its number."""
        seq = len(self.items) + 1
        item = {
            "seq": seq,
            "at": "2026-11-20T14:30:00.000Z",
            "type": kind,
            "contact_id": "a contact",
            "conversation": conversation,
            "name": "Elira",
        }
        self.items.append({**item, **more})
        return seq

    async def post(
        self, kind: str, body: bytes, *, key: str, contact_id: str = ""
    ) -> dict[str, object]:
        self._answer()
        self.posted.append(Posted(kind, contact_id, body, key))
        return {"contact_id": contact_id, "number": "K-1001", "state": "waiting"}

    async def events(self, after: int, wait: float) -> News:
        self._answer()
        self.asked.append(after)
        found = tuple(self.items[after : after + 100])
        return News(found, after + len(found), self.typing)

    async def duty(self) -> Duty:
        self._answer()
        return Duty(self.on_duty, None)

    async def key(self) -> BoxKey:
        self._answer()
        return BoxKey.of(bytes(32))

    async def figures(self, body: dict[str, object], *, key: str) -> None:
        """What was learned is counted elsewhere."""

    async def receipt(self, seq: int, status: str, *, key: str) -> None:
        self._answer()
        self.receipts.append((seq, status))

    def _answer(self) -> None:
        if self.down:
            raise HelplineUnavailable("down")
