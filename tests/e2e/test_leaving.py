"""Leaving is silent, also in the middle of an answer and from another process (C2)."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.flow import Flow, flowing
from fakes.lifeline import TOLD, bubbles
from fakes.telegram import Child
from fakes.viber import Child as ViberChild

ANSWER = bubbles(({"child": TOLD},))


async def tells(flow: Flow, channel: str) -> tuple[Child | ViberChild, str]:
    """A child that told of harm, and the call that shows it the answer."""
    if channel == "telegram":
        child = flow.telegram.child()
        child.says(TOLD)
        return child, "sendMessage"
    other = flow.viber.child()
    other.types(TOLD)
    return other, "send_message"


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("channel", ["telegram", "viber"])
async def test_nothing_follows_the_exit_word(tmp_path: Path, channel: str, processes: int) -> None:
    """
    C2: of an answer of several bubbles the one that is on its way when the child leaves is the
    last, whichever process carries it.
    """
    async with flowing(tmp_path, processes=processes) as flow:
        platform = flow.telegram if channel == "telegram" else flow.viber
        gate = platform.holds("sendMessage" if channel == "telegram" else "send_message")
        child, method = await tells(flow, channel)
        await platform.until(lambda: bool(platform.named(method)), lambda: "nothing is said")
        if isinstance(child, Child):
            child.says("dil")
        else:
            child.types("dil")
        await flow.still()
        gate.set()
        for bot in flow.bots:
            await bot.delivery.quiet()

        assert len(ANSWER) > 1
        assert child.texts == ANSWER[:1]
        assert not any(bot.alarms.counts for bot in flow.bots)
