"""What is known of places on the internet, from ``places.toml``; read once, never asked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tldextract import TLDExtract

_KNOWN: Mapping[str, Any] = tomllib.loads(
    Path(__file__).with_name("places.toml").read_text(encoding="utf-8")
)
# The list that comes with the library alone: nothing is fetched, nothing is written.
_SUFFIXES = TLDExtract(suffix_list_urls=(), cache_dir=None)

FILES = frozenset(_KNOWN["files"])
_SHORT = frozenset(_KNOWN["short"])
_FRAGMENTS = frozenset(_KNOWN["fragments"])
_EXACT = frozenset(name for name in _KNOWN["trackers"] if not name.endswith("*"))
_BEGINNINGS = tuple(name[:-1] for name in _KNOWN["trackers"] if name.endswith("*"))


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform: its hosts, what in a path is an account or a chat, and how one is written."""

    id: str
    hosts: tuple[str, ...]
    account: tuple[re.Pattern[str], ...]
    chat: tuple[re.Pattern[str], ...]
    profile: str
    handles: bool


def _platform(entry: Mapping[str, Any]) -> Platform:
    return Platform(
        id=entry["id"],
        hosts=tuple(entry["hosts"]),
        account=tuple(map(_pattern, entry.get("account", ()))),
        chat=tuple(map(_pattern, entry.get("chat", ()))),
        profile=entry.get("profile", ""),
        handles=entry.get("handles", True) and "profile" in entry,
    )


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(f"{path}(?:&.*)?", re.ASCII)


PLATFORMS: Mapping[str, Platform] = {entry["id"]: _platform(entry) for entry in _KNOWN["platform"]}
_BY_HOST = {host: one for one in PLATFORMS.values() for host in one.hosts}


def platform_at(host: str) -> Platform | None:
    """The platform to which a host belongs."""
    return next((_BY_HOST[above] for above in _upwards(host) if above in _BY_HOST), None)


def platform_called(words: str) -> Platform | None:
    """The platform that is named in these words, by its id alone."""
    named = re.findall(r"[a-z]+", words.lower())
    return next((PLATFORMS[name] for name in named if name in PLATFORMS), None)


def domain_of(host: str) -> str:
    """The registrable domain of a host; of an unknown ending its last two labels."""
    found = _SUFFIXES(host).top_domain_under_public_suffix
    return found or ".".join(host.split(".")[-2:])


def is_public(host: str) -> bool:
    """Whether the ending of a host is one that is in use."""
    found = _SUFFIXES(host)
    return bool(found.suffix and found.domain)


def is_tracker(name: str) -> bool:
    """Whether a part of a query only tells who passed the address on."""
    return name in _EXACT or name.startswith(_BEGINNINGS)


def is_short(host: str) -> bool:
    """Whether an address there only leads on to another."""
    return any(above in _SHORT for above in _upwards(host))


def keeps_fragment(host: str, fragment: str) -> bool:
    """Whether what follows # says which content is meant."""
    return fragment.startswith(("!", "/")) or any(up in _FRAGMENTS for up in _upwards(host))


def _upwards(host: str) -> Iterator[str]:
    """A host and the names above it: ``m.example.com``, ``example.com``, ``com``."""
    labels = host.split(".")
    return (".".join(labels[place:]) for place in range(len(labels)))
