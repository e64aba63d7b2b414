"""What somebody gets who finds the phone: nothing of the case, whatever is tried."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.onlooker import CHILD, CONTENT, HARM, ID, VIBER, Talk, watched

from bot.engine.events import CounsellorJoined, CounsellorLeft, Severity, Started


def interrupted() -> Talk:
    """A child that came back with its own word, was welcomed, and put the phone away."""
    talk = watched()
    talk.types("dil")
    talk.writes("Jam këtu, Arta.", later=60)
    assert talk.types("bicikleta", later=60) == ["own_word.back"]
    return talk


@pytest.mark.parametrize("first", ["a je robot", "hej", "fshije biseden"])
def test_a_welcome_that_was_left_open_opens_to_nobody_else(first: str) -> None:
    """C4: who picks the phone up after the child's welcome gets nothing by going on with it."""
    talk = interrupted()

    assert "own_word.back" not in talk.types(first, later=120)
    assert not [each.id for say in talk.says for each in say.standing if "back" in each.id]
    talk.taps("hide.no", "back.yes")
    talk.happens(Started(at=talk.at))
    talk.types("me kë po flas?")
    talk.taps("back.yes", "go.person", "go.help", "go.language")

    assert talk.state.held == (("Elira", "Jam këtu, Arta."),)
    assert talk.types("bicikleta") == ["own_word.back"]
    assert talk.taps("back.yes") == ["person"]


def hidden(way: str) -> Talk:
    """A child in a talk with a person, without an own word, that has just left."""
    talk = Talk()
    talk.types("zzz", HARM)
    talk.taps("danger.no", "offer.yes")
    talk.happens(CounsellorJoined(at=talk.at, contact_id=ID, name="Elira"))
    talk.writes("Jam Elira. E lexova.")
    talk.types(way)
    talk.taps("hide.yes")
    return talk


@pytest.mark.parametrize("way", ["dil", "fshije biseden"])
@pytest.mark.parametrize("asks", ["kush është ky?", "çfarë ka shkruar vajza ime këtu"])
def test_who_asks_right_after_the_child_left_is_not_welcomed_back(way: str, asks: str) -> None:
    """C4: “welcome back, shall we go on?” would tell that there was something, and show it."""
    talk = hidden(way)

    assert talk.types(asks) == ["stranger.program", "stranger.silent"]

    assert "person" not in [*talk.taps("back.yes"), *talk.types("po")]
    assert talk.writes("Si je?") == []


def test_an_old_button_after_a_return_is_not_met_with_silence() -> None:
    """Who is welcomed back and presses something older is asked again, never left without."""
    talk = hidden("fshije biseden")
    assert talk.types("hej") == ["back.open"]

    assert talk.taps("today.start") == ["back.open"]


def test_pictures_cannot_be_tried_one_after_the_other() -> None:
    """C4: after two wrong pictures, typed or pressed, none opens for a day; then it does."""
    talk = watched(VIBER, own_word="own_word.7")
    talk.types("dil")
    names = [CONTENT.phrases["sq"][f"button.{number}"]["all"] for number in range(1, 10)]

    assert not {"own_word.back", "back.open"} & {key for name in names for key in talk.types(name)}
    talk.state = replace(talk.state, asked="own_again")
    assert "own_word.back" not in talk.taps("own_again.7")

    assert talk.types(names[6], later=24 * 60) == ["own_word.back"]


def test_a_grave_question_to_anybody_opens_nothing_that_waits() -> None:
    """C4: who finds the phone, and is asked for danger, does not get what waits for the child."""
    talk = watched()
    talk.types("dil")
    talk.writes("Jam këtu, Arta.", later=60)
    left = CounsellorLeft(at=talk.at, contact_id=ID, name="Elira", closed=True)
    talk.happens(left)
    talk.taps("media.threat")
    assert talk.state.asked == "danger"

    assert "back.open" not in [*talk.types("hej"), *talk.happens(Started(at=talk.at))]
    assert talk.writes("Arta?") == []
    assert talk.taps("danger.yes")[0] == "danger.call"
    talk.happens(Started(at=talk.at))
    talk.taps("back.yes")

    assert [text for _, text in talk.state.held] == ["Jam këtu, Arta.", "Arta?"]
    assert talk.types("bicikleta", later=60) == ["back.open"]


def test_an_offer_to_anybody_does_not_tell_that_somebody_waits() -> None:
    """C4: a yes to “shall I bring somebody?” is passed on, and tells of no contact."""
    talk = Talk(replace(CHILD, hours=(14, 16)))
    talk.taps("go.person")
    talk.state = replace(talk.state, own_word="a word")
    asked = talk.types("jam mërzitur", replace(HARM, severity=Severity.CONCERN), later=60)
    assert asked == ["soft.ask"]
    assert talk.taps("soft.a_bit")[-1] == "soft.offer"

    assert talk.taps("offer.yes") == ["stranger.asked"]
    assert "asks_again" in talk.notes


def test_the_knock_leads_to_its_quiz_also_after_somebody_else_had_the_phone() -> None:
    """Scene 14.07: a mother asked in between; [Yes] on the knock is still the quiz, no more."""
    talk = watched()
    talk.types("dil")
    talk.writes("Jam këtu, Arta.")
    talk.fires("knock_1")
    assert talk.types("kush është ky?") == ["stranger.program", "stranger.silent"]
    talk.taps("stranger.advice")

    (quiz,) = talk.taps("knock.yes")

    assert quiz.endswith(".quiz")
    assert talk.state.held
