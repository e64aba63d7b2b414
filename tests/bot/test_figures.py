"""What was learned is counted over everybody and told to the helpline, never of whom."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.channel import FakeChannel
from fakes.talk import Clock, Step, said
from fakes.world import worlds

from bot.engine.effects import Count
from bot.figures import Figures
from bot.helpline import HelplineUnavailable
from bot.leases import Lease
from bot.store.learning import ENOUGH, Figure, add, large

BEGUN = Count(what="begun", topic="t03", band="8-10", language="sq")
HELP = Count(what="help", topic="t03", band="8-10", language="sq")


class Board:
    """
    A helpline that notes the figures it is told.
    """

    def __init__(self) -> None:
        self.down = False
        self.told: list[tuple[str, Any]] = []

    async def figures(self, body: dict[str, object], *, key: str) -> None:
        """
        Note them, unless nothing answers.
        """
        if self.down:
            raise HelplineUnavailable("down")
        self.told.append((key, body["figures"]))


def teller(world: Any, board: Board, clock: Clock, holder: str = "one") -> Figures:
    """
    The part of one process that tells.
    """
    lease = Lease(world.runner.ask, "figures", holder=holder, now=clock)
    return Figures(board, world.runner.ask, lease, now=clock)  # type: ignore[arg-type]


async def test_each_step_counts_once(database_url: str) -> None:
    """
    What a step orders is counted in its commit: a repeat of the update adds nothing.
    """

    def counting(state, event):
        return Step(state, [BEGUN])

    async with worlds(database_url, 1, [FakeChannel()], step=counting) as [world]:
        for number in range(ENOUGH):
            for _ in range(2):
                await world.runner.handle(said("hello", update=str(number)))

        assert await world.runner.ask(large) == [Figure("begun", "t03", "8-10", "sq", ENOUGH)]


async def test_only_large_groups_leave(database_url: str) -> None:
    """
    From ten on a count is told, in full tens; nine are nobody's business, not even the
    helpline's, and neither is who came as the eleventh.
    """
    board, clock = Board(), Clock()
    async with worlds(database_url) as [world]:
        await world.runner.ask(lambda c: add(c, {BEGUN: ENOUGH + 1, HELP: ENOUGH - 1}))
        assert await teller(world, board, clock).tell()

    [(_, told)] = board.told
    assert told == [
        {"what": "begun", "topic": "t03", "band": "8-10", "language": "sq", "count": ENOUGH}
    ]


async def test_one_process_tells(database_url: str) -> None:
    """
    R7: of two processes one tells; when it is gone, the other does.
    """
    board, clock = Board(), Clock()
    async with worlds(database_url, 2) as [one, other]:
        first, second = teller(one, board, clock), teller(other, board, clock, "two")
        assert await first.tell()
        assert await second.tell()
        assert len(board.told) == 1
        clock.forward(minutes=5)
        await second.tell()

    assert len({key for key, _ in board.told}) == len(board.told) == 2


async def test_an_outage_is_tried_again_soon(database_url: str) -> None:
    """
    U8: a helpline that does not answer costs no count.
    """
    board, clock, pauses = Board(), Clock(), []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        board.down = False
        if len(pauses) == 2:
            raise StopAsyncIteration

    board.down = True
    async with worlds(database_url) as [world]:
        await world.runner.ask(lambda c: add(c, {BEGUN: 12}))
        telling = teller(world, board, clock)
        telling._pause = pause
        with pytest.raises((StopAsyncIteration, RuntimeError)):
            await telling.run()

    assert pauses == [300, 3600]
    assert [told[0]["count"] for _, told in board.told] == [10]
