"""Prints what the triage makes of labelled messages.

    python -m bot.triage.measure messages.jsonl
    python -m bot.triage.measure --folds messages.jsonl more.jsonl

Each line holds ``text``, ``severity``, ``category`` and, if known, ``lang`` and
``register``. With ``--folds`` the cues are learned anew five times, each time without a
fifth of the first file, which is then read; lines of further files are always learned.
Figures on messages that the rules were tuned on are no claim about others.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from zlib import crc32

from bot.engine.content import Lexicon
from bot.engine.events import Reading, Severity
from bot.triage.cli import labelled, load_lexicons
from bot.triage.reading import read
from bot.triage.train import harmless, trained

Row = Mapping[str, str]
Pair = tuple[Row, Reading]
_GRAVE = (Severity.DISCLOSURE, Severity.EMERGENCY)
_FOLDS = 5


def measured(rows: Iterable[Row], lexicons: Mapping[str, Lexicon]) -> list[Pair]:
    """Return each labelled message with what was read in it."""
    return [(row, read(row["text"], lexicons)) for row in rows]


def unseen(rows: Sequence[Row], more: Sequence[Row]) -> list[Pair]:
    """Return each message with what is read in it by cues that did not learn from it."""
    pairs: list[Pair] = []
    for fold in range(_FOLDS):
        others = [row for row in rows if _fold(row) != fold]
        lexicons = load_lexicons(cues={})
        cues = trained([*others, *more, *harmless(lexicons)], lexicons)
        pairs += measured([row for row in rows if _fold(row) == fold], load_lexicons(cues=cues))
    return pairs


def _fold(row: Row) -> int:
    return crc32(row["id"].encode()) % _FOLDS


def figures(pairs: Sequence[Pair]) -> dict[str, float]:
    """Return the shares that matter, in per cent; nan where there is no such message."""
    grave = [pair for pair in pairs if pair[0]["severity"] in ("emergency", "disclosure")]
    emergencies = [pair for pair in grave if pair[0]["severity"] == "emergency"]
    harmless = [pair for pair in pairs if pair[0]["severity"] == "none"]
    worries = [pair for pair in pairs if pair[0]["severity"] == "concern"]
    raised = [pair for pair in grave if _raised(pair)]
    return {
        "n": len(pairs),
        "raised": _share(raised, grave),
        "raised or asked": _share([p for p in grave if p[1].severity], grave),
        "emergency raised": _share([p for p in emergencies if _raised(p)], emergencies),
        "emergency as such": _share(
            [p for p in emergencies if p[1].severity is Severity.EMERGENCY], emergencies
        ),
        "concern heard": _share([p for p in worries if p[1].severity], worries),
        "none raised": _share([p for p in harmless if _raised(p)], harmless),
        "none asked": _share([p for p in harmless if p[1].severity is Severity.CONCERN], harmless),
        "category": _share([p for p in raised if p[1].category == p[0]["category"]], raised),
    }


def _raised(pair: Pair) -> bool:
    return pair[1].severity in _GRAVE


def _share(part: Sequence[Pair], whole: Sequence[Pair]) -> float:
    return 100 * len(part) / len(whole) if whole else float("nan")


def _groups(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    groups: dict[str, list[Pair]] = {"all": list(pairs)}
    for key in ("lang", "register"):
        for pair in pairs:
            if value := pair[0].get(key):
                groups.setdefault(f"{key} {value}", []).append(pair)
    return groups


def _milliseconds(rows: Sequence[Row], lexicons: Mapping[str, Lexicon]) -> list[float]:
    times = []
    for row in rows:
        begun = time.perf_counter()
        read(row["text"], lexicons)
        times.append(1000 * (time.perf_counter() - begun))
    return sorted(times)


def main(arguments: Sequence[str]) -> int:
    """Print the table for one file of JSON lines."""
    paths = [argument for argument in arguments if argument != "--folds"]
    if not paths or (len(paths) > 1 and "--folds" not in arguments):
        print("usage: python -m bot.triage.measure [--folds] messages.jsonl", file=sys.stderr)
        return 2
    rows, more = labelled(paths[:1]), labelled(paths[1:])
    lexicons = load_lexicons()
    pairs = unseen(rows, more) if "--folds" in arguments else measured(rows, lexicons)
    groups = _groups(pairs)
    names = list(figures(groups["all"]))
    print("| messages | " + " | ".join(names) + " |\n" + "| --- " * (len(names) + 1) + "|")
    for name, group in groups.items():
        print(f"| {name} | " + " | ".join(f"{v:.0f}" for v in figures(group).values()) + " |")
    times = _milliseconds(rows, lexicons)
    print(f"\nmedian {median(times):.2f} ms, p99 {times[int(0.99 * len(times))]:.2f} ms a message")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
