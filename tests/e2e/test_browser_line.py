"""The whole line in a real browser: a child's page and a counsellor's page talk to each other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fakes.counsellor import Counsellor
from fakes.house import House
from fakes.lifeline import CONTENT
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot import triage
from bot.engine.content import LANGUAGES
from bot.engine.effects import Say
from bot.engine.state import State
from bot.script import ABILITIES, Talk, event_of

PATIENCE = 60_000  # ms until a test that waits in vain is told so
STOPS = 40  # presses of Tab that lead around the page
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}

Turn = dict[str, Any]
ONBOARDING: tuple[Turn, ...] = tuple(
    {"tap": option} for option in ("understood", "al", "11-13", "go_on", "got_it")
)
LESSON: tuple[Turn, ...] = tuple(
    {"tap": option}
    for option in ("lesson", "t01", "start", "can", "stranger", "logout", "keep", "follower")
)
DISCLOSURE: tuple[Turn, ...] = (
    {
        "child": {
            "sq": "dikush po me kercenon me nje foto",
            "en": "someone is threatening me with a photo",
        }
    },
    {"tap": "no"},
    {"tap": "yes"},
)
ANSWER = {"sq": "I lexova të gjitha. Si je tani?", "en": "I have read it all. How are you now?"}
WORDS = {"sq": "limonadë", "en": "lemonade"}
SCARED = {"sq": "kam frik", "en": "im scared"}


class Seen:
    """A page; what its browser complains of is kept, and every host it asks."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.context, self.page = context, page
        self.faults: list[str] = []
        self.hosts: set[str] = set()
        page.set_default_timeout(PATIENCE)
        context.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        context.on("weberror", lambda error: self.faults.append(str(error.error)))
        context.on("console", self._said)

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.text} {message.location.get('url', '')}")

    async def shows(self, place: str, words: str) -> None:
        """Wait until there is such a thing with these words, and it can be seen."""
        found = self.page.locator(place, has_text=words).last
        await expect(found).to_be_visible(timeout=PATIENCE)

    async def counts(self, place: str, number: int) -> None:
        """Wait until there are so many."""
        await expect(self.page.locator(place)).to_have_count(number, timeout=PATIENCE)


class Child(Seen):
    """A phone, with the engine beside it that says what must be read."""

    def __init__(self, context: BrowserContext, page: Page, language: str) -> None:
        super().__init__(context, page)
        self.talk = Talk(CONTENT, triage.read, language, State.new(), abilities=ABILITIES["web"])

    async def begins(self, house: House) -> None:
        """Open the page and choose the language."""
        await self.page.goto(house.url)
        await self.reads({"start": True})
        await self.does({"tap": self.talk.language})
        await self.counts(f"html[lang={self.talk.language}]", 1)

    async def does(self, *turns: Turn) -> None:
        """Press or write, and read every bubble of the answer."""
        for turn in turns:
            if "tap" in turn:
                await self._taps(turn["tap"])
            else:
                await self._says(turn["child"][self.talk.language])
            await self.reads(turn)

    async def reads(self, *turns: Turn) -> None:
        """Read what the bot must say when this happens."""
        for turn in turns:
            for effect in self.talk.happens(event_of(turn, self.talk)):
                if isinstance(effect, Say):
                    await self.shows("#log .turn", effect.text)

    async def log(self) -> list[str]:
        """All that stands in the chat."""
        return await self.page.locator("#log .turn").all_inner_texts()

    async def _taps(self, option: str) -> None:
        await self.page.locator(f'button[name=tap][value$=".{option}"]').last.click()

    async def _says(self, words: str) -> None:
        await self.page.locator("#text").fill(words)
        await self.page.locator("#text").press("Enter")


