"""The public door in a real browser, with script switched off."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from fakes import axe
from fakes.formdoor import House, house
from playwright.async_api import Browser, Page, expect


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    """
    A bot that runs, over an empty database.
    """
    async with house(tmp_path) as running:
        yield running


@pytest.fixture
async def url(home: House) -> AsyncIterator[str]:
    """
    Its address on this machine.
    """
    config = uvicorn.Config(
        home.app, log_level="error", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    door = socket.create_server(("127.0.0.1", 0))
    task = asyncio.create_task(server.serve(sockets=[door]))
    yield f"http://127.0.0.1:{door.getsockname()[1]}"
    server.should_exit = True
    await task


async def presses(page: Page, press: str) -> None:
    """Press a button of the form, and wait for what comes."""
    async with page.expect_navigation():
        await page.locator(f".door button[name=press][value={press}]").last.click()


async def is_sound(page: Page) -> None:
    """Nothing sticks out sideways; axe finds nothing."""
    assert await axe.faults(page) == [], page.url
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320, page.url


@pytest.mark.parametrize(
    ("language", "scheme", "kind", "who"),
    [("sq", "light", "sexual_extortion", "11"), ("en", "dark", "csam_address", "other")],
)
async def test_the_whole_way_without_script(
    home: House, url: str, browser: Browser, language: str, scheme: str, kind: str, who: str
) -> None:
    """
    On the narrowest phone and without script somebody reports, sees what leaves, gets the
    code and writes it down; nothing foreign is asked for, the policy is not broken.
    """
    context = await browser.new_context(
        viewport={"width": 320, "height": 568},
        color_scheme=scheme,  # type: ignore[arg-type]
        java_script_enabled=False,
    )
    page = await context.new_page()
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text))
    page.on("request", lambda r: None if r.url.startswith(url) else faults.append(r.url))
    await page.goto(f"{url}/report?lang={language}")
    await page.locator(f"input[name='q.kind'][value={kind}]").check()
    await page.locator(f"input[name=who][value='{who}']").check()
    await presses(page, "next")
    await page.locator("textarea[name='w.where']").fill("https://example.com/a\nt.me/nje_kanal")
    await page.locator("textarea[name='w.where']").press("Enter")  # a new line, nothing is sent
    await page.locator("input[name='w.when']").fill("dje")
    await page.locator("input[name='w.when']").press("Enter")  # goes on, in the same language
    await page.wait_for_url("**/report/you" if kind == "csam_address" else "**/report/who")
    assert await page.locator("html").get_attribute("lang") == language
    await presses(page, "next" if kind == "csam_address" else "check")
    await expect(page.locator(".words").filter(has_text="t[.]me/nje_kanal")).to_be_visible()
    await presses(page, "send")
    await expect(page.locator(".code")).to_have_text("4721 0936 5518 2047 ", timeout=20_000)
    await presses(page, "written")
    await page.wait_for_url("**/report/done*")

    assert home.helpline.reports[0]["kind"] == kind
    assert home.helpline.reports[0]["language"] == language
    assert await context.cookies() == []
    assert faults == []


@pytest.mark.parametrize(("language", "scheme"), [("sq", "dark"), ("en", "light")])
async def test_every_page_is_accessible_and_fits(
    home: House, url: str, browser: Browser, language: str, scheme: str
) -> None:
    """
    WCAG 2.2 AA by axe on every page in both languages, and no page is wider than 320 pixels,
    whatever was typed.
    """
    context = await browser.new_context(
        viewport={"width": 320, "height": 568},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = await context.new_page()
    await page.goto(f"{url}/report?lang={language}")
    await is_sound(page)
    await presses(page, "next")  # what is missing
    await is_sound(page)
    await page.locator("input[value=sexual_extortion]").check()
    await page.locator("input[name=who][value='14']").check()
    await presses(page, "next")
    await is_sound(page)
    await page.locator("textarea[name='w.where']").fill("fjalëshumëtëgjata" * 40)
    await page.locator("input[name='q.safe'][value=no]").check()
    await presses(page, "next")  # the numbers
    await is_sound(page)
    for press in ("next", "next", "next"):
        await presses(page, press)
        await is_sound(page)
    await page.goto(f"{url}/report")  # something was begun
    await is_sound(page)
    await page.goto(f"{url}/report/send")
    home.helpline.down = True
    await presses(page, "send")
    await is_sound(page)
    for path in ("/report/done", "/report/code"):
        await page.goto(f"{url}{path}?lang={language}")
        await is_sound(page)
