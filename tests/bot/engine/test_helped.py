"""Whether a talk helped: asked gently, once, and never where it would show or push."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.authoring import load
from bot.engine.content import Content
from bot.engine.effects import OpenContact, Say, TellHelped
from bot.engine.events import (
    AnyEvent,
    ButtonTapped,
    CounsellorLeft,
    CounsellorWrote,
    ExitPressed,
    MessageReceived,
    Started,
)
from bot.engine.state import Contact, State
from bot.engine.step import step
from bot.engine.voice import Step
from bot.script import stored

AT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
CHILD = replace(
    State.new(),
    language="sq",
    role="child",
    band="11-13",
    country="al",
    onboarded=True,
    limits_version="1",
    limits_at=AT,
)
TALKING = Contact(number=3, stage="talking", severity="none", name="Elira")
WROTE = CounsellorWrote(at=AT, contact_id="c", name="Elira", text="Këtu jam.")
CLOSED = CounsellorLeft(at=AT, contact_id="c", name="Elira", closed=True)


@pytest.fixture(scope="module")
def content() -> Content:
    """
    What the bot says, as it ships.
    """
    return load(Path(__file__).parents[3] / "content")


def after(content: Content, *events: AnyEvent, **changes: object) -> Step:
    """What the last of these events comes to, a minute after the one before."""
    state = replace(CHILD, contact=TALKING, contacts=3, heard_at=AT, **changes)  # type: ignore[arg-type]
    answer = Step(state)
    for minute, event in enumerate(events):
        at = AT + timedelta(minutes=minute)
        answer = step(stored(answer.state), replace(event, at=at), content=content)
    return answer


def said(answer: Step) -> list[str]:
    """The keys of what was said."""
    return [each.key for each in answer.effects if isinstance(each, Say)]


def tap(option: str) -> ButtonTapped:
    """A press on one of the answers."""
    return ButtonTapped(at=AT, button=f"helped.{option}")


def test_asked_with_the_last_words(content: Content) -> None:
    """
    The last bubble asks, four choices stand under it, and all of it is still protected.
    """
    answer = after(content, WROTE, CLOSED)
    last = [each for each in answer.effects if isinstance(each, Say)][-1]

    assert said(answer)[-1] == "helped.ask"
    assert [button.id for button in last.buttons] == [
        f"helped.{option}" for option in ("yes", "some", "no", "decline")
    ]
    assert last.grave


def test_not_where_nobody_has_written(content: Content) -> None:
    """
    A contact that was closed without a word of a person was no talk.
    """
    assert said(after(content, CLOSED))[-1] == "talk.end"


@pytest.mark.parametrize("option", ["yes", "some", "no"])
def test_the_helpline_learns_it_once(content: Content, option: str) -> None:
    """
    An answer goes to the contact that it is about; pressed again it is nothing.
    """
    answer = after(content, WROTE, CLOSED, tap(option))
    assert [each for each in answer.effects if isinstance(each, TellHelped)] == [
        TellHelped(contact=3, helped=option)
    ]

    again = after(content, WROTE, CLOSED, tap(option), tap(option))
    assert not [each for each in again.effects if isinstance(each, TellHelped)]


def test_not_said_is_not_told(content: Content) -> None:
    """
    Who would rather not say is thanked all the same, and nothing goes to anybody.
    """
    answer = after(content, WROTE, CLOSED, tap("decline"))

    assert said(answer) == ["helped.decline"]
    assert not [each for each in answer.effects if isinstance(each, TellHelped)]


def test_never_asked_of_somebody_who_is_away(content: Content) -> None:
    """
    C3: with the child away nothing is asked; it is when the child comes back and wants to see.
    """
    gone = after(content, WROTE, ExitPressed(at=AT), CLOSED)
    assert said(gone) == []

    hello = MessageReceived(at=AT, text="hej")
    shown = after(content, WROTE, ExitPressed(at=AT), CLOSED, hello)
    assert said(shown) == ["back.open"]
    back = after(
        content, WROTE, ExitPressed(at=AT), CLOSED, hello, ButtonTapped(at=AT, button="back.yes")
    )
    assert said(back)[-1] == "helped.ask"


@pytest.mark.parametrize("doubted", [{"doubt": True}, {"doubt": True, "held": (("E", "x"),)}])
def test_never_asked_where_it_may_be_somebody_else(content: Content, doubted: object) -> None:
    """
    C4: in doubt who holds the phone nothing of a talk is asked, then or later.
    """
    answer = after(content, WROTE, CLOSED, **doubted)  # type: ignore[arg-type]

    assert said(answer) == []
    assert answer.state.rated == 0


@pytest.mark.parametrize(
    "event",
    [
        ExitPressed(at=AT),
        MessageReceived(at=AT, text="dil"),
        ButtonTapped(at=AT, button="go.hide"),
    ],
    ids=["quick exit", "exit word", "hidden"],
)
def test_leaving_ends_it(content: Content, event: AnyEvent) -> None:
    """
    C2: who leaves with the question open is not met with it again, nor with its buttons.
    """
    events = [WROTE, CLOSED, event]
    if isinstance(event, ButtonTapped):
        events.append(ButtonTapped(at=AT, button="hide.yes"))
    answer = after(content, *events, Started(at=AT))

    assert "helped.ask" not in said(answer)
    buttons = [
        b.id for e in answer.effects if isinstance(e, Say) for b in (*e.buttons, *e.standing)
    ]
    assert not [button for button in buttons if button.startswith("helped.")]
    late = after(content, *events, Started(at=AT), tap("yes"))
    assert not [each for each in late.effects if isinstance(each, TellHelped)]


def test_asked_once(content: Content) -> None:
    """
    Whatever the child writes instead, it is not asked a second time.
    """
    words = ("menu", "shqip", "çfarë ore është", "hej", "faleminderit")
    for text in words:
        answer = after(content, WROTE, CLOSED, MessageReceived(at=AT, text=text))
        assert "helped.ask" not in said(answer), text
        answer = after(
            content,
            WROTE,
            CLOSED,
            MessageReceived(at=AT, text=text),
            ButtonTapped(at=AT, button="after.go_on"),
        )
        assert "helped.ask" not in said(answer), text


def test_no_offers_a_person_again(content: Content) -> None:
    """
    Who says that it did not help is one press from another person.
    """
    answer = after(content, WROTE, CLOSED, tap("no"))
    assert said(answer) == ["helped.no"]

    opened = after(content, WROTE, CLOSED, tap("no"), ButtonTapped(at=AT, button="person.yes"))
    assert [each.contact for each in opened.effects if isinstance(each, OpenContact)] == [4]
