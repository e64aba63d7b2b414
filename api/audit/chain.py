"""Links of a chain over canonical JSON (RFC 8785), so that anybody can recompute them.

Pure. A row's ``content`` says what happened, its details only by their hash; ``link`` hashes
the hash of the content together with the link before. So a part of a chain can be shown with
some rows whole and the others as hashes, and details can be sealed anew under another key.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import rfc8785

from api.times import from_ms, rfc3339

START = "0" * 64
"""Before the first row."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of the trail at some moment, to be kept outside the database."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Where something is not as it was written, and how."""

    seq: int
    what: str


def canonical(value: Any) -> bytes:
    """The one way to write this JSON value (RFC 8785)."""
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, as 64 hex characters."""
    return sha256(canonical(value)).hexdigest()


def link(prev: str, content_hash: str) -> str:
    """The hash of a row: of its content, and of the row before."""
    return digest({"prev": prev, "content_hash": content_hash})


def content(
    *, seq: int, at: int, who: str, what: str, about: str, detail_hash: str
) -> Mapping[str, str | int]:
    """What a row of the trail says; ``at`` in milliseconds, as the tables have it."""
    return {
        "seq": seq,
        "at": rfc3339(from_ms(at)),
        "who": who,
        "what": what,
        "about": about,
        "detail_hash": detail_hash,
    }


def veiled(detail: Mapping[str, str]) -> str:
    """Details as they are sealed and hashed: with a nonce, so that no hash can be guessed."""
    return canonical({"nonce": secrets.token_hex(16), "detail": dict(detail)}).decode()


def unveiled(text: str) -> dict[str, str]:
    """The details again."""
    found: dict[str, str] = json.loads(text)["detail"]
    return found


def hash_of(text: str | bytes) -> str:
    """SHA-256 of these bytes, as 64 hex characters."""
    return sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def head_text(head: Anchor) -> bytes:
    """What is stamped and exported: the head as canonical JSON."""
    return canonical({"seq": head.seq, "hash": head.hash})
