"""Passkeys in a real browser, with a device that its developer tools pretend."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from fakes.desk import PASSWORD, Colleague, code, deeds, hire
from fakes.helpline import Helpline
from fakes.served import served
from playwright.async_api import Browser, Page, expect

from api.staff import service

pytestmark = pytest.mark.usefixtures("quick_hash")

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture
async def url(helpline: Helpline) -> AsyncIterator[str]:
    """
    The helpline under a name that passkeys can be bound to; its clock stands still.
    """
    async with served(helpline) as address:
        yield f"{address.replace('127.0.0.1', 'localhost')}/helpline"


class Screen:
    """A page with a pretended device beside it; it notes every fault."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda m: self.faults.append(m.text) if "Policy" in m.text else None)

    async def opens(self, path: str = "") -> None:
        await self.page.goto(f"{self.url}{path}")

    async def has_a_device(self) -> None:
        """Something that makes passkeys and verifies whoever holds it."""
        tools = await self.page.context.new_cdp_session(self.page)
        await tools.send("WebAuthn.enable")
        device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
        able = {"hasUserVerification": True, "isUserVerified": True}
        await tools.send("WebAuthn.addVirtualAuthenticator", {"options": {**device, **able}})

    async def signs_in(self, helpline: Helpline, person: Colleague) -> None:
        await self.opens("/sign-in")
        await self.page.locator("#login").fill(person.login)
        await self.page.locator("#password").fill(PASSWORD)
        await self.page.locator("#password").press("Enter")
        await self.page.locator("#code").fill(code(helpline, person))
        await self.page.locator("#code").press("Enter")
        await expect(self.page.locator("form[action$=sign-out]")).to_be_attached()

    async def adds_a_passkey(self, name: str) -> None:
        await self.opens("/account")
        await self.page.locator("#keyname").fill(name)
        await self.page.locator("[data-passkey=make] button").click()
        await expect(self.page.get_by_role("rowheader", name=name)).to_be_visible()


async def screen(browser: Browser, url: str, **more: object) -> Screen:
    context = await browser.new_context(**more)  # type: ignore[arg-type]
    return Screen(await context.new_page(), url)


async def test_a_passkey_is_made_and_opens_the_door(
    helpline: Helpline, url: str, browser: Browser
) -> None:
    """
    S14, S20: added on the own account, it signs in at one press, and confirms what matters;
    no breach of the policy.
    """
    person = hire(helpline)
    seat = await screen(browser, url)
    page = seat.page
    await seat.has_a_device()
    await seat.signs_in(helpline, person)
    await seat.adds_a_passkey("Telefoni")

    await page.locator("form[action$=sign-out] button").click()
    await page.locator("[data-passkey=show] button").click()
    await page.wait_for_url(re.compile("/helpline$"))

    helpline.later(minutes=6)
    await seat.opens("/account")
    await page.locator("form[action$='account/codes'] button").click()
    await page.locator("main a.main").click()
    await page.locator("[data-passkey=show] button").click()
    await page.wait_for_url(re.compile("/helpline/account$"))
    await page.locator("form[action$='account/codes'] button").click()
    await expect(page.locator(".codes li")).to_have_count(8)
    whats = [what for _, what in deeds(helpline)]
    assert whats.count("staff.signed_in") == 2
    assert "staff.confirmed" in whats
    assert seat.faults == []


async def test_somebody_enrols_with_a_passkey_alone(
    helpline: Helpline, url: str, browser: Browser
) -> None:
    """
    S12, S14: the first administrator comes in with a passkey instead of an app.
    """
    with helpline.database.write() as session:
        token = service.first_link(session, helpline.now)
    seat = await screen(browser, url)
    page = seat.page
    await seat.has_a_device()
    await seat.opens(f"/first/{token}")
    await page.locator("#login").fill("drita")
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#password").press("Enter")
    await page.locator("[data-passkey=make] button").click()
    await expect(page.locator(".codes li")).to_have_count(8)

    await page.context.clear_cookies()
    await seat.opens("/sign-in")
    await page.locator("[data-passkey=show] button").click()
    await page.wait_for_url(re.compile("/helpline$"))

    assert seat.faults == []


async def test_a_browser_without_a_key_says_so(
    helpline: Helpline, url: str, browser: Browser
) -> None:
    """
    A device with no passkey for us, or whose owner closes the question: a word, and the other
    way in stays.
    """
    seat = await screen(browser, url)
    await seat.has_a_device()
    await seat.opens("/sign-in")
    await seat.page.locator("[data-passkey=show] button").click()

    await expect(seat.page.locator("[data-fault]")).to_be_visible()
    await expect(seat.page.locator("[data-passkey=show] button")).to_be_enabled()
    await seat.signs_in(helpline, hire(helpline))


async def test_the_door_needs_no_script(helpline: Helpline, url: str, browser: Browser) -> None:
    """
    Without script password and code open the door, and no button is there that does nothing.
    """
    seat = await screen(browser, url, java_script_enabled=False)
    await seat.opens("/sign-in")
    await expect(seat.page.locator("[data-passkey]")).to_be_hidden()

    await seat.signs_in(helpline, hire(helpline))


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_of_the_door_are_for_everybody(
    helpline: Helpline, url: str, browser: Browser, scheme: str
) -> None:
    """
    WCAG 2.2 AA as far as a machine sees it, in light and dark, and nothing wider than a phone.
    """
    ana = hire(helpline, "ana", "Ana", "administrator")
    hire(helpline)
    size = {"width": 320, "height": 640}
    seat = await screen(browser, url, color_scheme=scheme, viewport=size)
    await seat.has_a_device()
    await seat.opens("/sign-in")
    await _is_sound(seat.page)
    await seat.signs_in(helpline, ana)
    await seat.adds_a_passkey("Telefoni")
    for path in ("/account", "/staff", "/confirm"):
        await seat.opens(path)
        await _is_sound(seat.page)
    helpline.later(minutes=6)
    await seat.opens("/staff")
    await seat.page.locator("main details summary").first.click()
    await seat.page.locator("main details button").first.click()
    await _is_sound(seat.page)


async def _is_sound(page: Page) -> None:
    found = await Axe().run(page, options=_RULES)
    faults = [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]]
    assert faults == [], page.url
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
