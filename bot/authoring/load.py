"""The content folder as engine types, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from bot.authoring.campaigns import read_campaigns
from bot.authoring.care import read_care
from bot.authoring.faults import ContentFault, Fault, Level
from bot.authoring.guides import read_activities, read_guides
from bot.authoring.journeys import JourneyPages, read_journeys
from bot.authoring.lessons import read_lessons
from bot.authoring.lexicons import read_cues, read_lexicons
from bot.authoring.pages import Faults, Page, pages_in, read_page
from bot.authoring.phrases import read_phrases
from bot.authoring.platforms import read_platforms
from bot.authoring.questions import NAME as REPORT
from bot.authoring.questions import read_report
from bot.authoring.services import read_services
from bot.engine.content import LANGUAGES, Content, Lesson
from bot.engine.reports import ReportForm

_APART = ("phrases.toml", "lexicon.toml")  # read by themselves


@dataclass(frozen=True, slots=True)
class Library:
    """All files of a content folder, read once."""

    lessons: dict[str, dict[str, Page]]
    guides: dict[str, dict[str, Page]]
    activities: dict[str, dict[str, Page]]
    journeys: JourneyPages
    phrases: dict[str, Page | None]
    lexicons: dict[str, Page | None]
    cues: Mapping[str, object]
    services: Page | None
    limits: Page | None
    campaigns: Page | None
    platforms: Page | None
    platform_words: dict[str, dict[str, Page]]
    care: dict[str, dict[str, Page]]
    frames: dict[str, list[Page]]

    def read_by_people(self, language: str) -> Iterator[Page]:
        """Every file of a language whose words somebody reads."""
        topics = (self.lessons, self.guides, self.activities)
        for folder in (*topics, self.platform_words, self.care, self.journeys.words):
            yield from folder[language].values()
        phrases = self.phrases[language]
        yield from (*self.frames[language], *((phrases,) if phrases else ()))


def load(root: Path) -> Content:
    """Return the content of a folder, complete in every language.

    Raises ``ContentFault`` with everything that cannot be played. Faults of wording do not
    stop it: they stop a release (``check``), never a running service.
    """
    faults = Faults()
    content = build(read_library(root, faults), faults, today=datetime.now(UTC).date())
    broken = [fault for fault in faults.told() if fault.level is Level.BROKEN]
    if broken:
        raise ContentFault(sorted(broken, key=_place))
    return content


def read_library(root: Path, faults: Faults) -> Library:
    """Read every file; those that cannot be read leave a fault."""
    return Library(
        lessons=_pages(root, "lessons", faults),
        guides=_pages(root, "guides", faults),
        activities=_pages(root, "activities", faults),
        journeys=JourneyPages(
            pages_in(root, "journeys", faults),
            _pages(root, "journeys", faults),
        ),
        phrases={lang: read_page(root, f"{lang}/phrases.toml", faults) for lang in LANGUAGES},
        lexicons={lang: read_page(root, f"{lang}/lexicon.toml", faults) for lang in LANGUAGES},
        cues=read_cues(root, faults),
        services=read_page(root, "services.toml", faults),
        limits=read_page(root, "limits.toml", faults),
        campaigns=read_page(root, "campaigns.toml", faults),
        platforms=read_page(root, "platforms.toml", faults),
        platform_words=_pages(root, "platforms", faults),
        care=_pages(root, "care", faults),
        frames={language: _frames(root, language, faults) for language in LANGUAGES},
    )


def _frames(root: Path, language: str, faults: Faults) -> list[Page]:
    """What stands around the chat. Whoever shows it reads it too, and says when it is missing."""
    names = (path.name for path in (root / language).glob("*.toml") if path.name not in _APART)
    pages = (read_page(root, f"{language}/{name}", faults) for name in sorted(names))
    return [page for page in pages if page is not None]


def _pages(root: Path, folder: str, faults: Faults) -> dict[str, dict[str, Page]]:
    return {lang: pages_in(root, f"{lang}/{folder}", faults) for lang in LANGUAGES}


def build(library: Library, faults: Faults, *, today: date) -> Content:
    """Build the engine's types; what is faulty is left out and stands in ``faults``."""
    lessons = read_lessons(library.lessons)
    topics = topics_of(lessons)
    platforms = read_platforms(library.platforms, library.platform_words, today=today)
    return Content(
        phrases=read_phrases(library.phrases),
        lessons=lessons,
        journeys=read_journeys(library.journeys, lessons, faults),
        services=read_services(library.services, today=today),
        lexicons=read_lexicons(library.lexicons, library.cues, _spoken(library)),
        limits_version=_limits_version(library.limits),
        campaigns=read_campaigns(library.campaigns),
        guides=read_guides(library.guides, topics),
        activities=read_activities(library.activities, topics),
        platforms=platforms,
        care=read_care(library.care, faults),
        report=_report(library, faults),
    )


def _report(library: Library, faults: Faults) -> ReportForm:
    named = library.platforms.texts() if library.platforms else ()
    apps = {text for path, text in named if path[-1] == "id"}
    pages = library.journeys
    words = {lang: files[REPORT] for lang, files in pages.words.items() if REPORT in files}
    return read_report(pages.branches.get(REPORT), words, apps, faults)


def _spoken(library: Library) -> dict[str, list[Page]]:
    """The files of each language from which Sigurt speaks."""
    folders: list[Mapping[str, Mapping[str, Page]]] = [
        *(library.lessons, library.journeys.words, library.guides, library.activities),
        *(library.platform_words, library.care),
    ]
    pages = {lang: [page for f in folders for page in f[lang].values()] for lang in LANGUAGES}
    return {lang: [*pages[lang], *filter(None, [library.phrases[lang]])] for lang in LANGUAGES}


def topics_of(lessons: Mapping[str, Mapping[str, Lesson]]) -> set[str]:
    """The topics that have lessons."""
    return {lesson.topic for there in lessons.values() for lesson in there.values()}


def _limits_version(page: Page | None) -> str:
    if page is None:
        return ""
    page.root.only("version")
    return page.root.text("version")


def _place(fault: Fault) -> tuple[str, int]:
    return fault.file, fault.line
