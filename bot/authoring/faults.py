"""What is wrong with the content: a file, a line, and one sentence with its mend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """What a fault stops.

    ``NOTE`` stops nothing. ``WORDING`` stops a release: the content can be played, but a
    child should not read it so. ``BROKEN`` cannot be played: ``load`` refuses it.
    """

    NOTE = 0
    WORDING = 1
    BROKEN = 2


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend. ``file`` is relative to the content folder, ``line`` from 1."""

    file: str
    line: int
    sentence: str
    level: Level = Level.BROKEN

    def __str__(self) -> str:
        mark = "note: " if self.level is Level.NOTE else ""
        return f"{self.file}:{self.line}: {mark}{self.sentence}"


class ContentFault(Exception):
    """The content cannot be played; ``faults`` says why, all of it at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
