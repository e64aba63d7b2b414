"""What a child typed, made safe to keep: nothing is lost but pictures and control marks."""

from __future__ import annotations

import re
from dataclasses import dataclass

READ = 20_000  # characters the triage reads; nobody types more
SHOWN = 4_000  # characters the page shows of one message

# Pasted pictures: an address that holds its own data, or a long block of base64.
_DATA_URI = re.compile(
    r"data:[\w.+-]{1,40}/[\w.+-]{1,80}(?:;[\w.+=-]{1,60}){0,4},[^\s\"'<>)]*", re.IGNORECASE
)
_BLOCK = re.compile(r"[A-Za-z0-9+/_-]{60,}={0,2}(?:\s{1,4}[A-Za-z0-9+/_-]{60,}={0,2})*")
_TAIL = re.compile(r"\s{1,4}[A-Za-z0-9+/_-]{1,59}={1,2}|\n[A-Za-z0-9+/_-]{24,59}(?!\w)")
_BLOCK_MIN = 256
_BLOCK_VARIETY = 24  # a key held down, or laughter, has few different characters
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Typed:
    """The words that remain, and whether a picture was among them (dropped, S6)."""

    text: str
    picture: bool

    @property
    def shown(self) -> str:
        """The beginning, as far as the page shows it."""
        return self.text[:SHOWN]

    @property
    def cut(self) -> bool:
        """Whether the page shows less than was read."""
        return len(self.text) > SHOWN


def read_typed(raw: str) -> Typed:
    """Return the words of a message without pasted pictures and control marks.

    Invisible and right-to-left marks stay: the triage folds them, and every screen
    shows a message isolated from its surroundings.
    """
    plain = _CONTROL.sub("", raw.replace("\r\n", "\n").replace("\r", "\n"))
    without, uris = _DATA_URI.subn(" ", plain)
    without, blocks = _without_blocks(without)
    return Typed(without.strip()[:READ], bool(uris or blocks))


def _without_blocks(text: str) -> tuple[str, int]:
    kept: list[str] = []
    end = found = 0
    for match in _BLOCK.finditer(text):
        if not _looks_encoded(match.group()):
            continue
        kept.append(text[end : match.start()])
        tail = _TAIL.match(text, match.end())
        end = tail.end() if tail else match.end()
        found += 1
    kept.append(text[end:])
    return " ".join(kept) if found else text, found


def _looks_encoded(run: str) -> bool:
    return len(run) >= _BLOCK_MIN and len(set(run)) >= _BLOCK_VARIETY
