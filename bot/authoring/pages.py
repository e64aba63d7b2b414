"""A content file as it was read, and typed access to its tables that collects faults."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path as FilePath
from typing import Any

from bot.authoring.faults import Fault, Level
from bot.authoring.lines import Path, lines_of


@dataclass(slots=True)
class Faults:
    """Collects what is wrong while the content is read."""

    found: list[Fault] = field(default_factory=list)
    unread: dict[str, Fault] = field(default_factory=dict)  # files that told nothing

    def add(self, file: str, line: int, sentence: str, level: Level = Level.BROKEN) -> None:
        self.found.append(Fault(file, line, sentence, level))

    def cannot_read(self, file: str, line: int, sentence: str) -> None:
        """Note a file of which nothing can be read."""
        self.add(file, line, sentence)
        self.unread[file] = self.found[-1]

    def told(self) -> list[Fault]:
        """What to tell an author: not what only follows from a file that cannot be read."""
        return [fault for fault in self.found if not self._follows(fault)]

    def _follows(self, fault: Fault) -> bool:
        if fault.file in self.unread:
            return fault is not self.unread[fault.file]
        return any(file in fault.sentence for file in self.unread)

    @property
    def broken(self) -> int:
        """How many of them keep something from being played."""
        return sum(fault.level is Level.BROKEN for fault in self.found)


@dataclass(frozen=True, slots=True)
class Page:
    """One file: its data, and the line of everything in it."""

    file: str
    data: Mapping[str, Any]
    lines: Mapping[Path, int]
    faults: Faults

    @property
    def stem(self) -> str:
        return self.file.rpartition("/")[2].removesuffix(".toml")

    def fault(self, path: Path, sentence: str, level: Level = Level.BROKEN) -> None:
        """Note a fault at the line of ``path``, or of what is nearest above it."""
        self.faults.add(self.file, self.line(path), sentence, level)

    def line(self, path: Path) -> int:
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    @property
    def root(self) -> Table:
        return Table(self, (), self.data)

    def texts(self) -> Iterator[tuple[Path, str]]:
        """Every string of the file with its path, in order."""
        yield from _texts((), self.data)


def read_page(root: FilePath, file: str, faults: Faults) -> Page | None:
    """Read one file of the content folder; None, with a fault, when it is no TOML."""
    try:
        text = (root / file).read_bytes().decode("utf-8-sig")
        data = tomllib.loads(text)
        lines = lines_of(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        faults.cannot_read(file, *(_unclosed(error, text) or unreadable(error)))
        return None
    except (OSError, ValueError, RecursionError) as error:
        faults.cannot_read(file, *unreadable(error))
        return None
    if not data:
        faults.cannot_read(file, 1, "The file is empty. Write it, or take it away.")
        return None
    page = Page(file, data, lines, faults)
    _check_form(page, text)
    return page


def _unclosed(error: tomllib.TOMLDecodeError, text: str) -> tuple[int, str] | None:
    """The line of a text without its last quote and the sentence for it; None: it is another."""
    told, mark, line = str(error), '"', _line_in(error)
    if told.startswith("Unterminated string"):  # at the end: no line is told
        mark = '"' + 2 * '"' * (text.count(3 * '"') % 2)
        line = text.count("\n", 0, text.rindex(mark)) + 1
    elif not told.startswith("Illegal character '\\n'"):
        return None
    missing = f"a closing {mark} is missing on this line. Put it where the text ends."
    return line, f"The file is not valid TOML: {missing}"


def unreadable(error: Exception) -> tuple[int, str]:
    """The line and the sentence for a file that cannot be read."""
    match error:
        case FileNotFoundError():
            return 1, "The file is missing. Write it, or take away what needs it."
        case IsADirectoryError():
            return 1, "This is a folder. Put a file in its place."
        case OSError():
            return 1, f"The file cannot be read ({error.strerror}). Give it to be read."
        case UnicodeDecodeError():
            return 1, "The file is not UTF-8. Save it as UTF-8."
        case RecursionError():
            return 1, "Too many brackets stand within each other. Close some of them."
        case _:
            return _line_in(error), f"The file is not valid TOML: {error}. Mend the line."


def pages_in(root: FilePath, folder: str, faults: Faults) -> dict[str, Page]:
    """Read every ``*.toml`` of a folder, by file name without ending; none if it is absent."""
    names = sorted(path.name for path in (root / folder).glob("*.toml"))
    pages = (read_page(root, f"{folder}/{name}", faults) for name in names)
    return {page.stem: page for page in pages if page is not None}


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a page. What is missing or of the wrong kind becomes a fault.

    A getter answers with an empty value then, so that all faults of a file are found in
    one reading; the caller drops a thing whose reading added faults.
    """

    page: Page
    path: Path
    data: Mapping[str, Any]

    def fault(self, key: str, sentence: str) -> None:
        self.page.fault((*self.path, key), sentence)

    def named(self, key: str) -> str:
        """The key as an author finds it: with the tables it stands in, places left out."""
        return ".".join(str(part) for part in (*self.path, key) if isinstance(part, str))

    def only(self, *keys: str) -> None:
        """Refuse every key but these."""
        for key in self.data:
            if key not in keys:
                known = ", ".join(keys)
                self.fault(key, f'Unknown key "{key}". Take it out or use one of: {known}.')

    def text(self, key: str, default: str | None = None) -> str:
        value = self.data.get(key, default)
        if isinstance(value, str) and (value.strip() or value == default):
            return value
        self.fault(key, f'"{self.named(key)}" {_wrong(value, "a text")} Write it between quotes.')
        return ""

    def texts(self, key: str, *, least: int = 1) -> tuple[str, ...]:
        value = self.data.get(key, [] if least == 0 else None)
        if isinstance(value, list) and len(value) >= least and all(map(_said, value)):
            return tuple(value)
        self.fault(
            key, f'"{self.named(key)}" {_wrong(value, "a list of texts")} Write it as ["…"].'
        )
        return ()

    def flag(self, key: str, default: bool | None = None) -> bool:
        value = self.data.get(key, default)
        if isinstance(value, bool):
            return value
        self.fault(
            key, f'"{self.named(key)}" {_wrong(value, "true or false")} Write true or false.'
        )
        return False

    def day(self, key: str) -> date:
        value = self.data.get(key)
        if type(value) is date:
            return value
        self.fault(key, f'"{self.named(key)}" {_wrong(value, "a day")} Write it as 2026-11-22.')
        return date.min

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.data.get(key)
        if isinstance(value, str) and value in allowed:
            return value
        choice = ", ".join(allowed)
        self.fault(key, f'"{self.named(key)}" is {_shown(value)}. Use one of: {choice}.')
        return ""

    def table(self, key: str) -> Table:
        value = self.data.get(key)
        if isinstance(value, dict):
            return Table(self.page, (*self.path, key), value)
        self.fault(key, f'"{self.named(key)}" {_wrong(value, "a table")} Write it as [{key}].')
        return Table(self.page, (*self.path, key), {})

    def tables(self, key: str, *, least: int, most: int) -> tuple[Table, ...]:
        value = self.data.get(key)
        here = (*self.path, key)
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            if not least <= len(value) <= most:
                span = f"{least}" if least == most else f"{least} to {most}"
                self.fault(key, f'"{self.named(key)}" has {len(value)} entries. Give it {span}.')
            return tuple(Table(self.page, (*here, n), item) for n, item in enumerate(value))
        self.fault(
            key,
            f'"{self.named(key)}" {_wrong(value, "a list of tables")} Write each entry as a table.',
        )
        return ()


def _texts(path: Path, value: object) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts((*path, key), item)
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _texts((*path, n), item)


def _check_form(page: Page, text: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if not unicodedata.is_normalized("NFC", line):
            page.faults.add(
                page.file,
                number,
                "A letter is made of two signs (not NFC). Type it again, or save as NFC.",
                Level.WORDING,
            )


def _line_in(error: Exception) -> int:
    place = re.search(r"line (\d+)", str(error))
    return int(place.group(1)) if place else 1


def _said(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _wrong(value: object, wanted: str) -> str:
    if value is None:
        return "is missing."
    if value in ("", []) or (isinstance(value, str) and not value.strip()):
        return "is empty."
    return f"is not {wanted}."


def _shown(value: object) -> str:
    return "missing" if value is None else f'"{value}"'
