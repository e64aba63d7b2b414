"""Reads the ready-made replies and the numbers they name from the content folder.

Read once at start. What is missing or has no twin in the other language stops the start: a
counsellor must find the same texts in both.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from api.console.words import WORDS
from api.locale.catalogue import LANGUAGES
from api.replies.values import Ready

AUDIENCES = ("child", "young", "adult")
HOLES = frozenset(
    (*("name", "two_ways", "child_helpline", "ambulance", "family"), *("take_it_down", "hotline"))
)
CHECK_HOLDS = timedelta(days=90)  # as for what the bot tells a child
_OR = {"sq": " ose ", "en": " or "}
_HOLE = re.compile(r"\{(\w*)\}")


class RepliesBroken(Exception):
    """The content folder's replies cannot be offered: the service must not start."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number or address of one country (``all``: of every one)."""

    kind: str
    country: str
    reach: str
    checked_on: date
    vital: bool

    def holds(self, country: str, today: date) -> bool:
        """Whether it may be told there and then; a check too old hides what is not vital."""
        here = self.country in (country or "other", "all")
        return here and (self.vital or today - self.checked_on <= CHECK_HOLDS)


@dataclass(frozen=True, slots=True)
class Library:
    """Every ready-made reply, in the order of the file, and the numbers that fill them."""

    replies: tuple[Ready, ...]
    numbers: tuple[Number, ...]

    def holes(self, country: str, language: str, today: date) -> dict[str, str]:
        """What fills the holes of texts for a child in this country; unknown ones are absent."""

        def of(*kinds: str) -> list[str]:
            there = [n for n in self.numbers if n.holds(country, today)]
            found = (n.reach for kind in kinds for n in there if n.kind == kind)
            return list(dict.fromkeys(found))

        found = {
            "two_ways": of("police", "emergency"),
            "child_helpline": of("child_helpline"),
            "ambulance": of("ambulance", "emergency"),
            "family": of("family"),
            "take_it_down": of("removal")[:1],  # the first is for pictures made under 18
            "hotline": of("hotline"),
        }
        return {name: _OR[language].join(reach) for name, reach in found.items() if reach}


def load(folder: Path) -> Library:
    """The replies of a content folder; raises ``RepliesBroken`` at the first thing wrong."""
    texts = {language: read_texts(folder, language) for language in LANGUAGES}
    first, *others = LANGUAGES
    for language in others:
        if odd := sorted(texts[first].keys() ^ texts[language].keys()):
            raise RepliesBroken(f"{'.'.join(odd[0])}: not in every language")
    replies = tuple(
        Ready(*place, {language: texts[language][place] for language in LANGUAGES})
        for place in texts[first]
    )
    return Library(replies, read_numbers(folder))


def read_texts(folder: Path, language: str) -> dict[tuple[str, str, str], str]:
    """The texts of a language by topic, audience and name; raises ``RepliesBroken``."""
    file = f"{language}/replies.toml"
    found = _read(folder / file)
    found.pop("reviewed", None)
    return {place: text for place, text in _texts(found, file)}


def read_numbers(folder: Path) -> tuple[Number, ...]:
    """The numbers of the services file."""
    found = _read(folder / "services.toml")
    return tuple(
        Number(
            kind=entry["kind"],
            country=entry["country"],
            reach=entry["number"] or entry["url"].removeprefix("https://").removeprefix("www."),
            checked_on=entry["checked_on"],
            vital=entry["vital"],
        )
        for entry in found["service"]
    )


def holes_of(text: str) -> list[str]:
    """The names of the holes in a text."""
    return _HOLE.findall(text)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise RepliesBroken(f"{file.name} cannot be read: {error}") from None


def _texts(found: Mapping[str, Any], file: str) -> Iterator[tuple[tuple[str, str, str], str]]:
    for topic, audiences in found.items():
        if topic not in WORDS["reply_topic"]:
            raise RepliesBroken(f"{file}: no such topic: {topic}")
        for audience, texts in audiences.items():
            if audience not in AUDIENCES:
                raise RepliesBroken(f"{file}: {topic}: no such audience: {audience}")
            for name, text in texts.items():
                yield (topic, audience, name), _checked(text, f"{file}: {topic}.{audience}.{name}")


def _checked(text: object, place: str) -> str:
    if not isinstance(text, str) or not text.strip():
        raise RepliesBroken(f"{place}: no text")
    if unknown := set(holes_of(text)) - HOLES:
        raise RepliesBroken(f"{place}: no such hole: {', '.join(sorted(unknown))}")
    return text
