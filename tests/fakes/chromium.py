"""The browser of the tests and of the README's pictures: Chromium, without a window."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from playwright.async_api import Browser, BrowserContext, async_playwright

NAMES = ("chromium", "google-chrome")
# No sandbox within a sandbox; nothing that asks the network for something of its own.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PATIENCE = 10  # seconds
START = 120_000  # ms until it has begun; a busy machine is slow, not wrong


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A running browser; ``make browser`` installs it."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    async with async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=found, args=ARGUMENTS, timeout=START)
        yield browser
        await close(browser)


async def close(what: Browser | BrowserContext) -> None:
    """Close it, or leave it to the end of the browser's process.

    Chromium sometimes never answers when a page is just about to load itself anew, and
    whoever waits for it waits for ever. What the tests promise is known by then.
    """
    with suppress(TimeoutError):
        await asyncio.wait_for(what.close(), PATIENCE)
