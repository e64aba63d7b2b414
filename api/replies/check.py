"""What is wrong with the ready-made replies of a content folder, for authors.

Spelling and signatures are checked with the rest of the folder; here: the same texts in both
languages, their length, their holes, and words that a helpline never says.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from api.locale.catalogue import LANGUAGES
from api.replies.content import RepliesBroken, holes_of, read_texts

LONGEST = 300
_BANDS = {"child": ("8-10", "11-13"), "young": ("14-17",), "adult": ()}
_SHOUTED = re.compile(r"!|\.\.\.|…")
_NUMBER = re.compile(r"\d{3}")
_QUOTED = re.compile(r"“[^”]*”")
_PROMISES = {
    "sq": (
        *(r"\bgarantoj", r"\bpremtoj(?! që do të të them të vërtetën)", r"mbetet sekret"),
        *(r"do të (rregullohet|zhduket|dënohet|kapet|hiqet)", r"do ta (kapin|dënojnë|heqin)"),
    ),
    "en": (
        *(r"guarantee", r"\bpromise(?! to tell you the truth)", r"stays? (a )?secret"),
        r"will (disappear|be punished|be caught|be taken down)",
    ),
}
_DENIED = {"sq": "nuk mund të të premtoj që mbetet sekret", "en": "can't promise a secret"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend, as a sentence with its place."""

    file: str
    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.sentence}"


def check(folder: Path) -> list[Fault]:
    """Every fault of the replies of a content folder; empty when they may go out.

    A folder without any is not for a helpline, and whole: only its start needs them.
    """
    if not any((folder / language / "replies.toml").exists() for language in LANGUAGES):
        return []
    try:
        texts = {language: read_texts(folder, language) for language in LANGUAGES}
        banned = tomllib.loads((folder / "banned.toml").read_text(encoding="utf-8"))
    except (RepliesBroken, OSError, ValueError) as error:
        return [Fault("replies.toml", "", str(error))]
    return [
        *_twins(texts),
        *(
            Fault(f"{language}/replies.toml", ".".join(place), sentence)
            for language in LANGUAGES
            for place, text in texts[language].items()
            for sentence in _faults(text, language, place[1], banned)
        ),
    ]


def _twins(texts: dict[str, dict[tuple[str, str, str], str]]) -> Iterator[Fault]:
    every = {place for found in texts.values() for place in found}
    for language, found in texts.items():
        for place in sorted(every - found.keys()):
            sentence = "Stands in the other language only. Write it here too."
            yield Fault(f"{language}/replies.toml", ".".join(place), sentence)
    for place in sorted(every):
        if len({frozenset(holes_of(found.get(place, ""))) for found in texts.values()}) > 1:
            yield Fault("replies.toml", ".".join(place), "Other holes in the other language.")


def _faults(
    text: str, language: str, audience: str, banned: dict[str, dict[str, list[str]]]
) -> Iterator[str]:
    if len(text) > LONGEST:
        yield f"{len(text)} characters; at most {LONGEST}. Shorten it."
    if _SHOUTED.search(text):
        yield "No exclamation marks and no dots that trail off."
    if _NUMBER.search(text):
        yield "A number spelled out. Write its hole: it comes from services.toml."
    said = _QUOTED.sub("", text).casefold()
    for band in ("all", *_BANDS[audience]):
        for entry in banned[band][language]:
            if re.search(_pattern(entry), said):
                yield f'"{entry}" is never said. Say it another way.'
    honest = said.replace(_DENIED[language], "")
    for promise in _PROMISES[language]:
        if found := re.search(promise, honest):
            yield f'"{found[0]}" promises. Say what is true.'


def _pattern(entry: str) -> str:
    """A banned word as a whole word; a star stands for any ending."""
    word = re.escape(entry.removesuffix("*"))
    return rf"\b{word}" if entry.endswith("*") else rf"\b{word}\b"
