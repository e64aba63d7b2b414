"""Labelled messages: JSON lines, and scenario files that people write and read.

A scenario is one situation; its lines are different people telling of it, and harmless
ones beside them::

    = gro-017 grooming
    # the coach offers lifts home and wants it kept quiet
    d sq pl c14 | trajneri me con gjithmone i fundit
    n! en st c14 | our coach drives the whole team home

Each line: severity (``e``, ``d``, ``c``, ``n``; ``!`` where a list of words would get it
wrong), language (``sq``, ``en``, ``mx``), register (``st`` standard, ``pl`` plain, ``gh``
Gheg, ``sl`` slang, ``em`` emoji), author (``c8``, ``c11``, ``c14``, ``pa``, ``te``, ``ot``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from zlib import crc32

from bot.triage.rules import CATEGORIES

Row = Mapping[str, str]

_SEVERITIES = {"e": "emergency", "d": "disclosure", "c": "concern", "n": "none"}
_LANGUAGES = {"sq": "sq", "en": "en", "mx": "mixed"}
_REGISTERS = {"st": "standard", "pl": "plain", "gh": "gheg", "sl": "slang", "em": "emoji"}
_AUTHORS = {
    **{"c8": "child_8_10", "c11": "child_11_13", "c14": "child_14_17"},
    **{"pa": "parent", "te": "teacher", "ot": "other"},
}
_LINE = re.compile(r"([edcn])(!?) (\w+) (\w+) (\w+) \| (.+)")
_KEPT_OUT = 8  # one scenario in so many is read by no training


class BadMessages(ValueError):
    """A file of messages that cannot be read; the text says which line and why."""


def messages(paths: Iterable[str | Path]) -> list[Row]:
    """Return the messages of some files, in order. Raises BadMessages or OSError."""
    return [row for path in paths for row in _of_file(Path(path))]


def _of_file(path: Path) -> Iterator[Row]:
    lines = path.read_text("utf-8").splitlines()
    if path.suffix == ".jsonl":
        rows = (json.loads(line) for line in lines)
        yield from (row for row in rows if "text" in row)  # marks whose words were not released
        return
    scenario, category = "", ""
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("= "):
            scenario, category = _scenario(line, f"{path.name}:{number}")
        else:
            yield _row(line, scenario, category, f"{path.name}:{number}")


def _scenario(line: str, where: str) -> tuple[str, str]:
    parts = line.split()
    if len(parts) != 3 or parts[2] not in (*CATEGORIES, "none"):
        raise BadMessages(f"{where}: a scenario begins with = id category")
    return parts[1], parts[2]


def _row(line: str, scenario: str, category: str, where: str) -> Row:
    found = _LINE.fullmatch(line)
    if not (found and scenario):
        raise BadMessages(f"{where}: this is no message of a scenario")
    severity, hard, language, register, author, text = found.groups()
    if language not in _LANGUAGES or register not in _REGISTERS or author not in _AUTHORS:
        raise BadMessages(f"{where}: unknown language, register or author")
    return {
        "id": scenario,
        "scenario": scenario,
        "lang": _LANGUAGES[language],
        "register": _REGISTERS[register],
        "author": _AUTHORS[author],
        "severity": _SEVERITIES[severity],
        "category": category if severity != "n" else "none",
        "hard": "yes" if hard else "",
        "text": text,
    }


def kept_out(row: Row) -> bool:
    """Whether a message belongs to a scenario that no training reads."""
    return "scenario" in row and crc32(row["scenario"].encode()) % _KEPT_OUT == 0
