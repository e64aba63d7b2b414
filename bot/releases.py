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
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

KEPT = 10  # versions; older ones go
DIGITS = 12  # of the fingerprint: a name, not a proof
FILES = ("*.toml", "*.json", "*.txt")


class NoRelease(Exception):
    """There is no such version here; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Release:
    """A version of the content, and when it was first released here (ISO 8601, UTC)."""

    version: str
    at: str


@dataclass(frozen=True, slots=True)
class _Shelf:
    """``current`` is spoken from; ``before`` are those before it, oldest first.

    ``refused`` was taken back: a start with just that folder does not bring it again.
    """

    current: str = ""
    refused: str = ""
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
    return iter(sorted(path for kind in FILES for path in folder.rglob(kind) if path.is_file()))


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
    def refused(self) -> str:
        """The version that was taken back last; empty when there is none."""
        return self._read().refused

    @property
    def releases(self) -> tuple[Release, ...]:
        """What is kept, oldest first."""
        return self._read().releases

    def folder_of(self, version: str) -> Path:
        """Where the files of a version lie."""
        return self._folder / version

    def release(self, source: Path) -> str:
        """Keep a copy of a folder and speak from it from now on; return its version."""
        version = version_of(source)
        self._keep(source, version)
        shelf = self._read()
        known = any(each.version == version for each in shelf.releases)
        now = Release(version, datetime.now(UTC).isoformat(timespec="seconds"))
        releases = shelf.releases if known else (*shelf.releases, now)
        before = shelf.before if shelf.current in ("", version) else (*shelf.before, shelf.current)
        self._write(replace(shelf, current=version, refused="", before=before, releases=releases))
        return version

    def back(self) -> str:
        """Speak from the version before again; return it. Raises ``NoRelease`` without one."""
        shelf = self._read()
        before = [each for each in shelf.before if self.folder_of(each).is_dir()]
        if not before:
            raise NoRelease("There is no version before this one here.")
        *earlier, version = before
        self._write(replace(shelf, current=version, refused=shelf.current, before=tuple(earlier)))
        return version

    def _keep(self, source: Path, version: str) -> None:
        """Copy the folder under its version, whole or not at all."""
        target = self.folder_of(version)
        if target.is_dir():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=self._folder) as place:
            copy = Path(place) / version
            for path in _files(source):
                to = copy / path.relative_to(source)
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, to)
            try:
                copy.rename(target)
            except OSError:
                if not target.is_dir():  # another process was faster
                    raise

    def _read(self) -> _Shelf:
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return _Shelf()
        return _Shelf(
            current=found["current"],
            refused=found["refused"],
            before=tuple(found["before"]),
            releases=tuple(Release(**each) for each in found["releases"]),
        )

    def _write(self, shelf: _Shelf) -> None:
        """Replace the shelf's list at once, then drop what is no longer kept."""
        before = shelf.before[-(KEPT - 1) :]
        wanted = {shelf.current, shelf.refused, *before}
        releases = tuple(each for each in shelf.releases if each.version in wanted)
        kept = replace(shelf, before=before, releases=releases)
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".shelf-", dir=self._folder)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(kept), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, self._file)
        for old in {each.version for each in shelf.releases} - wanted:
            shutil.rmtree(self.folder_of(old), ignore_errors=True)
