"""What the platform shows of the bot itself: name, profile, command menu, by language.

The present value is read first and only what differs is set: a name may be changed only a
few times a day. The first language also serves everybody whose language is not there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from bot.channels.telegram.link import Link
from bot.channels.words import ChannelWords

EVERYBODY = ""

Wanted = TypeVar("Wanted")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to set: what it should be, how it is read, how it is set."""

    name: str
    wanted: object
    read: Callable[[], Awaitable[object]]
    write: Callable[[], Awaitable[None]]

    async def fit(self) -> None:
        """Set it if it is not so. Raises the library's ``TelegramError``."""
        if await self.read() != self.wanted:
            await self.write()


def parts_of(link: Link, words: Mapping[str, ChannelWords]) -> tuple[Part, ...]:
    """Everything to set, each for itself: one that is refused keeps no other waiting."""
    return tuple(_parts(link, words))


def _parts(link: Link, words: Mapping[str, ChannelWords]) -> Iterator[Part]:
    yield Part("menu button", True, link.menu_shows_commands, link.show_commands_in_menu)
    for place, (language, told) in enumerate(words.items()):
        yield from _of(link, language, told)
        if place == 0:
            yield from _of(link, EVERYBODY, told)


def _of(link: Link, language: str, told: ChannelWords) -> Iterator[Part]:
    menu = tuple(told.commands.items())

    def part(
        name: str,
        wanted: Wanted,
        read: Callable[[str], Awaitable[Wanted]],
        write: Callable[[str, Wanted], Awaitable[None]],
    ) -> Part:
        return Part(name, wanted, partial(read, language), partial(write, language, wanted))

    yield part("commands", menu, link.commands, link.set_commands)
    yield part("profile", told.about, link.about, link.set_about)
    yield part("description", told.description, link.description, link.set_description)
    yield part("name", told.name, link.name, link.set_name)
