"""How a conversation begins and when its words were written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.authoring import load
from bot.engine.effects import CountCampaign, Effect, OpenContact, PassToCounsellor
from bot.engine.events import ButtonTapped, Helpline, MessageReceived, Reading, Severity, Started
from bot.engine.state import State
from bot.engine.step import step
from bot.script import stored

CONTENT = load(Path(__file__).parents[3] / "content")
AT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
TOLD = Reading(Severity.DISCLOSURE, "bullying", 0.9, ())
CHILD = State(
    language="sq", band="14-17", role="child", country="al", onboarded=True, limits_version="1"
)


def starts(state: State, payload: str) -> tuple[State, list[Effect]]:
    """Open the conversation by a link."""
    event = Started(at=AT, payload=payload, helpline=Helpline.STAFFED)
    answer = step(state, event, content=CONTENT)
    return stored(answer.state), [e for e in answer.effects if isinstance(e, CountCampaign)]


def test_campaign_counts_a_new_conversation_once() -> None:
    """
    A school's link counts one start, however often it is pressed, and leaves no trace of it.
    """
    state, first = starts(State.new(), "school-example")
    _, again = starts(state, "school-example")
    plain, _ = starts(State.new(), "")

    assert first == [CountCampaign(name="school-example")]
    assert again == []
    assert state == plain
    assert "school" not in str(state.to_dict())


@pytest.mark.parametrize("payload", ["", "school-of-one-child", "SCHOOL-EXAMPLE", "x" * 64])
def test_link_made_up_for_one_child_identifies_nobody(payload: str) -> None:
    """
    What is no campaign of ours is neither counted nor kept.
    """
    state, counted = starts(State.new(), payload)

    assert counted == []
    assert payload == "" or payload not in str(state.to_dict())


def test_campaign_does_not_count_who_is_here_already() -> None:
    """
    Somebody who knows Sigurt and presses a poster's link is no new conversation.
    """
    assert starts(CHILD, "poster-example")[1] == []


@given(st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400)))
def test_words_keep_the_time_at_which_they_were_written(late: timedelta) -> None:
    """
    R3: the counsellor reads the platform's time; never one in the future or a day ago.
    """
    told = MessageReceived(at=AT, text="...", reading=TOLD, sent_at=AT - late)

    written = step(CHILD, told, content=CONTENT).state.words[0].at

    assert AT - timedelta(days=1) <= written <= AT
    if timedelta() <= late <= timedelta(days=1):
        assert written == AT - late


def test_words_that_crossed_reach_a_person_in_order() -> None:
    """
    R3: messages that arrive swapped are opened for the counsellor as they were written.
    """
    state = CHILD
    for seconds, text in ((0, "third"), (-30, "first"), (-10, "second")):
        told = MessageReceived(
            at=AT, text=text, reading=TOLD, sent_at=AT + timedelta(seconds=seconds)
        )
        state = stored(step(state, told, content=CONTENT).state)
    for button in ("danger.no", "offer.yes"):
        event = ButtonTapped(at=AT + timedelta(seconds=9), button=button)
        answer = step(state, replace(event, helpline=Helpline.STAFFED), content=CONTENT)
        state = answer.state

    opened = next(effect for effect in answer.effects if isinstance(effect, OpenContact))
    assert [w.text for w in opened.words if w.kind == "text"] == ["first", "second", "third"]


def test_words_for_an_open_contact_carry_their_time() -> None:
    """
    R3: while a person is there, each message goes on with the time at which it was written.
    """
    state = CHILD
    waiting = step(state, ButtonTapped(at=AT, button="go.person"), content=CONTENT).state
    sent = AT - timedelta(seconds=40)

    said = MessageReceived(at=AT, text="hej", sent_at=sent)
    passed = step(waiting, said, content=CONTENT).effects[0]

    assert isinstance(passed, PassToCounsellor)
    assert [word.at for word in passed.words] == [sent]
