"""What is said after harm was told: every category, every audience, every language."""

from __future__ import annotations

from collections.abc import Mapping

from bot.authoring.faults import Level
from bot.authoring.graph import CATEGORIES
from bot.authoring.levels import CEILINGS, Ceiling, longest_sentence, words_in
from bot.authoring.lines import Path
from bot.authoring.pages import Faults, Page, Table
from bot.authoring.phrases import PLACEHOLDER
from bot.engine.content import ADULT, BANDS, LANGUAGES, Care

PARTS = ("believe", "now", "soft")
AUDIENCES = (*BANDS, ADULT)
# After a telling everybody is spoken to as those one band younger.
SHORTER = {
    "8-10": Ceiling(bubble=20, sentence=8, label=8),
    "11-13": CEILINGS["8-10"],
    "14-17": CEILINGS["11-13"],
    ADULT: CEILINGS["14-17"],
}

ByCategory = dict[str, dict[str, Care]]


def read_care(pages: Mapping[str, Mapping[str, Page]], faults: Faults) -> ByCategory:
    """Return what is said of each category by language; a faulty file is left out."""
    made: ByCategory = {language: {} for language in LANGUAGES}
    for language, files in pages.items():
        for category in CATEGORIES:
            if category not in files:
                sentence = "The category has no words in this language. Write the file."
                faults.add(f"{language}/care/{category}.toml", 1, sentence)
        for name, page in files.items():
            known = faults.broken
            care = _care(page, name)
            if faults.broken == known:
                made[language][name] = care
    _check_numbers(pages, made)
    return made


def _care(page: Page, name: str) -> Care:
    root = page.root
    root.only("category", "reviewed", *PARTS)
    category = root.one_of("category", CATEGORIES)
    if category and category != name:
        root.fault("category", f'The category is not the file\'s name. Write "{name}".')
    believe, now, soft = (_by_audience(root.table(part)) for part in PARTS)
    return Care(category, believe, now, soft)


def _by_audience(table: Table) -> Mapping[str, str]:
    table.only(*AUDIENCES)
    return {audience: table.text(audience) for audience in AUDIENCES}


def _check_numbers(pages: Mapping[str, Mapping[str, Page]], made: ByCategory) -> None:
    """Check that both languages give the same numbers at the same place."""
    first, *others = LANGUAGES
    for other in others:
        for category in made[first].keys() & made[other].keys():
            for part in PARTS:
                mine = getattr(made[other][category], part)
                its = getattr(made[first][category], part)
                _compare(pages[other][category], part, mine, its)


def _compare(page: Page, part: str, mine: Mapping[str, str], its: Mapping[str, str]) -> None:
    for audience in AUDIENCES:
        if _blanks(mine[audience]) != _blanks(its[audience]):
            sentence = f"{LANGUAGES[0]} gives other numbers here. Give the same."
            page.fault((part, audience), sentence)


def _blanks(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def check_care(page: Page) -> None:
    """Check that nobody is given more to read than those one band younger."""
    for part in PARTS:
        texts = page.data.get(part)
        for audience, most in SHORTER.items():
            text = texts.get(audience) if isinstance(texts, dict) else None
            if isinstance(text, str):
                _check_length(page, (part, audience), text, most)


def _check_length(page: Page, path: Path, text: str, most: Ceiling) -> None:
    words, longest = words_in(text), longest_sentence(text)
    if words > most.bubble:
        sentence = f"After a telling {path[-1]} reads {most.bubble} words at most. These are "
        page.fault(path, sentence + f"{words}: shorten them.", Level.WORDING)
    if longest > most.sentence:
        sentence = f"After a telling a sentence for {path[-1]} has {most.sentence} words at most. "
        page.fault(path, sentence + f"This has {longest}: cut it in two.", Level.WORDING)
