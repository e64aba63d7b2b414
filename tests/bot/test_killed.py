"""R1: the process is killed between any two steps, started again, and nothing is amiss."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from multiprocessing import forkserver
from pathlib import Path

import pytest
from fakes.victim import main

PLACES = (
    "in step",
    "before commit",
    "after commit",
    "after hand-over",
    "before send",
    "after send",
    "before post",
    "after post",
)
UPDATES = ("hello", "tell disclosure", "more", "goodbye")
PROCESSES = multiprocessing.get_context("forkserver")


@pytest.fixture(scope="module", autouse=True)
def fork_server() -> None:
    """
    One process has everything imported; those that live and die are its copies.
    """
    PROCESSES.set_forkserver_preload(["fakes.victim"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        forkserver.ensure_running()


def run(folder: Path, place: str, updates: Sequence[str]) -> int | None:
    """Run a process over these updates until it ends or dies; return how it ended."""
    process = PROCESSES.Process(target=main, args=(folder, place, updates))
    process.start()
    process.join()
    return process.exitcode


def lines(path: Path) -> list[str]:
    """The lines of a file that may not be there."""
    return path.read_text().splitlines() if path.exists() else []


@pytest.mark.parametrize("spared", [0, 1])
@pytest.mark.parametrize("place", PLACES)
def test_killed_between_any_two_steps(tmp_path, place, spared):
    """
    R1: after kill -9 and a restart, with every update repeated by the platform, each answer
    and each contact is there once, and each event has counted once; only the bubble on its
    way may be there twice.
    """
    if spared:
        assert run(tmp_path, "", UPDATES[:spared]) == 0  # these came and went before
    assert run(tmp_path, place, UPDATES) == -signal.SIGKILL

    assert run(tmp_path, "", (*UPDATES, "end")) == 0

    sent, posted = lines(tmp_path / "sent"), lines(tmp_path / "posted")
    once = list(dict.fromkeys(sent))
    assert len(sent) - len(once) <= 1
    assert "arrived 4" in once
    spoken = [line for line in once if line != "arrived 4"]
    assert [line.split(": ")[1] for line in spoken] == ["hello", "told", "goodbye", "end"]
    assert spoken[-1] == "6: end"
    assert list(dict.fromkeys(line.split()[0] for line in posted)) == ["fake:1.1", "fake:2.1"]
    assert len(set(posted)) == 2  # a repeat is the same, byte for byte
