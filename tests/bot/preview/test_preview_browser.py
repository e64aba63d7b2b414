"""The preview in a real browser: the keyboard, and what happens when a file is saved."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Browser, Page, expect

from bot.preview import create_app

ROOT = Path(__file__).parents[3] / "content"
LESSON = "t06-threats-11-13"
READ = 30_000  # ms in which the whole content is read anew, on a machine that has much to do


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A content folder of one's own."""
    return Path(shutil.copytree(ROOT, tmp_path / "content"))


@pytest.fixture
async def url(folder: Path) -> AsyncIterator[str]:
    """The address of its preview on this machine."""
    config = uvicorn.Config(create_app(folder), log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    door = socket.create_server(("127.0.0.1", 0))
    task = asyncio.create_task(server.serve(sockets=[door]))
    yield f"http://127.0.0.1:{door.getsockname()[1]}/"
    server.should_exit = True
    await task


async def presses(page: Page, side: str) -> None:
    """Press the choice at which the keyboard stands, or else the first, and see both go on."""
    before = page.url
    await page.locator(f"#{side} .choice .btn").first.press("Enter")
    await expect(page).not_to_have_url(before)


async def test_an_author_presses_on_and_saves(folder: Path, url: str, browser: Browser) -> None:
    """
    With the keyboard alone both sides go on, and the next choice is under it. A broken file
    is named where the chat was; once it is mended, the same place is there with the new words.
    Nothing is asked of anybody else, and nothing is wider than a phone.
    """
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{url}?place={LESSON}/hook&who=11-13")
    await presses(page, "sq")
    for side in ("sq", "en"):
        await expect(page.locator(f"#{side} .turn[data-who=me]")).to_have_count(1)
    await expect(page.locator("#sq .choice .btn").first).to_be_focused()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390

    file = folder / "sq" / "lessons" / f"{LESSON}.toml"
    good = file.read_text(encoding="utf-8")
    file.write_text(good + "\n[broken", encoding="utf-8")
    await expect(page.locator(".faults")).to_contain_text(
        f"sq/lessons/{LESSON}.toml:", timeout=READ
    )

    file.write_text(good.replace('[[try]]\nsay = "', '[[try]]\nsay = "Provë. ', 1), "utf-8")
    await expect(page.locator("#sq .talk")).to_contain_text("Provë.", timeout=READ)
    await expect(page.locator("#en .turn[data-who=me]")).to_have_count(1)
    assert [address for address in asked if not address.startswith(url)] == []
