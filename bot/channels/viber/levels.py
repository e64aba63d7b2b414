"""What people's apps can show, as far as this process has heard."""

from __future__ import annotations

from bot.channels.viber.keyboard import SILENT_LEVEL

REMEMBERED = 10_000  # people; whoever is forgotten costs one call more


class Levels:
    """The API level of the app by address.

    It is in memory only: the platform's status 13 tells it again.
    """

    def __init__(self) -> None:
        self._levels: dict[str, int] = {}

    def modern(self, address: str, *, unknown: bool = True) -> bool:
        """Whether the app takes messages of ``SILENT_LEVEL``."""
        level = self._levels.get(address)
        return unknown if level is None else level >= SILENT_LEVEL

    def learn(self, address: str, level: int) -> None:
        """A callback told the level; 0: it did not."""
        if not address or not level:
            return
        self._levels.pop(address, None)
        self._levels[address] = level
        if len(self._levels) > REMEMBERED:
            del self._levels[next(iter(self._levels))]

    def set(self, address: str, *, modern: bool) -> None:
        """The platform refused the other form."""
        self.learn(address, SILENT_LEVEL if modern else 1)
