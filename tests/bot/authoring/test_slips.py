"""Whatever an author's slip makes of a file, the checker answers with faults."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.authoring import ContentFault, Fault, Level, check, load

GOOD = Path(__file__).parent / "good"
FILES = sorted(str(path.relative_to(GOOD)) for path in GOOD.rglob("*.toml"))
DATA = {file: tomllib.loads((GOOD / file).read_text(encoding="utf-8")) for file in FILES}
SCALARS = (None, "", " ", "@", "@lesson:", "{", "{name}", "x", 0, -1, True, date(2020, 1, 1))
NESTED = ([], [""], ["a", "a"], [1], {}, {"a": "b"}, {"": {}}, [{}], [{"id": "a"}])
JUNK = st.sampled_from((*SCALARS, *NESTED))


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a file below its root."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)  # type: ignore[arg-type]
    for key, item in pairs:
        yield (*path, key)
        if isinstance(item, dict | list):
            yield from places(item, (*path, key))


PLACES = [(file, path) for file in FILES for path in places(DATA[file])]


def written(value: object) -> str:
    """A value as TOML."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case list():
            return "[" + ", ".join(map(written, value)) + "]"
        case dict():
            pairs = (f"{written(key)} = {written(item)}" for key, item in value.items())
            return "{" + ", ".join(pairs) + "}"
        case _:
            return str(value)


def spoilt(file: str, path: tuple[Any, ...], junk: object) -> str:
    """A file with something else in one place; None takes the place out."""
    data = deepcopy(DATA[file])
    inner: Any = data
    for key in path[:-1]:
        inner = inner[key]
    if junk is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = junk
    return "".join(f"{written(key)} = {written(item)}\n" for key, item in data.items())


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(PLACES), JUNK)
def test_no_slip_crashes_the_checker(place: tuple[str, tuple[Any, ...]], junk: object) -> None:
    """
    Anything in any place of any file is either sound or a fault with a line of that library;
    and what ``check`` calls broken, and nothing else, keeps ``load`` from playing it.
    """
    file, path = place
    with tempfile.TemporaryDirectory() as folder:
        root = shutil.copytree(GOOD, Path(folder) / "content")
        text = spoilt(file, path, junk)
        (root / file).write_text(text, encoding="utf-8")

        faults = check(root, today=date(2026, 11, 23))

        assert all(fault.line >= 1 and fault.sentence.endswith(".") for fault in faults)
        broken = [fault for fault in faults if fault.level is Level.BROKEN]
        assert refusal(root) <= set(broken)
        assert bool(refusal(root)) == any(fault.file != "banned.toml" for fault in broken)


def refusal(root: Path) -> set[Fault]:
    """Why a library is not loaded; nothing: it is."""
    try:
        load(root)
    except ContentFault as refused:
        return set(refused.faults)
    return set()
