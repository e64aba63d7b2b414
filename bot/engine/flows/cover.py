"""Ordinary life over what was told: what anybody who holds the phone may see."""

from __future__ import annotations

from dataclasses import replace

from bot.engine.events import AnyEvent, ButtonTapped
from bot.engine.state import State

PLAIN = ("", "menu", "lessons", "doors", "after", "today", "safe", "unseen", "seen", "stranger")
"""Questions of the code that show nothing of anybody; those of lessons and journeys too."""


def guarded(state: State) -> bool:
    """Whether there is anything that a stranger must not come to see."""
    kept = state.held or state.left or state.words
    return state.contact is not None or state.told_of_harm or bool(kept)


def hides(state: State, event: AnyEvent) -> bool:
    """Whether ordinary life goes on with this event, though something waits behind it."""
    if not isinstance(event, ButtonTapped):
        return False
    question = event.button.rpartition(".")[0]
    return state.quiet and bool(question) and question == state.asked and ordinary(question)


def plain(state: State) -> State:
    """The conversation as it would be if nothing had been told."""
    return replace(
        state,
        contact=None,
        told=None,
        words=(),
        hold=False,
        quiet=False,
        held=(),
        left="",
        hours=None,
        own_word="",
        doubt=False,
        paused=state.paused if ordinary(state.paused) else "",
    )


def put_back(after: State, before: State) -> State:
    """``after`` was gone on from ``plain(before)``: what was told is there again, unseen."""
    return replace(
        after,
        contact=before.contact,
        contacts=before.contacts,
        told=before.told,
        words=before.words,
        hold=before.hold,
        quiet=before.quiet or after.quiet,
        held=before.held,
        left=before.left,
        hours=before.hours,
        own_word=before.own_word,
        doubt=before.doubt or after.doubt,
        paused=after.paused if ordinary(before.paused) else before.paused,
    )


def ordinary(question: str) -> bool:
    """Whether a question could stand in anybody's chat."""
    return question in PLAIN or "/" in question or ":" in question
