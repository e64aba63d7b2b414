"""What somebody gets who finds the phone: nothing of the case, whatever is tried."""

from __future__ import annotations

import pytest
from fakes.onlooker import Talk, watched

from bot.engine.events import Started


def interrupted() -> Talk:
    """A child that came back with its own word, was welcomed, and put the phone away."""
    talk = watched()
    talk.types("dil")
    talk.writes("Jam këtu, Arta.", later=60)
    assert talk.types("bicikleta", later=60) == ["own_word.back"]
    return talk


@pytest.mark.parametrize("first", ["a je robot", "hej", "fshije biseden"])
def test_a_welcome_that_was_left_open_opens_to_nobody_else(first: str) -> None:
    """C4: who picks the phone up after the child's welcome gets nothing by going on with it."""
    talk = interrupted()

    assert "own_word.back" not in talk.types(first, later=120)
    assert not [each.id for say in talk.says for each in say.standing if "back" in each.id]
    talk.taps("hide.no", "back.yes")
    talk.happens(Started(at=talk.at))
    talk.types("me kë po flas?")
    talk.taps("back.yes", "go.person", "go.help", "go.language")

    assert talk.state.held == (("Elira", "Jam këtu, Arta."),)
    assert talk.types("bicikleta") == ["own_word.back"]
    assert talk.taps("back.yes") == ["person"]
