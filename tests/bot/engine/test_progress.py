"""Lists of eighteen topics, badges and the certificate, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.onlooker import AT, CHILD, CONTENT, VIBER, Talk

from bot.engine.content import BANDS, LANGUAGES, TOPICS
from bot.engine.effects import Say
from bot.engine.events import Abilities
from bot.engine.flows.progress import picture_of
from bot.engine.state import Learnt, State

MENU = replace(CHILD, asked="menu")


def done(*topics: str) -> tuple[Learnt, ...]:
    """Topics that are finished."""
    return tuple(Learnt(topic=topic, after="other", done_at=AT) for topic in topics)


def options(say: Say) -> list[str]:
    """The options under a bubble."""
    return [button.id.rpartition(".")[2] for button in say.buttons]


# ---------- the list ----------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("band", BANDS)
def test_every_topic_is_reached_in_pages_that_wrap(language: str, band: str) -> None:
    """All titles stand on pages of six in the order of the curriculum; then the first again."""
    talk = Talk(replace(MENU, language=language, band=band))
    talk.taps("menu.lesson")
    first, seen = options(talk.says[-1]), []
    for _ in range(-(-len(CONTENT.topics) // 6)):
        *titles, more, out = options(talk.says[-1])
        assert (more, out) == ("more", "menu")
        assert len(titles) <= 6
        seen += titles
        assert talk.taps("lessons.more") == ["lessons.ask"]

    there = {each.topic for each in CONTENT.lessons[language].values() if each.band == band}
    assert seen == [topic for topic in CONTENT.topics if topic in there]
    assert options(talk.says[-1]) == first


@pytest.mark.parametrize("way", ["press", "word"])
def test_a_list_can_be_left_without_choosing(way: str) -> None:
    """Whoever wants none of the topics is back at the menu with one press, on any page."""
    talk = Talk(MENU)
    talk.taps("menu.lesson", "lessons.more")

    assert (talk.taps("lessons.menu") if way == "press" else talk.types("Menyja")) == ["menu.ask"]


def test_what_is_finished_comes_last() -> None:
    """The list begins with what is still to be learned."""
    talk = Talk(replace(MENU, learned=done("t14", "t03")))
    talk.taps("menu.lesson")

    assert options(talk.says[-1])[:3] == ["t01", "t12", "t13"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_title_of_any_page_can_be_typed(language: str) -> None:
    """A child that knows the title need not turn pages."""
    title = CONTENT.lessons[language]["t18-friendship-14-17"].title
    talk = Talk(replace(MENU, language=language), VIBER)
    talk.taps("menu.lesson")

    assert talk.types(title) == ["lesson.open_tender"]


def test_letters_are_those_of_the_page_that_stands() -> None:
    """Without buttons “A” on the second page is the first title of the second page."""
    talk = Talk(MENU, Abilities(presses=False))
    talk.taps("menu.lesson", "lessons.more")
    first = options(talk.says[-1])[0]

    talk.types("A")
    assert talk.state.lesson.startswith(f"{first}-")


def test_page_stays_when_the_language_changes() -> None:
    """In the other language the same page is asked again."""
    talk = Talk(MENU)
    talk.taps("menu.lesson", "lessons.more")
    before = options(talk.says[-1])

    assert talk.types("english") == ["language.changed", "lessons.ask"]
    assert options(talk.says[-1]) == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_title_that_asks_takes_no_full_stop(language: str) -> None:
    """“Care or control?” opens its lesson as it is written, and the next sentence follows."""
    title = CONTENT.lessons[language]["t18-friendship-14-17"].title
    talk = Talk(replace(MENU, language=language))
    talk.taps("menu.lesson", "lessons.t18")

    assert title.endswith("?")
    assert f"{title} " in talk.says[0].text


# ---------- pictures ----------


@pytest.mark.parametrize("language", LANGUAGES)
def test_tender_topics_have_their_picture_and_no_lynx(language: str) -> None:
    """A tender lesson opens with its drawing; soon after a disclosure no lesson shows any."""
    talk = Talk(replace(MENU, language=language))
    talk.taps("menu.lesson", "lessons.t06")
    assert talk.says[0].picture == "t06-threats"
    assert talk.says[0].picture_text
    assert talk.says[0].mood == ""

    talk = Talk(replace(CHILD, language=language, hold=True, asked="doors"))
    talk.taps("doors.read")
    assert talk.says[0].picture == ""


# ---------- badges ----------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("band", BANDS)
def test_badges_name_what_is_done(language: str, band: str) -> None:
    """Every title that is done is named once, in at most four bubbles, with how many of all."""
    talk = Talk(replace(MENU, language=language, band=band, learned=done(*CONTENT.topics)))
    said = talk.taps("menu.more", "more.progress")
    lessons = [each for each in CONTENT.lessons[language].values() if each.band == band]
    text = "\n".join(say.text for say in talk.says)

    assert len(said) <= 4
    assert f"{len(lessons)}" in talk.says[0].text
    assert all(text.count(f"• {each.title}") == 1 for each in lessons)
    assert options(talk.says[-1]) == ["certificate", "lesson", "menu"]


def test_tender_topics_are_listed_without_praise() -> None:
    """A tender topic is no badge to be proud of: it stands in a line of its own."""
    talk = Talk(replace(MENU, learned=done("t01", "t06")))

    assert talk.taps("menu.more", "more.progress") == ["progress.badges", "progress.tender"]
    assert "1 nga" not in talk.says[0].text
    title = CONTENT.lessons["sq"]["t06-threats-14-17"].title
    assert title in talk.says[1].text
    assert title not in talk.says[0].text


def test_without_any_there_is_no_hurry_and_no_certificate() -> None:
    """Nothing done is nothing missed."""
    talk = Talk(MENU)

    assert talk.taps("menu.more", "more.progress") == ["progress.none"]
    assert options(talk.says[-1]) == ["lesson", "menu"]
    assert talk.taps("progress.certificate") == ["progress.none"]
    assert not any(say.picture for say in talk.says)


@pytest.mark.parametrize("language", LANGUAGES)
def test_certificate_is_a_picture_without_a_name(language: str) -> None:
    """Asked for, it is drawn from what is done; a name is for the paper only."""
    talk = Talk(replace(MENU, language=language, learned=done("t01", "t03", "t18")))
    talk.taps("menu.more", "more.progress")

    assert talk.taps("progress.certificate") == ["progress.certificate", "progress.name"]
    assert talk.says[0].picture == f"certificate-{language}-20005"
    assert "3" in talk.says[0].picture_text
    assert talk.taps("after.go_on") == ["menu.ask"]


def test_certificate_has_a_bit_for_each_topic() -> None:
    """All eighteen are five figures in base sixteen, and t01 is the first bit."""
    assert picture_of("sq", TOPICS) == "certificate-sq-3ffff"
    assert picture_of("en", ["t01"]) == "certificate-en-00001"


def test_what_was_learned_stays_through_other_ages() -> None:
    """A birthday loses nothing: the badges are there in the next band's titles."""
    state: State = replace(MENU, band="11-13", learned=done("t01"))
    talk = Talk(state)
    talk.taps("menu.more", "more.progress")
    assert CONTENT.lessons["sq"]["t01-privacy-11-13"].title in talk.says[0].text
