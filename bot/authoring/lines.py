"""Where things stand in a TOML file, which ``tomllib`` does not tell."""

from __future__ import annotations

import re
from bisect import bisect_right

Path = tuple[str | int, ...]

_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""+' r"|'''.*?'''+" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'", re.DOTALL
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_PLAIN = re.compile(r"[^,\]}\n#]*")


def lines_of(text: str) -> dict[Path, int]:
    """Return the line of every key, table and array item of a valid TOML text.

    A path is made of keys and, for items of arrays, their positions from 0.
    """
    return _Locator(text).locate()


class _Locator:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}
        self.breaks = [match.start() for match in re.finditer("\n", text)]

    def locate(self) -> dict[Path, int]:
        table: Path = ()
        while self.skip() < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
        return self.found

    def header(self) -> Path:
        start, many = self.at, self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        keys = self.key()
        self.at += 2 if many else 1
        path = self.resolve(keys, many)
        self.mark(path, start)
        return path

    def resolve(self, keys: Path, many: bool) -> Path:
        """The path that a header names: arrays of tables gain the place of their last item."""
        path: Path = ()
        for n, key in enumerate(keys, start=1):
            path += (key,)
            if many and n == len(keys):
                self.counts[path] = self.counts.get(path, -1) + 1
            if path in self.counts:
                path += (self.counts[path],)
        return path

    def pair(self, table: Path) -> None:
        start = self.at
        path = table + self.key()
        self.mark(path, start)
        self.at += 1  # the equals sign
        self.value(path)

    def key(self) -> Path:
        keys: list[str] = []
        while True:
            self.skip()
            quoted = _STRING.match(self.text, self.at)
            match = quoted or _BARE.match(self.text, self.at)
            assert match is not None, "only text that tomllib has read is located"
            self.at = match.end()
            keys.append(match.group()[1:-1] if quoted else match.group())
            self.skip()
            if not self.text.startswith(".", self.at):
                return tuple(keys)
            self.at += 1

    def value(self, path: Path) -> None:
        self.skip()
        if self.text.startswith("[", self.at):
            self.items(path, "]")
        elif self.text.startswith("{", self.at):
            self.items(path, "}")
        elif match := _STRING.match(self.text, self.at):
            self.at = match.end()
        else:
            self.at = _PLAIN.match(self.text, self.at).end()  # type: ignore[union-attr]

    def items(self, path: Path, end: str) -> None:
        self.at += 1
        n = 0
        while self.text[self.skip()] != end:
            if end == "}":
                self.pair(path)
            else:
                self.mark((*path, n), self.at)
                self.value((*path, n))
            n += 1
            if self.text[self.skip()] == ",":
                self.at += 1
        self.at += 1

    def skip(self) -> int:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def mark(self, path: Path, at: int) -> None:
        line = bisect_right(self.breaks, at - 1) + 1
        for n in range(1, len(path) + 1):
            self.found.setdefault(path[:n], line)
