"""A child with two contacts at once: its words go to whoever is there, and nobody's end is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import authoring
from bot.engine.content import Content
from bot.engine.effects import PassToCounsellor, Say
from bot.engine.events import (
    AnyEvent,
    ContactClimbed,
    CounsellorJoined,
    CounsellorLeft,
    MessageReceived,
)
from bot.engine.state import Contact, State
from bot.engine.step import Step, step

AT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
ID = "the contact"
WAITING = State(
    language="en",
    band="11-13",
    role="child",
    country="al",
    onboarded=True,
    limits_version="1",
    contact=Contact(number=2, stage="waiting", severity="disclosure"),
    contacts=2,
)


@pytest.fixture(scope="module")
def content() -> Content:
    """
    The content that is shipped.
    """
    return authoring.load(Path(__file__).resolve().parents[3] / "content")


def after(content: Content, *events: AnyEvent) -> Step:
    """The last answer, the state passing through its stored form between turns."""
    answer = Step(WAITING)
    for event in events:
        answer = step(State.from_dict(answer.state.to_dict()), event, content=content)
    return answer


def joined(contact: int) -> CounsellorJoined:
    """A person claims a contact."""
    return CounsellorJoined(at=AT, contact_id=ID, name="Elira", contact=contact)


def left(contact: int) -> CounsellorLeft:
    """A person closes a contact."""
    return CounsellorLeft(at=AT, contact_id=ID, name="Elira", closed=True, contact=contact)


@pytest.mark.parametrize("contact", [1, 2])
def test_words_go_to_the_contact_that_a_person_has_claimed(content: Content, contact: int) -> None:
    """
    Words that crossed the end of the first contact opened it again beside a second: whichever
    a counsellor takes, the child's next words reach that one.
    """
    answer = after(content, joined(contact), MessageReceived(at=AT, text="hello"))

    assert [e.contact for e in answer.effects if isinstance(e, PassToCounsellor)] == [contact]


def test_the_end_of_another_contact_ends_nothing(content: Content) -> None:
    """
    When the first contact is closed once more, the child still waits with its second.
    """
    answer = after(content, left(1))

    assert answer.state.contact == WAITING.contact
    assert answer.effects == ()


def test_another_contact_that_climbs_is_no_news(content: Content) -> None:
    """
    Only the contact that the child knows of is told about.
    """
    climb = {"at": AT, "contact_id": ID, "step": "supervisor", "minutes": 5}

    assert after(content, ContactClimbed(**climb, contact=1)).effects == ()
    assert after(content, ContactClimbed(**climb, contact=2)).effects != ()


def test_the_end_of_the_talk_is_said(content: Content) -> None:
    """
    The contact that a person had is ended by its own end, also when an older bot or helpline
    does not say which it was.
    """
    for contact in (0, 1):
        answer = after(content, joined(1), left(contact))
        assert answer.state.contact is None
        assert [e.key for e in answer.effects if isinstance(e, Say)][:1] == ["person.left"]
