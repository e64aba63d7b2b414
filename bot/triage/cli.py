"""``sigurt triage``: JSON lines in, JSON lines out, in the same order, one at a time."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from bot.engine.content import LANGUAGES, Lexicon
from bot.triage.quoted import said_in
from bot.triage.reading import read

CONTENT = Path(__file__).parents[2] / "content"
_HEADS = (
    *("safe_words", "exit_words", "help_words", "person_words", "robot_words"),
    *("language_words", "menu_words", "secret_words", "hide_words", "parent_words"),
    *("stranger_words", "greeting_words", "thanks_words", "report_words", "code_words"),
)

_SAYS = ("lessons", "journeys", "guides", "activities", "platforms", "care")


class BadLine(ValueError):
    """A line that is no message; the text says why, without repeating the line."""


def load_lexicons(
    folder: Path = CONTENT, cues: Mapping[str, object] | None = None
) -> dict[str, Lexicon]:
    """Return the lexicon of each language, read without the rest of the content.

    ``cues`` stand in for those of ``cues.json``, as while they are being learned.
    """
    if cues is None:
        cues = json.loads((folder / "cues.json").read_text("utf-8"))
    return {language: _lexicon(folder, language, cues) for language in LANGUAGES}


def places(folder: Path, language: str) -> Iterator[tuple[str, ...]]:
    """Yield what Sigurt says in a language, in a fixed order, the texts of a place together."""
    files = [path for name in _SAYS for path in sorted((folder / language / name).glob("*.toml"))]
    for path in (*files, folder / language / "phrases.toml"):
        yield from said_in(path.name, tomllib.loads(path.read_text("utf-8")))


def _lexicon(folder: Path, language: str, cues: Mapping[str, object]) -> Lexicon:
    data = tomllib.loads((folder / language / "lexicon.toml").read_text("utf-8"))
    heads = {head: tuple(data.pop(head, ())) for head in _HEADS}
    said = tuple(places(folder, language))
    return Lexicon(language=language, **heads, data=data, cues=cues, said=said)


def labelled(paths: Sequence[str | Path]) -> list[dict[str, str]]:
    """Return the messages of some files of JSON lines."""
    lines = [line for path in paths for line in Path(path).read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines]


def said(folder: Path = CONTENT) -> list[str]:
    """Return what Sigurt says and what its buttons read, each once, in a fixed order."""
    found = (place for language in LANGUAGES for place in places(folder, language))
    return list(dict.fromkeys(text for place in found for text in place))


def main(stdin: TextIO, stdout: TextIO) -> int:
    """Answer each line; a bad one is answered with its error. 1 if any was bad, else 0."""
    lexicons = load_lexicons()
    bad = False
    for number, line in enumerate(stdin, 1):
        if not line.strip():
            continue
        try:
            answer = _answer(line, lexicons)
        except BadLine as error:
            bad = True
            answer = {"id": None, "error": f"line {number}: {error}"}
        stdout.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace").decode())
        stdout.write("\n")
    return 1 if bad else 0


def _answer(line: str, lexicons: Mapping[str, Lexicon]) -> dict[str, object]:
    name, text = _message(line)
    reading = read(text, lexicons)
    return {
        "id": name,
        "lang": reading.language,
        "severity": reading.severity.word,
        "category": reading.category,
        "score": reading.score,
        "evidence": [{"rule": each.rule, "words": each.words} for each in reading.evidence],
    }


def _message(line: str) -> tuple[str | int | None, str]:
    """Return id and text. Raises BadLine."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine("this is not JSON") from None
    if not isinstance(message, dict):
        raise BadLine("this is not an object")
    name, text = message.get("id"), message.get("text")
    if not isinstance(text, str):
        raise BadLine('"text" is missing or no text')
    if isinstance(name, bool) or not isinstance(name, str | int | None):
        raise BadLine('"id" must be a text or a whole number')
    return name, text
