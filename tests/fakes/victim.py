"""A bot's process that can be killed at a named place, for ``test_killed.py``.

It writes what the channel took to ``sent`` and what the helpline took to ``posted``; at its
place it kills itself as ``kill -9`` would.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from fakes.channel import FakeChannel
from fakes.talk import Clock, FakeHelpline, parts, said, step

from bot.alarms import Alarms
from bot.channels.base import Place, Progress
from bot.crypto import load_keys
from bot.delivery import Delivery
from bot.engine.effects import Say
from bot.engine.events import AnyEvent
from bot.engine.state import State
from bot.jobs import Job, Outcome
from bot.runner import Runner
from bot.store.database import connect, migrate


def die(place: str, wanted: str) -> None:
    """End at once, without a single clean-up, when this is the place."""
    if place == wanted:
        os.kill(os.getpid(), signal.SIGKILL)


def note(path: Path, line: str) -> None:
    """Add a line that survives the process."""
    with path.open("a") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


class Chat(FakeChannel):
    """The platform: what it took, it took."""

    def __init__(self, folder: Path, place: str) -> None:
        super().__init__()
        self._folder, self._place = folder, place

    async def send(
        self,
        address: str,
        says: Sequence[Say],
        *,
        key: str,
        progress: Progress | None = None,
        place: Place | None = None,
    ) -> None:
        """Take the bubbles."""
        die("before send", self._place)
        progress = progress or Progress()
        for place in range(progress.done, len(says)):
            note(self._folder / "sent", says[place].text)
            if place + 1 < len(says):
                await progress.accepted(place + 1)
                die("between bubbles", self._place)
        die("after send", self._place)


class Desk(FakeHelpline):
    """The helpline: one contact for one key."""

    def __init__(self, folder: Path, place: str) -> None:
        super().__init__()
        self._folder, self._place = folder, place

    async def post(
        self, kind: str, body: bytes, *, key: str, contact_id: str = ""
    ) -> dict[str, object]:
        """Take a body."""
        die("before post", self._place)
        note(self._folder / "posted", f"{key} {hash_of(body)}")
        die("after post", self._place)
        return await super().post(kind, body, key=key, contact_id=contact_id)


class Mortal(Runner):
    """A runner that can die just before and just after the commit."""

    place = ""

    def _work(self, connection: object, jobs: Sequence[Job]) -> list[Outcome]:
        outcomes = super()._work(connection, jobs)  # type: ignore[arg-type]
        die("before commit", self.place)
        return outcomes

    def _committed(self, outcomes: Sequence[Outcome]) -> None:
        die("after commit", self.place)
        super()._committed(outcomes)
        die("after hand-over", self.place)


def hash_of(body: bytes) -> str:
    """A short name of a body."""
    return hashlib.sha256(body).hexdigest()[:8]


def stepping(place: str) -> Callable[[State, AnyEvent], object]:
    """The engine, in which one can die as well."""

    def stepped(state: State, event: AnyEvent) -> object:
        die("in step", place)
        return step(state, event)

    return stepped


async def live(folder: Path, place: str, updates: Sequence[str]) -> None:
    """Take all updates, deliver, end."""
    clock = Clock()
    if not place:
        clock.forward(minutes=1)  # leases of the dead have run out
    file = folder / "bot.db"
    engine = connect(f"sqlite:///{file}")
    if not file.exists():
        migrate(engine)
    keys = load_keys(folder / "keys")
    runner = Mortal(engine, parts(clock, keys, step=stepping(place)), Alarms())
    runner.place = place
    channels, desk = {"fake": Chat(folder, place)}, Desk(folder, place)
    delivery = Delivery(runner, channels, desk, keys.sealer, Alarms(), now=clock)
    runner.start(delivery)
    await delivery.look()
    for number, words in enumerate(updates):
        await delivery.quiet()
        await runner.handle(said(words, update=str(number)))
    for _ in range(3):
        await delivery.quiet()
        await delivery.look()
    await runner.stop()


def main(folder: Path, place: str, updates: Sequence[str]) -> None:
    """Live until the end or until killed."""
    asyncio.run(live(folder, place, updates))
