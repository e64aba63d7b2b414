"""Certificates: what a name asks for, the words on the sheet, and where it is fetched.

A name tells the language and the topics, and nothing of whoever asked:
``certificate-sq-3ffff`` has bit 0 for ``t01`` and so on. Nothing is kept on disk.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.channels.sheet import Sheet, Topic, draw
from bot.channels.words import ChannelWordsFault
from bot.engine.content import LANGUAGES, TOPICS

FOLDER = "/certificate/"
LONGEST = {"title": 20, "sentence": 60, "name": 20}
LONGEST_TOPIC = 26
_TOPICS = sorted(TOPICS)
_NAME = re.compile(r"certificate-([a-z]{2})-([0-9a-f]{5})")


@dataclass(frozen=True, slots=True)
class CertificateWords:
    """What stands on the sheet in one language; ``topics`` by topic, as the sentence ends."""

    title: str
    sentence: str
    name: str
    topics: Mapping[str, str]


class Certificates:
    """The sheets that can be asked for, in the languages that have words."""

    def __init__(self, words: Mapping[str, CertificateWords], drawings: Mapping[str, Path]) -> None:
        """``drawings``: the print of each topic."""
        self._words, self._drawings = words, drawings

    def path(self, name: str) -> str:
        """Return where the certificate of that name is served; nothing when it is no such name."""
        return f"{FOLDER}{name}.png" if self._asked(name) else ""

    def make(self, name: str) -> bytes | None:
        """Return the certificate as PNG, the same bytes for the same name; None as above.

        It takes a moment of the processor: call it beside the loop.
        """
        asked = self._asked(name)
        return draw(self._sheet(*asked)) if asked else None

    def _asked(self, name: str) -> tuple[str, list[str]] | None:
        match = _NAME.fullmatch(name)
        if match is None or match[1] not in self._words:
            return None
        topics = topics_of(int(match[2], 16))
        return (match[1], topics) if topics else None

    def _sheet(self, language: str, topics: list[str]) -> Sheet:
        words = self._words[language]
        shown = tuple(Topic(words.topics[topic], self._drawings[topic]) for topic in topics)
        return Sheet(words.title, words.sentence, words.name, shown)


def topics_of(mask: int) -> list[str]:
    """Return the topics whose bits are set; none when there is a bit that stands for none."""
    if mask >> len(_TOPICS):
        return []
    return [topic for bit, topic in enumerate(_TOPICS) if mask >> bit & 1]


def load_certificate_words(content: Path) -> dict[str, CertificateWords]:
    """Return the words by language; raises ``ChannelWordsFault`` at the first fault."""
    return {language: _read(content / language / "certificate.toml") for language in LANGUAGES}


def _read(path: Path) -> CertificateWords:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise ChannelWordsFault(f"{path}: the file is missing; write it beside its twin") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ChannelWordsFault(f"{path}: {error}") from None
    for name in set(found) - {*LONGEST, "topics", "reviewed"}:
        raise ChannelWordsFault(f"{path}: “{name}” stands nowhere on the sheet; take it out")
    texts = {name: _text(path, name, found.get(name), most) for name, most in LONGEST.items()}
    return CertificateWords(**texts, topics=_topics(path, found.get("topics")))


def _topics(path: Path, found: object) -> dict[str, str]:
    named = found if isinstance(found, dict) else {}
    for name in set(named) - set(TOPICS):
        raise ChannelWordsFault(f"{path}: there is no topic “{name}”; take it out")
    return {topic: _text(path, topic, named.get(topic), LONGEST_TOPIC) for topic in _TOPICS}


def _text(path: Path, name: str, value: object, longest: int) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        raise ChannelWordsFault(f'{path}: “{name}” has no words; add a line {name} = "…"')
    if len(text) > longest:
        raise ChannelWordsFault(
            f"{path}: “{name}” has {len(text)} characters; shorten it to {longest}"
        )
    return text
