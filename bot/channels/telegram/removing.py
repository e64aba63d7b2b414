"""Taking messages back, for both sides, as far as the platform lets us."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from telegram.error import TelegramError

from bot.channels.joined import Turns
from bot.channels.telegram.faults import refused_alone, says
from bot.channels.telegram.link import Link

AT_ONCE = 100
GONE = "message to delete not found"


async def remove(link: Link, turns: Turns, chat: int, messages: Sequence[int]) -> int:
    """Remove messages; return how many stay. Raises the library's ``TelegramError``.

    The platform takes a hundred at a time and refuses them all when one is too old; then
    each is tried by itself. Repeating it is safe: what is gone counts as removed.
    """
    return sum([await _remove(link, turns, chat, some) for some in _hundreds(messages)])


async def _remove(link: Link, turns: Turns, chat: int, messages: Sequence[int]) -> int:
    await turns.turn(urgent=True)
    try:
        await link.delete(chat, messages)
    except TelegramError as error:
        if not refused_alone(error):
            raise
        if len(messages) == 1:
            return 0 if says(error, GONE) else 1
    else:
        return 0
    return sum([await _remove(link, turns, chat, [message]) for message in messages])


def _hundreds(messages: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(messages), AT_ONCE):
        yield messages[start : start + AT_ONCE]
