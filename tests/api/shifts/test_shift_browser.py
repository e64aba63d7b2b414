"""The shift in a real browser: it lives without reloading, and loses no word."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fakes.chromium import close
from fakes.desk import Colleague, hire
from fakes.helpline import Helpline
from fakes.served import served
from playwright.async_api import Browser, BrowserContext, expect

from api.staff import sessions


@pytest.fixture
async def url(helpline: Helpline) -> AsyncIterator[str]:
    """
    The helpline's address on this machine; its clock stands still.
    """
    async with served(helpline) as address:
        yield f"{address}/helpline"


async def seat(helpline: Helpline, browser: Browser, url: str, person: Colleague) -> BrowserContext:
    """A browser in which this person is signed in."""
    with helpline.database.write() as session:
        token = sessions.start(session, staff_id=person.id, stage="full", now=helpline.now)
    context = await browser.new_context()
    await context.add_cookies([{"name": "sigurt-staff", "value": token, "url": url}])
    return context


async def test_hand_over_is_saved_as_typed(helpline: Helpline, browser: Browser, url: str) -> None:
    """
    Words of a hand-over are kept without a press; while the line is lost the page says so,
    keeps them, and saves them when it is back.
    """
    context = await seat(helpline, browser, url, hire(helpline))
    page = await context.new_page()
    await page.goto(f"{url}/shift/handover")
    kept = page.locator("#kept")
    saved, unsaved = [await kept.get_attribute(f"data-{name}") for name in ("saved", "unsaved")]
    await page.locator("#words").fill("Nata ishte e qetë.")
    await expect(kept).to_have_text(saved or "")

    await context.set_offline(True)
    await page.locator("#words").fill("Nata ishte e qetë. K-1001 pret.")
    await expect(page.locator("#lost")).to_be_visible()
    await expect(kept).to_have_text(unsaved or "")
    await context.set_offline(False)
    await expect(kept).to_have_text(saved or "", timeout=15_000)

    await page.reload()
    await expect(page.locator("#words")).to_have_value("Nata ishte e qetë. K-1001 pret.")
    await close(context)


async def test_page_of_the_shift_lives(helpline: Helpline, browser: Browser, url: str) -> None:
    """
    A new emergency stands on the page without a reload; what was unfolded stays so.
    """
    lead = hire(helpline, "lindita", "Lindita", "supervisor")
    context = await seat(helpline, browser, url, lead)
    page = await context.new_page()
    await page.goto(f"{url}/shift")
    await page.locator("#perhourtable").evaluate("table => table.closest('details').open = true")
    await expect(page.locator(".ladder")).to_have_count(0)

    await helpline.opens(severity="emergency", reason="emergency")

    await expect(page.locator(".ladder")).to_have_count(1)
    await expect(page.locator("#figs .hot .v")).to_have_text("1")
    await expect(page.locator("#perhourtable")).to_be_visible()
    await close(context)
