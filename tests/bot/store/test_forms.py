"""Bubbles and events come back from storage as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from bot.engine.effects import Button, Call, Say
from bot.engine.events import NOTHING_READ, AnyEvent, MediaOffered, MessageReceived
from bot.engine.state import State
from bot.store.forms import Errand, read_errand, read_event, write_errand, write_event

WORDS = st.text(max_size=40)
BUTTONS = st.builds(Button, WORDS, WORDS)
TIMES = st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 1))  # noqa: DTZ001
SAYS = st.builds(
    Say,
    key=WORDS,
    text=WORDS,
    buttons=st.lists(BUTTONS, max_size=3).map(tuple),
    help=st.none() | BUTTONS,
    calls=st.lists(st.builds(Call, WORDS, WORDS), max_size=2).map(tuple),
    name=WORDS,
    picture=WORDS,
    picture_text=WORDS,
    mood=st.sampled_from(["", "calm", "glad"]),
    grave=st.booleans(),
    language=st.sampled_from(["sq", "en"]),
    band=st.sampled_from(["", "8-10"]),
    until=st.none() | TIMES,
)
EVENTS = st.one_of(
    *[
        st.builds(kind, at=TIMES, **({"reading": st.just(NOTHING_READ)} if reads else {}))
        for kind in get_args(AnyEvent)
        for reads in [kind in (MessageReceived, MediaOffered)]
    ]
)


@given(st.lists(SAYS, max_size=4).map(tuple))
def test_bubbles_come_back(says):
    """
    Whatever is said is sent as it was said, also after a restart.
    """
    assert read_errand(write_errand(Errand(says=says))).says == says


@given(EVENTS)
def test_events_come_back(event):
    """
    A spoiled event can be replayed: every kind of event comes back whole.
    """
    known = replace(event, helpline=type(event).__dataclass_fields__["helpline"].default)
    assert read_event(write_event(event)) == known


def test_odd_characters_survive():
    """
    Half a surrogate pair, as a broken phone may send it, is stored and read again.
    """
    say = Say(key="k", text="\ud83d oops ë \u202e")
    assert read_errand(write_errand(Errand(says=(say,)))).says == (say,)


def test_every_field_of_a_bubble_is_stored():
    """
    A field that is added to bubbles is stored without anybody thinking of it.
    """
    say = Say(key="k", text="t")
    assert b'"key":"k"' in write_errand(Errand(says=(say,)))
    assert State.from_dict(State.new().to_dict()) == State.new()
