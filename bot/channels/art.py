"""The pictures of lessons, as messengers take them: PNG, printed from the drawings.

``make art`` makes a print from each drawing; the page shows the drawing itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "art"


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


@cache
def _prints() -> Mapping[str, Art]:
    """Every print by its name; they are few and small, so they stay in memory."""
    return {path.stem: _art(path) for path in sorted(FOLDER.glob("*.png"))}


def _art(path: Path) -> Art:
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    return Art(path.stem, data, digest, f"/static/art/{path.name}")
