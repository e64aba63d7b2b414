"""Every page of the console, in both languages and both schemes, before axe.

A part adds its pages by lines of ``PAGES``; ``{contact}`` is a contact in hand.
"""

from __future__ import annotations

import pytest
from fakes.axe import faults
from fakes.desk import hire
from fakes.helpline import Helpline, message
from fakes.seat import Seat, seat
from playwright.async_api import Browser

from api.contacts import service
from api.contacts.values import StaffRef

PAGES = (
    "",
    "/contacts/{contact}",
    "/contacts/{ended}",
    "/contacts/{contact}?mark=contact",
    "/contacts/new",
    "/cases",
    "/reports",
    "/shift",
    "/shift/plan",
    "/shift/handover",
    "/closed",
    "/figures",
    "/learning",
    "/triage",
    "/staff",
    "/systems",
    "/account",
    "/leaving?then=duty",
    "/confirm",
    "/nothing",
    "/sign-in",
)
MISSING = ("/nothing",)
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}


async def work(helpline: Helpline, person: StaffRef) -> dict[str, str]:
    """
    Contacts of every kind: waiting, in hand with words and a note, offered, ended.
    """
    seen = [{"rule": "K-12", "words": "me kercenon"}]
    await helpline.opens(severity="emergency", reason="emergency")
    await helpline.opens(severity="concern", reason="duty_of_care")
    held = await helpline.opens(messages=[message("dikush me kercenon", evidence=seen)])
    ended = await helpline.opens(messages=[message("faleminderit")])
    now = helpline.now
    with helpline.database.write() as session:
        for contact_id in (held, ended):
            service.claim(session, helpline.vault, contact_id, staff=person, now=now)
        service.reply(
            session, helpline.vault, held, staff=person, text="Të besoj.", key="k", now=now
        )
        service.add_note(
            session, helpline.vault, held, staff=person, text="Flet me tezen.", now=now
        )
        service.end(session, helpline.vault, ended, staff=person, now=now)
    return {"contact": held, "ended": ended}


async def faults_of(one: Seat, paths: list[str]) -> list[str]:
    """
    What axe finds on these pages, and a page that scrolls sideways.
    """
    found = []
    for path in paths:
        answer = await one.page.goto(f"{one.url}/helpline{path}")
        assert answer is not None
        if not answer.ok and path not in MISSING:
            found.append(f"{path} answers {answer.status}")
        found += [f"{path} {fault}" for fault in await faults(one.page)]
        width = await one.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"{path} scrolls sideways by {width}"] if width > 0 else []
    return found


@pytest.mark.parametrize(
    ("language", "scheme", "size"),
    [("sq", "light", WIDE), ("en", "dark", WIDE), ("sq", "dark", NARROW), ("en", "light", NARROW)],
)
async def test_every_page_is_open_to_all(
    helpline: Helpline,
    url: str,
    browser: Browser,
    language: str,
    scheme: str,
    size: dict[str, int],
) -> None:
    """
    WCAG 2.2 AA as far as axe can tell, on a desk's screen and on a phone's, and no page
    scrolls sideways.
    """
    ana = hire(helpline, "ana", "Ana", "counsellor", "supervisor", "administrator")
    ids = await work(helpline, StaffRef(ana.id, ana.name))
    one = await seat(helpline, browser, url, ana, color_scheme=scheme, viewport=size)
    await one.opens(f"/language/{language}")

    assert await faults_of(one, [path.format(**ids) for path in PAGES]) == []
    assert one.faults == []
