"""The desk in a real browser: it lives without reloading, and works without script."""

from __future__ import annotations

import re

import pytest
from fakes.desk import hire
from fakes.helpline import Helpline, message
from fakes.seat import Seat, seat
from playwright.async_api import Browser, expect

from api.contacts.values import StaffRef
from api.duty import service as duty
from api.staff import sessions


async def test_desk_lives_without_reloading(helpline: Helpline, url: str, browser: Browser) -> None:
    """
    New contacts come, taken ones go, words arrive beside a draft that stays; no foreign
    request and no breach of the policy (S41), and the title tells nothing but a number.
    """
    elira = await seat(helpline, browser, url, hire(helpline))
    genti = await seat(helpline, browser, url, hire(helpline, "genti", "Genti"))
    for one in (elira, genti):
        await one.opens()
        await expect(one.page.locator("#nothing")).to_be_visible()
    contact_id = await helpline.opens(messages=[message("me kercenon")])
    await elira.sees_in_queue(1)
    await genti.sees_in_queue(1)
    await expect(elira.page).to_have_title("(1) Sigurt")

    await elira.page.locator("body").press("?")
    await expect(elira.page.locator("#keys")).to_be_visible()
    await elira.page.locator("body").press("Escape")
    await expect(elira.page.locator("#keys")).to_be_hidden()
    await elira.page.locator("body").press("n")
    await genti.sees_in_queue(0)
    await elira.page.locator("#w").fill("Të besoj")
    await helpline.says(contact_id, "a jeni aty")
    await expect(elira.page.locator("#log .in")).to_have_count(2)
    await expect(elira.page.locator("#w")).to_have_value("Të besoj")
    await elira.page.locator("#w").press("Control+Enter")
    await expect(elira.page.locator("#log .out")).to_have_text("Të besoj")
    await expect(elira.page.locator("#w")).to_have_value("")

    await expect(elira.page).to_have_title("Sigurt")
    assert elira.faults + genti.faults == []


async def test_two_messages_follow_each_other(
    helpline: Helpline, url: str, browser: Browser
) -> None:
    """
    Each sending has its own key, so the second message of a talk is not taken for a repeat.
    """
    await helpline.opens()
    elira = await seat(helpline, browser, url, hire(helpline))
    await elira.opens()
    await elira.page.locator("#next").click()
    await elira.page.wait_for_url("**/contacts/*")  # loaded, so that its keys are heard
    for count, words in enumerate(("Të besoj", "Nuk është faji yt"), start=1):
        await elira.page.locator("#w").fill(words)
        await elira.page.locator("#w").press("Control+Enter")
        await expect(elira.page.locator("#log .out:not(.unsent)")).to_have_count(count)

    assert (await helpline.types()).count("message.sent") == 2


async def test_words_outlive_a_lost_line(helpline: Helpline, url: str, browser: Browser) -> None:
    """
    Cut off in mid-sentence: the desk says that nothing is saved or sent yet, keeps both, and
    when the line is back sends once and saves the rest.
    """
    contact_id = await helpline.opens()
    elira = await seat(helpline, browser, url, hire(helpline))
    page = elira.page
    await elira.opens()
    await page.locator("#next").click()
    await page.wait_for_url("**/contacts/*")
    await page.locator("#w").fill("Të besoj")
    await page.context.set_offline(True)
    await page.locator("#w").press("Control+Enter")
    await expect(page.locator("#log .unsent")).to_have_text("Të besoj")
    await page.locator("#w").fill("Nuk është faji")
    await expect(page.locator("#unsaved")).not_to_be_empty()

    await page.context.set_offline(False)

    await expect(page.locator("#log .out:not(.unsent)")).to_have_text("Të besoj")
    await expect(page.locator("#log .unsent")).to_have_count(0)
    await expect(page.locator("#unsaved")).to_be_empty()
    assert (await helpline.types()).count("message.sent") == 1
    await elira.opens(f"/contacts/{contact_id}")
    await expect(page.locator("#w")).to_have_value("Nuk është faji")


