"""``sigurt triage``: JSON lines in, JSON lines out, in the same order, one at a time."""

from __future__ import annotations

import io
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, TextIO
from zipfile import BadZipFile

from bot.engine.content import LANGUAGES, Lexicon
from bot.triage.ears import ears_of
from bot.triage.explain import explanation, for_people
from bot.triage.kept import ENCODER, WEIGHING
from bot.triage.quoted import said_in
from bot.triage.reading import read
from bot.triage.rules import BrokenLexicon

CONTENT = Path(__file__).parents[2] / "content"
_HEADS = (
    *("safe_words", "exit_words", "help_words", "person_words", "robot_words"),
    *("language_words", "menu_words", "secret_words", "hide_words", "parent_words"),
    *("stranger_words", "greeting_words", "thanks_words", "report_words", "code_words"),
    *("skip_words", "back_words"),
)
_SAYS = ("lessons", "journeys", "guides", "activities", "platforms", "care")

LINE_AT_MOST = 1 << 20  # bytes; the longest text that is read in full needs a quarter of it
_MARK = b"\xef\xbb\xbf"  # that some editors put before the first line
# Inside a text these end no line of JSON, but many programs cut lines there.
_BREAKS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\x85\u2028\u2029"}


class BadLine(ValueError):
    """A line that is no message; the text says why, without repeating the line."""


class CannotRead(Exception):
    """What the triage reads with is missing or broken; the text says which and the mend."""


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


def said(folder: Path = CONTENT) -> list[str]:
    """Return what Sigurt says and what its buttons read, each once, in a fixed order."""
    found = (place for language in LANGUAGES for place in places(folder, language))
    return list(dict.fromkeys(text for place in found for text in place))


def main(
    stdin: BinaryIO,
    stdout: BinaryIO,
    stderr: TextIO,
    *,
    explain: bool = False,
    text: str | None = None,
    language: str = "sq",
) -> int:
    """Answer each line; what is wrong with one is told on ``stderr``, with its number.

    ``explain`` adds how it was decided, in ``language``; for a ``text`` given, or at a
    terminal, it is told as people read it. Returns 0, 1 if a line was bad, 2 if nothing can be
    read with. Whoever stops listening ends it quietly.
    """
    try:
        desk = _Desk(ready(), stdout, explain, language)
        if text is not None:
            return desk.text(text)
        if explain and stdin.isatty():
            return desk.talk(stdin)
        return desk.answer(stdin, stderr)
    except CannotRead as cannot:
        stderr.write(f"{cannot}\n")
        return 2
    except BrokenPipeError:
        _let_go(stdout)
        return 0


def ready(folder: Path = CONTENT) -> dict[str, Lexicon]:
    """Return the lexicons with everything that reading needs loaded. Raises CannotRead."""
    models = " and ".join(str(path.relative_to(CONTENT.parent)) for path in (ENCODER, WEIGHING))
    try:
        lexicons = load_lexicons(folder)
    except (OSError, ValueError) as fault:
        raise CannotRead(
            f"The triage cannot read its words: {fault}. They are the lexicon.toml of both "
            "languages and cues.json: sigurt content check says more; make train makes the cues."
        ) from fault
    try:
        ears_of(tuple(lexicons.values()))
    except BrokenLexicon as broken:
        raise CannotRead(f"A rule of the triage is broken: {broken}.") from broken
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as fault:
        raise CannotRead(
            f"A model of the triage cannot be read: {fault}. They are {models} and "
            "content/cues.json: take them from the repository again, or run make train."
        ) from fault
    return lexicons


def _let_go(stdout: BinaryIO) -> None:
    """Nobody listens any more: what is left in the buffer goes nowhere, without complaint."""
    with suppress(io.UnsupportedOperation):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stdout.fileno())
        os.close(nowhere)


class _Desk:
    """Reads messages and writes what was read."""

    def __init__(
        self, lexicons: Mapping[str, Lexicon], stdout: BinaryIO, explain: bool, language: str
    ) -> None:
        self._lexicons, self._stdout = lexicons, stdout
        self._explain, self._language = explain, language

    def answer(self, stdin: BinaryIO, stderr: TextIO) -> int:
        """Answer JSON lines in JSON lines."""
        status = 0
        for number, line in _lines(stdin):
            try:
                name, text = _message(line)
            except BadLine as bad:
                status = 1
                stderr.write(f"line {number}: {bad}\n")
                stderr.flush()
            else:
                self._write_json(self._answered(name, text))
        return status

    def text(self, text: str) -> int:
        """Answer one text: in JSON, or explained to people."""
        if self._explain:
            self._tell(text)
        else:
            self._write_json(self._answered(None, text))
        return 0

    def talk(self, stdin: BinaryIO) -> int:
        """Explain every line that somebody types."""
        while line := stdin.readline(LINE_AT_MOST):
            self._tell(line.decode("utf-8", "replace").rstrip("\r\n"))
        return 0

    def _answered(self, name: str | int | None, text: str) -> dict[str, object]:
        reading = read(text, self._lexicons)
        answer: dict[str, object] = {
            "id": name,
            "lang": reading.language,
            "severity": reading.severity.word,
            "category": reading.category,
            "score": reading.score,
            "evidence": [{"rule": each.rule, "words": each.words} for each in reading.evidence],
        }
        if self._explain:
            answer["explanation"] = explanation(text, self._lexicons).as_json(self._language)
        return answer

    def _tell(self, text: str) -> None:
        told = for_people(explanation(text, self._lexicons), self._language)
        self._write(f"{told}\n".encode("utf-8", "replace"))

    def _write_json(self, answer: Mapping[str, object]) -> None:
        line = json.dumps(answer, ensure_ascii=False).translate(_BREAKS)
        try:
            self._write(f"{line}\n".encode())
        except UnicodeEncodeError:  # half a surrogate pair: no UTF-8 holds it but as \ud800
            self._write(f"{json.dumps(answer)}\n".encode())

    def _write(self, line: bytes) -> None:
        self._stdout.write(line)
        self._stdout.flush()


def _lines(stdin: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank with their numbers; of one too long its beginning."""
    number = 0
    while line := stdin.readline(LINE_AT_MOST + 1):
        number += 1
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = stdin.readline(LINE_AT_MOST)
        if number == 1:
            line = line.removeprefix(_MARK)
        if line.strip():
            yield number, line


def _message(line: bytes) -> tuple[str | int | None, str]:
    """Return id and text. Raises BadLine."""
    message = _parsed(line)
    if not isinstance(message, dict):
        raise BadLine("this is not an object")
    name, text = message.get("id"), message.get("text")
    if not isinstance(text, str):
        raise BadLine('"text" is missing or no text')
    if isinstance(name, bool) or not isinstance(name, str | int | None):
        raise BadLine('"id" must be a text or a whole number')
    return name, text


def _parsed(line: bytes) -> object:
    if len(line) > LINE_AT_MOST:
        raise BadLine(f"this is longer than {LINE_AT_MOST} bytes")
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadLine(f"this is not UTF-8 (byte {error.start + 1})") from None
    except json.JSONDecodeError as error:
        why = f"{error.msg[0].lower()}{error.msg[1:].removesuffix(' at')}"
        raise BadLine(f"this is not JSON ({why}, column {error.colno})") from None
    except RecursionError:
        raise BadLine("this is nested too deeply") from None
    except ValueError:
        raise BadLine("a number in this is too long") from None
