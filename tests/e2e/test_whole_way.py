"""The whole way of a child on each channel: onboarding, lesson, quiz, report, person, hiding.

Nothing stands in for the bot or for the helpline. After each turn everything that the
engine says must have been read, and nothing else; each press is of a button that is there.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from fakes.phones import ChromiumPhone, TelegramPhone, ViberPhone, WebPhone, chromium_bot
from fakes.way import (
    ANSWER,
    DEFANGED,
    DISCLOSURE,
    HIDING,
    LESSON,
    NAME,
    ONBOARDING,
    QUIZ,
    REPORT,
    SCARED,
    TOLD,
    Way,
    helpline_at,
    hurried,
    walking,
    with_phone,
)
from playwright.async_api import Browser

from bot.engine.content import LANGUAGES

HIDDEN = "E fshehu bisedën"  # as staff read it
SENT = {"web": "mbërriti"}  # where it is read; a messenger says only that it took it


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Nobody waits for a limit of speed.
    """
    hurried(monkeypatch)


async def goes_all_the_way(way: Way) -> None:
    """Every part, one after the other."""
    await way.goes(*ONBOARDING, *LESSON, *QUIZ, *REPORT[way.phone.channel])
    await way.asks_with_code()
    await way.goes(*DISCLOSURE)
    await way.person()
    await way.goes({"child": SCARED})
    await way.desk.sees(way.contact, SCARED[way.language])
    await way.goes(*HIDING[way.phone.channel])
    await way.phone.settled()


async def staff_have_all(way: Way) -> None:
    """One contact with what the child told, one report, and nothing of one in the other."""
    page = await way.desk.sees(way.contact, SENT.get(way.phone.channel, "u dërgua"))
    assert await way.desk.queue() == [way.contact]
    for words in (TOLD, SCARED, ANSWER):
        assert words[way.language] in page
    [report] = await way.desk.reports()
    assert DEFANGED in report
    assert "kanali" not in page
    assert way.code not in report


@pytest.mark.parametrize("language", LANGUAGES)
async def test_whole_way_on_telegram(language: str, tmp_path: Path) -> None:
    """
    On Telegram all of it goes as it should, no call is refused, and whatever followed the
    telling is protected; in the end nothing of either side stands in the chat but the topic
    of a day like any other, and staff see that the chat was hidden.
    """
    async with walking("telegram", tmp_path, language) as way:
        phone = way.phone
        assert isinstance(phone, TelegramPhone)
        await goes_all_the_way(way)

        await staff_have_all(way)
        await way.desk.sees(way.contact, HIDDEN)
        assert phone.child.texts == way.said[-1:]
        assert phone.child.left == []
        kept = Counter(
            shown.text.removeprefix(f"{NAME}\n") for shown in phone.child.shown if shown.protected
        )
        assert len(way.grave) > 5
        assert Counter(way.grave) - kept == Counter()
        assert sum(shown.poll is not None for shown in phone.child.shown) == 2
        assert phone.platform.refusals == []


@pytest.mark.parametrize(("language", "level"), [("sq", 3), ("en", 10)])
async def test_whole_way_on_viber(language: str, level: int, tmp_path: Path) -> None:
    """
    Row 9: on Viber too, with a new app and one of level 3: every message is accepted, is shown
    in the app and carries keys; none costs; the child is told how to clear the chat by itself.
    """
    async with walking("viber", tmp_path, language) as way:
        phone = way.phone
        assert isinstance(phone, ViberPhone)
        phone.child.level = level
        await goes_all_the_way(way)

        await staff_have_all(way)
        await way.desk.sees(way.contact, HIDDEN)
        assert all(shown.buttons for shown in phone.child.shown)
        assert any(shown.picture for shown in phone.child.shown)
        viber = phone.platform
        assert viber.refusals == viber.charged == viber.given_up == []
        assert [code for code in phone.child.mine if "▸" in code] == [] or level < 6


@pytest.mark.parametrize("language", LANGUAGES)
async def test_whole_way_by_forms_alone(language: str, tmp_path: Path) -> None:
    """
    In a browser without script too; when the child leaves, the page has nothing of it.
    """
    async with walking("web", tmp_path, language) as way:
        assert isinstance(way.phone, WebPhone)
        await goes_all_the_way(way)

        await staff_have_all(way)
        await way.phone.read()
        assert [words for words in way.said if words in way.phone.page] == []


async def test_whole_way_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    """
    And in a real browser of 320 pixels, by clicks; its page complains of nothing, asks no
    other host, is off the screen in the end and not in the way back.
    """
    async with (
        helpline_at(tmp_path / "helpline") as (desk, lines),
        with_phone(chromium_bot(tmp_path, lines, browser)) as phone,
    ):
        assert isinstance(phone, ChromiumPhone)
        way = Way(phone, desk, "sq")
        await goes_all_the_way(way)

        await staff_have_all(way)
        await phone.page.locator("h1[lang], h1 [lang]").wait_for()  # loaded, not only drawn
        await phone.page.go_back()
        shown = await phone.page.locator("body").inner_text()
        assert [words for words in way.said if words in shown] == []
        assert phone.faults == []
