"""``sigurt content release``, ``back`` and ``versions``: what people are spoken to with."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TextIO

from bot.authoring import Level, check
from bot.crypto import load_keys
from bot.editions import read_edition, try_words_around
from bot.releases import NoRelease, Shelf, version_of
from bot.settings import Settings
from bot.standing import has_conversations, standing
from bot.store.database import connect


def release(settings: Settings, folder: Path, *, out: TextIO) -> int:
    """Speak from a folder from now on, unless anything in it is to be mended; 1 then.

    A service that runs takes it within seconds. Raises ``ContentFault`` for what cannot be
    played, ``NoRelease`` where the folder is not what was checked any more.
    """
    checked = version_of(folder)
    faults = [fault for fault in check(folder) if fault.level > Level.NOTE]
    for fault in faults:
        print(fault, file=out)
    if faults:
        print(f"{folder}: {len(faults)} to mend; nothing was released.", file=out)
        return 1
    try_words_around(folder)
    for line in standing_lines(settings, folder):
        print(line, file=out)
    version = Shelf(settings.data_dir).release(folder, tried=partial(_tried, checked))
    print(f"Content {version} is released in {settings.data_dir}.", file=out)
    return 0


def _tried(checked: str, copy: Path) -> None:
    """Raise for a copy that is not what was checked, or cannot be played by itself."""
    if version_of(copy) != checked:
        raise NoRelease("The folder changed while it was checked. Release it again.")
    read_edition(copy)


def back(settings: Settings, *, out: TextIO) -> int:
    """Speak from the version before again. Raises ``NoRelease`` where there is none.

    Raises ``ContentFault`` for one that this program cannot play; then nothing changes.
    """
    shelf = Shelf(settings.data_dir)
    lines: list[str] = []

    def tried(copy: Path) -> None:
        read_edition(copy)
        lines.extend(_standing(settings, copy))

    left, version = shelf.current, shelf.back(tried=tried)
    for line in lines:
        print(line, file=out)
    print(f"Content {version} is back in {settings.data_dir}; {left} is spoken no more.", file=out)
    return 0


def versions(settings: Settings, *, out: TextIO) -> int:
    """List what was released here, the one that is spoken from marked. Raises ``NoRelease``."""
    shelf = Shelf(settings.data_dir)
    if not shelf.releases:
        raise NoRelease("Nothing was released here yet.")
    for each in shelf.releases:
        mark = "*" if each.version == shelf.current else " "
        print(f"{mark} {each.version}  {each.at}", file=out)
    return 0


def standing_lines(settings: Settings, folder: Path) -> list[str]:
    """How many conversations stand on something that a release of the folder removes."""
    return list(_standing(settings, folder))


def _standing(settings: Settings, folder: Path) -> Iterator[str]:
    shelf = Shelf(settings.data_dir)
    if shelf.current in ("", version_of(folder)):
        return
    old = read_edition(shelf.folder_of(shelf.current), shelf.current).content
    engine = connect(settings.database)
    try:
        if not has_conversations(engine):  # nothing is made here only to be counted
            return
        keys = load_keys(settings.data_dir)
        found = standing(engine, keys.sealer, old=old, new=read_edition(folder).content)
    finally:
        engine.dispose()
    for thing, number in sorted(found.items()):
        many = "conversation stands" if number == 1 else "conversations stand"
        yield f"{number} {many} on what goes from {thing}."
    if not found:
        yield "No conversation stands on anything that goes."
