"""Titles are typed as well as pressed, so no two of one list may be alike."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.authoring import check

CONTENT = Path(__file__).resolve().parents[3] / "content"
FIRST, SECOND = "sq/lessons/t01-privacy-8-10.toml", "sq/lessons/t02-people-8-10.toml"


def test_two_titles_alike_are_named(tmp_path: Path) -> None:
    """
    A second lesson for the same age under the same title is named, in whatever letters.
    """
    folder = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    lines = (folder / SECOND).read_text("utf-8").splitlines()
    title = next(
        line for line in (folder / FIRST).read_text("utf-8").splitlines() if "title" in line
    )
    at = next(n for n, line in enumerate(lines) if line.startswith("title"))
    lines[at] = title.upper().replace("TITLE", "title")
    (folder / SECOND).write_text("\n".join(lines) + "\n", "utf-8")

    said = [str(fault) for fault in check(folder)]

    wanted = "t01-privacy-8-10 has the same title. Give one of them another."
    assert f"{SECOND}:{at + 1}: {wanted}" in said