async def test_draft_goes_along_when_the_holder_changes(
    helpline: Helpline, url: str, browser: Browser
) -> None:
    """
    By keys alone Elira offers and Genti accepts: he finds her words, and she cannot write.
    """
    people = hire(helpline), hire(helpline, "genti", "Genti")
    with helpline.database.write() as session:
        for one in people:
            ref = StaffRef(one.id, one.name)
            duty.set_on_duty(session, helpline.vault, staff=ref, on=True, now=helpline.now)
    await helpline.opens()
    elira, genti = [await seat(helpline, browser, url, one) for one in people]
    await genti.opens()
    await elira.opens()
    await elira.page.keyboard.press("n")
    await elira.page.wait_for_url("**/contacts/*")
    await elira.page.locator("#w").fill("Të besoj")
    await elira.page.keyboard.press("Escape")
    await elira.page.keyboard.press("h")
    await expect(elira.page.locator("#offerto")).to_be_focused()
    for key in ("Tab", "Tab", "Enter"):
        await elira.page.keyboard.press(key)
    await expect(genti.page.locator("[data-accepts]")).to_be_visible()
    await genti.page.keyboard.press("a")

    await expect(genti.page.locator("#w")).to_have_value("Të besoj")
    await expect(elira.page.locator("#below .mine-not")).to_be_visible()
    await expect(elira.page.locator("#w")).to_have_count(0)
    assert elira.faults + genti.faults == []


async def test_emergency_is_seen_on_every_page(
    helpline: Helpline, url: str, browser: Browser
) -> None:
    """
    Whoever reads a case or the triage's figures sees at once that an emergency waits.
    """
    lead = hire(helpline, "ana", "Ana", "counsellor", "supervisor")
    ana = await seat(helpline, browser, url, lead)
    await ana.opens("/triage")
    await expect(ana.page.locator("#badge")).to_be_hidden()

    await helpline.opens(severity="emergency", reason="emergency")

    await expect(ana.page).to_have_title("(1) Sigurt")
    await expect(ana.page.locator("body.alarmed #badge")).to_have_text("1")
    await expect(ana.page.locator("#news")).not_to_be_empty()


async def test_signing_out_elsewhere_empties_the_screen(
    helpline: Helpline, url: str, browser: Browser
) -> None:
    """
    S27: when the person's sessions end, an open desk goes to the door by itself.
    """
    person = hire(helpline)
    elira = await seat(helpline, browser, url, person)
    await elira.opens()
    await expect(elira.page.locator("#nothing")).to_be_visible()

    with helpline.database.write() as session:
        sessions.end_all(session, person.id)

    await expect(elira.page.locator("#login")).to_be_visible()


async def test_desk_works_without_script(helpline: Helpline, url: str, browser: Browser) -> None:
    """
    By links and forms alone: open, take, answer, close; on a narrow screen without scrolling
    sideways.
    """
    await helpline.opens(messages=[message("me kercenon")])
    size = {"width": 320, "height": 640}
    person = hire(helpline)
    elira = await seat(helpline, browser, url, person, java_script_enabled=False, viewport=size)
    page = elira.page
    await elira.opens()
    await page.locator("#list a").click()
    await page.get_by_role("button", name="Merr kontaktin").click()
    await page.locator("#w").fill("Të besoj")
    await page.get_by_role("button", name="Dërgo").click()
    await expect(page.locator("#log .out")).to_have_text("Të besoj")
    await page.locator("#ending summary").click()
    await page.locator("#ending .btn.main").click()
    await expect(page.locator("#below")).to_have_attribute("data-below", re.compile("^ended"))
    await page.locator(".tabs [href='#form']").click()
    await page.locator("details.closes summary").click()
    await page.locator("details.closes [value=test]").click()

    await expect(page.locator("#below")).to_contain_text("Mbyllur")
    assert (await helpline.types())[-1] == "contact.closed"


async def marks_the_contact(seat: Seat, path: str) -> str:
    """
    Mark a contact as a false alarm; returns the path of the page of its words.
    """
    await seat.opens(f"{path}#form")
    await seat.page.locator("#k-contact").click()
    await seat.page.locator("#severity").select_option("none")
    await seat.page.locator("#mark .btn.main").click()
    await expect(seat.page.locator("#mark")).to_be_hidden()
    await seat.page.locator("#k-contact").click()
    link = await seat.page.locator("#mark a[target]").get_attribute("href")
    return (link or "").removeprefix("/helpline")


