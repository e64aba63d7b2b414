"""Whether the child may see that a person is writing: only in a talk that stands open."""

from __future__ import annotations

from datetime import datetime

from bot.engine.flows import cover, handover, hours
from bot.engine.state import State


def typing_shows(state: State, at: datetime) -> str:
    """The name of the person whose typing may be shown now; empty: nothing may.

    Nothing is shown where a word of theirs would not be: to somebody who is away, who may be
    another, or for whom words are held back.
    """
    contact = state.contact
    if contact is None or not state.talking or state.held or handover.away(state):
        return ""
    if cover.closed(state, at) or cover.shut(state) or hours.silent_at(state, at, state.hours):
        return ""
    return contact.name
