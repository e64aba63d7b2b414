"""The pictures that are sent: the lessons' drawings, and certificates made on request.

Messengers take PNG: ``make art`` makes a print from each drawing; the page shows the
drawing itself. A certificate is made when somebody is shown it, and never stored.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.channels.certificate import Certificates, CertificateWords

FOLDER = Path(__file__).parent / "static" / "art"
KEPT = 32  # certificates in memory: a few megabytes
CROWD = 8  # who may wait for one while another is made


@dataclass(frozen=True, slots=True)
class Art:
    """A picture: its bytes, their SHA-256 (64 digits), and the path at which we serve it."""

    name: str
    data: bytes
    digest: str
    path: str


def picture(name: str) -> Art | None:
    """Return the print of the drawing that a lesson names, or None where there is none.

    A lesson is told all the same then: the picture only stands beside the words.
    """
    return _prints().get(name)


class Gallery:
    """Every picture that a bubble may name: the prints, and certificates in these languages."""

    def __init__(self, words: Mapping[str, CertificateWords] | None = None) -> None:
        drawings = {name[:3]: FOLDER / f"{name}.png" for name in _prints()}
        self._certificates = Certificates(words or {}, drawings)
        self._made: OrderedDict[str, Art] = OrderedDict()
        self._turn = asyncio.Lock()
        self._waiting = 0

    @property
    def crowded(self) -> bool:
        """Whether so many wait for a certificate that a stranger should come later."""
        return self._waiting >= CROWD

    def makes(self, name: str) -> bool:
        """Whether that names a certificate."""
        return bool(self._certificates.path(name))

    def path(self, name: str) -> str:
        """Return where we serve the picture, without making it; nothing where there is none."""
        art = picture(name)
        return art.path if art else self._certificates.path(name)

    async def find(self, name: str) -> Art | None:
        """Return the picture of that name or None; a certificate is made, one at a time."""
        if not self.makes(name):
            return picture(name)
        self._waiting += 1
        try:
            async with self._turn:
                return self._remembered(name) or await asyncio.to_thread(self._make, name)
        finally:
            self._waiting -= 1

    def _remembered(self, name: str) -> Art | None:
        if name in self._made:
            self._made.move_to_end(name)
        return self._made.get(name)

    def _make(self, name: str) -> Art | None:
        data = self._certificates.make(name)
        if data is None:
            return None
        art = Art(name, data, hashlib.sha256(data).hexdigest(), self.path(name))
        self._made[name] = art
        while len(self._made) > KEPT:
            self._made.popitem(last=False)
        return art


@cache
def _prints() -> Mapping[str, Art]:
    """Every print by its name; they are few and small, so they stay in memory."""
    return {path.stem: _art(path) for path in sorted(FOLDER.glob("*.png"))}


def _art(path: Path) -> Art:
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    return Art(path.stem, data, digest, f"/static/art/{path.name}")
