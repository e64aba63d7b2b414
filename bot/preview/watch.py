"""Keeps what authors wrote as it can be played, and notices when they save a file."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot import authoring
from bot.authoring.faults import ContentFault
from bot.channels.web.words import PageWords, PageWordsFault, load_words
from bot.engine.content import Content

LOOK_EVERY = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class Edition:
    """What is spoken from: the content, and the words of the page's frame."""

    content: Content
    words: Mapping[str, PageWords]


class Watch:
    """The last good version of a folder, and what is wrong with it as it is now.

    ``number`` grows whenever something was saved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[Path, tuple[int, int]] = {}
        self.now: Edition | None = None
        self.faults: tuple[str, ...] = ()
        self.number = 0

    def look(self) -> None:
        """Read the folder if anything in it was saved since; what is faulty leaves the last."""
        seen = dict(self._stamps())
        if seen == self._seen:
            return
        try:
            self.now = Edition(authoring.load(self._folder), load_words(self._folder))
            self.faults = ()
        except ContentFault as fault:
            self.faults = tuple(map(str, fault.faults))
        except (PageWordsFault, OSError) as fault:
            self.faults = (str(fault),)
        self._seen = seen
        self.number += 1

    async def run(self) -> None:
        """Look again and again; ends only when cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(LOOK_EVERY)

    def _stamps(self) -> list[tuple[Path, tuple[int, int]]]:
        files = (path for path in self._folder.rglob("*") if path.suffix in (".toml", ".json"))
        return [(path, stamp) for path in files if (stamp := _stamp(path))]


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:  # an editor puts a new file in the place of the old one
        return None
    return found.st_mtime_ns, found.st_size
