"""Presses and messages that cross, come twice, or come from names and texts of any kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.authoring import load
from bot.engine.content import LANGUAGES
from bot.engine.effects import Effect, Say
from bot.engine.events import AnyEvent, ButtonTapped, Helpline, MediaOffered, MessageReceived
from bot.engine.state import State, Told
from bot.engine.step import step
from bot.script import stored

CONTENT = load(Path(__file__).parents[3] / "content")
AT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
PEOPLE = (("child", "8-10"), ("child", "11-13"), ("child", "14-17"), ("parent", ""), ("other", ""))
people = st.builds(
    lambda language, who: State(
        language=language,
        role=who[0],
        band=who[1],
        country="al",
        onboarded=True,
        limits_version="1",
        limits_at=AT,
    ),
    st.sampled_from(LANGUAGES),
    st.sampled_from(PEOPLE),
)
PERSON: dict[str, Any] = {
    "language": "sq",
    "role": "child",
    "band": "11-13",
    "country": "al",
    "onboarded": True,
    "limits_version": "1",
    "limits_at": AT,
}
UNSEEN = ("hide", "hours", "knock", "own_")  # after these nothing is taken up without a choice
WRITTEN = (  # there the words themselves are the answer
    *("report_where", "report_deadline", "report_app", "report_when", "report_suspect"),
    *("report_words", "report_receipt", "receipt_add"),
)
starts = st.one_of(st.just(State.new()), people)


def happens(state: State, event: AnyEvent) -> tuple[State, tuple[Effect, ...]]:
    """One step, its state through storage."""
    event = replace(event, helpline=Helpline.STAFFED)
    answer = step(state, event, content=CONTENT)
    return stored(answer.state), answer.effects


def keys(effects: tuple[Effect, ...]) -> list[str]:
    """The keys of what was said."""
    return [effect.key for effect in effects if isinstance(effect, Say)]


def walked(state: State, path: list[int]) -> State:
    """Press that many things, one after the other, beginning with the menu."""
    state, effects = happens(state, ButtonTapped(at=AT, button="go.menu"))
    for move in path:
        buttons = [b for e in effects if isinstance(e, Say) for b in (*e.buttons, *e.standing)]
        if not buttons:
            break
        button = buttons[move % len(buttons)].id
        state, effects = happens(state, ButtonTapped(at=AT, button=button))
    return state


@settings(max_examples=100, deadline=None)
@given(starts, st.lists(st.integers(0, 5), max_size=9), st.integers(0, 5))
def test_press_that_crosses_a_message_is_still_taken(
    state: State, path: list[int], which: int
) -> None:
    """
    A press that arrives after the message that followed it is an answer, never a stale one.
    """
    state = walked(state, path)
    assume(state.options and not state.quiet and state.contact is None)
    assume(not state.asked.startswith((*UNSEEN, *WRITTEN)))
    pressed = f"{state.asked}.{state.options[which % len(state.options)]}"
    assume(not pressed.endswith(".leave"))

    after, _ = happens(state, MessageReceived(at=AT, text="ej mire atehere"))
    _, effects = happens(after, ButtonTapped(at=AT, button=pressed))

    assert not any(key.startswith("stale.") for key in keys(effects))


@settings(max_examples=100, deadline=None)
@given(starts, st.lists(st.integers(0, 5), max_size=9), st.integers(0, 5))
def test_second_half_of_a_double_press_says_nothing(
    state: State, path: list[int], which: int
) -> None:
    """
    The same press twice is one: the second neither answers again nor undoes the first.
    """
    state = walked(state, path)
    assume(state.options)
    pressed = ButtonTapped(
        at=AT, button=f"{state.asked}.{state.options[which % len(state.options)]}"
    )

    once, first = happens(state, pressed)
    twice, second = happens(once, pressed)

    assert len(keys(second)) <= max(len(keys(first)), 2)
    assert twice.contacts == once.contacts
    assert twice.learned == once.learned


@pytest.mark.parametrize("band", ["8-10", "11-13", "14-17"])
def test_no_after_writing_on_is_believed_and_keeps_the_words(band: str) -> None:
    """
    “No, I'm fine” that arrives late is believed; what was written meanwhile is not thrown away.
    """
    state = State(language="sq", band=band, role="child", country="al", onboarded=True)
    asked, _ = happens(state, MessageReceived(at=AT, text="ej sa vjec je", forwarded=True))
    wrote, _ = happens(asked, MessageReceived(at=AT, text="nje gje tjeter"))

    after, effects = happens(wrote, ButtonTapped(at=AT, button="soft.fine"))

    assert "soft.believed" in keys(effects)
    assert "nje gje tjeter" in [word.text for word in after.words]


@settings(max_examples=60, deadline=None)
@given(
    people,
    st.lists(st.integers(0, 5), max_size=5),
    st.one_of(
        st.sampled_from(["<b>", "A_B", "Tom & Jerry", "1 < 2 & _x_ *y*", "{number}", "[x](y)"]),
        st.text(alphabet="ë😀👩‍👩‍👧aA1<&_*{}\u202e\u0301 ", min_size=7_990, max_size=8_000),
    ),
    st.booleans(),
)
def test_whatever_is_written_is_answered_with_our_words_only(
    state: State, path: list[int], text: str, forwarded: bool
) -> None:
    """
    Markup and 8,000 characters with emoji are answered, and never come back in an answer.
    """
    state = walked(state, path)

    _, effects = happens(state, MessageReceived(at=AT, text=text, forwarded=forwarded))

    says = [effect for effect in effects if isinstance(effect, Say)]
    assert says or state.quiet
    assert not any(text in say.text for say in says if len(text) > 2)


@pytest.mark.parametrize(
    "text",
    ["A lesson", "menu", "exit", "lemonade", "in Albanian", "are you a robot", "dont tell anyone"],
)
def test_forwarded_words_order_nothing(text: str) -> None:
    """
    Somebody else's words press no button and give no order; “don't tell” is a sign, no request.
    """
    state = State(
        language="en", band="11-13", role="child", country="al", onboarded=True, asked="menu"
    )

    after, effects = happens(state, MessageReceived(at=AT, text=text, forwarded=True))

    assert keys(effects)[0] == "forwarded.thank"
    assert (after.language, after.quiet) == ("en", False)


def test_what_is_passed_on_is_kept_as_somebody_elses() -> None:
    """
    A note says that the words are passed on; a picture with words beneath it too.
    """
    state = State(language="en", band="11-13", role="child", country="al", onboarded=True)

    after, _ = happens(state, MessageReceived(at=AT, text="hey you", forwarded=True))
    pictured, _ = happens(
        state, MediaOffered(at=AT, kind="photo", caption="hey you", forwarded=True)
    )

    assert [(w.kind, w.text) for w in after.words] == [("note", "forwarded"), ("text", "hey you")]
    assert [(w.kind, w.text) for w in pictured.words] == [
        ("note", "forwarded"),
        ("media_offered", "photo"),
        ("text", "hey you"),
    ]


@pytest.mark.parametrize(
    ("typed", "said"), [("a", "lessons.ask"), ("B)", "listen.open"), ("A" * 200, "not.understood")]
)
def test_one_letter_chooses_and_a_key_held_down_does_not(typed: str, said: str) -> None:
    """U2: a letter is a choice where it is one; a held key, or a fist on the keys, is none."""
    asked, _ = happens(State(**PERSON), ButtonTapped(at=AT, button="go.menu"))

    _, effects = happens(asked, MessageReceived(at=AT, text=typed))

    assert said in keys(effects)


def test_a_slip_of_the_finger_answers_no_grave_question() -> None:
    """“a” is not “No” to “Are you in danger”: its buttons are words, and it stays open (U4)."""
    asked = State(**PERSON, asked="danger", told=Told("disclosure", "sextortion", 0.9), hold=True)

    after, _ = happens(asked, MessageReceived(at=AT, text="a"))
    answered, _ = happens(after, MessageReceived(at=AT, text="jo"))

    assert (after.asked, answered.asked) == ("danger", "offer")
