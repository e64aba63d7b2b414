"""Several children and a grown-up on one phone: an animal and a colour each, never a name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import authoring, triage
from bot.engine.effects import LeaveContact, OpenContact, PassToCounsellor, Say
from bot.engine.events import CounsellorWrote, MessageReceived
from bot.engine.flows import cover, who
from bot.engine.state import Learnt, State
from bot.script import BEGINS_AT, CONTACT, Talk, event_of, stored

CONTENT = authoring.load(Path(__file__).resolve().parents[3] / "content")
CHILD = State(
    language="sq",
    role="child",
    band="8-10",
    country="al",
    onboarded=True,
    limits_version=CONTENT.limits_version,
    limits_at=BEGINS_AT,
    learned=(Learnt(topic="t14", after="right", done_at=BEGINS_AT),),
    asked="menu",
)


def talk(state: State = CHILD, language: str = "sq") -> Talk:
    """
    A conversation that stands there.
    """
    return Talk(CONTENT, triage.read, language, replace(state, language=language))


def does(going: Talk, **turn: object) -> list[Say]:
    """
    One turn of a script; what is said in answer.
    """
    effects = going.happens(event_of(turn, going))
    return [effect for effect in effects if isinstance(effect, Say)]


def comes(going: Talk, animal: str = "wolf", colour: str = "green", age: str = "14-17") -> None:
    """
    Another child takes the phone and says which animal it is.
    """
    does(going, tap="go.who")
    does(going, tap="who.child")
    does(going, tap=f"animal.{animal}")
    does(going, tap=f"{animal}_{colour}")
    for option in ("understood", age, "go_on", "got_it"):
        does(going, tap=option)


@pytest.mark.parametrize("language", ["sq", "en"])
def test_somebody_new_is_met_as_at_first(language: str) -> None:
    """
    C1: another child is told what is passed on before anything is asked, gives its own age and
    no name, and is not asked for the country again; what the first one learned is not its own.
    """
    going = talk(language=language)
    comes(going)

    state = going.state
    assert (state.profile, state.band, state.country) == ("wolf_green", "14-17", "al")
    assert state.onboarded
    assert state.limits_at is not None
    assert state.limits_at > BEGINS_AT
    assert state.learned == ()
    assert state.asked == "menu"
    assert [each.name for each in state.profiles] == ["fox_blue"]


def test_each_comes_back_to_what_it_learned() -> None:
    """
    Back and forth between two children, band and progress are each one's own, through storage.
    """
    going = talk()
    comes(going)
    does(going, tap="go.who")
    says = does(going, tap="fox_blue")

    assert "Dhelpra blu" in says[0].text
    assert (going.state.band, going.state.learned) == (CHILD.band, CHILD.learned)
    does(going, tap="go.who")
    does(going, tap="wolf_green")
    assert (going.state.band, going.state.learned) == ("14-17", ())


def test_a_parent_on_the_same_phone() -> None:
    """
    A grown-up is spoken to as one, with the guidance, and the child comes back as a child.
    """
    going = talk()
    does(going, tap="go.who")
    does(going, tap="who.adult")
    for option in ("understood", "parent", "go_on", "got_it"):
        does(going, tap=option)

    assert going.state.adult
    assert "menu.guidance" in {button.id for button in going.shown[-1].buttons}
    does(going, tap="go.who")
    does(going, tap="fox_blue")
    assert not going.state.adult
    assert going.state.band == "8-10"


def test_a_slip_changes_nothing() -> None:
    """
    [Kthehu] at “who has the phone?” leads back to where one was.
    """
    going = talk(replace(CHILD, asked="t14-help-8-10/quiz", lesson="t14-help-8-10"))
    does(going, tap="go.who")
    does(going, tap="who.back")

    assert going.state.asked == "t14-help-8-10/quiz"
    assert going.state.profiles == ()


def test_what_was_told_closes_when_another_takes_the_phone() -> None:
    """
    C4: with a contact open, whoever says to be somebody else meets ordinary life only; the
    counsellor's words wait, and choosing the first animal again does not open them.
    """
    going = talk()
    does(going, child="një djalë po më kërcënon me një foto dhe do para")
    does(going, tap="danger.no")
    does(going, tap="offer.yes")
    does(going, arrives=True)
    does(going, joins="Elira")
    comes(going)
    going.at += timedelta(minutes=1)

    words = does(going, writes="Si je tani?")
    does(going, tap="go.who")
    back = does(going, tap="fox_blue")

    assert words == []
    assert going.state.held == (("Elira", "Si je tani?"),)
    assert "Si je tani?" not in " ".join(say.text for say in back)
    assert cover.closed(going.state, going.at)


def test_another_child_may_tell_too() -> None:
    """
    U1: behind a closed contact, what the next child tells is believed and reaches the person.
    """
    going = talk()
    does(going, child="një djalë po më kërcënon me një foto dhe do para")
    does(going, tap="danger.no")
    does(going, tap="offer.yes")
    comes(going)

    says = does(going, child="babi më rreh çdo natë")

    assert "care.believe" in {say.key for say in says}
    assert going.state.contact is not None


def with_elira() -> Talk:
    """
    A child that told of harm and talks with a person.
    """
    going = talk()
    does(going, child="një djalë po më kërcënon me një foto dhe do para")
    for turn in ({"tap": "danger.no"}, {"tap": "offer.yes"}, {"arrives": True}):
        does(going, **turn)
    does(going, joins="Elira")
    return going


def test_the_person_hears_that_the_phone_changed_hands() -> None:
    """
    What the next one writes is never read as the child's: before it stands that somebody else
    took the phone.
    """
    going = with_elira()
    does(going, tap="go.who")
    does(going, tap="who.child")
    does(going, tap="animal.wolf")
    passed = going.happens(event_of({"tap": "wolf_green"}, going))

    notes = [each for each in passed if isinstance(each, PassToCounsellor)]
    assert [[word.text for word in each.words] for each in notes] == [["handed_over"]]


def test_a_hidden_talk_stays_shut_for_whoever_takes_the_phone() -> None:
    """
    C4: after hiding the chat, another child comes by the menu of an ordinary day; what the
    person writes is not shown to it, whatever it writes or presses.
    """
    going = with_elira()
    does(going, tap="go.hide")
    does(going, tap="hide.yes")
    going.state = replace(going.state, asked="menu")
    for tap in ("menu.more", "more.who", "who.child", "animal.wolf", "wolf_green"):
        does(going, tap=tap)
    for tap in ("understood", "14-17", "go_on", "got_it"):
        does(going, tap=tap)
    does(going, writes="Si je tani?")

    says = [*does(going, child="hej"), *does(going, tap="back.yes"), *does(going, tap="go.menu")]

    assert going.state.doubt
    assert "back.open" not in {say.key for say in says}
    assert "Si je tani?" not in " ".join(say.text for say in says)


def test_a_doubt_ends_with_what_it_was_about() -> None:
    """
    Small talk is kept for a day; once it is gone nothing is shut any more, and what was learned
    comes back on a shared phone as on any other.
    """
    later = BEGINS_AT + timedelta(days=2)
    learnt = Learnt(topic="t01", after="other", done_at=BEGINS_AT, due_at=later)
    going = talk(replace(CHILD, learned=(learnt,), reminders="yes", remind_at=(8, 20)))
    does(going, child="xyzzy")
    comes(going)
    assert going.state.doubt
    going.at = BEGINS_AT + timedelta(days=1)
    does(going, timer="forget")
    going.at = later

    assert [say.key for say in does(going, timer="review")] == ["review.ask"]
    assert not going.state.doubt


@pytest.mark.parametrize("colour", who.COLOURS)
def test_nobody_gets_the_name_that_another_chose(colour: str) -> None:
    """
    The first child is named when the second comes, and never as the second named itself.
    """
    going = talk()
    comes(going, animal="fox", colour=colour)

    assert going.state.profile == f"fox_{colour}"
    assert going.state.profile not in {each.name for each in going.state.profiles}


def test_an_old_button_makes_no_room() -> None:
    """
    With six on the phone an old [Jam i ri] or colour adds nobody.
    """
    going = talk()
    for animal in who.ANIMALS[1:6]:
        comes(going, animal=animal)
    for tap in ("go.who", "who.child", "animal:wolf.wolf_red"):
        does(going, tap=tap)

    assert len(going.state.profiles) + 1 == who.MOST


def test_there_is_room_for_six() -> None:
    """
    Six people fit on a phone, each under another name, and the seventh is not offered.
    """
    going = talk()
    for animal in who.ANIMALS[1:6]:
        comes(going, animal=animal)

    shown = does(going, tap="go.who")
    assert "who.child" not in {button.id for button in shown[-1].buttons}
    names = [going.state.profile, *(each.name for each in going.state.profiles)]
    assert len(set(names)) == who.MOST == len(names)


@given(
    presses=st.lists(
        st.sampled_from(
            [
                *("go.who", "who.child", "who.adult", "who.back", "fox_blue", "animal.wolf"),
                *("wolf_green", "animal.bear", "bear_red", "understood", "8-10", "18", "parent"),
                "animal.fox",
            ]
        ),
        max_size=24,
    )
)
def test_no_row_of_presses_loses_anybody(presses: list[str]) -> None:
    """
    Whatever is pressed, in whatever order: every answer leads on, no name is there twice, and
    the first child's learning is somewhere.
    """
    going = talk()
    for press in presses:
        says = does(going, forged=going.button(press))
        if says:
            assert any(say.buttons or say.standing for say in says)
        assert stored(going.state) == going.state
        names = [going.state.profile, *(each.name for each in going.state.profiles)]
        assert len(set(names)) == len(names)
        learned = [going.state.learned, *(each.learned for each in going.state.profiles)]
        assert CHILD.learned in learned


def test_each_gets_its_own_questions_back() -> None:
    """
    With two children on a phone one question a day comes, for whoever has something due; who
    answers it says so first, and the other's learning stays as it is.
    """
    later = BEGINS_AT + timedelta(days=2)
    learnt = Learnt(topic="t01", after="other", done_at=BEGINS_AT, due_at=later)
    going = talk(replace(CHILD, learned=(learnt,), reminders="yes", remind_at=(8, 20)))
    comes(going)
    going.at = later

    knock = does(going, timer="review")
    asked = does(going, tap="review.yes")
    question = does(going, tap="fox_blue")

    assert [say.key for say in knock] == ["review.ask"]
    assert [say.key for say in asked] == ["who.ask"]
    assert {button.id for button in asked[-1].buttons} >= {"reader.fox_blue", "reader.wolf_green"}
    assert going.state.profile == "fox_blue"
    assert going.state.asked.endswith("/review1")
    assert question[-1].buttons
    assert does(going, timer="review") == []


def test_a_question_comes_in_the_hours_of_its_own() -> None:
    """
    C3: what is due to a brother who named other hours is not used up by a sister's question.
    """
    later = BEGINS_AT + timedelta(days=2)  # 17:20 in Tirana
    learnt = Learnt(topic="t01", after="other", done_at=BEGINS_AT, due_at=later)
    going = talk(replace(CHILD, learned=(learnt,), reminders="yes", remind_at=(14, 18)))
    comes(going)
    his = replace(learnt, topic="t03")
    going.state = replace(going.state, learned=(his,), reminders="yes", remind_at=(18, 20))
    going.at = later

    knock = does(going, timer="review")

    assert [say.key for say in knock] == ["review.ask"]
    assert [each.learned[0].call for each in going.state.profiles] == ["made"]
    assert [each.call for each in going.state.learned] == [""]


@pytest.mark.parametrize(
    "turn", [{"child": "xyzzy"}, {"child": "dhelpra blu"}, {"tap": "fox_blue"}]
)
def test_a_grown_up_on_the_phone_stands_among_those_who_answer(turn: dict[str, str]) -> None:
    """
    With a parent on the phone a question that came back is still opened, by a press or in words.
    """
    later = BEGINS_AT + timedelta(days=2)
    learnt = Learnt(topic="t01", after="other", done_at=BEGINS_AT, due_at=later)
    going = talk(replace(CHILD, learned=(learnt,), reminders="yes", remind_at=(8, 20)))
    for tap in ("go.who", "who.adult", "understood", "parent", "go_on", "got_it"):
        does(going, tap=tap)
    going.at = later
    does(going, timer="review")
    asked = does(going, tap="review.yes")

    assert {button.id for button in asked[-1].buttons} >= {"reader.adult", "reader.fox_blue"}
    assert does(going, **turn)[-1].text


def test_no_more_of_them_counts_for_all() -> None:
    """
    Who says “don't ask me any more” to a question for anybody is believed for everybody.
    """
    later = BEGINS_AT + timedelta(days=2)
    learnt = Learnt(topic="t01", after="other", done_at=BEGINS_AT, due_at=later)
    going = talk(replace(CHILD, learned=(learnt,), reminders="yes", remind_at=(8, 20)))
    comes(going)
    going.at = later
    does(going, timer="review")
    does(going, tap="review.stop")

    assert [each.reminders for each in going.state.profiles] == ["no"]


def test_leaving_is_told_whoever_has_the_phone() -> None:
    """
    Leaving while another child has the phone still tells the person who waits.
    """
    going = talk()
    opened = going.happens(event_of({"child": "dua të flas me dikë"}, going))
    if not any(isinstance(effect, OpenContact) for effect in opened):
        opened = going.happens(event_of({"tap": "person.yes"}, going))
    comes(going)

    left = going.happens(MessageReceived(at=going.at, text="dil"))
    heard = going.happens(
        CounsellorWrote(at=going.at, contact_id=CONTACT, name="Elira", text="Si je?")
    )

    assert any(isinstance(effect, LeaveContact) for effect in left)
    assert not any(isinstance(effect, Say) for effect in heard)
