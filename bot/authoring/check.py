"""Everything that is wrong with a content folder, for authors and for the build."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from bot.authoring.buttons import check_button
from bot.authoring.care import check_care
from bot.authoring.faults import Fault, Level
from bot.authoring.guides import check_complete
from bot.authoring.heard import check_heard, check_titles
from bot.authoring.load import Library, build, read_library, topics_of
from bot.authoring.pages import Faults, Page, read_page
from bot.authoring.reviews import check_reviewed, words_of
from bot.authoring.rules import check_met
from bot.authoring.skeletons import check_written
from bot.authoring.spelling import NOT_CHECKED, Written, check_spelling
from bot.authoring.wording import (
    Banned,
    check_adult_page,
    check_lesson,
    check_texts,
    check_variants,
    read_banned,
)
from bot.engine.content import LANGUAGES, Content

FOR_ADULTS = ("parents", "teachers")  # journeys


def check(root: Path, *, today: date | None = None) -> list[Fault]:
    """Return every fault of a content folder, by file and line; empty when it may go out.

    ``today`` decides which services were checked too long ago.
    """
    faults = Faults()
    today = today or datetime.now(UTC).date()
    library = read_library(root, faults)
    content = build(library, faults, today=today)
    banned = read_banned(read_page(root, "banned.toml", faults))
    topics = topics_of(content.lessons)
    check_complete(library.guides, library.lessons, topics, "guides")
    check_complete(library.activities, library.lessons, topics, "activities")
    _check_names(library.platforms)
    for language, page in library.lexicons.items():
        if page is not None and language in content.lexicons:
            check_met(page, content.lexicons[language])
    for language in LANGUAGES:
        _check_language(library, content, banned, language)
        for page in library.read_by_people(language):
            check_reviewed(page, today=today)
            check_written(page)
    check_spelling(root, {language: _written(library, language) for language in LANGUAGES}, faults)
    return sorted(set(faults.told()))


def main(arguments: Sequence[str], *, whole: bool = False) -> int:
    """Print the faults of the folder named (``content`` if none); 1 when any stops a release.

    ``whole``: what cannot be checked on this machine stops it too.
    """
    root = Path(arguments[0]) if arguments else Path("content")
    faults = check(root)
    for fault in faults:
        print(fault)
    stopping = sum(_stops(fault, whole) for fault in faults)
    print(f"{root}: {stopping} to mend, {len(faults) - stopping} to note")
    return 1 if stopping else 0


def _stops(fault: Fault, whole: bool) -> bool:
    return fault.level > Level.NOTE or (whole and fault.sentence == NOT_CHECKED)


def _written(library: Library, language: str) -> list[Written]:
    """Everything that is read in a language, with its place."""
    pages = library.read_by_people(language)
    texts = [(page, path, text) for page in pages for path, text in words_of(page)]
    for page in filter(None, (library.services, library.campaigns)):
        texts += [(page, path, text) for path, text in page.texts() if path[-1] == language]
    return [Written(page.file, page.line(path), text) for page, path, text in texts]


def _check_names(page: Page | None) -> None:
    """An app's name is a button in the list of apps."""
    if page is None:
        return
    for path, text in page.texts():
        if path[-1] == "name":
            check_button(page, path, text, "name")


def _check_language(library: Library, content: Content, banned: Banned, language: str) -> None:
    for lesson in content.lessons[language].values():
        check_lesson(library.lessons[language][lesson.id], lesson, banned)
    check_titles(library.lessons[language], content, language)
    for page in library.lessons[language].values():
        check_texts(page, content.services, phrases=False)
        check_heard(page, content.lexicons)
    for page in (*library.guides[language].values(), *library.activities[language].values()):
        check_texts(page, content.services, phrases=False)
        check_adult_page(page, language, banned)
        check_heard(page, content.lexicons)
    for folder, kind in ((library.guides, "name"), (library.activities, "heading")):
        for page in folder[language].values():
            check_button(page, ("title",), str(page.data.get("title", "")), kind)
    for name, page in library.journeys.words[language].items():
        check_texts(page, content.services, phrases=False)
        check_variants(page, language, banned, adults=name in FOR_ADULTS)
    for page in library.care[language].values():
        check_care(page)
    for page in (*library.care[language].values(), *library.platform_words[language].values()):
        check_texts(page, content.services, phrases=False)
        check_variants(page, language, banned)
    phrases = library.phrases[language]
    if phrases is not None:
        check_texts(phrases, content.services, phrases=True)
        check_variants(phrases, language, banned)
