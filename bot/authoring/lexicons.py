"""The words that are heard in every state, and the rest of each lexicon for the triage."""

from __future__ import annotations

from collections.abc import Mapping

from bot.authoring.pages import Page
from bot.engine.content import Lexicon

_LISTS = (
    *("safe_words", "exit_words", "help_words", "person_words", "robot_words"),
    *("language_words", "menu_words", "secret_words"),
)


def read_lexicons(pages: Mapping[str, Page | None]) -> dict[str, Lexicon]:
    """Return the lexicon of each language; what is no list of words is left to the triage."""
    return {
        language: _lexicon(page, language) for language, page in pages.items() if page is not None
    }


def _lexicon(page: Page, language: str) -> Lexicon:
    root = page.root
    if root.text("language", language) != language:
        root.fault("language", f'The folder says "{language}". Write language = "{language}".')
    lists = {key: root.texts(key) for key in _LISTS}
    _check_apart(page, lists)
    data = {key: value for key, value in page.data.items() if key not in (*_LISTS, "language")}
    return Lexicon(language, **lists, data=data)


def _check_apart(page: Page, lists: Mapping[str, tuple[str, ...]]) -> None:
    """A word that both leaves and calls for help would do the wrong one of them."""
    owners: dict[str, str] = {}
    for key in ("safe_words", "exit_words", "help_words"):
        for n, word in enumerate(lists[key]):
            other = owners.setdefault(word.casefold(), key)
            if other != key:
                page.fault((key, n), f'"{word}" stands in {other} too. Keep it in one list.')
