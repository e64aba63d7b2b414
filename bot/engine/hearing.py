"""What a message tells in its conversation: words just before it, and where it was written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.engine.events import AnyEvent, MediaOffered, MessageReceived, Reading
from bot.engine.state import State

Read = Callable[[str, Sequence[str]], Reading]  # the triage: a text, and those just before it
LATELY = timedelta(minutes=30)  # harm told in pieces is told in one go


def read(state: State, event: AnyEvent, triage: Read) -> AnyEvent:
    """The event with its words read, also together with those just before."""
    if isinstance(event, MessageReceived):
        before = () if event.forwarded else words_before(state, event.at)
        return replace(event, reading=triage(event.text, before))
    if isinstance(event, MediaOffered) and event.caption:
        before = () if event.forwarded else words_before(state, event.at)
        return replace(event, reading=triage(event.caption, before))
    return event


def words_before(state: State, at: datetime) -> tuple[str, ...]:
    """What was written freely in the half hour before, the oldest first."""
    return tuple(each.text for each in state.lately if at - each.at < LATELY)
