"""How the content reads: lengths, numbers, blanks, and words that are never said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.authoring.faults import Level
from bot.authoring.lessons import bubbles_of, questions_of
from bot.authoring.lines import Path
from bot.authoring.pages import Page
from bot.engine.content import ADULT, BANDS, Lesson, Service


class Ceiling(NamedTuple):
    """The most that one bubble may hold for an audience, in words."""

    bubble: int
    sentence: int
    label: int


CEILINGS = {
    "8-10": Ceiling(30, 10, 8),
    "11-13": Ceiling(45, 14, 10),
    "14-17": Ceiling(60, 18, 12),
    ADULT: Ceiling(80, 22, 12),
}
NUMBERS = {  # as long as what will stand there in Albania
    "child_helpline": "116 111",
    "emergency": "129 / 112",
    "two_ways": "129 / 112",
    "police": "129",
    "ambulance": "127",
    "family": "116 117",
}
IN_PHRASES = ("name", "minutes", "time", "number", "why", "hint", "title")
_BRACES = re.compile(r"\{[^{}]*\}|[{}]")
_DIGITS = re.compile(r"\+?\d(?:[\d ./-]*\d)?")
_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d{2}-\d{2}")
_SENTENCE = re.compile(r"(?<=[.?!:;…])[”\"’)]*\s+|\n+")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Banned:
    """Words never said, by audience (``all`` or a band) and language."""

    words: Mapping[str, Mapping[str, tuple[str, ...]]]

    def found(self, text: str, language: str, audience: str) -> str:
        """The first banned word or saying in a text, or nothing."""
        for entry in self.words.get(audience, {}).get(language, ()):
            if _pattern(entry).search(text.casefold()):
                return entry
        return ""


def read_banned(page: Page | None) -> Banned:
    """Read ``banned.toml``: a table per audience, a list per language."""
    if page is None:
        return Banned({})
    page.root.only("all", *BANDS)
    tables = {audience: page.root.table(audience) for audience in page.data}
    return Banned(
        {
            audience: {language: table.texts(language) for language in table.data}
            for audience, table in tables.items()
        }
    )


def check_lesson(page: Page, lesson: Lesson, banned: Banned) -> None:
    """Check what a lesson of a band says: lengths, and words that are not for it."""
    most = CEILINGS[lesson.band]
    for path, bubble in bubbles_of(lesson):
        _check_length(page, path, bubble, most)
        _check_banned(page, path, bubble, lesson.language, ("all", lesson.band), banned)
    for path, options in questions_of(lesson):
        for n, option in enumerate(options):
            where = (*path, "options", n, "label")
            _check_label(page, where, option.label, most.label)
            _check_banned(page, where, option.label, lesson.language, (lesson.band,), banned)


def check_variants(page: Page, language: str, banned: Banned, *, bands: bool) -> None:
    """Check phrases or a journey's words; ``bands``: the audiences are those spoken to."""
    for path, text in page.texts():
        if "labels" in path or str(path[0]).startswith("button."):
            continue
        own = [part for part in path if part in BANDS] if bands else []
        _check_banned(page, path, text, language, ("all", *map(str, own)), banned)


def check_texts(page: Page, services: Iterable[Service], *, phrases: bool) -> None:
    """Check every text of a page for spelled-out numbers, unknown blanks and shouting."""
    known = {_plain(service.number) for service in services if service.number}
    allowed = (*NUMBERS, *(IN_PHRASES if phrases else ()))
    for path, text in _said(page):
        for number in spelled_numbers(text, known):
            sentence = f'The number "{number}" is spelled out. Write {{child_helpline}}, '
            page.fault(path, sentence + "{emergency} or another placeholder.", Level.WORDING)
        for blank in _BRACES.findall(text):
            if blank.strip("{}") not in allowed:
                choice = ", ".join("{" + name + "}" for name in allowed)
                sentence = f'"{blank}" is no placeholder. Use one of: {choice}.'
                page.fault(path, sentence, Level.WORDING)
        if "!" in _QUOTED.sub("", text):
            page.fault(path, "Sigurt does not shout. End with a full stop.", Level.WORDING)


def spelled_numbers(text: str, known: Iterable[str]) -> Iterator[str]:
    """Runs of digits that are a known service number or look like a telephone number."""
    for match in _DIGITS.finditer(_DATE.sub("", text)):
        run = match.group()
        digits = _plain(run)
        longest = max(len(group) for group in re.split(r"\D+", run) if group)
        if (len(digits) >= 3 and digits in known) or (len(digits) >= 6 and longest >= 3):
            yield run


def words_in(text: str) -> int:
    """How many words a text has with its numbers filled in."""
    return sum(bool(_WORD.search(word)) for word in _filled(text).split())


def longest_sentence(text: str) -> int:
    """The words of the longest sentence; a colon or a new line ends one too."""
    return max((words_in(part) for part in _SENTENCE.split(text)), default=0)


def _check_length(page: Page, path: Path, bubble: str, most: Ceiling) -> None:
    words, longest = words_in(bubble), longest_sentence(bubble)
    if words > most.bubble:
        sentence = f"The bubble has {words} words. Keep it to {most.bubble}, or make two of it."
        page.fault(path, sentence, Level.WORDING)
    if longest > most.sentence:
        sentence = f"A sentence has {longest} words. Keep it to {most.sentence}, or cut it in two."
        page.fault(path, sentence, Level.WORDING)


def _check_label(page: Page, path: Path, label: str, most: int) -> None:
    if words_in(label) > most:
        sentence = f"The label has {words_in(label)} words. Keep it to {most}."
        page.fault(path, sentence, Level.WORDING)


def _check_banned(
    page: Page, path: Path, text: str, language: str, audiences: tuple[str, ...], banned: Banned
) -> None:
    for audience in audiences:
        bare = _QUOTED.sub("", text) if audience == "all" else text
        if word := banned.found(bare, language, audience):
            sentence = f'"{word}" is never said ([{audience}] in banned.toml). Say it another way.'
            page.fault(path, sentence, Level.WORDING)


def _said(page: Page) -> Iterator[tuple[Path, str]]:
    silent = ("id", "topic", "band", "picture", "reviewed")
    return (found for found in page.texts() if not set(found[0]) & set(silent))


def _filled(text: str) -> str:
    for name, number in NUMBERS.items():
        text = text.replace("{" + name + "}", number)
    return text


def _plain(number: str) -> str:
    return re.sub(r"\D", "", number)


def _pattern(entry: str) -> re.Pattern[str]:
    body = re.escape(entry.casefold().rstrip("*"))
    return re.compile(rf"(?<!\w){body}" + ("" if entry.endswith("*") else r"(?!\w)"))
