"""Labels and titles that would be heard as something else when a child types them.

Everything that can be pressed can be typed. What leaves, hides or helps is heard before any
flow, so an answer in such words would end the talk; of two titles alike only one is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.authoring.faults import Level
from bot.authoring.lines import Path
from bot.authoring.pages import Page
from bot.engine.content import Content, Lesson, Lexicon
from bot.engine.words import nearly_one_of, tokens

_KINDS = ("exit_words", "safe_words", "hide_words", "help_words", "menu_words")
_LABELS = ("label", "title")


def check_heard(page: Page, lexicons: Mapping[str, Lexicon]) -> None:
    """Check every label and title of a file; the words of both languages are always heard."""
    words = tuple(word for each in lexicons.values() for word in _words(each))
    for path, text in _labels(page):
        if nearly_one_of(text, words):
            sentence = f"“{text}” leaves, hides, helps or opens the menu when typed. Say it longer."
            page.fault(path, sentence, Level.WORDING)


def _words(lexicon: Lexicon) -> Iterator[str]:
    for kind in _KINDS:
        yield from getattr(lexicon, kind)


def _labels(page: Page) -> Iterator[tuple[Path, str]]:
    return ((path, text) for path, text in page.texts() if path[-1] in _LABELS)


def check_titles(pages: Mapping[str, Page], content: Content, language: str) -> None:
    """Check that the lessons of one age have titles that differ when typed."""
    known: dict[tuple[str, tuple[str, ...]], Lesson] = {}
    for lesson in content.lessons[language].values():
        first = known.setdefault((lesson.band, tokens(lesson.title)), lesson)
        if first is not lesson:
            sentence = f"{first.id} has the same title. Give one of them another."
            pages[lesson.id].fault(("title",), sentence, Level.WORDING)
