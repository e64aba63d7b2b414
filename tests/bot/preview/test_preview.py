"""The preview: any place in both languages at once, anew when a file was saved."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest
from fakes.lifeline import CONTENT
from fastapi import FastAPI

import sigurt
from bot.places import LESSONS, kind_of, places
from bot.preview import create_app
from bot.preview.app import Preview
from bot.preview.page import groups
from bot.preview.scene import PEOPLE, NotThere, Scene, Side, played
from bot.preview.watch import Watch

ROOT = Path(__file__).parents[3] / "content"
LESSON = "t06-threats-11-13"
FILE = f"sq/lessons/{LESSON}.toml"
ONE_OF_EACH = {
    kind_of(place.question): place.question
    for place in places(CONTENT)
    if place.group != LESSONS or place.question.startswith(LESSON)
}


def texts(side: Side) -> list[str]:
    """What stands on one side."""
    return [turn.payload["text"] for turn in side.turns]


def keys(side: Side) -> list[str]:
    """What was said on one side, by the keys of its words; of the author's own doing nothing."""
    return [turn.payload["key"] for turn in side.turns if turn.payload["key"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A content folder of one's own."""
    return Path(shutil.copytree(ROOT, tmp_path / "content"))


@pytest.fixture
async def author(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """An author's browser at the preview of that folder."""
    app = create_app(folder)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield client


def damage(folder: Path) -> str:
    """Save a file that is no TOML any more; return what it was."""
    file = folder / FILE
    before = file.read_text(encoding="utf-8")
    file.write_text(before + "\n[broken", encoding="utf-8")
    return before


# ---------- the rehearsal ----------


@pytest.mark.parametrize("place", ONE_OF_EACH.values(), ids=ONE_OF_EACH)
def test_every_kind_of_place_can_be_shown(place: str) -> None:
    """
    A conversation can be looked at wherever it can stand: the same is said in both languages.
    """
    sq, en = played(Scene(place=place), CONTENT)

    assert keys(sq) == keys(en)
    assert keys(sq)


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_can_be_told_of_harm(who: str) -> None:
    """
    What follows a telling is shown for every age and for adults.
    """
    sq, en = played(Scene(place="told:sextortion", who=who), CONTENT)

    assert keys(sq) == keys(en)
    assert sq.talk.state.told is not None


def test_a_press_goes_to_both_sides() -> None:
    """
    What is pressed happens in both languages, with the words of each.
    """
    scene = Scene(place=f"{LESSON}/hook").and_then(f"tap:{LESSON}/hook.pay")
    sq, en = played(scene, CONTENT)

    assert keys(sq) == keys(en)
    assert sq.talk.state.asked == en.talk.state.asked == f"{LESSON}/try1"
    assert texts(sq) != texts(en)


def test_the_words_of_a_button_are_a_press_on_the_other_side() -> None:
    """
    A label that is typed in one language presses that button in the other one.
    """
    hook = CONTENT.lessons["en"][LESSON].hook.options[0]
    scene = Scene(place=f"{LESSON}/hook").and_then(f"say:en:{hook.label}")
    sq, en = played(scene, CONTENT)

    assert keys(sq) == keys(en)
    assert CONTENT.lessons["sq"][LESSON].hook.options[0].label in texts(sq)


def test_what_is_taken_back_is_gone_from_the_page() -> None:
    """
    The two little words give way to what follows them, as in the chat.
    """
    scene = Scene(place="j:onboarding:words")
    assert "onboarding.words" in keys(played(scene, CONTENT)[0])

    after = scene.and_then("tap:j:onboarding:words.got_it")
    assert "onboarding.words" not in keys(played(after, CONTENT)[0])


def test_an_address_holds_the_whole_rehearsal() -> None:
    """
    Everything stands in the address; what it names wrongly is as at first.
    """
    scene = Scene("menu", "teacher", "xk", "viber", ("tap:menu.guidance", "say:sq:a & b"))
    asked = parse_qs(scene.query())
    named = {name: values[0] for name, values in asked.items()}

    assert Scene.of(named, asked["do"]) == scene
    assert Scene.of({"who": "nobody", "country": "atlantis", "channel": "post"}, ()) == Scene()


def test_a_place_that_cannot_be_shown_is_told_in_a_sentence() -> None:
    """
    What cannot be shown is said so, whatever the reason is.
    """
    wordless = replace(CONTENT, phrases={"sq": {}, "en": {}})

    with pytest.raises(NotThere, match=r"“menu” cannot be shown"):
        played(Scene(place="menu"), wordless)


def test_every_place_is_in_the_list() -> None:
    """
    The list leads to every place of the lessons, the journeys and the flows.
    """
    listed = {place for _, named in groups(CONTENT) for place, _ in named}

    assert {place.question for place in places(CONTENT)} <= listed


# ---------- saving ----------


def test_a_fault_is_named_and_the_last_good_version_goes_on(folder: Path) -> None:
    """
    A file that cannot be read gives its sentence; what was good before is still there.
    """
    watch = Watch(folder)
    watch.look()
    good = watch.now
    before = damage(folder)
    watch.look()

    assert (watch.now, watch.number) == (good, 2)
    assert watch.faults[0].startswith(f"{FILE}:")

    (folder / FILE).write_text(before + "\n", encoding="utf-8")
    watch.look()
    assert (watch.faults, watch.number) == ((), 3)


def test_nothing_saved_is_nothing_new(folder: Path) -> None:
    """
    Pages are left alone while nobody saves anything.
    """
    watch = Watch(folder)
    watch.look()
    watch.look()

    assert watch.number == 1


async def test_an_open_page_is_told_once_when_a_file_was_saved(folder: Path) -> None:
    """
    The line of an open page ends with the news that something was saved since it was made.
    """
    watch = Watch(folder)
    watch.look()
    lines = [line async for line in Preview(watch).changes("0")]

    assert lines[-1].startswith("event: saved")


# ---------- the page ----------


async def test_the_page_is_the_chat_twice(author: httpx.AsyncClient) -> None:
    """
    Both languages stand side by side in the chat's own bubbles, and the page needs nothing
    from elsewhere.
    """
    answer = await author.get("/", params={"place": f"{LESSON}/hook"})
    wanted = re.findall(r'(?:href|src|action)="([^"#]+)"', answer.text)

    assert answer.text.count('class="msg bot"') == 2
    for lessons in CONTENT.lessons.values():
        assert lessons[LESSON].hook.options[0].id in answer.text
    assert all(address.startswith("/") for address in wanted)
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    for address in {address for address in wanted if address.startswith("/static/")}:
        assert (await author.get(address)).status_code == 200, address


async def test_a_press_leads_to_the_next_page(author: httpx.AsyncClient) -> None:
    """
    A form on either side leads to an address at which both have gone on.
    """
    scene = Scene(place=f"{LESSON}/hook")
    sent = {"scene": scene.query(), "side": "en", "tap": f"{LESSON}/hook.pay"}
    answer = await author.post("/chat", files={name: (None, each) for name, each in sent.items()})

    after = scene.and_then(f"tap:{LESSON}/hook.pay")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/?{after.query()}")


async def test_faults_stand_in_the_place_of_the_chat(folder: Path) -> None:
    """
    What is wrong is read with file and line where the chat was, and can be put aside.
    """
    watch = Watch(folder)
    watch.look()
    damage(folder)
    watch.look()
    app = httpx.ASGITransport(_only(Preview(watch)))
    async with httpx.AsyncClient(transport=app, base_url="http://localhost") as author:
        faulty = await author.get("/", params={"place": "menu"})
        aside = await author.get("/", params={"place": "menu", "aside": "2"})

    assert f"{FILE}:" in faulty.text
    assert 'class="msg bot"' not in faulty.text
    assert "Traceback" not in faulty.text
    assert 'class="msg bot"' in aside.text


def _only(pages: Preview) -> FastAPI:
    app = FastAPI()
    app.add_api_route("/", pages.show)
    return app


async def test_a_folder_that_never_was_good_shows_what_is_wrong(folder: Path) -> None:
    """
    Without any good version there are only the sentences.
    """
    damage(folder)
    app = create_app(folder)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as author:
            answer = await author.get("/")

    assert (answer.status_code, f"{FILE}:" in answer.text) == (200, True)


async def test_strangers_are_not_shown_the_preview(folder: Path) -> None:
    """
    A page elsewhere that turns its name to this machine gets nothing.
    """
    transport = httpx.ASGITransport(sigurt.AtHome(create_app(folder)))
    async with httpx.AsyncClient(transport=transport, base_url="http://evil.example") as stranger:
        assert (await stranger.get("/")).status_code == 403
