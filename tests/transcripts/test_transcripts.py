"""Golden conversations, in both languages; `make transcripts` writes what they expect anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from bot.coverage import Reach, covered
from bot.engine.content import LANGUAGES, Content
from bot.script import Played, load_script, play
from bot.triage import read

HERE = Path(__file__).parent
SCRIPTS = sorted(HERE.rglob("*.toml"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_conversation_goes_as_written(path: Path, language: str, content: Content) -> None:
    """Every golden conversation says and orders what is written, in both languages."""
    played = list(play(load_script(path), language, content, read))
    if os.environ.get("SIGURT_REWRITE") and language == "sq":
        _rewrite(path, played)
        played = list(play(load_script(path), language, content, read))

    assert {turn.turn: turn.faults for turn in played if turn.faults} == {}


def test_every_place_of_a_lesson_and_every_node_of_a_journey_is_reached(content: Content) -> None:
    """Whoever adds a place to a lesson or a node to a journey is told to write its transcript."""
    reach = Reach()
    for path in SCRIPTS:
        reach.add(play(load_script(path), "sq", content, read))

    journeys, lessons, _flows = covered(content, reach)
    assert {"journeys": journeys.unasked, "lessons": lessons.unasked} == {
        "journeys": (),
        "lessons": (),
    }


def _rewrite(path: Path, played: list[Played]) -> None:
    """Put what was said in place of what was expected; the diff is for people to judge."""
    turns = re.split(r"(?m)^(?=\[\[turn\]\])", path.read_text(encoding="utf-8"))
    for turn in played:
        keys = ", ".join(f'"{say.key}"' for say in turn.says)
        turns[turn.turn] = re.sub(r"(?m)^bot = .*$", f"bot = [{keys}]", turns[turn.turn])
    path.write_text("".join(turns), encoding="utf-8")
