"""The walls of the house: what may import what."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LANGUAGE = set(sys.stdlib_module_names)

# Where a package may look, besides the standard library. The engine and the triage are
# pure: they are also kept from what reads a clock, a file, chance or the network.
PURE = {
    "bot/engine": ("bot.engine",),
    "bot/triage": ("bot.triage", "bot.engine", "numpy"),
}
# Around the triage: commands, and what reads files once at start.
SHELLS = ("cli.py", "measure.py", "messages.py", "kept.py")
TRAINING = ROOT / "bot/triage/training"  # never imported by what runs
IMPURE = {
    *("asyncio", "datetime.datetime.now", "http", "io", "os", "pathlib", "random", "secrets"),
    *("socket", "subprocess", "threading", "time", "urllib", "uuid"),
}
APART = {
    "bot": ("api", "sigurt"),
    "api": ("bot", "sigurt"),
    "bot/authoring": ("bot.store", "bot.channels", "bot.runner", "bot.delivery", "bot.helpline"),
    "bot/channels": ("bot.runner", "bot.delivery", "bot.helpline", "bot.feed", "bot.authoring"),
    "bot/store": ("bot.channels", "bot.runner", "bot.delivery", "bot.authoring"),
}


def modules(folder: str) -> list[Path]:
    """Every module below a folder that can run."""
    found = sorted((ROOT / folder).rglob("*.py"))
    return [path for path in found if TRAINING not in path.parents]


def imported(path: Path) -> Iterator[str]:
    """The dotted names that a module imports, wherever it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def asked(path: Path) -> Iterator[str]:
    """Calls that would make an answer depend on when or where it is given."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Await):
            yield "await"
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("now", "utcnow", "today", "open"):
                yield name


def below(name: str, packages: tuple[str, ...]) -> bool:
    """Whether a dotted name lies in one of the packages."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("folder", PURE)
def test_pure_packages_know_only_themselves(folder: str) -> None:
    """
    The engine and the triage import no clock, no chance, no file, no network and no library.
    """
    outside = PURE[folder]
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(folder)
        if path.name not in SHELLS
        for name in imported(path)
        if not below(name, outside)
        and (name.split(".")[0] not in LANGUAGE or name.split(".")[0] in IMPURE)
    ]

    assert wrong == []


@pytest.mark.parametrize("folder", PURE)
def test_pure_packages_never_read_the_clock(folder: str) -> None:
    """
    Time comes into the engine with the event; nothing pure asks what time it is.
    """
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(folder)
        if path.name not in SHELLS
        for name in asked(path)
    ]

    assert wrong == []


@pytest.mark.parametrize("folder", APART)
def test_parts_stay_apart(folder: str) -> None:
    """
    The bot and the helpline never import each other; layers below never look up.
    """
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(folder)
        for name in imported(path)
        if below(name, APART[folder])
    ]

    assert wrong == []


def test_nothing_that_runs_needs_training() -> None:
    """
    What trains the triage, and all that it needs, stays at home: no running module imports it.
    """
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for folder in ("bot", "api")
        for path in modules(folder)
        if path.name != "measure.py"
        for name in imported(path)
        if name.startswith("bot.triage.training")
    ]

    assert wrong == []
