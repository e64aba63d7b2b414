"""How far the content is: what there is, who has still to read it, and what has grown old."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from bot.authoring.check import check
from bot.authoring.faults import Fault, Level
from bot.authoring.load import Library, read_library
from bot.authoring.pages import Faults, Page
from bot.authoring.reviews import KEY, ROLES, fingerprint, reviews_of, words_of
from bot.engine.content import BANDS, LANGUAGES, TOPICS

WORD_BY_WORD = {f"t{number:02}" for number in (2, 3, 5, 6, 7, 8, 15, 18)}
"""Topics of which a child psychologist signs every word (curriculum, section 10)."""

_TOPICAL = ("lessons", "guides", "activities")
_SIGNS = {  # beside the editor, who reads everything in both languages
    "activities": ("teacher",),
    "platforms": ("tester",),  # opens every path that is named
    "care": ("psychologist", "helpline"),
    "journeys": ("psychologist", "helpline"),
    "phrases": ("psychologist", "lawyer", "helpline"),  # what is kept and who is told
}
_OF_LAW = re.compile(r"\b(?:i?ligj|i?legal|law)", re.IGNORECASE)  # a lawyer reads such a file
_DATED = ("services.toml", "platforms.toml")
_ART = Path(__file__).parents[1] / "channels" / "static" / "art"

Table = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A file that somebody has still to read: who, and the fingerprint to sign with."""

    file: str
    kind: str
    needs: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the report tells; ``more`` are sections that others add, by title."""

    counts: Table  # what, language
    whole: int  # lessons, once every topic has all of its own
    transcripts: int
    unsigned: tuple[Unsigned, ...]
    changed: tuple[str, ...]
    stale: tuple[str, ...]
    undrawn: tuple[str, ...]
    to_mend: int
    more: Mapping[str, Sequence[str]]


def report(
    root: Path, *, today: date | None = None, more: Mapping[str, Sequence[str]] | None = None
) -> Report:
    """Read a content folder and say how far it is.

    ``more`` takes the sections that are not in the files, such as the conversations that
    stand on something about to be removed: a title, and a line for each thing to know.
    """
    today = today or datetime.now(UTC).date()
    library, faults = read_library(root, Faults()), check(root, today=today)
    pages = [page for language in LANGUAGES for page in library.read_by_people(language)]
    return Report(
        counts=_counts(library),
        whole=len(_topics(library)) * len(BANDS) * len(LANGUAGES),
        transcripts=_transcripts(root),
        unsigned=tuple(each for page in pages if (each := _unsigned(page)).needs),
        changed=tuple(line for page in pages for line in _changed(page)),
        stale=tuple(str(fault) for fault in faults if _is_stale(fault)),
        undrawn=tuple(sorted({name for page in pages for name in _undrawn(page)})),
        to_mend=sum(fault.level > Level.NOTE for fault in faults),
        more=dict(more or {}),
    )


def _counts(library: Library) -> Table:
    table: Table = {"topics": {}}
    table |= {f"lessons {band}": {} for band in BANDS}
    for language in LANGUAGES:
        lessons = list(library.lessons[language])
        table["topics"][language] = len({name.partition("-")[0] for name in lessons})
        for band in BANDS:
            table[f"lessons {band}"][language] = sum(name.endswith(f"-{band}") for name in lessons)
        for kind, files in _folders(library, language).items():
            table.setdefault(kind, {})[language] = len(files)
        phrases = library.phrases[language]
        table.setdefault("phrases", {})[language] = (
            len(phrases.data.keys() - {KEY}) if phrases else 0
        )
    return table


def _topics(library: Library) -> set[str]:
    """Those of the curriculum, and those that authors have begun beside them."""
    files = (name for language in LANGUAGES for name in library.lessons[language])
    return {*TOPICS, *(name.partition("-")[0] for name in files)}


def _folders(library: Library, language: str) -> Mapping[str, Mapping[str, Page]]:
    return {
        "guides": library.guides[language],
        "activities": library.activities[language],
        "platforms": library.platform_words[language],
        "care": library.care[language],
        "journeys": library.journeys.words[language],
    }


def _transcripts(root: Path) -> int:
    """Transcripts lie beside the content of a working copy, and nowhere else."""
    folders = (root / "transcripts", root.resolve().parent / "tests" / "transcripts")
    return sum(1 for folder in folders for _ in folder.rglob("*.toml"))


def _unsigned(page: Page) -> Unsigned:
    mark = fingerprint(page)
    signed = {review.role for review in reviews_of(page) if review.text == mark}
    needs = tuple(role for role in _signers(page) if role not in signed)
    return Unsigned(page.file, kind_of(page), needs, mark)


def kind_of(page: Page) -> str:
    """What a file is: the folder it lies in, or its own name (``phrases``, ``page``)."""
    parts = page.file.split("/")
    return parts[1] if len(parts) > 2 else page.stem


def _signers(page: Page) -> tuple[str, ...]:
    kind, topic = kind_of(page), page.stem.partition("-")[0]
    needed = {"editor", *_SIGNS.get(kind, ())}
    if kind in _TOPICAL and topic in WORD_BY_WORD:
        needed.add("psychologist")
    if any(_OF_LAW.search(text) for _, text in words_of(page)):
        needed.add("lawyer")
    return tuple(role for role in ROLES if role in needed)


def _changed(page: Page) -> Iterator[str]:
    mark = fingerprint(page)
    reviews = reviews_of(page)
    current = {review.role for review in reviews if review.text == mark}
    for review in reviews:
        if review.text != mark and review.role not in current:
            yield f"{page.file}: since the {review.role} read it on {review.on}"


def _is_stale(fault: Fault) -> bool:
    return fault.file in _DATED and fault.level is Level.NOTE


def _undrawn(page: Page) -> Iterator[str]:
    picture = page.data.get("picture")
    if isinstance(picture, str) and picture and not (_ART / f"{picture}.svg").is_file():
        yield picture


def as_json(found: Report) -> str:
    """The report for programs; with the fingerprint of every file that is to be signed."""
    return json.dumps(asdict(found), ensure_ascii=False, indent=2)


def as_text(found: Report) -> str:
    """The report for people: short columns, then what is to be done."""
    parts = [_count_lines(found), _sign_lines(found.unsigned)]
    parts += [
        [title, *(f"  {line}" for line in lines)]
        for title, lines in {
            "Changed since it was read": found.changed,
            "Checked too long ago": found.stale,
            "Pictures without a drawing": found.undrawn,
            **found.more,
        }.items()
        if lines
    ]
    if found.to_mend:
        parts.append([f"{found.to_mend} to mend: sigurt content check names them."])
    return "\n\n".join("\n".join(part) for part in parts)


def _count_lines(found: Report) -> list[str]:
    lines = [_columns("", *LANGUAGES)]
    for what, by_language in found.counts.items():
        lines.append(_columns(what, *(str(by_language.get(each, 0)) for each in LANGUAGES)))
    written = sum(sum(row.values()) for what, row in found.counts.items() if "lessons" in what)
    lines.append(_columns("lessons in all", str(written), f"of {found.whole}"))
    if found.transcripts:
        lines.append(_columns("transcripts", str(found.transcripts)))
    return lines


def _columns(first: str, *others: str) -> str:
    return f"{first:<16}" + "".join(f"{other:>8}" for other in others)


def _sign_lines(unsigned: tuple[Unsigned, ...]) -> list[str]:
    if not unsigned:
        return ["Everything has been read and signed."]
    lines = [f"To be read and signed: {len(unsigned)} files (--json names them)"]
    for role in ROLES:
        kinds = Counter(each.kind for each in unsigned if role in each.needs)
        if kinds:
            counted = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
            lines.append(
                f"  {role + ', word by word' if role == 'psychologist' else role}: {counted}"
            )
    return lines
