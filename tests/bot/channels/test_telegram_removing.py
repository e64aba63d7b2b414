"""Taking messages back on Telegram: what goes, what stays, and what is tried again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fakes.telegram import TelegramStandIn
from fakes.telegram_bot import channel_for, say
from fakes.telegram_child import Child

from bot.channels.base import ChannelBusy, ChannelDown, ChatGone, Progress
from bot.channels.telegram import TelegramChannel


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(clock=None) as telegram:
        yield telegram


@pytest.fixture
async def channel(telegram: TelegramStandIn) -> AsyncIterator[TelegramChannel]:
    channel = channel_for(telegram)
    yield channel
    await channel.stop()


async def chat_of(telegram: TelegramStandIn, channel: TelegramChannel, bubbles: int) -> Child:
    """A child that has written twice and read so many bubbles."""
    child = telegram.child()
    child.starts()
    child.says("me kercenon dikush")
    says = [say(f"fjala {number}") for number in range(bubbles)]
    await channel.send(str(child.id), says, key="k", progress=Progress())
    return child


def everything(child: Child) -> list[str]:
    return [str(number) for number in (*child.written, *(shown.id for shown in child.shown))]


async def test_both_sides_messages_are_removed_a_hundred_at_a_time(
    telegram: TelegramStandIn, channel: TelegramChannel
) -> None:
    """
    C5: what the child wrote and what it was told is gone, however much it was.
    """
    child = await chat_of(telegram, channel, 120)

    left = await channel.take_back(str(child.id), everything(child))

    assert (left, child.seen, child.left) == (0, [], [])
    assert len(telegram.named("deleteMessages")) == 2


async def test_what_is_too_old_is_counted_and_the_rest_goes(
    telegram: TelegramStandIn, channel: TelegramChannel
) -> None:
    """
    One message of before two days ago keeps no other from going, and is said to be left.
    """
    child = await chat_of(telegram, channel, 2)
    telegram.later(hours=49)
    child.says("edhe kjo")
    await channel.send(str(child.id), [say("e re")], key="n")

    left = await channel.take_back(str(child.id), everything(child))

    assert left == 4
    assert child.texts == ["fjala 0", "fjala 1"]
    assert len(child.left) == 2


async def test_what_is_gone_already_counts_as_removed(
    telegram: TelegramStandIn, channel: TelegramChannel
) -> None:
    """
    What the child removed itself, and what a first try removed, is no failure.
    """
    child = await chat_of(telegram, channel, 3)
    child.deleted.add(child.shown[0].id)
    telegram.cuts("deleteMessages", after=True)

    with pytest.raises(ChannelDown):
        await channel.take_back(str(child.id), everything(child))
    assert await channel.take_back(str(child.id), everything(child)) == 0
    assert await channel.take_back(str(child.id), [str(child.shown[0].id)]) == 0
    assert await channel.take_back(str(child.id), []) == 0
    assert not child.seen


@pytest.mark.parametrize(
    ("status", "why", "expected"),
    [
        (429, "Too Many Requests: retry after 7", ChannelBusy),
        (500, "Internal Server Error", ChannelDown),
        (403, "Forbidden: bot was blocked by the user", ChatGone),
        (400, "Bad Request: chat not found", ChatGone),
    ],
)
async def test_what_concerns_the_chat_is_told_and_not_taken_for_a_refusal(
    telegram: TelegramStandIn,
    channel: TelegramChannel,
    status: int,
    why: str,
    expected: type[Exception],
) -> None:
    """
    Limits, outages and blocks are for delivery to judge; no message is tried by itself then.
    """
    child = await chat_of(telegram, channel, 3)
    retry_after = 7 if status == 429 else None
    telegram.fails("deleteMessages", status, why, retry_after=retry_after)

    with pytest.raises(expected):
        await channel.take_back(str(child.id), everything(child))

    assert not telegram.named("deleteMessage")


async def test_a_limit_among_single_removals_is_told_and_gone_on_from(
    telegram: TelegramStandIn, channel: TelegramChannel
) -> None:
    """
    "Too fast" while old ones are sorted out ends in everything removed that can be.
    """
    child = await chat_of(telegram, channel, 3)
    telegram.later(hours=49)
    await channel.send(str(child.id), [say("e re"), say("më e re")], key="n")
    telegram.fails("deleteMessage", 429, "Too Many Requests", retry_after=3, skip=6)

    with pytest.raises(ChannelBusy):
        await channel.take_back(str(child.id), everything(child))
    left = await channel.take_back(str(child.id), everything(child))

    assert left == 5
    assert child.texts == ["fjala 0", "fjala 1", "fjala 2"]
