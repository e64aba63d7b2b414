"""A topic that authors add is taught like the eighteen: t19, copied from t01."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot import authoring, triage
from bot.classroom import classes_of
from bot.coverage import Reach
from bot.engine.content import BANDS, LANGUAGES, TOPICS, Content
from bot.engine.state import Learnt, State
from bot.rehearsal import transcript_of
from bot.script import BEGINS_AT, Played, Talk, event_of, load_script, play

SHIPPED = Path(__file__).parents[2] / "content"
NEW = "t19"
CHILD = State(language="sq", role="child", band="11-13", onboarded=True, limits_version="1")
TEACHER = replace(CHILD, role="teacher", band="")
PARENT = replace(CHILD, role="parent", band="", child_band="11-13")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content that is shipped, with one topic more."""
    root = tmp_path_factory.mktemp("added") / "content"
    shutil.copytree(SHIPPED, root)
    for language in LANGUAGES:
        for path in sorted((root / language).rglob("t01*.toml")):
            text = re.sub(r"(?m)^(id|topic) = \"t01", rf'\1 = "{NEW}', path.read_text("utf-8"))
            text = re.sub(r"(?m)^(title = \".*)\"", r'\1 II"', text)
            path.with_name(path.name.replace("t01", NEW)).write_text(text, "utf-8")
    return root


@pytest.fixture(scope="module")
def content(root: Path) -> Content:
    """The same, read."""
    return authoring.load(root)


def pressed(content: Content, state: State, *presses: str) -> Talk:
    """A conversation from the menu in which these were pressed."""
    talk = Talk(content, triage.read, state.language, replace(state, asked="menu"))
    for press in presses:
        talk.happens(event_of({"tap": press}, talk))
    return talk


def done(*topics: str) -> State:
    """A child that has finished these."""
    learned = (Learnt(topic=topic, after="right", done_at=BEGINS_AT) for topic in topics)
    return replace(CHILD, learned=tuple(learned))


def test_topics_are_those_that_are_taught(content: Content) -> None:
    """
    First those of the curriculum in their order, then what was added; without lessons, none.
    """
    assert content.topics == (*TOPICS, NEW)
    few = {name: each for name, each in content.lessons["sq"].items() if each.topic in ("t03", NEW)}
    assert replace(content, lessons={"sq": few}).topics == ("t03", NEW)
    assert replace(content, lessons={}).topics == ()


def test_it_stands_on_the_last_page_of_the_list(content: Content) -> None:
    """
    Whoever turns the pages finds it after the others, and opens it with a press or its title.
    """
    talk = pressed(content, CHILD, "menu.lesson", *3 * ["lessons.more"])
    title = content.lessons["sq"][f"{NEW}-privacy-11-13"].title

    assert talk.state.options == (NEW, "more", "menu")
    assert talk.shown[-1].buttons[0].label == title
    talk.happens(event_of({"child": title}, talk))
    assert talk.state.lesson == f"{NEW}-privacy-11-13"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("band", BANDS)
def test_it_is_finished_and_comes_back(
    content: Content, tmp_path: Path, band: str, language: str
) -> None:
    """
    Its transcript is written for an author, and goes so: to the end and through three reviews.
    """
    name, path, reach = f"{NEW}-privacy-{band}", tmp_path / "one.toml", Reach()
    path.write_text(transcript_of(name, content, triage.read), "utf-8")
    played: list[Played] = list(play(load_script(path), language, content, triage.read))
    reach.add(played)

    assert [turn.faults for turn in played if turn.faults] == []
    assert all(reach.times(f"{name}/{place}") for place in ("quiz", "end", "review3"))
    assert reach.taken["lessons.any"] == 1


def test_what_was_learned_of_it_stands_among_the_badges(content: Content) -> None:
    """
    It counts among all that there is; on the certificate, which has no place for it, it is
    left off, and where nothing else was finished none is offered.
    """
    both = pressed(content, done("t01", NEW), "menu.more", "more.progress")
    assert "2 nga 19" in both.shown[-1].text
    both.happens(event_of({"tap": "certificate"}, both))
    (sheet,) = [each for each in both.shown if each.picture]
    assert sheet.picture == "certificate-sq-00001"
    assert "1 nga 18" in sheet.picture_text

    alone = pressed(content, done(NEW), "menu.more", "more.progress")
    assert "1 nga 19" in alone.shown[-1].text
    assert alone.state.options == ("lesson", "menu")


def test_grown_ups_read_about_it(content: Content) -> None:
    """
    Its guide and its activity stand in their lists, and on the pages to print.
    """
    guides = pressed(content, PARENT, "menu.guidance", "middle", "topics", *3 * ["g:guides.more"])
    guides.happens(event_of({"tap": f"g:guides.{NEW}"}, guides))
    assert guides.state.asked == f"g:guide:{NEW}"

    band = content.activities["sq"][NEW].bands[0]
    option = dict(zip(BANDS, ("young", "middle", "teen"), strict=True))[band]
    classes = pressed(content, TEACHER, "menu.guidance", "class", option)
    while NEW not in classes.state.options:
        classes.happens(event_of({"tap": f"g:classes:{band}.more"}, classes))
    classes.happens(event_of({"tap": f"g:classes:{band}.{NEW}"}, classes))
    assert classes.state.asked == f"g:class:{band}:{NEW}:0"

    for printed in classes_of(content).values():
        assert list(printed.activities)[-1] == NEW
