"""The words of the messengers' own frames: names, descriptions, command menus."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.engine.content import LANGUAGES

HELP, LEAVE = "go.help", "exit"
# What each command does: the button that it stands for, or leaving. All are heard in
# every language, for a child may have learned the word of the other.
COMMANDS: Mapping[str, str] = {
    "ndihme": HELP,
    "help": HELP,
    "mesim": "go.lessons",
    "lesson": "go.lessons",
    "menu": "go.menu",
    "gjuha": "go.language",
    "language": "go.language",
    "fshih": "go.hide",
    "hide": "go.hide",
    "dil": LEAVE,
    "exit": LEAVE,
}
LONGEST = {"name": 64, "about": 120, "description": 512}
LONGEST_COMMAND = 256


class ChannelWordsFault(Exception):
    """``channels.toml`` is not what a messenger takes; says where and how to mend it."""


@dataclass(frozen=True, slots=True)
class ChannelWords:
    """The frame's words in one language; lengths are characters.

    ``name`` at most 64, ``description`` (an empty chat shows it) 512, ``about`` (the
    profile) 120; ``commands`` from command (``a-z0-9_``, 32) to what it does (256), the
    way to help first.
    """

    name: str
    description: str
    about: str
    commands: Mapping[str, str]


def load_words(content: Path) -> dict[str, ChannelWords]:
    """Return the words by language; raises ``ChannelWordsFault`` at the first fault."""
    words = {language: _read(content / language / "channels.toml") for language in LANGUAGES}
    first = words[LANGUAGES[0]]
    for language, other in words.items():
        if _deeds(other) != _deeds(first):
            raise ChannelWordsFault(
                f"{content / language / 'channels.toml'}: its commands do not do the same as "
                f"those of {LANGUAGES[0]}; give both files the same commands in the same order"
            )
    return words


def _deeds(words: ChannelWords) -> list[str]:
    return [COMMANDS[command] for command in words.commands]


def _read(path: Path) -> ChannelWords:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ChannelWordsFault(f"{path}: the file is missing; write it beside its twin") from None
    except tomllib.TOMLDecodeError as error:
        raise ChannelWordsFault(f"{path}: {error}") from None
    for name in set(found) - {*LONGEST, "commands", "reviewed"}:
        raise ChannelWordsFault(f"{path}: no messenger shows “{name}”; take it out")
    texts = {name: _text(path, name, found.get(name), longest) for name, longest in LONGEST.items()}
    return ChannelWords(**texts, commands=_commands(path, found.get("commands")))


def _text(path: Path, name: str, value: object, longest: int) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        raise ChannelWordsFault(f'{path}: “{name}” has no words; add a line {name} = "…"')
    if len(text) > longest:
        raise ChannelWordsFault(
            f"{path}: “{name}” has {len(text)} characters; shorten it to {longest}"
        )
    if re.search(r"\d{3}", text):
        raise ChannelWordsFault(
            f"{path}: “{name}” names a number; numbers come from services.toml, take it out"
        )
    return text


def _commands(path: Path, found: object) -> dict[str, str]:
    if not isinstance(found, dict) or not found:
        raise ChannelWordsFault(f"{path}: there are no commands; add a part [commands]")
    for command in found:
        if command not in COMMANDS:
            raise ChannelWordsFault(
                f"{path}: nothing hears “/{command}”; use one of {', '.join(COMMANDS)}"
            )
    if COMMANDS[next(iter(found))] != HELP:
        raise ChannelWordsFault(f"{path}: the way to help must be the first command; move it up")
    return {name: _text(path, name, words, LONGEST_COMMAND) for name, words in found.items()}
