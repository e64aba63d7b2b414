"""Ready-made replies: the same in both languages, chosen for the child, never sent."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from fakes.desk import Browser, hire, seated
from fakes.helpline import Helpline

from api.locale.catalogue import LANGUAGES
from api.replies.check import check
from api.replies.content import HOLES, RepliesBroken, holes_of, load

CONTENT = Path(__file__).resolve().parents[3] / "content"
TODAY = date(2026, 11, 22)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """
    A copy of what the replies are read from, to be spoiled.
    """
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
        shutil.copy(CONTENT / language / "replies.toml", tmp_path / language)
    for name in ("services.toml", "banned.toml"):
        shutil.copy(CONTENT / name, tmp_path)
    return tmp_path


def spoil(folder: Path, language: str, old: str, new: str) -> None:
    file = folder / language / "replies.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_reply_has_its_twin_and_may_be_said() -> None:
    """
    The shipped replies: same ids in both languages, short, no promise, no number spelled out.
    """
    assert check(CONTENT) == []
    assert len(load(CONTENT).replies) >= 60


def test_in_albania_every_reply_can_be_offered() -> None:
    """
    Each hole has a number there in both languages; no brace is left over.
    """
    library = load(CONTENT)

    for language in LANGUAGES:
        known = {*library.holes("al", language, TODAY), "name"}
        assert known == HOLES
        assert all(set(holes_of(reply.texts[language])) <= known for reply in library.replies)


def test_a_number_checked_too_long_ago_is_not_told() -> None:
    """
    After 90 days only vital numbers stay, as in what the bot tells; two ways out of danger.
    """
    library = load(CONTENT)

    later = library.holes("al", "sq", TODAY + timedelta(days=91))

    assert later["two_ways"] == "129 ose 112"
    assert "take_it_down" not in later


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('fault = "Nuk', 'other = "Nuk', "other language only"),
        ("tani {two_ways}", "tani 112 500", "spelled out"),
        ("tani {two_ways}", "tani {name}", "Other holes"),
        ("Të besoj. Faleminderit", "Të besoj! Faleminderit", "exclamation"),
        ("U desh guxim.", "U desh guxim. " * 30, "at most 300"),
        ("U desh guxim.", "Gjithçka do të rregullohet.", "never said"),
        ("U desh guxim.", "Të premtoj që fotoja hiqet.", "promises"),
        ("U desh guxim.", "Kjo mbetet sekret.", "promises"),
    ],
)
def test_what_is_never_said_is_named(folder: Path, old: str, new: str, said: str) -> None:
    """
    ``content check`` names a promise, a missing twin, a number, a shout.
    """
    spoil(folder, "sq", old, new)

    assert any(said in fault.sentence for fault in check(folder))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('fault = "Nuk', 'other = "Nuk'),
        ("tani {two_ways}", "tani {nobody}"),
        ("[bullying.child]", "[bulling.child]"),
        ("[bullying.child]", "[bullying.teenager]"),
        ("reviewed = []", "reviewed = ["),
    ],
)
def test_replies_that_cannot_be_offered_stop_the_start(folder: Path, old: str, new: str) -> None:
    """
    A missing twin, an unknown hole, topic or audience is found before a child waits.
    """
    spoil(folder, "sq", old, new)

    with pytest.raises(RepliesBroken):
        load(folder)


async def opened(helpline: Helpline, query: str = "", **change: object) -> tuple[Browser, str, str]:
    """A contact that Elira has, on her page: browser, page and id."""
    contact_id = await helpline.opens(**{"category": "sextortion", **change})
    elira = await seated(helpline, hire(helpline))
    await elira.post(f"/contacts/{contact_id}/claim")
    return elira, (await elira.get(f"/contacts/{contact_id}{query}")).text, contact_id


def offered(page: str) -> list[str]:
    return re.findall(r'name="ready" value="([^"]+)"', page)


async def test_the_category_comes_first_and_the_words_fit_the_person(helpline: Helpline) -> None:
    """
    A child reads ti, one of 14–17 what is said differently to it; the category leads.
    """
    _, page, _ = await opened(helpline, band="14-17")

    ids = offered(page)
    assert ids[0] == "sextortion.young.stop"
    assert "sextortion.child.stop" not in ids
    assert "believe.child.fault" in ids
    assert not any(".adult." in each for each in ids)


async def test_a_parent_is_spoken_to_as_a_parent(helpline: Helpline) -> None:
    """
    To adults only what is written for adults, with ju.
    """
    _, page, _ = await opened(helpline, role="parent", band="adult")

    assert offered(page)
    assert all(".adult." in each for each in offered(page))


async def test_in_an_emergency_safety_comes_first(helpline: Helpline) -> None:
    """
    Whatever the category, danger now stands on top.
    """
    _, page, _ = await opened(helpline, severity="emergency", reason="emergency")

    assert offered(page)[0].startswith("safety.")


async def test_a_text_without_its_number_is_not_offered(helpline: Helpline) -> None:
    """
    In Kosovo no child helpline is known: no reply names one, and the danger numbers are its own.
    """
    _, page, _ = await opened(helpline, country="xk")

    assert "trusted.child.by_phone" not in offered(page)
    assert "192 ose 112" in page
    assert "116 111" not in page


async def test_beside_each_stands_its_twin_in_the_counsellors_language(helpline: Helpline) -> None:
    """
    Who reads Albanian can send the English text: both are shown, the child's is put in.
    """
    _, page, _ = await opened(helpline, language="en")

    assert '<span class="words" lang="en">Don&#39;t pay.' in page
    assert 'lang="sq">Mos paguaj.' in page


async def test_the_search_finds_without_marks_and_without_script(helpline: Helpline) -> None:
    """
    “DERGO” finds “dërgo”, by the server too; what nobody wrote says so.
    """
    elira, page, contact_id = await opened(helpline, query="?phrase=xyz")
    assert offered(page) == []
    assert 'id="noreply">' in page

    page = (await elira.get(f"/contacts/{contact_id}?phrase=MOS%20DERGO")).text

    assert "sextortion.child.stop" in offered(page)
    assert "believe.child.believe" not in offered(page)


async def test_choosing_puts_it_behind_the_draft_and_sends_nothing(helpline: Helpline) -> None:
    """
    Without script the server does what the page does: the text stands in the field.
    """
    elira, _, contact_id = await opened(helpline)
    chosen = {"text": "Unë jam këtu.", "ready": "believe.child.wrote_first"}

    await elira.post(f"/contacts/{contact_id}/ready", chosen)
    page = (await elira.get(f"/contacts/{contact_id}")).text

    assert "Unë jam këtu. Edhe nëse i shkrove ti më parë, faji nuk është yti." in page
    assert "message.sent" not in await helpline.types()
    strange = await elira.post(f"/contacts/{contact_id}/ready", {"ready": "parent.adult.say"})
    assert strange.status_code == 404
