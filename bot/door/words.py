"""The words that stand around the questions of the report form, strictly read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.channels.web.words import PageWordsFault
from bot.engine.content import LANGUAGES

ADULT = "adult"
FILE = "door.toml"
HOLES = {
    "next": "{step}",
    "need_kind": "{other}",
    "change_what": "{what}",
    "resume_today": "{time}",
    "resume_tomorrow": "{time}",
}
STEPS = ("what", "where", "who", "you", "send")
_OF_STEPS = tuple(f"step_{step}" for step in STEPS)
_TITLES = tuple(f"{kind}_{step}" for step in STEPS for kind in ("title", "lead"))
NAMES = (
    *("home", "skip", "steps", *_OF_STEPS, *_TITLES, "now_bar"),
    *("limits_title", "limit_read", "limit_danger", "limit_pictures", "limit_code", "limit_kept"),
    *("who", "who_hint", "who_8", "who_11", "who_14", "who_parent", "who_teacher", "who_other"),
    *("more_kinds", "next", "next_send", "back", "talk", "have_code", "need_kind", "several"),
    *("one_a_line", "was_cut", "other_words"),
    *("urgent_title", "urgent_now", "urgent_told_title", "urgent_told", "urgent_unsent"),
    *("urgent_later", "urgent_send", "urgent_go_on"),
    *("empty", "change", "change_what", "send", "drop", "moved", "still_kind"),
    *("sending_title", "sending", "look", "delayed_title", "delayed", "refused_title", "refused"),
    *("code_title", "code", "written", "written_hint", "no_code_title", "no_code"),
    *("done_title", "done", "done_keep", "done_mind"),
    *("resume_title", "resume_today", "resume_tomorrow", "resume_go", "resume_new"),
    *("gone", "dropped", "ask_title", "ask", "ask_label", "ask_go", "news_title", "another"),
    *("add_title", "add_words", "add_addresses", "add_go", "add_empty", "added", "to_report"),
    *("stop_too_long", "stop_not_kept", "stop_stranger", "stop_unclear", "stop_back"),
)


@dataclass(frozen=True, slots=True)
class DoorWords:
    """The words by name: as they are said to children, and where that differs to adults."""

    common: Mapping[str, str]
    adults: Mapping[str, str]

    def to(self, *, adult: bool) -> Mapping[str, str]:
        """All words for this reader; who has not said who they are is met as a child."""
        return {**self.common, **self.adults} if adult else self.common


def load_words(content: Path) -> dict[str, DoorWords]:
    """Return the words by language; raises ``PageWordsFault`` at the first fault."""
    return {language: _read(content / language / FILE) for language in LANGUAGES}


def _read(path: Path) -> DoorWords:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PageWordsFault(f"{path}: the file is missing; write it beside its twin") from None
    except tomllib.TOMLDecodeError as error:
        raise PageWordsFault(f"{path}: {error}") from None
    found.pop("reviewed", None)  # authors sign there; the page shows it to nobody
    adults = found.pop(ADULT, {})
    _check(path, found, adults)
    return DoorWords(found, adults)


def _check(path: Path, common: Mapping[str, object], adults: Mapping[str, object]) -> None:
    for name in NAMES:
        if name not in common:
            raise PageWordsFault(f'{path}: “{name}” has no words; add a line {name} = "…"')
    for name, value in (*common.items(), *adults.items()):
        _check_one(path, name, value)


def _check_one(path: Path, name: str, value: object) -> None:
    if name not in NAMES:
        raise PageWordsFault(f"{path}: nothing on the page is called “{name}”; take it out")
    if not isinstance(value, str) or not value.strip():
        raise PageWordsFault(f'{path}: “{name}” has no words; write {name} = "…"')
    if HOLES.get(name, "") not in value:
        raise PageWordsFault(f"{path}: “{name}” must say {HOLES[name]} where that goes")
