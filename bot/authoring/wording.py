"""What is never written: spelled-out numbers, unknown blanks, shouting, banned words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from bot.authoring.buttons import check_button
from bot.authoring.faults import Level
from bot.authoring.lessons import answers_of, bubbles_of, messages_of, questions_of
from bot.authoring.levels import (
    NUMBERS,
    check_label,
    check_length,
    check_lix,
    check_mean,
    check_messages,
    check_options,
)
from bot.authoring.lines import Path
from bot.authoring.pages import Page
from bot.authoring.reviews import words_of
from bot.engine.content import ADULT, BANDS, Lesson, Option, Service
from bot.engine.flows.lesson import WHY_LIMIT, WHY_LINES, fits_own_quiz
from bot.engine.voice import LABEL_LIMIT

IN_PHRASES = (
    *("name", "minutes", "time", "number", "why", "hint", "title", "code"),
    *("count", "all", "titles", "begin", "end"),
    *("when", "message", "weekday", "day", "month"),
)
_BRACES = re.compile(r"\{[^{}]*\}|[{}]")
_DIGITS = re.compile(r"\+?\d(?:[\d ./-]*\d)?")
_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d{2}-\d{2}")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_STANDING = "button.go."  # ways that stand beneath any bubble and never become a letter

_UNFIT = (
    f"A why has at most {WHY_LIMIT} characters on {WHY_LINES + 1} lines, and beside it labels "
    f"have at most {LABEL_LIMIT}. Shorten them."
)


@dataclass(frozen=True, slots=True)
class Banned:
    """Words never said, by audience (``all`` or a band) and language."""

    words: Mapping[str, Mapping[str, tuple[str, ...]]]

    def found(self, text: str, language: str, audience: str) -> str:
        """A banned word or saying that stands in a text, the first there; or nothing."""
        entries = self.words.get(audience, {}).get(language, ())
        match = _pattern(entries).search(text.casefold()) if entries else None
        return entries[int(match.lastgroup[1:])] if match and match.lastgroup else ""


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
    """Check what a lesson of a band says: how hard it is, and words that are not for it."""
    language, band = lesson.language, lesson.band
    if lesson.quiz.why and not fits_own_quiz(lesson.quiz):
        page.fault(("quiz", "why"), _UNFIT, Level.WORDING)
    _check_whole(page, [text for _, text in bubbles_of(lesson)], language, band)
    check_messages(page, messages_of(lesson), band)
    check_button(page, ("title",), lesson.title, "name")
    _check_answers(page, lesson)
    for path, bubble in bubbles_of(lesson):
        check_length(page, path, bubble, band)
        _check_banned(page, path, bubble, language, ("all", band), banned)
    for path, options in questions_of(lesson):
        check_options(page, (*path, "options"), len(options), band)
        for n, option in enumerate(options):
            where = (*path, "options", n, "label")
            check_label(page, where, option.label, band)
            check_button(page, where, option.label)
            _check_banned(page, where, option.label, language, (band,), banned)


def _check_whole(page: Page, texts: list[str], language: str, band: str) -> None:
    check_lix(page, texts, language=language, band=band)
    check_mean(page, texts, band)


def _check_answers(page: Page, lesson: Lesson) -> None:
    """What is wanted must be found by thinking, not by its place or its length."""
    asked = answers_of(lesson)
    wanted = [next(n for n, option in enumerate(each) if option.right) for each in asked]
    if len(set(wanted)) == 1:
        sentence = f"The wanted answer always stands at place {wanted[0] + 1}. Move it in one of "
        page.fault(("quiz", "options"), sentence + "before, quiz and reviews.", Level.WORDING)
    if all(_longest(each, right) for each, right in zip(asked, wanted, strict=True)):
        sentence = "The wanted answer is always the longest. Shorten it, or lengthen another, in "
        page.fault(
            ("quiz", "options"), sentence + "one of before, quiz and reviews.", Level.WORDING
        )


def _longest(options: tuple[Option, ...], right: int) -> bool:
    others = (len(option.label) for n, option in enumerate(options) if n != right)
    return len(options[right].label) > max(others)


def check_variants(page: Page, language: str, banned: Banned, *, adults: bool = False) -> None:
    """Check phrases or a journey's words, each text for the audience it stands under.

    ``adults``: the page speaks to grown-ups, and its bands are those of their children.
    """
    for path, text in words_of(page):
        if "labels" in path or str(path[0]).startswith("button."):
            check_button(
                page, path, text, "name" if str(path[0]).startswith(_STANDING) else "label"
            )
            continue
        bands = [str(part) for part in path if part in (*BANDS, ADULT)]
        audience = ADULT if adults else (*bands, "all")[0]
        check_length(page, path, text, audience)
        _check_banned(page, path, text, language, dict.fromkeys(("all", audience)), banned)


def check_adult_page(page: Page, language: str, banned: Banned) -> None:
    """Check a whole file that speaks to grown-ups: a guide for parents, an activity."""
    texts = list(words_of(page))
    _check_whole(page, [text for _, text in texts], language, ADULT)
    for path, text in texts:
        check_length(page, path, text, ADULT)
        _check_banned(page, path, text, language, ("all", ADULT), banned)


def check_texts(page: Page, services: Iterable[Service], *, phrases: bool) -> None:
    """Check every text of a page for spelled-out numbers, unknown blanks and shouting."""
    known = {_plain(service.number) for service in services if service.number}
    allowed = (*NUMBERS, *(IN_PHRASES if phrases else ()))
    for path, text in words_of(page):
        _check_numbers(page, path, text, known)
        _check_blanks(page, path, text, allowed)
        if "!" in _QUOTED.sub("", text):
            sentence = "Sigurt does not shout. End with a full stop."
            page.fault(path, sentence, Level.WORDING)


def spelled_numbers(text: str, known: Iterable[str]) -> Iterator[str]:
    """Runs of digits that are a known service number or look like a telephone number."""
    for match in _DIGITS.finditer(_DATE.sub("", text)):
        run = match.group()
        digits = _plain(run)
        longest = max(len(group) for group in re.split(r"\D+", run) if group)
        if (len(digits) >= 3 and digits in known) or (len(digits) >= 6 and longest >= 3):
            yield run


def _check_numbers(page: Page, path: Path, text: str, known: set[str]) -> None:
    for number in spelled_numbers(text, known):
        sentence = f'The number "{number}" is spelled out. Write {{child_helpline}}, '
        page.fault(path, sentence + "{emergency} or another placeholder.", Level.WORDING)


def _check_blanks(page: Page, path: Path, text: str, allowed: tuple[str, ...]) -> None:
    for blank in _BRACES.findall(text):
        if blank.strip("{}") not in allowed:
            choice = ", ".join("{" + name + "}" for name in allowed)
            sentence = f'"{blank}" is no placeholder. Use one of: {choice}.'
            page.fault(path, sentence, Level.WORDING)


def _check_banned(
    page: Page, path: Path, text: str, language: str, audiences: Iterable[str], banned: Banned
) -> None:
    """What is banned for all may stand in quotes: they hold somebody else's words."""
    for audience in audiences:
        bare = _QUOTED.sub("", text) if audience == "all" else text
        if word := banned.found(bare, language, audience):
            sentence = f'"{word}" is never said ([{audience}] in banned.toml). Say it another way.'
            page.fault(path, sentence, Level.WORDING)


def _plain(number: str) -> str:
    return re.sub(r"\D", "", number)


@cache
def _pattern(entries: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for a whole list: a search each would be most of what a check costs."""
    words = (
        rf"(?P<n{n}>{re.escape(entry.casefold().rstrip('*'))}"
        + (")" if entry.endswith("*") else r"(?!\w))")
        for n, entry in enumerate(entries)
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})")
