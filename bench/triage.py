"""``make measure``: what the triage hears, and how long it takes.

    python -m bench.triage [--markdown] [--floor] [FILE ...]

Reads the messages that no training reads, or labelled files of your own (scenarios as
``.txt``, or JSON lines). ``--floor`` also measures, on the same messages, what character
n-grams with a logistic regression reach that learned from the same data; it needs what
``make train`` installs. Prints numbers only, never a message.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.spoiled import SPOILS, spoiled
from bot.engine.content import Lexicon
from bot.triage.cli import CannotRead, ready
from bot.triage.measure import Table, heard, held_out, percent_of, shares, tables
from bot.triage.messages import BadMessages, Row, messages
from bot.triage.reading import read

_LONG = 10_000  # characters
_HEARD = ("emergencies raised", "disclosures raised", "raised or asked")
_FALSE = ("harmless raised", "harmless asked")


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process to one core, where the system can (also see the Makefile)."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def milliseconds(texts: Sequence[str], lexicons: Mapping[str, Lexicon]) -> list[float]:
    """Return how long each text took, in order of length of time."""
    times = []
    for text in texts:
        begun = time.perf_counter()
        read(text, lexicons)
        times.append(1000 * (time.perf_counter() - begun))
    return sorted(times)


def long_texts(rows: Sequence[Row]) -> list[str]:
    """Return texts of 10,000 characters: harmless ones in a row, grave ones, all of them."""
    harmless = [row["text"] for row in rows if row["severity"] == "none"]
    grave = [row["text"] for row in rows if row["severity"] in ("emergency", "disclosure")]
    joined = (". ".join(part) for part in (harmless, grave, [row["text"] for row in rows]))
    return [(text * (1 + _LONG // (len(text) or 1)))[:_LONG] for text in joined if text]


def _timed(rows: Sequence[Row], lexicons: Mapping[str, Lexicon]) -> Table:
    with one_core():
        read("po", lexicons)
        times = milliseconds([row["text"] for row in rows], lexicons)
        long = milliseconds(long_texts(rows), lexicons)
    figures = {
        "median": (statistics.median(times), "under 0.5"),
        "99 of 100 within": (times[int(0.99 * len(times))], "under 20"),
        "longest": (times[-1], ""),
        f"{_LONG} characters, longest of {len(long)}": (long[-1], ""),
    }
    return Table(
        "Time of one message on one core, each read for the first time (milliseconds)",
        ("", "goal", "measured"),
        [[name, goal, f"{value:.2f}"] for name, (value, goal) in figures.items()],
    )


def _robust(rows: Sequence[Row], lexicons: Mapping[str, Lexicon]) -> Table:
    named = (*_HEARD, *_FALSE)
    found = []
    for name in SPOILS:
        changed = [{**row, "text": spoiled(row["text"], name, n)} for n, row in enumerate(rows)]
        figures = shares(heard(changed, lexicons))
        found.append([name, *(percent_of(figures[each]) for each in named)])
    return Table("The same messages, typed otherwise", ("typed", *named), found)


def measured(rows: Sequence[Row], lexicons: Mapping[str, Lexicon]) -> list[Table]:
    """Return every table; times first, since each message is new then."""
    timed = _timed(rows, lexicons)
    return [*tables(heard(rows, lexicons)), _robust(rows, lexicons), timed]


def show(found: Sequence[Table], *, markdown: bool = False) -> None:
    """Print tables."""
    for table in found:
        print(f"{table.markdown() if markdown else table.plain()}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 2 when there is nothing to measure or to measure with."""
    asked = _arguments(arguments)
    try:
        rows = messages(asked.files) if asked.files else held_out()
        lexicons = ready()
    except (OSError, ValueError, BadMessages, CannotRead) as fault:
        print(fault)
        return 2
    if not rows:
        print("There are no messages to measure.")
        return 2
    print(f"{len(rows)} messages, {time.strftime('%Y-%m-%d')}. The number is small: mind the")
    print("intervals. All are invented; expect less of what children really write.\n")
    show(measured(rows, lexicons), markdown=asked.markdown)
    if asked.floor:
        from bench.floor import floor

        show([floor(rows)], markdown=asked.markdown)
    return 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.triage", description="What the triage hears.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--markdown", action="store_true", help="tables as Markdown")
    parser.add_argument("--floor", action="store_true", help="also what plain n-grams reach")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
