"""What is spoken from now, and how a newer version takes its place while people talk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import authoring, triage
from bot.alarms import Alarms
from bot.authoring.faults import ContentFault, Fault, Level
from bot.authoring.needed import unsaid
from bot.channels.certificate import load_certificate_words
from bot.channels.web.words import PageWordsFault
from bot.channels.web.words import load_words as load_page_words
from bot.channels.words import ChannelWordsFault
from bot.channels.words import load_words as load_channel_words
from bot.door.words import load_words as load_door_words
from bot.engine.content import COUNTRIES, Content
from bot.engine.effects import Say
from bot.engine.events import Started
from bot.engine.flows import help as doors
from bot.engine.state import State
from bot.engine.step import step
from bot.engine.voice import Moment
from bot.releases import NoRelease, Shelf, version_of

log = logging.getLogger(__name__)

DEFAULT_LANGUAGE = "sq"
LOOK_EVERY = 5.0  # seconds
TOLD = 10  # faults named at a start; the rest is counted
Doors = Callable[[str, str], tuple[Say, ...]]


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of the content, with what is made of it once.

    ``greeting`` is what a new conversation is told first, ``fallback`` gives the doors of help
    by language and country: they must be there when a step fails.
    """

    version: str
    content: Content
    greeting: tuple[Say, ...]
    fallback: Doors


class Editions:
    """The edition that is spoken from. It is replaced whole, between two steps."""

    def __init__(self, first: Edition) -> None:
        self.now = first

    def doors(self, language: str, country: str) -> tuple[Say, ...]:
        """The doors of help as they are now."""
        return self.now.fallback(language, country)


def read_edition(folder: Path, version: str = "") -> Edition:
    """Read a content folder. Raises ``ContentFault``, also for a phrase the program needs."""
    content = authoring.load(folder)
    if missing := unsaid(content):
        raise ContentFault(missing)
    return Edition(
        version=version or version_of(folder),
        content=content,
        greeting=_says(step(State.new(), Started(at=datetime.now(UTC)), content=content)),
        fallback=doors_of(content),
    )


def edition_of(data_dir: Path, folder: Path) -> Edition:
    """What this process speaks from: the released version, else the folder as it is.

    Raises ``ContentFault`` where neither can be played.
    """
    return read_edition(spoken_folder(data_dir, folder), Shelf(data_dir).current)


def spoken_folder(data_dir: Path, folder: Path) -> Path:
    """Where the words of a process that starts now lie: the released copy, else the folder."""
    shelf = Shelf(data_dir)
    version = shelf.current
    return shelf.folder_of(version) if version else folder


def try_words_around(folder: Path) -> None:
    """Raise ``PageWordsFault`` or ``ChannelWordsFault`` where a process could not start with it."""
    load_page_words(folder)
    load_door_words(folder)
    load_channel_words(folder)
    load_certificate_words(folder)


def at_start(data_dir: Path, folder: Path) -> str:
    """Release the folder as the service starts; return what an operator must be told.

    Where there is a version before it, a folder in which anything is to be mended leaves
    that, and so does every folder once something was taken back, until it is released by
    name. Raises ``ContentFault`` when there is no version and the folder cannot be played.
    """
    shelf = Shelf(data_dir)
    if version_of(folder) == shelf.current and shelf.is_whole(shelf.current):
        return ""
    if shelf.refused and shelf.is_whole(shelf.current):
        return _left_at(shelf, "What was spoken last was taken back.")
    faults = _to_mend(folder)
    if faults and shelf.current and shelf.is_whole(shelf.current):
        return _left_at(shelf, *map(str, faults[:TOLD]), f"{folder}: {len(faults)} to mend.")
    try:
        try_words_around(folder)
        shelf.release(folder, tried=read_edition)
    except (ContentFault, NoRelease, PageWordsFault, ChannelWordsFault) as fault:
        if not shelf.current:
            raise
        return _left_at(shelf, str(fault), f"{folder} cannot be played.")
    return f"{folder}: {len(faults)} to mend; a later release would refuse it." if faults else ""


def _to_mend(folder: Path) -> list[Fault]:
    return [fault for fault in authoring.check(folder) if fault.level > Level.NOTE]


def _left_at(shelf: Shelf, *why: str) -> str:
    last = f"Speaking from {shelf.current}, the last good, until “sigurt content release”."
    return "\n".join((*why, last))


def doors_of(content: Content) -> Doors:
    """The doors of help by language and country, made now."""
    moment = Moment(content, Started(at=datetime.now(UTC)))
    made = {
        (language, country): _says(doors.doors(State(language=language, country=country), moment))
        for language in content.phrases
        for country in ("", *COUNTRIES)
    }
    unknown = made[DEFAULT_LANGUAGE, ""]
    return lambda language, country: made.get((language, country), unknown)


def _says(answer: Any) -> tuple[Say, ...]:
    return tuple(effect for effect in answer.effects if isinstance(effect, Say))


def _ready(folder: Path, version: str) -> Edition:
    """The edition, its triage made ready, so that no child's word waits for that."""
    edition = read_edition(folder, version)
    triage.read("ndihmë", edition.content.lexicons)
    return edition


class Watch:
    """Looks on the shelf for another version, and takes it when it can be played."""

    def __init__(self, editions: Editions, data_dir: Path, alarms: Alarms) -> None:
        self._editions, self._shelf, self._alarms = editions, Shelf(data_dir), alarms
        self._unread = ""  # a version that was tried and could not be read

    async def run(self) -> None:
        """Look again and again; ends only when cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Take the released version; one that cannot be read leaves the last good one."""
        try:
            version = await asyncio.to_thread(lambda: self._shelf.current)
        except (OSError, NoRelease) as error:
            return self._refuse("shelf", error)
        if version in ("", self._editions.now.version, self._unread):
            return None
        try:
            folder = self._shelf.folder_of(version)
            self._editions.now = await asyncio.to_thread(_ready, folder, version)
        except (ContentFault, OSError) as error:
            return self._refuse(version, error)
        self._unread = ""
        log.info("content: speaking from %s", version)

    def _refuse(self, version: str, error: Exception) -> None:
        """Alarm once for each; the service goes on with what it has."""
        if version != self._unread:
            self._alarms.sound("content_refused", version=version, error=type(error).__name__)
        self._unread = version
