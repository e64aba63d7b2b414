"""Who has read a text and signed for it, and whether it still is what they read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.authoring.faults import Level
from bot.authoring.lines import Path
from bot.authoring.pages import Page

KEY = "reviewed"
ROLES = ("psychologist", "editor", "lawyer", "helpline", "teacher", "tester")
_PARTS = {"by", "as", "on", "text"}
_MARK = re.compile(r"[0-9a-f]{6}")
_LIKE = '[{ by = "…", as = "editor", on = 2026-12-01, text = "…" }]'
_NO_WORDS = {"id", "topic", "band", "bands", "picture", "category", KEY}


@dataclass(frozen=True, slots=True)
class Review:
    """One signature: who read it, in which role, when, and the fingerprint of the words."""

    by: str
    role: str
    on: date
    text: str


def words_of(page: Page) -> Iterator[tuple[Path, str]]:
    """Every text of a file that somebody reads, with its path."""
    for path, text in page.texts():
        keys = {path[0]} & {KEY} if _has_names(page) else set(path) & _NO_WORDS
        if not keys:
            yield path, text


def _has_names(page: Page) -> bool:
    """Whether the keys are names that the author chose: of nodes, of phrases.

    There, nothing but the reviews may be told from words by its key.
    """
    return page.file.count("/") < 2 or "/journeys/" in page.file


def fingerprint(page: Page) -> str:
    """A short mark of a file's words: another as soon as one of them changes.

    Which answer is the right one counts with the words. Reviews and comments do not, nor does
    the order of the keys.
    """
    marked = (*words_of(page), *((path, "right") for path in _rights((), page.data)))
    words = sorted([".".join(map(str, path)), text] for path, text in marked)
    written = json.dumps(words, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:6]


def _rights(path: Path, value: object) -> Iterator[Path]:
    if value is True and path[-1] == "right":
        yield path
    pairs = value.items() if isinstance(value, dict) else ()
    for key, item in enumerate(value) if isinstance(value, list) else pairs:
        yield from _rights((*path, key), item)


def reviews_of(page: Page) -> tuple[Review, ...]:
    """The signatures under a file that are well formed, in its order."""
    entries = page.data.get(KEY)
    return tuple(
        Review(entry["by"], entry["as"], entry["on"], entry["text"])
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict) and not next(_faults(entry, date.max, ""), "")
    )


def check_reviewed(page: Page, *, today: date) -> None:
    """Check the form of a file's reviews, and note those that it has outlived."""
    entries = page.data.get(KEY)
    if entries is None:
        page.fault((), f"It does not say who has reviewed it. Write {KEY} = [].", Level.WORDING)
    elif not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        page.fault((KEY,), f'"{KEY}" is no list. Write [] or {_LIKE}.', Level.WORDING)
    else:
        for n, entry in enumerate(entries):
            _check(page, (KEY, n), entry, today)


def _check(page: Page, path: Path, entry: Mapping[str, object], today: date) -> None:
    mark = fingerprint(page)
    wrong = list(_faults(entry, today, mark))
    for sentence in wrong:
        page.fault(path, sentence, Level.WORDING)
    if not wrong and entry["text"] != mark:
        sentence = f"Changed since the {entry['as']} read it on {entry['on']}. Have it read again, "
        page.fault(path, sentence + f'then write text = "{mark}".', Level.NOTE)


def _faults(entry: Mapping[str, object], today: date, mark: str) -> Iterator[str]:
    if entry.keys() != _PARTS:
        yield f"A review has by, as, on and text, nothing else. Write {_LIKE}."
        return
    by, role, on, text = (entry[part] for part in ("by", "as", "on", "text"))
    if not isinstance(by, str) or not by.strip():
        yield 'A review without a name. Write by = "…": who read it.'
    if role not in ROLES:
        yield f'"{role}" signs nothing. Write as = one of: {", ".join(ROLES)}.'
    if type(on) is not date:
        yield "A review without its day. Write on = 2026-12-01."
    elif on > today:
        yield "The review lies in the future. Write the day it was made."
    if not isinstance(text, str) or not _MARK.fullmatch(text):
        yield f'A fingerprint is six of 0-9 a-f. Write text = "{mark}" for the words of today.'
