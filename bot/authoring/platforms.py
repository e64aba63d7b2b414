"""Apps: their facts once in ``platforms.toml``, what is said about them in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.authoring.faults import Level
from bot.authoring.pages import Page, Table
from bot.engine.content import CHECK_HOLDS, LANGUAGES, Platform

_AGES = range(0, 19)
_FACTS = ("id", "name", "minimum_age", "checked_on", "source", "help")
_CHILD = ("report", "block", "seen")
_ADULT = ("set", "beyond", "report")

ById = dict[str, dict[str, Platform]]


def read_platforms(
    page: Page | None, words: Mapping[str, Mapping[str, Page]], *, today: date
) -> ById:
    """Return the apps by language and id, in the order of the facts; a faulty one is left out."""
    made: ById = {language: {} for language in LANGUAGES}
    if page is None:
        return made
    page.root.only("platform")
    entries = page.root.tables("platform", least=1, most=100)
    for entry in entries:
        _read(entry, words, made, today)
    _check_ids(entries)
    _check_owners(words, {str(entry.data.get("id")) for entry in entries})
    return made


def _read(entry: Table, words: Mapping[str, Mapping[str, Page]], made: ById, today: date) -> None:
    found = entry.page.faults.found
    known = len(found)
    facts = _facts(entry, today)
    if any(fault.level is Level.BROKEN for fault in found[known:]):
        return
    for language in LANGUAGES:
        said = words[language].get(facts.id)
        if said is None:
            file = f"{language}/platforms/{facts.id}.toml"
            entry.fault("id", f"It has no words in {language}. Write {file}.")
            continue
        known = len(found)
        platform = _with_words(facts, said.root)
        if len(found) == known:
            made[language][facts.id] = platform


def _facts(entry: Table, today: date) -> Platform:
    entry.only(*_FACTS)
    entry.text("source")
    platform = Platform(
        id=entry.text("id"),
        name=entry.text("name"),
        minimum_age=_age(entry),
        checked_on=entry.day("checked_on"),
        help_url=entry.text("help"),
        **dict.fromkeys(("report", "block", "seen"), ""),
        **dict.fromkeys(("parents_set", "parents_beyond", "parents_report"), ""),
    )
    if platform.help_url and not platform.help_url.startswith("https://"):
        entry.fault("help", "An address starts with https://. Mend it.")
    _check_date(entry, platform, today)
    return platform


def _age(entry: Table) -> int:
    value = entry.data.get("minimum_age")
    if type(value) is int and value in _AGES:
        return value
    sentence = f'"minimum_age" is a number up to {_AGES[-1]}, 0 where none was found. Mend it.'
    entry.fault("minimum_age", sentence)
    return 0


def _check_date(entry: Table, platform: Platform, today: date) -> None:
    if platform.checked_on == date.min:
        return
    path = (*entry.path, "checked_on")
    if platform.checked_on > today:
        sentence = "The check lies in the future. Write the day it was made."
        entry.page.fault(path, sentence, Level.WORDING)
    if platform.stale(today):
        sentence = f"Not checked for more than {CHECK_HOLDS.days} days. Check it, then write today."
        entry.page.fault(path, sentence, Level.NOTE)


def _with_words(facts: Platform, root: Table) -> Platform:
    root.only("reviewed", "child", "adult")
    child, adult = root.table("child"), root.table("adult")
    child.only(*_CHILD)
    adult.only(*_ADULT)
    return replace(
        facts,
        report=child.text("report"),
        block=child.text("block"),
        seen=child.text("seen"),
        parents_set=adult.text("set"),
        parents_beyond=adult.text("beyond"),
        parents_report=adult.text("report"),
    )


def _check_ids(entries: tuple[Table, ...]) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = str(entry.data.get("id"))
        if name in seen:
            entry.fault("id", f'Two apps are called "{name}". Rename one.')
        seen.add(name)


def _check_owners(words: Mapping[str, Mapping[str, Page]], ids: set[str]) -> None:
    for files in words.values():
        for name in sorted(files.keys() - ids):
            files[name].fault((), f'No app is called "{name}". Add it to platforms.toml.')
