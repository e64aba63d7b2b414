"""Releasing content, and taking it back, from the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sigurt
from bot.releases import Shelf

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A content folder and an empty data folder, named by the settings.
    """
    copy = Path(shutil.copytree(ROOT / "content", tmp_path / "content"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIGURT_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("SIGURT_CONTENT_DIR", str(copy))
    return copy


def content(*words: str) -> int:
    """
    ``sigurt content …``.
    """
    return sigurt.main(["content", *words])


def raise_limits(folder: Path, version: str) -> None:
    """
    Another version of the content, as harmless as can be.
    """
    (folder / "limits.toml").write_text(f'version = "{version}"\n', "utf-8")


def test_a_release_is_taken_back_by_one_command(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Released twice and taken back once: the first version is spoken again, and the list says so.
    """
    shelf = Shelf(tmp_path / "var")
    assert content("release") == 0
    first = shelf.current
    raise_limits(folder, "2")
    assert content("release") == 0
    second = shelf.current
    capsys.readouterr()

    assert content("back") == 0
    assert content("versions") == 0

    said = capsys.readouterr().out
    assert f"Content {first} is back in " in said
    assert f"; {second} is spoken no more." in said
    assert f"* {first}" in said
    assert shelf.current == first


def test_a_version_that_cannot_be_played_does_not_come_back(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    The version before is damaged: it is said, and what is spoken stays.
    """
    shelf = Shelf(tmp_path / "var")
    content("release")
    first = shelf.current
    raise_limits(folder, "2")
    content("release")
    (shelf.folder_of(first) / "limits.toml").write_text("version", "utf-8")

    assert content("back") == 2
    assert "limits.toml:1:" in capsys.readouterr().err
    assert shelf.current not in ("", first)


def test_counting_makes_nothing(folder: Path, tmp_path: Path) -> None:
    """
    Where no service has run yet, a report and a release make no database and no key.
    """
    assert content("release") == 0
    raise_limits(folder, "2")

    assert content("report") == 0
    assert content("release") == 0

    assert [path.name for path in (tmp_path / "var").iterdir()] == ["content"]


def test_nothing_is_released_while_something_is_to_mend(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    A word that a child must not read stops a release, with file, line and mend.
    """
    path = folder / "sq/lessons/t14-help-8-10.toml"
    lines = path.read_text("utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("action"))
    lines[at] = 'action = "DUHET ta bësh!"'
    path.write_text("\n".join(lines) + "\n", "utf-8")

    assert content("release") == 1

    said = capsys.readouterr().out
    assert f"sq/lessons/t14-help-8-10.toml:{at + 1}:" in said
    assert "nothing was released" in said
    assert Shelf(tmp_path / "var").current == ""


@pytest.mark.parametrize("words", [("back",), ("versions",)])
def test_without_a_release_it_says_so(
    folder: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Before the first release there is nothing to list or to go back to: one sentence each.
    """
    assert content(*words) == 2
    assert capsys.readouterr().err.count("\n") == 1