class ScriptlessChild(Child):
    """A phone that runs no script: news are fetched by the link for it."""

    async def shows(self, place: str, words: str) -> None:
        found = self.page.locator(place, has_text=words).last
        for _ in range(PATIENCE // 100):
            if await found.is_visible():
                return
            await self.page.locator("a.news").click()
        raise AssertionError(f"{words!r} not in {await self.log()}")


class KeyboardChild(Child):
    """A child who uses no mouse and no finger, only keys."""

    async def _taps(self, option: str) -> None:
        await self._stands_at(f"one.name === 'tap' && one.value.endsWith('.{option}')")
        await self.page.keyboard.press("Enter")

    async def _says(self, words: str) -> None:
        await self._stands_at("one.id === 'text'")
        await self.page.keyboard.type(words)
        await self.page.keyboard.press("Enter")

    async def _stands_at(self, what: str) -> None:
        """Go on from where the keyboard stands, until it is there; once around at most."""
        for _ in range(STOPS):
            if await self.page.evaluate(f"(one => {what})(document.activeElement)"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not come to {what}")


class Staff(Seen):
    """A counsellor's screen."""

    async def enters(self, house: House, language: str) -> None:
        """Use the link of a trial, choose the language, begin duty."""
        await self.page.goto(house.link)
        await self.page.locator('form[action*="/first/"] button').click()
        await self.page.goto(f"{house.url}/helpline/language/{language}")
        await self.page.locator('form[action="/helpline/duty"] button').click()
        await self.counts('form[action="/helpline/duty"] [aria-pressed=true]', 1)

    async def invites(self, house: House, login: str, name: str) -> str:
        """Add a counsellor; returns the one-time link."""
        await self.page.goto(f"{house.url}/helpline/staff")
        await self.page.locator("#login").fill(login)
        await self.page.locator("#name").fill(name)
        await self.page.locator(".staff-form .btn.main").click()
        link = await self.page.locator(".told .mono").inner_text()
        await self.page.goto(f"{house.url}/helpline")
        return link

    async def answers(self, words: str) -> None:
        await self.page.locator("#w").fill(words)
        await self.page.locator("#write button").click()
        await self.shows("#log .out", words)

    async def closes(self) -> None:
        await self.page.locator("#ending summary").click()
        await self.page.locator('form[action$="/end"] button').click()
        await self.counts('#below[data-below^="ended"]', 1)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """
    The service on trial.
    """
    async with House(tmp_path) as house:
        await house.start()
        yield house


async def child_of(browser: Browser, language: str, kind: type[Child] = Child) -> Child:
    context = await browser.new_context(viewport=PHONE, reduced_motion="reduce")  # type: ignore[arg-type]
    return kind(context, await context.new_page(), language)


async def staff_of(browser: Browser, **more: Any) -> Staff:
    context = await browser.new_context(viewport=DESK, **more)  # type: ignore[arg-type]
    return Staff(context, await context.new_page())


async def colleague_of(browser: Browser, house: House, link: str) -> Staff:
    """A second counsellor, who came in with a password and a second factor."""
    person = Counsellor("Genti")
    await person.enters(link)
    colleague = await staff_of(browser)
    cookies = [{"name": c.name, "value": c.value or "", "url": house.url} for c in person.cookies]
    await colleague.context.add_cookies(cookies)  # type: ignore[arg-type]
    await colleague.page.goto(f"{house.url}/helpline")
    return colleague


@pytest.mark.parametrize("language", LANGUAGES)
async def test_child_and_counsellor_talk(house: House, browser: Browser, language: str) -> None:
    """
    A child of 11 learns, tells, and is answered by a person, live on both pages; a claimed
    contact leaves a colleague's queue; a reload keeps the talk and the quick exit ends it; no
    page complains, and none asks any other host (S41).
    """
    child, drita = await child_of(browser, language), await staff_of(browser)
    await drita.enters(house, language)
    genti = await colleague_of(browser, house, await drita.invites(house, "genti", "Genti"))
    for desk in (drita, genti):
        await desk.counts("#nothing", 1)
    await child.begins(house)
    await child.does(*ONBOARDING, *LESSON, *DISCLOSURE)
    await child.reads({"arrives": True})
    for desk in (drita, genti):
        await desk.counts("#list a", 1)
    await drita.page.locator("#next").click()
    await genti.counts("#list a", 0)
    await child.reads({"joins": "Drita"})
    await drita.shows("#log .in", DISCLOSURE[0]["child"][language])
    await drita.answers(ANSWER[language])
    await child.reads({"writes": ANSWER, "name": "Drita"})
    await child.shows("#with", "Drita")
    await child.does({"child": SCARED})
    await drita.shows("#log .in", SCARED[language])

    before = await child.log()
    await child.page.reload()
    await child.shows("#log .turn", SCARED[language])
    assert await child.log() == before

    await drita.closes()
    await child.reads({"leaves": "Drita"})
    await leaves(child, house)
    for seen in (child, drita, genti):
        assert seen.faults == []
        assert seen.hosts == {urlsplit(house.url).netloc}


async def leaves(child: Child, house: House) -> None:
    """Press the quick exit, and look what the way back shows (S22).

    The address is the neutral one as soon as that page is drawn, before it is loaded.
    """
    async with child.page.expect_event("load"):
        await child.page.locator("#exit button").click()
    await expect(child.page).to_have_url(f"{house.url}/tabela", timeout=PATIENCE)
    await child.page.go_back()
    await child.page.goto(house.url)
    await child.shows("#log .turn", "Sigurt")
    await child.counts("#log .turn[data-who=me]", 0)


async def test_the_line_works_without_script(house: House, browser: Browser) -> None:
    """
    By forms and links alone a child comes in, tells, and reads a counsellor's answer.
    """
    context = await browser.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    child = ScriptlessChild(context, await context.new_page(), "sq")
    drita = await staff_of(browser, java_script_enabled=False)
    await drita.enters(house, "sq")
    await child.begins(house)
    await child.does(*ONBOARDING, *DISCLOSURE)
    await child.reads({"arrives": True})
    await drita.page.locator("#next").click()
    await drita.shows("#log .in", DISCLOSURE[0]["child"]["sq"])
    await drita.answers(ANSWER["sq"])
    await child.reads({"joins": "Drita"}, {"writes": ANSWER, "name": "Drita"})

    for seen in (child, drita):
        assert seen.faults == []
        assert seen.hosts == {urlsplit(house.url).netloc}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_keys_alone_lead_to_a_person(house: House, browser: Browser, language: str) -> None:
    """
    From the first press to the words that a person has, no mouse and no finger is needed; the
    two little words do not stay on the page.
    """
    child, drita = await child_of(browser, language, KeyboardChild), await staff_of(browser)
    await drita.enters(house, language)
    await child.begins(house)
    await child.does(*ONBOARDING)
    await child.counts(f"#log .turn:has-text('{WORDS[language]}')", 0)
    await child.does(*DISCLOSURE)
    await child.reads({"arrives": True})

    await drita.counts("#list a", 1)
    assert child.faults == []
