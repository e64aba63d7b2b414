"""The list of a bundle's files with their SHA-256, as ``sha256sum`` writes and reads it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

SUMS, MINISIG, RAW, STAMP = (
    *("SHA256SUMS", "SHA256SUMS.minisig"),
    *("SHA256SUMS.sig", "SHA256SUMS.tsr"),
)
ABOVE = (SUMS, MINISIG, RAW, STAMP)
"""What no list can hold: the list itself, and what was made of it."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?")
_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")


class ManifestWrong(Exception):
    """The list is none that we write; the message says where."""


def is_name(name: str) -> bool:
    """Whether a file of a bundle may be called so: no way up, no folder in a folder."""
    return len(name) <= 100 and _NAME.fullmatch(name) is not None


def sums(files: Mapping[str, bytes]) -> bytes:
    """The list of these files, by their names."""
    lines = [f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    return "".join(lines).encode()


def listed(manifest: bytes) -> dict[str, str]:
    """The SHA-256 of each name. Raises ``ManifestWrong``."""
    found: dict[str, str] = {}
    text = manifest.decode("ascii", errors="replace")
    if not text.endswith("\n"):
        raise ManifestWrong("the last line has no end")
    for number, line in enumerate(text[:-1].split("\n"), 1):
        match = _LINE.fullmatch(line)
        if match is None or not is_name(match[2]) or match[2] in (*found, *ABOVE):
            raise ManifestWrong(f"line {number}")
        found[match[2]] = match[1]
    return found
