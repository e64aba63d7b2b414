"""A file of which nothing can be read, whatever kind it is."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.authoring import ContentFault, check, load

GOOD = Path(__file__).parent / "good"
TODAY = date(2026, 11, 23)
FILES = sorted(
    path.relative_to(GOOD).as_posix()
    for path in GOOD.rglob("*.toml")
    if path.parts[-2] not in ("lessons", "care") or path.stem in ("t14-help-8-10", "bullying")
)
DAMAGE: dict[str, tuple[bytes, str]] = {
    "no toml": (b"a = = 1\n", "The file is not valid TOML: Invalid value (at line 1, column 5)."),
    "no utf-8": (b"\xff\xfe\x00", "The file is not UTF-8. Save it as UTF-8."),
    "empty": (b"", "The file is empty. Write it, or take it away."),
    "deep": (b"a = " + b"[" * 3000, "Too many brackets stand within each other."),
    "huge number": (b"a = " + b"9" * 5000, "The file is not valid TOML: Exceeds the limit"),
}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_file_that_cannot_be_read_is_told_once(file: str, damage: str, tmp_path: Path) -> None:
    """
    Not TOML, not UTF-8, empty, brackets without end, a number without end: one sentence names
    the file, nothing that only follows from it is told, and ``load`` refuses the folder.
    """
    root = shutil.copytree(GOOD, tmp_path / "content")
    data, sentence = DAMAGE[damage]
    (root / file).write_bytes(data)

    (fault,) = check(root, today=TODAY)

    assert (fault.file, fault.line) == (file, 1)
    assert fault.sentence.startswith(sentence)
    if file != "banned.toml":  # only authors need it
        with pytest.raises(ContentFault, match=file):
            load(root)


@pytest.mark.parametrize(
    ("text", "line", "mark"),
    [
        ('a = "x"\nb = "y\nc = "z"\n', 2, '"'),
        ('a = [\n  "x",\n  "y,\n]\n', 3, '"'),
        ('a = "x"\r\nb = "y\r\n', 2, '"'),
        ('a = "x"\nb = "y', 2, '"'),
        ('a = "x"\nb = """y\n\nc = 1\n', 2, '"""'),
        ('a = """x"""\nb = "y', 2, '"'),
    ],
)
def test_a_text_that_is_not_closed_is_told_by_its_line(
    text: str, line: int, mark: str, tmp_path: Path
) -> None:
    """
    An author who forgot a quote reads so, and where it is.
    """
    root = shutil.copytree(GOOD, tmp_path / "content")
    (root / "limits.toml").write_bytes(text.encode())

    (fault,) = check(root, today=TODAY)

    assert fault.line == line
    assert f"a closing {mark} is missing on this line." in fault.sentence


@pytest.mark.parametrize("file", FILES)
def test_a_folder_in_the_place_of_a_file_is_named(file: str, tmp_path: Path) -> None:
    """
    A folder where a file belongs is told in one sentence too.
    """
    root = shutil.copytree(GOOD, tmp_path / "content")
    (root / file).unlink()
    (root / file).mkdir()

    assert [str(fault) for fault in check(root, today=TODAY)] == [
        f"{file}:1: This is a folder. Put a file in its place."
    ]
