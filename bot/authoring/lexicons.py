"""The words that are heard in every state, and the rest of each lexicon for the triage."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from bot.authoring.pages import Faults, Page
from bot.authoring.rules import LISTS, WORDS, check_concepts, check_rules
from bot.engine.content import Lexicon
from bot.triage.cues import loaded
from bot.triage.ears import rules_of
from bot.triage.quoted import said_in
from bot.triage.rules import BrokenLexicon

CUES = "cues.json"

_LISTS = (
    *("safe_words", "exit_words", "help_words", "person_words", "robot_words"),
    *("language_words", "menu_words", "secret_words", "hide_words", "parent_words"),
    *("stranger_words", "greeting_words", "thanks_words", "report_words", "code_words"),
    *("skip_words", "back_words"),
)


def read_lexicons(
    pages: Mapping[str, Page | None],
    cues: Mapping[str, object],
    said: Mapping[str, Iterable[Page]],
) -> dict[str, Lexicon]:
    """Return the lexicon of each language; what is no list of words is left to the triage.

    ``said`` are the files of each language from which Sigurt speaks.
    """
    there = {language: page for language, page in pages.items() if page is not None}
    if len(there) == len(pages):
        check_concepts(there)
    return {
        language: replace(_lexicon(page, language, cues), said=_said(said[language]))
        for language, page in there.items()
    }


def _said(pages: Iterable[Page]) -> tuple[tuple[str, ...], ...]:
    return tuple(place for page in pages for place in said_in(page.file, page.data))


def read_cues(root: FilePath, faults: Faults) -> Mapping[str, object]:
    """Read what the triage has learned; without it most of what children write is missed."""
    try:
        data = json.loads((root / CUES).read_text("utf-8"))
        loaded(data)
    except (OSError, ValueError, AttributeError, RecursionError):
        faults.add(CUES, 1, "These are no learned cues. Make them anew: bot/triage/README.md.")
        return {}
    return dict(data)


def _lexicon(page: Page, language: str, cues: Mapping[str, object]) -> Lexicon:
    root = page.root
    if root.text("language", language) != language:
        root.fault("language", f'The folder says "{language}". Write language = "{language}".')
    lists: dict[str, Any] = {key: root.texts(key) for key in _LISTS}
    _check_apart(page, lists)
    data = {key: value for key, value in page.data.items() if key not in (*_LISTS, "language")}
    lexicon = Lexicon(language, **lists, data=data, cues=cues)
    root.only("language", *_LISTS, *WORDS, *LISTS, "rule", "discount")
    if check_rules(page):
        _check_usable(page, lexicon)
    return lexicon


def _check_usable(page: Page, lexicon: Lexicon) -> None:
    try:
        rules_of(lexicon)
    except BrokenLexicon as broken:
        page.fault(("rule",), f"The triage cannot use this lexicon ({broken}). Mend that rule.")


def _check_apart(page: Page, lists: Mapping[str, tuple[str, ...]]) -> None:
    """A word that both leaves and calls for help would do the wrong one of them."""
    owners: dict[str, str] = {}
    for key in ("safe_words", "exit_words", "help_words"):
        for n, word in enumerate(lists[key]):
            other = owners.setdefault(word.casefold(), key)
            if other != key:
                page.fault((key, n), f'"{word}" stands in {other} too. Keep it in one list.')
