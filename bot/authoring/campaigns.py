"""Campaigns: names that the links of schools and posters carry, so that they are counted."""

from __future__ import annotations

import re

from bot.authoring.pages import Page, Table
from bot.engine.content import LANGUAGES

_ID = re.compile(r"(?:school|poster)-[A-Za-z0-9_-]+")
_LONGEST = 64  # characters; a link carries no more
_MOST = 500


def read_campaigns(page: Page | None) -> dict[str, dict[str, str]]:
    """Return the titles of each campaign by language; one that is faulty is left out."""
    if page is None:
        return {}
    page.root.only("campaign")
    campaigns: dict[str, dict[str, str]] = {}
    for table in page.root.tables("campaign", least=0, most=_MOST):
        _read(table, campaigns)
    return campaigns


def _read(table: Table, campaigns: dict[str, dict[str, str]]) -> None:
    table.only("id", "title")
    name, titles = table.text("id"), table.table("title")
    titles.only(*LANGUAGES)
    if name in campaigns:
        table.fault("id", f'Two campaigns are called "{name}". Rename one.')
    if not _ID.fullmatch(name) or len(name) > _LONGEST:
        sentence = f"An id is school-… or poster-…, {_LONGEST} of A-Z a-z 0-9 _ - at most. Mend it."
        table.fault("id", sentence)
    campaigns[name] = _titles(titles)


def _titles(titles: Table) -> dict[str, str]:
    return {language: titles.text(language) for language in LANGUAGES}
