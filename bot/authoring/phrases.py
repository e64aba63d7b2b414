"""Phrases from their files: the same keys and the same blanks in every language."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.authoring.journey_words import AUDIENCES, missing_audiences
from bot.authoring.pages import Page, Table
from bot.authoring.reviews import KEY
from bot.engine.content import LANGUAGES

Phrases = dict[str, dict[str, dict[str, str]]]
PLACEHOLDER = re.compile(r"\{(\w*)\}")


def read_phrases(pages: Mapping[str, Page | None]) -> Phrases:
    """Return the phrases by language, key and audience."""
    phrases: Phrases = {language: {} for language in LANGUAGES}
    for language, page in pages.items():
        if page is not None:
            root = page.root
            phrases[language] = {key: _phrase(root.table(key)) for key in root.data if key != KEY}
    first, *others = LANGUAGES
    for other in others:
        mine, its = pages[other], pages[first]
        if mine is not None and its is not None:
            _check_keys(mine, phrases[other], phrases[first], first)
            _check_keys(its, phrases[first], phrases[other], other)
            _check_blanks(mine, phrases[other], phrases[first], first)
    return phrases


def _phrase(table: Table) -> dict[str, str]:
    table.only(*AUDIENCES)
    for audience in missing_audiences(table.data, AUDIENCES[1:]):
        table.page.fault(table.path, f'Nobody speaks to "{audience}". Write it, or all = "…".')
    return {audience: table.text(audience) for audience in AUDIENCES if audience in table.data}


def _check_keys(
    page: Page, mine: Mapping[str, object], its: Mapping[str, object], language: str
) -> None:
    for key in sorted(its.keys() - mine.keys()):
        page.fault((), f'The phrase "{key}" of {language} is missing here. Write ["{key}"].')


def _check_blanks(
    page: Page,
    mine: Mapping[str, Mapping[str, str]],
    its: Mapping[str, Mapping[str, str]],
    language: str,
) -> None:
    for key in mine.keys() & its.keys():
        for audience in sorted(mine[key].keys() | its[key].keys()):
            here, there = _blanks(mine[key], audience), _blanks(its[key], audience)
            if here != there:
                sentence = f"{language} has {_listed(there)} here, this has {_listed(here)}. "
                page.fault((key, audience), sentence + "Use the same.")


def _blanks(variants: Mapping[str, str], audience: str) -> set[str]:
    text = variants.get(audience) or variants.get("all", "")
    return set(PLACEHOLDER.findall(text))


def _listed(names: set[str]) -> str:
    return ", ".join("{" + name + "}" for name in sorted(names)) or "no placeholder"
