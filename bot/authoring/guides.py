"""Guides for parents and activities for classes, one file a topic in each language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from bot.authoring.faults import Level
from bot.authoring.pages import Page, Table
from bot.engine.content import BANDS, LANGUAGES, Activity, Guide

_MINUTES = range(10, 46)


class _AboutTopic(Protocol):
    @property
    def topic(self) -> str: ...


Made = TypeVar("Made", bound=_AboutTopic)
ByTopic = dict[str, dict[str, Made]]


def read_guides(pages: Mapping[str, Mapping[str, Page]], topics: set[str]) -> ByTopic[Guide]:
    """Return the guides for parents by language and topic; a faulty one is left out."""
    return _read(pages, topics, "guides", _guide)


def read_activities(pages: Mapping[str, Mapping[str, Page]], topics: set[str]) -> ByTopic[Activity]:
    """Return the activities for classes by language and topic; a faulty one is left out."""
    return _read(pages, topics, "activities", _activity)


def _read(
    pages: Mapping[str, Mapping[str, Page]],
    topics: set[str],
    folder: str,
    make: Callable[[Page, str], Made],
) -> ByTopic[Made]:
    made: ByTopic[Made] = {language: {} for language in LANGUAGES}
    for language, files in pages.items():
        for page in files.values():
            known = page.faults.broken
            each = make(page, language)
            _check_topic(page, each.topic, topics)
            if page.faults.broken == known:
                made[language][each.topic] = each
    _check_twins(pages, folder)
    return made


def _guide(page: Page, language: str) -> Guide:
    root = page.root
    root.only("topic", "title", "reviewed", "why", "talk", "do", "signs", "told")
    return Guide(
        topic=root.text("topic"),
        language=language,
        title=root.text("title"),
        why=root.text("why"),
        talk=_by_band(root.table("talk")),
        do=_by_band(root.table("do")),
        signs=root.text("signs"),
        told=root.text("told"),
    )


def _by_band(table: Table) -> Mapping[str, str]:
    table.only(*BANDS)
    return {band: table.text(band) for band in BANDS}


def _activity(page: Page, language: str) -> Activity:
    root = page.root
    keys = ("topic", "title", "bands", "minutes", "reviewed", "goal", "need", "steps", "product")
    root.only(*keys)
    bands = root.texts("bands")
    for band in bands:
        if band not in BANDS:
            root.fault("bands", f'"{band}" is no band. Use one of: {", ".join(BANDS)}.')
    return Activity(
        topic=root.text("topic"),
        language=language,
        title=root.text("title"),
        bands=bands,
        minutes=_minutes(root),
        goal=root.text("goal"),
        need=root.text("need"),
        steps=root.texts("steps"),
        product=root.text("product"),
    )


def _minutes(root: Table) -> int:
    value = root.data.get("minutes")
    if type(value) is int and value in _MINUTES:
        return value
    least, most = _MINUTES[0], _MINUTES[-1]
    root.fault("minutes", f'"minutes" is a number from {least} to {most}. Mend it.')
    return 0


def _check_topic(page: Page, topic: str, topics: set[str]) -> None:
    if topic != page.stem:
        page.fault(("topic",), f'The topic is "{topic}", the file "{page.stem}". Make them equal.')
    if topic and topic not in topics:
        page.fault(("topic",), f'There is no lesson of "{topic}". Name a topic.')


def _check_twins(pages: Mapping[str, Mapping[str, Page]], folder: str) -> None:
    for here in LANGUAGES:
        for there in LANGUAGES:
            for name in sorted(pages[here].keys() - pages[there].keys()):
                sentence = f"The file is missing in {there}. Write {there}/{folder}/{name}.toml."
                pages[here][name].fault((), sentence)


def check_complete(
    made: Mapping[str, Mapping[str, object]],
    lessons: Mapping[str, Mapping[str, Page]],
    topics: set[str],
    folder: str,
) -> None:
    """Note each topic that has lessons and nothing here for the adults around the child."""
    for language, there in made.items():
        for topic in sorted(topics - there.keys()):
            page = next(p for name, p in lessons[language].items() if name.startswith(f"{topic}-"))
            sentence = f"Nothing for adults goes with it. Write {language}/{folder}/{topic}.toml."
            page.fault(("topic",), sentence, Level.WORDING)
