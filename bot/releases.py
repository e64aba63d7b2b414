"""The versions of the content that were released here: kept, named, taken back.

A released folder is copied to ``content/<version>`` below the data folder, and
``content/shelf.json`` says which version is spoken from. So a running service never reads a
folder in which somebody writes, and going back needs nothing but the name.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KEPT = 10  # versions; older ones go
DIGITS = 12  # of the fingerprint: a name, not a proof
KINDS = (".toml", ".json", ".txt")


Tried = Callable[[Path], object]


class NoRelease(Exception):
    """There is no such version here, or none can be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Release:
    """A version of the content, and when it was first released here (ISO 8601, UTC)."""

    version: str
    at: str


@dataclass(frozen=True, slots=True)
class _Shelf:
    """``current`` is spoken from; ``before`` are those before it, oldest first.

    ``refused`` were taken back: a start with just such a folder does not bring it again.
    """

    current: str = ""
    refused: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    releases: tuple[Release, ...] = ()


def version_of(folder: Path) -> str:
    """The name of what a content folder says: twelve hex digits over its files' bytes."""
    digest = hashlib.sha256()
    for path in _files(folder):
        for part in (path.relative_to(folder).as_posix().encode(), path.read_bytes()):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:DIGITS]


def _files(folder: Path) -> Iterator[Path]:
    """Its files in order, also those behind a link: whoever reads the folder finds them too."""
    names = (
        Path(place) / name
        for place, _, found in os.walk(folder, followlinks=True)
        for name in found
    )
    return iter(sorted(path for path in names if path.suffix in KINDS and path.is_file()))


class Shelf:
    """The released versions below one data folder. Processes may share it."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "content"
        self._file = self._folder / "shelf.json"

    @property
    def current(self) -> str:
        """The version that is spoken from; empty before the first release."""
        return self._read().current

    @property
    def refused(self) -> tuple[str, ...]:
        """The versions that were taken back since the last release."""
        return self._read().refused

    @property
    def releases(self) -> tuple[Release, ...]:
        """What is kept, oldest first."""
        return self._read().releases

    def folder_of(self, version: str) -> Path:
        """Where the files of a version lie."""
        return self._folder / version

    def is_whole(self, version: str) -> bool:
        """Whether the copy of a version is what it was."""
        folder = self.folder_of(version)
        return folder.is_dir() and version_of(folder) == version

    def release(self, source: Path, *, tried: Tried = lambda _copy: None) -> str:
        """Keep a copy of a folder and speak from it from now on; return its version.

        ``tried`` raises when the copy must not be spoken from: then nothing changes.
        Raises ``NoRelease`` where somebody wrote in the folder meanwhile.
        """
        version = version_of(source)
        self._keep(source, version, tried)
        shelf = self._read()
        known = any(each.version == version for each in shelf.releases)
        now = Release(version, datetime.now(UTC).isoformat(timespec="seconds"))
        releases = shelf.releases if known else (*shelf.releases, now)
        before = shelf.before if shelf.current in ("", version) else (*shelf.before, shelf.current)
        self._write(replace(shelf, current=version, refused=(), before=before, releases=releases))
        return version

    def back(self, *, tried: Tried = lambda _copy: None) -> str:
        """Speak from the version before again; return it. Raises ``NoRelease`` without one.

        ``tried`` raises when it must not be spoken from: then nothing changes.
        """
        shelf = self._read()
        before = [each for each in shelf.before if self.folder_of(each).is_dir()]
        if not before:
            raise NoRelease("There is no version before this one here.")
        *earlier, version = before
        tried(self.folder_of(version))
        refused = (*shelf.refused, shelf.current)
        self._write(replace(shelf, current=version, refused=refused, before=tuple(earlier)))
        return version

    def _keep(self, source: Path, version: str, tried: Tried) -> None:
        """Copy the folder under its version, whole or not at all; a damaged copy is replaced."""
        target = self.folder_of(version)
        if self.is_whole(version):
            tried(target)
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=self._folder) as place:
            copy = Path(place) / version
            _copied(source, copy)
            if version_of(copy) != version:
                raise NoRelease(f"{source} changed while it was copied. Try again.")
            tried(copy)
            shutil.rmtree(target, ignore_errors=True)
            _moved(copy, target)

    def _read(self) -> _Shelf:
        try:
            return _shelf(json.loads(self._file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return _Shelf()
        except (ValueError, KeyError, TypeError, AttributeError):
            wrong = f"{self._file} cannot be read. Move it away and release the content again."
            raise NoRelease(wrong) from None

    def _write(self, shelf: _Shelf) -> None:
        """Replace the shelf's list at once, then drop what is no longer kept."""
        before = shelf.before[-(KEPT - 1) :]
        refused = shelf.refused[-KEPT:]
        wanted = {shelf.current, *refused[-1:], *before}
        releases = tuple(each for each in shelf.releases if each.version in wanted)
        self._replace(replace(shelf, before=before, refused=refused, releases=releases))
        for old in {each.version for each in shelf.releases} - wanted:
            shutil.rmtree(self.folder_of(old), ignore_errors=True)

    def _replace(self, shelf: _Shelf) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".shelf-", dir=self._folder)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(shelf), file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self._file)
        except OSError:
            with suppress(OSError):  # the disk is full: leave nothing half written
                os.unlink(name)
            raise


def _shelf(found: dict[str, Any]) -> _Shelf:
    refused = found["refused"]
    return _Shelf(
        current=str(found["current"]),
        refused=tuple(filter(None, [refused] if isinstance(refused, str) else refused)),
        before=tuple(found["before"]),
        releases=tuple(Release(**each) for each in found["releases"]),
    )


def _copied(source: Path, copy: Path) -> None:
    for path in _files(source):
        to = copy / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)


def _moved(copy: Path, target: Path) -> None:
    try:
        copy.rename(target)
    except OSError:
        if not target.is_dir():  # another process was faster
            raise
