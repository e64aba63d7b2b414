"""The browser chat for everybody: keyboard, screen reader, small screens, large letters."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from itertools import chain
from typing import Any

import pytest
from fakes.webchat import CONTENT, Child, WebChat, phone, serving, web_chat
from playwright.async_api import Browser, expect

from bot import authoring
from bot.engine.content import LANGUAGES, Ask, Lesson, Quiz
from bot.engine.effects import Button, Call, Say

_GO = {"sq": "Vazhdoj", "en": "Go on"}
LESSONS = authoring.load(CONTENT).lessons


@pytest.fixture
def chat(sqlite_url: str) -> WebChat:
    """
    The chat over an empty database.
    """
    return web_chat(sqlite_url)


@pytest.fixture
async def url(chat: WebChat) -> AsyncIterator[str]:
    """
    Its address on this machine.
    """
    async with serving(chat) as address:
        yield address


async def in_talk(browser: Browser, url: str, language: str = "sq", **more: object) -> Child:
    child = await phone(browser, url, **more)
    await child.opens()
    await child.taps({"sq": "Shqip", "en": "English"}[language])
    await expect(child.page.get_by_role("button", name=_GO[language])).to_be_visible()
    await expect(child.page.locator("html")).to_have_attribute("lang", language)
    return child


def asks(lesson: Lesson) -> Iterator[Say]:
    """The questions of a lesson, with their buttons."""
    every: tuple[Ask | Quiz, ...] = (lesson.hook, *lesson.tries, lesson.quiz)
    for ask in every:
        buttons = tuple(Button(option.id, option.label) for option in ask.options)
        yield Say(key="k", text=ask.say, buttons=buttons, language=lesson.language)


def longest(language: str) -> list[Say]:
    """The longest bubble, the longest idea, and the keyboard with the longest label."""
    lessons = [lesson for lesson in LESSONS[language].values() if lesson.language == language]
    questions = list(chain.from_iterable(map(asks, lessons)))
    ideas = max(chain.from_iterable(lesson.ideas for lesson in lessons), key=len)
    return [
        max(questions, key=lambda say: len(say.text)),
        Say(key="k", text=ideas, language=language, band="8-10"),
        max(questions, key=lambda say: max(len(button.label) for button in say.buttons)),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letters", [100, 200])
async def test_the_longest_lesson_fits_320_pixels(
    chat: WebChat, url: str, browser: Browser, language: str, letters: int
) -> None:
    """
    The longest bubbles and keyboards of the lessons fit 320 pixels, in both languages, also
    with letters twice as large; nothing sticks out and every button can be reached.
    """
    child = await in_talk(browser, url, language)
    await child.page.evaluate(f"document.documentElement.style.fontSize = '{letters}%'")
    says = longest(language)
    await chat.web.send(chat.runner.taken[0].address, says, key="row-7")
    await child.sees(says[-1].text)

    assert await child.wide() == 320
    for button in await child.page.locator("button:visible, a.btn:visible:not(.skip)").all():
        await button.scroll_into_view_if_needed()
        box = await button.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        assert box["height"] >= 44


@pytest.mark.parametrize("width", [320, 360, 390])
async def test_three_short_choices_stay_in_their_buttons(
    chat: WebChat, url: str, browser: Browser, width: int
) -> None:
    """
    The end of a lesson for 8–10, help with its sign and two more, keeps every word inside
    its own button on a small phone.
    """
    child = await in_talk(browser, url, "sq")
    await child.page.set_viewport_size({"width": width, "height": 640})
    labels = {"help": "Dua ndihmë", "go_on": "Vazhdoj", "leave": "Dal"}
    end = tuple(Button(f"x/end.{option}", label) for option, label in labels.items())
    says = [Say(key="k", text="Dhe tani?", buttons=end, band="8-10", language="sq")]
    await chat.web.send(chat.runner.taken[0].address, says, key="row-7")
    await child.sees("Dhe tani?")

    for button in await child.page.locator(".choice.three .btn").all():
        assert await button.evaluate(
            "b => { const space = b.getBoundingClientRect();"
            " return [...b.children].every(each => { const box = each.getBoundingClientRect();"
            " return box.left >= space.left + 4 && box.right <= space.right - 4; }); }"
        ), await button.inner_text()


async def test_keys_alone_begin_a_talk(chat: WebChat, url: str, browser: Browser) -> None:
    """
    With the keyboard alone a child chooses, goes on with the next choice, and writes: after
    a press the next choice is one step away, after a message the field still has the keys.
    """
    child = await phone(browser, url)
    await child.opens()
    await child.presses("Tab")
    await expect(child.page.get_by_role("link", name="Kalo te mesazhi")).to_be_focused()
    await child.presses("Tab", "Tab", "Tab", "Tab")
    await expect(child.page.get_by_role("button", name="Shqip", exact=True)).to_be_focused()
    await child.presses("Enter")
    await child.sees("Po të dëgjoj.")
    await expect(child.page.locator("#log .me")).to_be_focused()
    await child.presses("Tab")
    await expect(child.page.get_by_role("button", name="Vazhdoj")).to_be_focused()
    await child.presses("Tab", "Tab")
    await expect(child.page.get_by_role("textbox")).to_be_focused()
    await child.page.keyboard.type("kam frike")
    await child.presses("Enter")
    await child.sees("Po të dëgjoj.", times=2)

    await expect(child.page.get_by_role("textbox")).to_be_focused()
    assert child.faults == []


async def test_the_skip_link_leads_to_the_field(url: str, browser: Browser) -> None:
    """
    The first stop of the keyboard leads to the field, without a place in the history.
    """
    child = await phone(browser, url)
    await child.opens()
    await child.presses("Tab", "Enter")

    await expect(child.page.get_by_role("textbox")).to_be_focused()
    assert child.page.url == url


async def test_another_language_takes_nothing_away(url: str, browser: Browser) -> None:
    """
    When the frame changes its language, the draft is kept and the keyboard stands where it was.
    """
    child = await in_talk(browser, url)
    await child.page.get_by_role("textbox").fill("nuk e di")
    await child.page.locator("#lang").focus()
    await child.presses("Enter")
    await expect(child.page.locator("html")).to_have_attribute("lang", "en")

    await expect(child.page.get_by_role("textbox")).to_have_value("nuk e di")
    await expect(child.page.get_by_role("button", name="SQ, shqip")).to_be_focused()


TREE = {
    "sq": """
        - link "Kalo te mesazhi"
        - banner:
          - heading "Sigurt" [level=1]
          - status: program që bisedon
          - button "EN, English"
          - button "Dil shpejt"
        - main:
          - heading "Biseda" [level=2]
          - log "Biseda":
            - paragraph: /Unë jam Sigurt/
            - 'paragraph': "Ti: Shqip"
            - paragraph: Po të dëgjoj.
            - form "Përgjigjet":
              - button "Vazhdoj"
              - button "Më vonë"
          - status
          - textbox "Mesazhi"
          - button "Dërgo"
          - button "Dua ndihmë"
        """,
    "en": """
        - link "Skip to your message"
        - banner:
          - heading "Sigurt" [level=1]
          - status: a chat program
          - button "SQ, shqip"
          - button "Quick exit"
        - main:
          - heading "The chat" [level=2]
          - log "The chat":
            - paragraph: /Unë jam Sigurt/
            - 'paragraph': /English/
            - paragraph: Hello.
            - form "Answers":
              - button "Go on"
              - button "Later"
          - status
          - textbox "Your message"
          - button "Send"
          - button "I need help"
        """,
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_screen_reader_meets_names_and_places(
    url: str, browser: Browser, language: str
) -> None:
    """
    Landmarks, headings, the log, and every control has its role and a name in the language
    of the page.
    """
    child = await in_talk(browser, url, language)

    await expect(child.page.locator("body")).to_match_aria_snapshot(TREE[language])


WATCH = """() => {
    window.read = [];
    const note = (nodes) => nodes.forEach((node) => window.read.push(node.textContent.trim()));
    const seen = new MutationObserver((all) => all.forEach((one) => note([...one.addedNodes])));
    seen.observe(document.getElementById("log"), { childList: true, subtree: true });
    seen.observe(document.getElementById("with"), { childList: true });
}"""


async def test_each_bubble_is_read_once(chat: WebChat, url: str, browser: Browser) -> None:
    """
    Everything that comes into the live regions comes once: a bubble, its arrival by answer
    and by stream, and who is there.
    """
    child = await in_talk(browser, url)
    await child.page.evaluate(WATCH)
    await child.says("kam frike")
    await child.sees("Po të dëgjoj.", times=2)
    address = chat.runner.taken[0].address
    for words in ("E lexova.", "Si je tani?"):
        await chat.web.send(address, [Say(key="k", text=words, name="Elira")], key=words)
        await child.sees(words)

    read: list[str] = await child.page.evaluate("window.read")
    for words in ("kam frike", "Po të dëgjoj.", "E lexova.", "Si je tani?"):
        assert sum(words in one for one in read) == 1
    assert read.count("Elira është këtu") == 1


async def test_less_motion_is_no_motion(chat: WebChat, url: str, browser: Browser) -> None:
    """
    Who asks for less motion gets none.
    """
    child = await in_talk(browser, url, reduced_motion="reduce")

    assert await child.page.evaluate("document.getAnimations().length") == 0
    assert (
        await child.page.locator(".turn.new > *").first.evaluate(
            "one => getComputedStyle(one).animationName"
        )
        == "none"
    )


async def test_the_page_can_be_installed(url: str, browser: Browser) -> None:
    """
    Chromium reads the manifest without a fault and finds nothing that stands against
    installing; the installed page opens at the chat, in a window of its own.
    """
    child = await phone(browser, url)
    await child.opens()
    devtools = await child.context.new_cdp_session(child.page)
    found: dict[str, Any] = await devtools.send("Page.getAppManifest")
    faults: dict[str, Any] = await devtools.send("Page.getInstallabilityErrors")
    manifest = json.loads(found["data"])

    assert found["errors"] == []
    reasons = {fault["errorId"] for fault in faults["installabilityErrors"]}
    assert reasons <= {"in-incognito"}  # every page of a test is a private window
    assert (manifest["start_url"], manifest["scope"], manifest["id"]) == ("/", "/", "/")
    assert manifest["display"] == "standalone"
    assert child.faults == []


async def test_the_numbers_of_a_bubble_can_be_called(
    chat: WebChat, url: str, browser: Browser
) -> None:
    """
    A number is a link whose name says what answers there.
    """
    child = await in_talk(browser, url)
    calls = (Call("116 111", "ditë e natë, falas"),)
    says = [Say(key="k", text="Me telefon.", calls=calls, grave=True)]
    await chat.web.send(chat.runner.taken[0].address, says, key="row-7")

    link = child.page.get_by_role("link", name="116\u00a0111 ditë e natë, falas")
    await expect(link).to_have_attribute("href", "tel:116111")
