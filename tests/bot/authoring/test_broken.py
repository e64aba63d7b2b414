"""Each file in ``broken/`` spoils the small library in ``good/`` in one way."""

from __future__ import annotations

import shutil
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.authoring import ContentFault, Level, check, load

HERE = Path(__file__).parent
GOOD = HERE / "good"
BROKEN = sorted((HERE / "broken").glob("*.toml"))
TODAY = date(2026, 11, 23)


def spoil(folder: Path, sample: dict[str, Any]) -> Path:
    """Copy the good library and put the sample's fault into it."""
    shutil.copytree(GOOD, folder)
    files = sample["file"] if isinstance(sample["file"], list) else [sample["file"]]
    for file in files:
        if "find" in sample:
            _replace(folder / file, sample)
        else:
            (folder / file).unlink()
    return folder


def _replace(path: Path, sample: dict[str, Any]) -> None:
    text = path.read_text(encoding="utf-8")
    assert sample["find"] in text, "the good library has changed: mend the sample"
    at = text.rindex(sample["find"]) if sample.get("last") else text.index(sample["find"])
    after = text[at + len(sample["find"]) :]
    path.write_text(text[:at] + sample["put"] + after, encoding="utf-8")


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_fault_is_named(path: Path, tmp_path: Path) -> None:
    """
    Every kind of fault is told with file, line and mend, and nothing else is told.
    """
    sample = tomllib.loads(path.read_text(encoding="utf-8"))
    root = spoil(tmp_path / "content", sample)

    faults = check(root, today=TODAY)

    assert [str(fault) for fault in faults] == sample["says"]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_what_cannot_be_played_is_not_loaded(path: Path, tmp_path: Path) -> None:
    """
    Loading refuses a broken library with all its faults, and one worded badly it plays.
    """
    sample = tomllib.loads(path.read_text(encoding="utf-8"))
    root = spoil(tmp_path / "content", sample)
    broken = [f for f in check(root, today=TODAY) if f.level is Level.BROKEN]

    if not broken:
        assert load(root).lessons["sq"]
        return
    with pytest.raises(ContentFault) as refused:
        load(root)

    assert set(broken) <= set(refused.value.faults)


def test_a_good_library_has_no_fault() -> None:
    """
    The library that the broken samples start from is itself without a fault.
    """
    assert check(GOOD, today=TODAY) == []
