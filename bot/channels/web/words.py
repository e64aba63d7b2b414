"""The words of the page's frame: buttons and labels, one file a language, strictly read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from bot.engine.content import LANGUAGES

NAMING = ("with_you", "typing")  # words with a person's name in them


class PageWordsFault(Exception):
    """``page.toml`` is not what the page needs; the message says where and how to mend it."""


@dataclass(frozen=True, slots=True)
class PageWords:
    """Every word on the page that is not a bubble; ``{name}`` is whose, where a person's is said.

    ``exit_words`` are those of the lexicon, separated by commas: a page without a line
    must know them by itself.
    """

    log: str
    message: str
    write: str
    send: str
    help: str
    exit: str
    program: str
    person: str
    with_you: str
    typing: str
    you: str
    sending: str
    late: str
    refused: str
    media: str
    cut: str
    again: str
    again_menu: str
    news: str
    back: str
    too_long: str
    not_kept: str
    stranger: str
    unclear: str
    report: str
    skip: str
    choices: str
    exit_keys: str
    no_line: str
    line_back: str
    lost: str
    lost_help: str
    words_title: str
    words_lead: str
    safe_word: str
    safe_means: str
    exit_word: str
    exit_means: str
    exit_words: str
    leave_title: str
    leave_how: str
    kept_title: str
    kept: str
    phone_title: str


def load_words(content: Path) -> dict[str, PageWords]:
    """Return the frame's words by language; raises ``PageWordsFault`` at the first fault."""
    return {language: _read(content / language / "page.toml") for language in LANGUAGES}


def _read(path: Path) -> PageWords:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PageWordsFault(f"{path}: the file is missing; write it beside its twin") from None
    except tomllib.TOMLDecodeError as error:
        raise PageWordsFault(f"{path}: {error}") from None
    found.pop("reviewed", None)  # authors sign there; the page shows it to nobody
    _check(path, found)
    return PageWords(**found)


def _check(path: Path, found: Mapping[str, object]) -> None:
    wanted = [field.name for field in fields(PageWords)]
    for name in wanted:
        value = found.get(name)
        if not isinstance(value, str) or not value.strip():
            raise PageWordsFault(f'{path}: “{name}” has no words; add a line {name} = "…"')
    for name in found:
        if name not in wanted:
            raise PageWordsFault(f"{path}: nothing on the page is called “{name}”; take it out")
    for name in NAMING:
        if "{name}" not in str(found[name]):
            raise PageWordsFault(f"{path}: “{name}” must say {{name}} where the person's name goes")
