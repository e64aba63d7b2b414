"""The browser of the tests and of the README's pictures: Chromium, without a window."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

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


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A running browser; ``make browser`` installs it."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    async with async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        await browser.close()
