"""A chat that somebody else may hold: no way around leads to what waits for the child."""

from __future__ import annotations

from dataclasses import replace

from fakes.onlooker import AT, HARM, ID, VIBER, watched

from bot.engine.events import CounsellorLeft, MessageReceived, Severity


def test_whoever_is_asked_after_an_absence_is_not_welcomed_back() -> None:
    """C4: a grave question that somebody else came to by presses leads to no welcome either."""
    talk = watched()
    talk.types("dil")
    talk.writes("Jam këtu, Arta.", later=60)
    talk.happens(CounsellorLeft(at=talk.at, contact_id=ID, name="Elira", closed=True))
    talk.types("jam mërzitur", replace(HARM, severity=Severity.CONCERN), later=60)
    talk.taps("soft.a_bit")
    assert talk.state.asked == "offer"

    keys = [*talk.types("hej"), *talk.types("ndihmë"), *talk.taps("back.yes", "hide_self.done")]

    assert not {"back.open", "person"} & set(keys)
    assert talk.state.held


def test_what_is_passed_on_answers_no_question_that_only_the_child_can() -> None:
    """C4: a forwarded “A” is no picture; it reaches the person, and nothing tells of that."""
    talk = watched(VIBER, own_word="own_word.7")
    talk.types("dil")
    talk.state = replace(talk.state, asked="own_again")

    said = talk.happens(MessageReceived(at=AT, text="A", forwarded=True), later=60)

    assert "waiting.added" not in said
    assert "back.open" not in said
    assert "forwarded" in talk.notes


def test_in_doubt_danger_brings_a_person_and_opens_nothing_else() -> None:
    """C4, C7: somebody in doubt is in danger: a person is called, told of the doubt, and heard."""
    talk = watched(own_word="own_word.skip")
    talk.types("dil")
    talk.writes("Jam këtu, Arta.", later=60)
    talk.types("çfarë ka shkruar djali im këtu")
    talk.happens(CounsellorLeft(at=talk.at, contact_id=ID, name="Elira", closed=True))
    talk.taps("media.threat", "danger.yes")
    assert "doubt" in talk.notes

    assert not {"back.open", "person"} & {*talk.types("hej"), *talk.taps("back.yes")}
    assert talk.writes("Jam Dritan.") == ["person"]
    assert talk.state.held == (("Elira", "Jam këtu, Arta."),)
