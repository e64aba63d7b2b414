"""Every page of the console, in both languages and both schemes, before axe.

A part adds its pages by lines of ``PAGES``, for who reads them; ``{contact}`` is an id of
``fakes.filled``.
"""

from __future__ import annotations

import pytest
from fakes.axe import faults
from fakes.chromium import close
from fakes.filled import Filled, fill
from fakes.helpline import Helpline
from fakes.seat import Seat, seat
from playwright.async_api import Browser

NOBODY = ""
PAGES = {
    "ana": (
        "",
        "/contacts/{contact}",
        "/contacts/{contact}?mark=contact",
        "/contacts/{contact}/form",
        "/contacts/{ended}",
        "/contacts/{offered}",
        "/contacts/{foreign}",
        "/contacts/{blocked}",
        "/contacts/{closed}",
        "/contacts/new",
        "/marks/{mark}",
        "/cases",
        "/cases/{case}",
        "/cases/{case}/parts/{part}",
        "/cases/{case}/parts/new?kind=referral",
        "/cases/{case}/parts/new?kind=risk",
        "/cases/{case}/team",
        "/reports",
        "/reports?show=closed",
        "/reports/{report}",
        "/reports/{urgent}",
        "/reports/{over}",
        "/addresses",
        "/addresses?show=all",
        "/addresses/{address}",
        "/exhibits/{exhibit}",
        "/cases/{case}/bundles",
        "/filings",
        "/filings/{filing}",
        "/filings/{unsure}",
        "/reports/{report}/filings/new?to=police",
        "/trail",
        "/shift",
        "/shift/plan",
        "/shift/handover",
        "/leaving?then=duty",
        "/closed",
        "/figures",
        "/learning",
        "/triage",
        "/account",
        "/confirm",
        "/nothing",
    ),
    "genti": ("/cases/{case}/identity", "/shift", "/figures"),
    "dora": ("/staff", "/systems", "/shift/plan", "/triage", "/trail"),
    "luan": ("/figures", "/learning"),
    NOBODY: ("/sign-in", "/first/{invited}", "/first/spent"),
}
STATUS = {"/nothing": 404, "/first/spent": 404}
REFUSED = {("genti", "/figures")}
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 320, "height": 640}


async def faults_of(one: Seat, who: str, made: Filled) -> list[str]:
    """
    What axe finds on this person's pages, and every page that scrolls sideways.
    """
    found = []
    for page in PAGES[who]:
        path = page.format(**made.ids)
        answer = await one.page.goto(f"{one.url}/helpline{path}")
        wanted = 403 if (who, page) in REFUSED else STATUS.get(page, 200)
        if answer is None or answer.status != wanted:
            found.append(f"{page} answers {answer and answer.status}")
        found += [f"{page} {fault}" for fault in await faults(one.page)]
        width = await one.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"{page} scrolls sideways by {width}"] if width > 0 else []
    return found


@pytest.mark.parametrize(
    ("language", "scheme", "size"),
    [("en", "light", WIDE), ("sq", "dark", NARROW)],
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
    WCAG 2.2 AA as far as axe can tell, on a desk's screen and on the smallest phone's, and no
    page scrolls sideways.
    """
    made = await fill(helpline)
    for who in PAGES:
        person = made.people.get(who)
        one = await seat(helpline, browser, url, person, color_scheme=scheme, viewport=size)
        await one.opens(f"/language/{language}")

        assert await faults_of(one, who, made) == []
        assert one.faults == []
        await close(one.page.context)
