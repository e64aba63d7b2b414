"""Time in a transcript: how a turn moves it, and what it says of timers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from fakes.onlooker import CONTENT

from bot import triage
from bot.engine.events import Helpline
from bot.script import BETWEEN, Script, ScriptFault, moved_on, play

AT = datetime(2026, 10, 24, 14, 0, tzinfo=UTC)  # 16:00 in Tirana, a day before winter time
CHILD = {"band": "14-17", "asked": "menu"}


def played(*turns: dict[str, Any]) -> list[tuple[str, ...]]:
    """The faults of each turn."""
    script = Script("time", CHILD, Helpline.STAFFED, turns)
    return [turn.faults for turn in play(script, "sq", CONTENT, triage.read)]


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        ({}, "2026-10-24T14:00"),
        ({"later": 90}, "2026-10-24T15:30"),
        ({"days": 1}, "2026-10-25T15:00"),  # 16:00 in Tirana still
        ({"at": "18:30"}, "2026-10-24T16:30"),
        ({"at": "08:00"}, "2026-10-25T07:00"),
        ({"days": 2, "at": "15:00"}, "2026-10-27T14:00"),
    ],
)
def test_a_turn_moves_the_clock_on_the_wall(turn: dict[str, Any], expected: str) -> None:
    """Days and times are those of the clock in Tirana, over a change of the clock as well."""
    then = moved_on(AT, turn)

    exact = BETWEEN if "at" in turn else BETWEEN * 0
    assert then + exact == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize("clock", ["", "25:00", "noon", "16"])
def test_a_time_that_is_none_is_named(clock: str) -> None:
    """An author's slip in a time gives one sentence."""
    with pytest.raises(ScriptFault, match=f'turn 3: at = "{clock}" is no time'):
        moved_on(AT, {"at": clock}, 3)


def test_a_timer_that_was_not_set_cannot_come_due() -> None:
    """Waiting for what never comes is the script's fault, not the bot's."""
    with pytest.raises(ScriptFault, match='no timer "review" has been set'):
        played({"due": "review"})


def test_what_a_turn_expects_of_timers_and_counts_is_held_against_what_is() -> None:
    """A wrong expectation is told with what was there instead."""
    (faults,) = played({"tap": "go.menu", "timers": {"review": "x"}, "counts": ["begun"]})

    assert faults == (
        "expected the counts ['begun'], got []",
        'expected the timer review "x", got ""',
    )
