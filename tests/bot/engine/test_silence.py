"""Nobody answers: what is told, when, and to whom nothing is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.authoring import load
from bot.engine.content import LANGUAGES, Content
from bot.engine.effects import Effect, Say
from bot.engine.events import (
    AnyEvent,
    ContactClimbed,
    ContactDelayed,
    CounsellorJoined,
    CounsellorLeft,
    CounsellorWrote,
    ExitPressed,
    Helpline,
    MessageReceived,
    TimerFired,
)
from bot.engine.flows import silence
from bot.engine.state import State
from bot.engine.step import step
from bot.script import Talk, stored
from bot.triage import read

AT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)  # four in the afternoon in Tirana
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


@pytest.fixture(scope="module")
def content() -> Content:
    """
    What the bot says, as it ships.
    """
    return load(Path(__file__).parents[3] / "content")


class Wait:
    """A child that waits; time passes by itself only as far as a timer or a test says."""

    def __init__(self, content: Content, state: State = CHILD, at: datetime = AT) -> None:
        self.talk = Talk(content, read, state.language, state, at=at)
        self.happens(MessageReceived(at=at, text="dua të flas me një njeri"))

    def happens(self, event: AnyEvent, **later: float) -> list[str]:
        """What is said to an event, so long after the one before."""
        self.talk.at += timedelta(**later)
        return keys(self.talk.happens(event))

    def fires(self) -> list[str]:
        """What is said when the timer is due."""
        return self.happens(self.talk.due(silence.TIMER))

    def at(self, minutes: float) -> list[str]:
        """What is said if the timer fires at that minute of the wait."""
        self.talk.at = AT + timedelta(minutes=minutes)
        self.talk.timers.pop(silence.TIMER, None)
        return self.happens(TimerFired(at=self.talk.at, name=silence.TIMER))

    @property
    def stands(self) -> bool:
        """Whether anything more may come by itself."""
        return silence.TIMER in self.talk.timers


def keys(effects: tuple[Effect, ...]) -> list[str]:
    """What was said."""
    return [each.key for each in effects if isinstance(each, Say)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_two_ten_and_sixty_minutes(content: Content, language: str) -> None:
    """
    Each step is told once, a few seconds after its minute, and nothing after the last.
    """
    wait = Wait(content, replace(CHILD, language=language))
    asked = wait.talk.at
    found = []
    while wait.stands:
        wait.talk.at = wait.talk.timers[silence.TIMER]
        found.append(((wait.talk.at - asked).total_seconds(), wait.fires()))

    numbers = "numbers.both_free"
    assert found == [
        (125.0, []),  # the contact has not arrived: other timers tell that
        (605.0, ["handover.delayed", numbers]),
        (3605.0, ["handover.delayed", numbers]),
    ]


def test_who_writes_on_is_told_as_well(content: Content) -> None:
    """
    A child that writes every minute does not push its own news before it.
    """
    wait = Wait(content)
    joined(wait)
    due = wait.talk.timers[silence.TIMER]
    for _ in range(8):
        wait.happens(MessageReceived(at=AT, text="je aty"), minutes=1)

    assert wait.talk.timers[silence.TIMER] == due


def joined(wait: Wait) -> None:
    """A person comes and says nothing yet; two minutes go by."""
    wait.happens(CounsellorJoined(at=AT, contact_id="c", name="Elira"))


@pytest.mark.parametrize(
    "news",
    [
        ContactClimbed(at=AT, contact_id="c", step="all_on_duty", minutes=1),
        ContactDelayed(at=AT, contact_id="c"),
        CounsellorJoined(at=AT, contact_id="c", name="Elira"),
    ],
    ids=lambda news: type(news).__name__,
)
def test_nothing_is_said_on_top_of_other_news(content: Content, news: AnyEvent) -> None:
    """
    Just after a climb, a delay or a greeting the first step is left out; a later one waits.
    """
    wait = Wait(content)
    wait.happens(news, seconds=80)
    assert wait.fires() == []
    assert wait.talk.state.silence.told == 1

    wait.talk.at = wait.talk.timers[silence.TIMER] - timedelta(minutes=1)
    climbs = ContactClimbed(at=AT, contact_id="c", step="supervisor", minutes=9)
    wait.happens(CounsellorLeft(at=AT, contact_id="c", name="Elira", closed=False))
    assert wait.happens(climbs)[:1] == ["climb.supervisor"]
    assert wait.fires() == []
    assert wait.fires()[0] in ("silence.long", "handover.delayed")


def test_a_clock_that_was_away_tells_only_how_far_it_has_come(content: Content) -> None:
    """
    After an outage of an hour the child reads one thing, not three.
    """
    wait = Wait(content)
    joined(wait)

    assert wait.at(61) == ["silence.later", "numbers.both_free", "silence.return"]
    assert not wait.stands


@pytest.mark.parametrize(
    "event",
    [
        CounsellorWrote(at=AT, contact_id="c", name="Elira", text="Përshëndetje"),
        CounsellorLeft(at=AT, contact_id="c", name="Elira", closed=True),
        ExitPressed(at=AT),
        MessageReceived(at=AT, text="dil"),
    ],
    ids=["words", "the end", "the quick exit", "the exit word"],
)
def test_what_ends_it(content: Content, event: AnyEvent) -> None:
    """
    A person's words, the end and leaving end it: no timer stands, and one that still fires
    says nothing.
    """
    wait = Wait(content)
    joined(wait)
    wait.happens(event)

    assert not wait.stands
    assert wait.at(10) == []


AWAY = {
    "somebody looks on": {"quiet": True},
    "a question that a stranger may see": {"asked": "seen"},
    "in doubt": {"doubt": True},
    "safe hours": {"hours": (9, 10), "heard_at": AT - timedelta(hours=1)},
    "own word": {"own_word": "hash", "heard_at": AT - timedelta(hours=1)},
    "nobody waits": None,
}


@pytest.mark.parametrize("how", AWAY)
def test_nothing_is_told_to_somebody_who_is_away(content: Content, how: str) -> None:
    """
    C3, C4: where the child is away, where a stranger may look on, outside its hours, or where
    it waits for nobody, nothing shows at any step.
    """
    wait = Wait(content)
    joined(wait)
    changes = AWAY[how]
    state = wait.talk.state
    if changes is None:
        state = replace(state, contact=replace(state.contact, awaited=False))
    wait.talk.state = replace(state, **(changes or {}))

    assert [wait.at(minutes) for minutes in (3, 11, 61)] == [[], [], []]


def test_at_night_it_waits_for_the_morning(content: Content) -> None:
    """
    Whoever waits since ten at night is told the last step at eight, not at eleven.
    """
    night = AT.replace(hour=21)
    wait = Wait(content, at=night)
    joined(wait)
    assert wait.fires() == ["silence.soon_person"]
    assert wait.fires()[0] == "silence.long_person"

    assert wait.fires() == []
    assert wait.talk.timers[silence.TIMER] == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    assert wait.fires()[0] == "silence.later"


def test_a_child_that_comes_back_waits_anew(content: Content) -> None:
    """
    After the exit word and the choice to go on, its wait is told of from the beginning.
    """
    wait = Wait(content)
    joined(wait)
    wait.happens(ExitPressed(at=AT))
    wait.happens(MessageReceived(at=AT, text="hej"), minutes=30)
    back = wait.talk.at
    wait.happens(MessageReceived(at=AT, text="po"))

    assert wait.talk.timers[silence.TIMER] - back < timedelta(minutes=3)
    assert wait.fires() == ["silence.soon_person"]


def test_a_person_who_is_waited_for_pushes_nobody(content: Content) -> None:
    """
    While the child is silent and the person has written, nothing comes by itself.
    """
    wait = Wait(content)
    joined(wait)
    wait.happens(CounsellorWrote(at=AT, contact_id="c", name="Elira", text="Je aty?"))

    assert not wait.stands


def test_a_line_that_breaks_begins_a_wait(content: Content) -> None:
    """
    When the person's line breaks after words of theirs, the child waits, and is told so.
    """
    wait = Wait(content)
    joined(wait)
    wait.happens(CounsellorWrote(at=AT, contact_id="c", name="Elira", text="Po."))
    wait.happens(CounsellorLeft(at=AT, contact_id="c", name="Elira", closed=False))

    assert wait.fires() == ["silence.soon"]


def test_states_of_before_are_read(content: Content) -> None:
    """
    A conversation stored before there was a protocol loads, and its next words begin a wait.
    """
    wait = Wait(content)
    old = wait.talk.state.to_dict()
    del old["silence"]
    del old["contact"]["answered"]
    state = State.from_dict(old)
    assert state.silence is None

    said = MessageReceived(at=AT, text="a ka njeri", helpline=Helpline.STAFFED)
    assert stored(step(state, said, content=content).state).silence.since == AT
