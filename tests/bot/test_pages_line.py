"""The browser chat on a bad line: what is true is said, nothing is lost, nothing doubled."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from fakes.webchat import Child, WebChat, phone, serving, web_chat
from playwright.async_api import Browser, expect

from bot.engine.effects import Call, Say
from bot.engine.events import MessageReceived

WORDS = ("kam frike", "a je aty", "me shkruan prape")


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


@pytest.fixture
async def child(url: str, browser: Browser) -> Child:
    """
    A child in a talk.
    """
    child = await phone(browser, url)
    await child.opens()
    await child.taps("Shqip")
    await child.sees("Po të dëgjoj.")
    return child


def heard(chat: WebChat) -> list[str]:
    return [event.text for event in chat.runner.events if isinstance(event, MessageReceived)]


async def test_words_wait_for_the_line(child: Child, chat: WebChat) -> None:
    """
    Without a line the page says so and what is written waits, marked as not sent; when the
    line is back all of it goes, once and in order, and what was said meanwhile is there.
    """
    await child.context.set_offline(True)
    await expect(child.page.locator("#line")).to_contain_text("Nuk ka lidhje.")
    for words in WORDS:
        await child.says(words)
    await expect(child.page.locator(".unsent .me")).to_have_count(3)
    await expect(child.page.locator(".unsent .state").first).to_have_text(re.compile("nuk u nis"))
    news = Say(key="k", text="E lexova.", name="Elira")
    await chat.web.send(chat.runner.taken[0].address, [news], key="row-7")
    await child.sees("E lexova.", times=0)

    await child.context.set_offline(False)

    await child.sees("E lexova.")
    await child.sees("Po të dëgjoj.", times=4)
    await expect(child.page.locator(".unsent, .state")).to_have_count(0)
    await expect(child.page.locator("#line")).not_to_contain_text("Nuk ka lidhje.")
    assert heard(chat) == list(WORDS)
    for words in WORDS:
        await child.sees(words)


async def test_the_numbers_stay_without_a_line(child: Child, chat: WebChat) -> None:
    """
    Without a line the numbers can be called: those of the child's country once they were
    shown, before that those for everybody; with the line they give way.
    """
    numbers = child.page.locator("#line-calls a")
    await expect(numbers.first).to_be_hidden()
    await child.context.set_offline(True)
    await expect(numbers.first).to_be_visible()
    assert await numbers.first.get_attribute("href") == "tel:116111"
    await child.context.set_offline(False)
    await expect(numbers.first).to_be_hidden()

    here = Say(key="k", text="Numrat e tu.", calls=(Call("192", "policia"),), grave=True)
    await chat.web.send(chat.runner.taken[0].address, [here], key="row-7")
    await child.sees("Numrat e tu.")
    await child.context.set_offline(True)
    await expect(numbers).to_have_count(1)
    assert await numbers.get_attribute("href") == "tel:192"


async def test_words_of_a_dead_line_outlive_the_page(child: Child, chat: WebChat) -> None:
    """
    A line that breaks every call loses nothing: words stand as not sent, also over a reload,
    and arrive once.
    """
    await child.page.route("**/chat", lambda route: route.abort())
    await child.says("kam frike")
    await expect(child.page.locator(".unsent .me")).to_have_count(1)
    await child.page.reload()
    await expect(child.page.locator(".unsent .me")).to_have_count(1)

    await child.page.unroute("**/chat")

    await expect(child.page.locator(".unsent")).to_have_count(0)
    assert heard(chat) == ["kam frike"]