async def test_marking_disturbs_nothing(helpline: Helpline, url: str, browser: Browser) -> None:
    """
    U9: what somebody looks into stays open while words arrive, a draft outlives a mark, a
    refusal is told in place, and all of it goes by the keyboard.
    """
    words = message("nje djal me tha mos i trego askujt")
    contact_id = await helpline.opens(messages=[words])
    elira = await seat(helpline, browser, url, hire(helpline))
    page, heard = elira.page, elira.page.locator(f"#s-{words['message_id']}")
    await elira.opens(f"/contacts/{contact_id}")
    await page.get_by_role("button", name="Merr kontaktin").click()
    await page.locator("#w").fill("Të besoj")
    await heard.locator("summary").focus()
    await page.keyboard.press("Enter")
    await helpline.says(contact_id, "a jeni aty")
    await expect(page.locator("#log .in")).to_have_count(2)
    await expect(heard.locator("ul")).to_be_visible()
    await expect(heard.locator("summary")).to_be_focused()

    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#severity")).to_be_focused()
    await page.locator("#severity").select_option("disclosure")
    await page.locator("#category").evaluate("one => one.required = false")
    await page.locator("#mark .btn.main").press("Enter")
    await expect(page.locator("#markfault")).to_contain_text("Zgjidhni një shkallë")
    await page.locator("#category").select_option("grooming")
    await page.locator("#mark .btn.main").press("Enter")
    await expect(heard.locator(".tag")).to_have_text("I shpëtoi triazhit: Ka treguar")
    await expect(heard.locator("a")).to_be_focused()
    await expect(page.locator("#w")).to_have_value("Të besoj")

    await heard.locator("a").press("Enter")
    await page.get_by_role("button", name="Hiq korrigjimin").press("Enter")
    await expect(heard.locator(".tag")).to_have_count(0)
    assert elira.faults == []


async def test_marking_works_without_script(helpline: Helpline, url: str, browser: Browser) -> None:
    """
    U9: by links and forms alone, on a narrow screen: open, mark, see it, take it away.
    """
    words = message("nje djal me tha mos i trego askujt")
    contact_id = await helpline.opens(messages=[words])
    size = {"width": 320, "height": 640}
    person = hire(helpline)
    elira = await seat(helpline, browser, url, person, java_script_enabled=False, viewport=size)
    page, heard = elira.page, elira.page.locator(f"#s-{words['message_id']}")
    await elira.opens(f"/contacts/{contact_id}")
    await heard.locator("summary").click()
    await heard.locator("a").click()
    await page.locator("#severity").select_option("emergency")
    await page.locator("#category").select_option("grooming")
    await page.get_by_role("button", name="Ruaj korrigjimin").click()
    await expect(heard.locator(".tag")).to_have_text("I shpëtoi triazhit: Emergjencë")

    await heard.locator("summary").click()
    await heard.locator("a").click()
    await page.get_by_role("button", name="Hiq korrigjimin").click()
    await expect(heard).to_be_visible()
    await expect(heard.locator(".tag")).to_have_count(0)


@pytest.mark.parametrize("language", ["sq", "en"])
async def test_pages_fit_a_narrow_phone(
    helpline: Helpline, url: str, browser: Browser, language: str
) -> None:
    """
    At 320 px no page of the console scrolls sideways, in either language.
    """
    contact_id = await helpline.opens(messages=[message("fjalë " * 40 + "x" * 300)])
    person = hire(helpline, "ana", "Ana", "counsellor", "supervisor", "administrator")
    size = {"width": 320, "height": 640}
    ana = await seat(helpline, browser, url, person, viewport=size)
    await ana.opens(f"/language/{language}")

    desk = f"/contacts/{contact_id}"
    words = await marks_the_contact(ana, desk)
    pages = ("/staff", "/reports", "/learning", "/triage", "/sign-in", "/nothing")
    for path in ("", desk, words, *pages):
        await ana.opens(path)
        width = await ana.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 320, path
