"""The page in a real browser: with script, without, on a bad line, and leaving it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from fakes.webchat import WebChat, phone, serving, web_chat
from playwright.async_api import Browser, Route, expect

from bot.engine.effects import Say
from bot.engine.events import ExitPressed, MediaOffered, MessageReceived


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


async def test_a_talk_with_script(chat: WebChat, url: str, browser: Browser) -> None:
    """
    A press and a message are answered in place, a person's words come by themselves, the
    page keeps all of it over a reload; no foreign request, no breach of the policy (S41).
    """
    child = await phone(browser, url)
    await child.opens()
    await child.taps("Shqip")
    await child.sees("Po të dëgjoj.")
    await child.says("dikush po me kercenon")
    await child.sees("dikush po me kercenon")
    await child.sees("Po të dëgjoj.", times=2)

    address = chat.runner.taken[0].address
    words = Say(key="k", text="E lexova çfarë shkrove.", name="Elira", grave=True)
    await chat.web.send(address, [words], key="row-7")
    await child.sees("E lexova çfarë shkrove.")
    await expect(child.page.locator("#with")).to_have_text("Elira është këtu")
    await expect(child.page.locator(".lynx")).to_have_count(0)
    order = await child.page.locator("#log .turn").evaluate_all(
        "all => all.map(t => t.dataset.who)"
    )
    await child.page.reload()

    await child.sees("E lexova çfarë shkrove.")
    after = await child.page.locator("#log .turn").evaluate_all(
        "all => all.map(t => t.dataset.who)"
    )
    assert order == after == ["bot", "me", "bot", "me", "bot", "person"]
    assert child.faults == []


async def test_a_person_who_writes_shows_for_a_moment(
    chat: WebChat, url: str, browser: Browser
) -> None:
    """
    The page says who is writing, politely to a screen reader too; with the words it is gone,
    and a reload shows nothing of it.
    """
    child = await phone(browser, url)
    await child.opens()
    await child.taps("Shqip")
    await child.says("dikush po me kercenon")
    await child.sees("Po të dëgjoj.", times=2)
    sign = child.page.locator("#typing")
    address = chat.runner.taken[0].address

    await chat.web.typing(address, "Elira")
    await expect(sign).to_have_text("Elira po shkruan…")
    await expect(sign).to_have_attribute("role", "status")
    await chat.web.send(address, [Say(key="k", text="Po.", name="Elira")], key="row-7")
    await child.sees("Po.")
    await expect(sign).to_have_text("")
    await child.page.reload()
    await expect(sign).to_have_text("")
    assert child.faults == []


async def test_a_talk_without_script(chat: WebChat, url: str, browser: Browser) -> None:
    """
    Without script the same talk goes by forms: press, message, language, exit.
    """
    child = await phone(browser, url, java_script_enabled=False)
    await child.opens()
    await child.taps("Shqip")
    await child.says("kam frike")
    await expect(child.page.locator("#log .me")).to_have_text(["Ti: Shqip", "Ti: kam frike"])
    await child.taps("EN, English")
    await expect(child.page.get_by_role("button", name="I need help")).to_have_count(1)
    await child.taps("Quick exit")

    await expect(child.page).to_have_url(f"{url}tabela")
    assert await child.context.cookies() == []
    assert isinstance(chat.runner.events[-1], ExitPressed)
    assert child.faults == []


async def test_a_broken_line_loses_nothing(chat: WebChat, url: str, browser: Browser) -> None:
    """
    Words written while the line is down stand on the page at once and arrive once, also
    when the answer was lost on its way and the page was loaded again.
    """
    child = await phone(browser, url)
    await child.opens()
    await child.taps("Shqip")
    await child.sees("Po të dëgjoj.")
    lost, seen = asyncio.Event(), asyncio.Event()

    async def lose(route: Route) -> None:
        if seen.is_set():
            return await route.continue_()
        if not lost.is_set():
            await route.fetch()
        await route.abort()
        lost.set()

    await child.page.route("**/chat", lose)
    await child.says("kam frike")
    await child.sees("kam frike")  # as sent still, or already brought by the live line
    await lost.wait()
    seen.set()
    await child.page.reload()

    await child.sees("kam frike")
    await expect(child.page.locator("#log .state")).to_have_count(0)
    heard = [e.text for e in chat.runner.events if isinstance(e, MessageReceived)]
    assert heard == ["kam frike"]


async def test_a_broken_first_press_begins_one_talk(
    chat: WebChat, url: str, browser: Browser
) -> None:
    """
    When the very first answer is lost and the page loaded again, it is still one person.
    """
    child = await phone(browser, url)
    await child.opens()
    lost = asyncio.Event()

    async def lose(route: Route) -> None:
        await route.fetch()
        await child.context.clear_cookies()
        await route.abort()
        lost.set()

    await child.page.route("**/chat", lose, times=1)
    await child.taps("Shqip")
    await lost.wait()
    await child.page.reload()

    await child.sees("Po të dëgjoj.")
    assert [type(e).__name__ for e in chat.runner.events] == ["Started", "ButtonTapped"]


async def test_a_double_press_counts_once(chat: WebChat, url: str, browser: Browser) -> None:
    """
    Two quick presses on the first button are one person and one choice.
    """
    child = await phone(browser, url)
    await child.opens()
    await child.page.get_by_role("button", name="Shqip", exact=True).dblclick()
    await child.sees("Po të dëgjoj.")

    assert [type(e).__name__ for e in chat.runner.events] == ["Started", "ButtonTapped"]


@pytest.mark.parametrize("way", ["button", "keys"])
async def test_the_exit_is_quick_and_final(
    chat: WebChat, url: str, browser: Browser, way: str
) -> None:
    """
    S22: the button, or Escape three times, leads to the neutral page; the way back shows no
    talk, and a second page of the same talk leaves with it.
    """
    child = await phone(browser, url)
    await child.opens()
    await child.taps("Shqip")
    await child.sees("Po të dëgjoj.")
    other = await child.context.new_page()
    async with other.expect_response("**/chat/live*"):
        await other.goto(url)
    async with child.page.expect_event("load"):  # the page is drawn before it is loaded
        if way == "button":
            await child.taps("Dil shpejt")
        else:
            await child.presses("Escape", "Escape", "Escape")

    await expect(child.page).to_have_url(f"{url}tabela")
    await expect(other).to_have_url(f"{url}tabela")
    assert isinstance(chat.runner.events[-1], ExitPressed)
    assert await chat.log.newest() == 0
    await child.page.go_back()
    await child.opens()
    await expect(child.page.locator("#log .me")).to_have_count(0)


async def test_nothing_comes_after_the_exit(chat: WebChat, url: str, browser: Browser) -> None:
    """
    S22: a bubble that was still to come when the child left comes no more, while the line is
    slow and the neutral page is only drawn.
    """
    child = await phone(browser, url)
    await child.opens()
    await child.taps("Shqip")
    await child.sees("Po të dëgjoj.")
    await child.context.route("**/exit", lambda route: asyncio.sleep(0))
    says = [Say(key="k", text=words) for words in ("Një.", "Dy.")]
    await chat.web.send(chat.runner.taken[0].address, says, key="row-9")
    await child.sees("Një.")

    async with child.page.expect_event("load"):
        await child.taps("Dil shpejt")

    assert child.faults == []


async def test_a_dropped_picture_stays_on_the_phone(
    chat: WebChat, url: str, browser: Browser
) -> None:
    """
    S5: a picture dropped on the page never leaves the phone; that it was offered is told.
    """
    child = await phone(browser, url)
    await child.opens()
    sent: list[bytes] = []
    child.page.on("request", lambda r: sent.append(r.post_data_buffer or b""))
    await child.page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["SECRETBYTES"], "me.png", {type: "image/png"}));
            document.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true}));
        }"""
    )
    await child.sees("nuk u dërgua")
    await child.sees("Po të dëgjoj.")

    assert isinstance(chat.runner.events[-1], MediaOffered)
    assert not any(b"SECRETBYTES" in body or b"me.png" in body for body in sent)


@pytest.mark.parametrize("size", [(320, 568), (568, 320), (1280, 800)])
async def test_nothing_scrolls_sideways(
    chat: WebChat, url: str, browser: Browser, size: tuple[int, int]
) -> None:
    """
    From 320 pixels up, also on its side, the page fits its width, whatever is typed, and
    the help button is in reach.
    """
    child = await phone(browser, url)
    await child.page.set_viewport_size({"width": size[0], "height": size[1]})
    await child.opens()
    await child.says("fjalëshumëtëgjata" * 30 + "\u0301" * 2000)
    await child.sees("Po të dëgjoj.")

    width = await child.wide()
    help_button = child.page.get_by_role("button", name="Dua ndihmë")
    await help_button.scroll_into_view_if_needed()
    await expect(help_button).to_be_in_viewport()
    assert width <= size[0]
