"""Leaving the browser chat: at once, on any line, and with nothing of it left behind."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fakes.webchat import Child, WebChat, phone, serving, web_chat
from playwright.async_api import Browser, Route, expect

from bot.channels.base import Inbound
from bot.engine.effects import Say
from bot.engine.events import ExitPressed, MessageReceived

KEPT = """async () => ({
    cookies: document.cookie,
    local: localStorage.length,
    session: sessionStorage.length,
    caches: (await caches.keys()).length,
    databases: (await indexedDB.databases()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
NOTHING = {"cookies": "", "local": 0, "session": 0, "caches": 0, "databases": 0, "workers": 0}
TABLE = "Tabela e shumëzimit"


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
    A child who has told something.
    """
    child = await phone(browser, url)
    await child.opens()
    await child.taps("Shqip")
    await child.says("dikush po me kercenon")
    await child.sees("Po të dëgjoj.", times=2)
    return child


async def test_escape_three_times_leaves_and_twice_does_not(child: Child, chat: WebChat) -> None:
    """
    Escape leaves with the third press, wherever the keyboard stands; before it, page and
    draft stay as they are.
    """
    field = child.page.get_by_role("textbox")
    await field.fill("nuk e di si ta")
    await child.presses("Escape", "Escape")
    await expect(field).to_have_value("nuk e di si ta")
    await expect(field).to_be_focused()
    assert not [event for event in chat.runner.events if isinstance(event, ExitPressed)]

    async with child.page.expect_navigation(url="**/tabela"):
        await child.presses("Escape")

    assert isinstance(chat.runner.events[-1], ExitPressed)
    assert child.faults == []


async def test_slow_escapes_do_not_leave(url: str, browser: Browser) -> None:
    """
    Three presses of Escape that take more than two seconds are no wish to leave.
    """
    child = await phone(browser, url)
    await child.page.clock.install()
    await child.opens()
    await child.presses("Escape", "Escape")
    await child.page.clock.run_for(2_100)
    await child.presses("Escape")

    await expect(child.page).to_have_title("Sigurt")
    await child.presses("Escape", "Escape")
    await expect(child.page).to_have_url(f"{url}tabela")


async def test_a_held_escape_does_not_leave(url: str, browser: Browser) -> None:
    """
    A key that is held down repeats itself; that is one press.
    """
    child = await phone(browser, url)
    await child.opens()
    for _ in range(5):
        await child.page.keyboard.down("Escape")

    await expect(child.page).to_have_title("Sigurt")


async def test_the_way_back_shows_nothing(child: Child, url: str) -> None:
    """
    S22: after the exit, back, forward, reload and a new visit show no word of the talk, and
    neither cookie nor any store of the browser holds anything.
    """
    async with child.page.expect_event("load"):  # the page is drawn before it is loaded
        await child.presses("Escape", "Escape", "Escape")
    await expect(child.page).to_have_url(f"{url}tabela")
    await expect(child.page).to_have_title(TABLE)
    for way in (child.page.go_back, child.page.go_forward, child.page.reload):
        await way()
        assert "kercenon" not in await child.page.content()
        assert await child.page.title() != "Sigurt"
    await child.opens("tabela")
    assert await child.page.evaluate(KEPT) == NOTHING
    assert await child.context.cookies() == []

    await child.opens()
    await child.sees("Unë jam Sigurt")
    await expect(child.page.locator("#log .me")).to_have_count(0)


@pytest.mark.parametrize("way", ["keys", "word"])
async def test_the_exit_opens_without_a_line(child: Child, chat: WebChat, way: str) -> None:
    """
    With no line the talk is off the screen at once, by keys as by the exit word; when the
    line is back, the engine is told, the log dropped and the cookie gone.
    """
    await child.context.set_offline(True)
    if way == "keys":
        await child.presses("Escape", "Escape", "Escape")
    else:
        await child.says("Dil!")
    await expect(child.page).to_have_title(TABLE)
    await expect(child.page.locator("td")).to_have_count(100)
    assert "kercenon" not in await child.page.content()

    async with child.page.expect_response("**/exit") as told:
        await child.context.set_offline(False)
    assert (await told.value).status == 303
    await expect(child.page.locator("th").first).to_be_visible()

    assert isinstance(chat.runner.events[-1], ExitPressed)
    assert await chat.log.newest() == 0
    assert await child.context.cookies() == []


async def test_a_page_closed_without_a_line_is_seen_off_later(child: Child, chat: WebChat) -> None:
    """
    Left without a line and closed: the next visit shows the greeting, the cookie goes, the
    log is dropped and the engine told.
    """
    await child.context.set_offline(True)
    await child.presses("Escape", "Escape", "Escape")
    await expect(child.page).to_have_title(TABLE)
    later = Child(await child.context.new_page(), child.url)
    await child.page.close()
    await child.context.set_offline(False)

    await later.opens()
    await later.sees("Unë jam Sigurt")

    assert isinstance(chat.runner.events[-1], ExitPressed)
    assert await chat.log.newest() == 0
    assert await later.context.cookies() == []


async def test_the_exit_does_not_wait_for_a_slow_line(child: Child, chat: WebChat) -> None:
    """
    While nothing at all is answered, an exit word empties the screen.
    """
    await child.page.route("**/chat", lambda route: None)
    await child.page.route("**/tabela", lambda route: route.fulfill(status=204))

    await child.says("dil")

    await expect(child.page).to_have_title(TABLE)
    assert "kercenon" not in await child.page.content()


async def test_a_bubble_taken_back_leaves_every_page(child: Child, chat: WebChat) -> None:
    """
    A bubble that another takes the place of goes from open pages and from the log, and what
    the child sent goes too when it is taken back; the rest stays.
    """
    told = next(i for i in chat.runner.taken if isinstance(i.event, MessageReceived))
    words = Say(key="words", text="Shkruaj “limonadë”.", fleeting=True)
    await chat.web.send(told.address, [words], key="row-7")
    await child.sees("limonadë")

    assert await chat.web.take_back(told.address, ["row-7:0", told.message]) == 0
    await child.sees("limonadë", times=0)
    await child.sees("kercenon", times=0)
    await child.page.reload()

    await child.sees("Po të dëgjoj.", times=2)
    await child.sees("limonadë", times=0)
    await child.sees("kercenon", times=0)


async def test_a_first_word_that_is_taken_back_leaves_a_page_that_works(
    chat: WebChat, url: str, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Whoever begins with a picture, which is taken back before it is answered, can go on.
    """
    handle = chat.runner.handle

    async def removes(inbound: Inbound) -> bool:
        fresh = await handle(inbound)
        if inbound.message and len(chat.runner.taken) == 2:
            await chat.web.take_back(inbound.address, [inbound.message])
        return fresh

    monkeypatch.setattr(chat.runner, "handle", removes)
    child = await phone(browser, url)
    await child.opens()
    await child.says("fjala ime")
    await child.sees("Po të dëgjoj.")
    await child.sees("fjala ime", times=0)
    await child.says("edhe një")

    await child.sees("Po të dëgjoj.", times=2)
    assert child.faults == []


async def test_what_is_taken_back_at_once_leaves_too(
    chat: WebChat, url: str, browser: Browser
) -> None:
    """
    A picture that is taken back before its post was answered does not stay on the page.
    """
    child = await phone(browser, url)
    await child.opens()
    await child.taps("Shqip")
    await child.sees("Po të dëgjoj.")

    async def late(route: Route) -> None:
        answer = await route.fetch()
        told = chat.runner.taken[-1]
        await chat.web.take_back(told.address, [told.message])
        await route.fulfill(response=answer, json={"bubbles": [], "next": 0})

    await child.page.route("**/chat", late, times=1)
    await child.says("fjala ime")

    await child.sees("Po të dëgjoj.", times=2)
    await child.sees("fjala ime", times=0)
