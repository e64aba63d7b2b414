"""What is read page by page: guides, activities, apps; and the trees that lead to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.onlooker import CHILD, CONTENT, PRESENT, Talk

from bot.engine.content import BANDS, LANGUAGES
from bot.engine.flows import shelf
from bot.engine.state import State

PARENT = replace(CHILD, role="parent", band="", child_band="11-13")
TEACHER = replace(CHILD, role="teacher", band="", child_band="")
AT_ONCE = 4  # bubbles, before somebody else has the floor


def pages_of(state: State, question: str) -> list[str]:
    """
    Every option of a list, by turning its pages until they begin again.
    """
    talk, seen = Talk(state), list[str]()
    while not set(talk.state.options) & set(seen):
        seen += [option for option in talk.state.options if option not in ("more", "menu")]
        talk.taps(f"{question}.more")
    return seen


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_next_page_of_the_apps_has_more_apps(language: str) -> None:
    """
    The list of the apps turns to other apps, that of the topics to other topics.
    """
    talk = opened(replace(PARENT, language=language), "menu.more", "more.apps")
    turning = {button.id: button.label for button in talk.says[-1].buttons}["a:apps.more"]

    assert turning == {"sq": "Aplikacione të tjera", "en": "Other apps"}[language]


def opened(state: State, *presses: str) -> Talk:
    """
    A conversation in which these were pressed.
    """
    talk = Talk(state)
    talk.taps(*presses)
    return talk


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("band", BANDS)
def test_every_guide_is_read_in_two_turns(language: str, band: str) -> None:
    """
    All topics are in the list; each says why, how to begin and what to do for that age,
    then signs and first steps, and ends with a person, the numbers, and the way on.
    """
    state = replace(PARENT, language=language, child_band=band)
    talk = opened(
        state, "menu.guidance", f"j:parents:age.{age_of(band)}", "j:parents:matter.topics"
    )

    assert pages_of(talk.state, "g:guides") == list(CONTENT.topics)
    for topic in CONTENT.topics:
        guide, here = CONTENT.guides[language][topic], Talk(talk.state)
        here.taps(f"g:guides.{topic}")
        assert len(here.says) == 3
        assert here.says[2].text.startswith(guide.do[band].partition("{")[0])
        here.taps(f"g:guide:{topic}.go_on")
        assert here.state.options == ("person", "numbers", "other", "menu")


def age_of(band: str) -> str:
    """
    The option of the first question that names this band.
    """
    return dict(zip(BANDS, ("young", "middle", "teen"), strict=True))[band]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("band", BANDS)
def test_every_activity_says_the_rules_before_and_after(language: str, band: str) -> None:
    """
    A class gets no activity without “tell the psychologist first” and “stay afterwards”,
    and never more bubbles at once than the teacher can read.
    """
    state = replace(TEACHER, language=language)
    talk = opened(
        state, "menu.guidance", "j:teachers:begin.class", f"j:teachers:class.{age_of(band)}"
    )

    for topic in pages_of(talk.state, f"g:classes:{band}"):
        here, keys = Talk(talk.state), list[str]()
        keys += here.taps(f"g:classes:{band}.{topic}")
        while here.state.options == ("go_on",):
            assert len(here.says) <= AT_ONCE
            keys += here.taps(f"{here.state.asked}.go_on")
        assert keys.count(f"class.{topic}") == len(CONTENT.activities[language][topic].steps)
        assert keys.index("class.before") < keys.index(f"class.{topic}") < keys.index("class.after")
        assert here.state.options == ("other_class", "menu")


@pytest.mark.parametrize("site", ["", "https://sigurt.example.com"])
def test_the_page_to_print_is_named_by_its_address(site: str) -> None:
    """
    Where our own pages have an address a teacher gets it whole; else how to get there.
    """
    talk = Talk(TEACHER, abilities=replace(PRESENT, site=site))
    talk.taps("menu.guidance", "j:teachers:begin.class", "j:teachers:class.young")
    topic = talk.state.options[0]
    talk.taps(f"g:classes:8-10.{topic}")
    while talk.state.options == ("go_on",):
        talk.taps(f"{talk.state.asked}.go_on")

    assert talk.says[-1].text.endswith(f" {site}/klasa/{topic}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("band", BANDS)
def test_every_app_tells_a_child_how_to_block_and_report(language: str, band: str) -> None:
    """
    Whatever app: who sees me, how to block, how to report; the youngest do it with a grown-up.
    """
    talk = opened(replace(CHILD, language=language, band=band), "go.apps")
    apps = CONTENT.platforms[language]

    assert pages_of(talk.state, "a:apps") == list(apps)
    for name, app in apps.items():
        here = Talk(talk.state)
        here.taps(f"a:apps.{name}")
        assert app.seen in [say.text for say in here.says]
        together = CONTENT.phrases[language]["apps.together"]
        assert here.says[-1].text == together.get(band, together["all"])
        here.taps(f"a:app:{name}.how_block")
        assert here.says[0].text == app.block
        here.taps(f"a:block:{name}.how_report")
        assert here.says[0].text == app.report


@pytest.mark.parametrize("days", [90, 91])
def test_an_old_check_is_told_with_its_day(days: int) -> None:
    """
    After ninety days an app is not hidden, but says when somebody last looked.
    """
    app = CONTENT.platforms["sq"]["tiktok"]
    talk = Talk(PARENT)
    talk.at = talk.at.replace(
        year=app.checked_on.year, month=app.checked_on.month, day=app.checked_on.day
    ) + timedelta(days=days)
    talk.state = replace(talk.state, heard_at=talk.at)
    talk.taps("go.apps", "a:apps.tiktok")

    assert (f"{app.checked_on:%d.%m.%Y}" in talk.says[0].text) is (days > 90)


@pytest.mark.parametrize(
    "pressed",
    [
        *("g:guides.t99", "g:guide:t99.go_on", "g:guide:.go_on", "g:told:t03.go_on", "g:.menu"),
        *("g:classes:9-10.t03", "g:class:8-10:t03.go_on", "g:class:8-10:t03:9.go_on"),
        *("g:class:8-10:t03:²:x.go_on", "a:app:nothing.menu", "a:app:tiktok.own", "a:.menu"),
    ],
)
def test_a_button_that_there_is_not_leads_back(pressed: str) -> None:
    """
    Made-up presses break nothing: the open question is asked again.
    """
    talk = Talk(replace(PARENT, asked="menu"))

    assert talk.taps(pressed) == ["stale.we_were_here", "menu.ask"]


@pytest.mark.parametrize(
    "question",
    [
        *("g:guides", "g:guide:t03", "g:told:t03", "g:classes:8-10", "g:class:8-10:t03:1"),
        *("a:apps", "a:app:viber", "a:block:viber", "a:report:viber", "a:app:gone", "g:guide:t99"),
    ],
)
def test_a_page_is_shown_again_in_the_other_language(question: str) -> None:
    """
    A change of language, and a press that means nothing, come back to the same page.
    """
    talk = Talk(replace(PARENT, asked=question))

    talk.taps("go.language")

    assert talk.state.language == "en"
    assert shelf.holds(talk.state.asked)
    assert all(say.language == "en" for say in talk.says)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("adult", [PARENT, TEACHER], ids=["parent", "teacher"])
def test_no_way_through_the_guidance_ends_or_overwhelms(language: str, adult: State) -> None:
    """
    Walking every button of the trees: always something said, always a way on, and never
    more than four bubbles before the reader has the floor again.
    """
    first = replace(adult, language=language, asked="menu", options=("guidance",))
    waiting, seen = [first], {_place(first)}
    while waiting:
        here = waiting.pop()
        for option in here.options:
            talk = Talk(here)
            talk.taps(f"{here.asked}.{option}")
            assert 1 <= len(talk.says) <= AT_ONCE, (here.asked, option)
            assert talk.state.asked or talk.state.contact, (here.asked, option)
            if talk.state.asked.startswith(("j:", "g:", "a:")) and _place(talk.state) not in seen:
                seen.add(_place(talk.state))
                waiting.append(talk.state)
    assert len(seen) > 20


def _place(state: State) -> tuple[str, str, tuple[str, ...]]:
    return state.asked, state.child_band, state.options
