"""The form and the ready-made replies in a real browser: typed, lost, found, by keyboard."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fakes.desk import Colleague, hire
from fakes.forms import stored
from fakes.helpline import Helpline, message
from fakes.served import served
from playwright.async_api import Browser, Page, expect

from api.contacts import queries
from api.staff import sessions


@pytest.fixture
async def url(helpline: Helpline) -> AsyncIterator[str]:
    """
    The helpline's address on this machine; its clock stands still.
    """
    async with served(helpline) as address:
        yield address


async def seat(helpline: Helpline, browser: Browser, url: str, person: Colleague) -> Page:
    """A page in which this person is signed in."""
    with helpline.database.write() as session:
        token = sessions.start(session, staff_id=person.id, stage="full", now=helpline.now)
    context = await browser.new_context()
    await context.add_cookies([{"name": "sigurt-staff", "value": token, "url": url}])
    return await context.new_page()


async def saved(page: Page) -> None:
    """Wait until the page says that all of the form is stored."""
    words = await page.locator("#formstate").get_attribute("data-saved")
    await expect(page.locator("#formstate")).to_have_text(words or "")


async def test_a_contact_is_answered_and_written_up_by_keyboard(
    helpline: Helpline, url: str, browser: Browser
) -> None:
    """
    From the open contact to the closed one without a mouse: a ready-made reply found, put in
    and sent; the suggestions taken, what was typed saved by itself, the missing outcome asked.
    """
    contact_id = await helpline.opens(category="sextortion", messages=[message("po me kercenojne")])
    page = await seat(helpline, browser, url, hire(helpline))
    await page.goto(f"{url}/helpline/contacts/{contact_id}")
    await page.locator("#claim").press("Enter")
    await expect(page.locator("#w")).to_be_visible()
    await page.wait_for_load_state()  # its keys are heard from then on
    await page.locator("#log").focus()

    await page.keyboard.press("/")
    await page.keyboard.type("dergo gje")  # without its marks
    await expect(page.locator("#readylist li:visible")).to_have_count(1)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("#w")).to_be_focused()
    await expect(page.locator("#w")).to_have_value(
        "Mos paguaj. Mos dërgo gjë tjetër. Mos i fshi mesazhet."
    )
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#log .msg.out")).to_have_count(1)

    await page.locator("#in-summary").fill("“Po më kërcënojnë.”")
    await saved(page)
    await page.locator("#acceptall").press("Enter")
    await expect(page.locator("#acceptall")).to_have_count(0)
    await expect(page.locator("#in-summary")).to_have_value("“Po më kërcënojnë.”")
    await page.locator("#finishform").press("Enter")
    await expect(page.locator("#in-outcome")).to_be_focused()
    await page.locator("#in-outcome").select_option("advice")
    await page.locator("#finishform").press("Enter")
    await expect(page.locator("#contactform")).to_have_count(0)

    answers = stored(helpline.database, helpline.vault, contact_id)
    assert answers["categories"] == ("violence.online_sexual",)
    assert answers["summary"] == ("“Po më kërcënojnë.”",)
    with helpline.database.read() as session:
        assert queries.get(session, contact_id).state == "closed"


async def test_what_is_typed_without_a_line_is_saved_when_it_is_back(
    helpline: Helpline, url: str, browser: Browser
) -> None:
    """
    The words stay in the field, the page says that they are not saved, and saves them later;
    a newer form from another tab stands beside them instead of vanishing.
    """
    contact_id = await helpline.opens()
    page = await seat(helpline, browser, url, hire(helpline))
    await page.goto(f"{url}/helpline/contacts/{contact_id}")
    await page.locator("#claim").press("Enter")
    await expect(page.locator("#findcategory")).to_be_visible()  # the script is there

    await page.context.set_offline(True)
    await page.locator("#in-summary").fill("në mes të fjalisë")
    lost = await page.locator("#formstate").get_attribute("data-lost")
    await expect(page.locator("#formstate")).to_have_text(lost or "")
    await page.context.set_offline(False)
    await saved(page)
    assert stored(helpline.database, helpline.vault, contact_id)["summary"] == (
        "në mes të fjalisë",
    )

    other = await page.context.new_page()
    await other.goto(f"{url}/helpline/contacts/{contact_id}/form")
    await other.locator("#in-summary").fill("nga dritarja tjetër")
    await saved(other)
    await page.locator("#in-summary").fill("e imja")
    await expect(page.locator("#form-summary .mine")).to_contain_text("e imja")
    await expect(page.locator("#in-summary")).to_have_value("nga dritarja tjetër")
    await page.locator("#form-summary .mine input[type=checkbox]").check()
    await expect(page.locator("#in-summary")).to_have_value("e imja")
    assert stored(helpline.database, helpline.vault, contact_id)["summary"] == ("e imja",)
