"""Figures as pages and files, and who sees what of them."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from fakes.desk import Browser, deeds, hire, seated
from fakes.finished import Way
from fakes.helpline import Helpline

from api.figures.files import inert

OCTOBER = "?first=2026-10-01&last=2026-10-31"


async def seat(helpline: Helpline, *roles: str) -> Browser:
    browser = await seated(helpline, hire(helpline, roles[0], roles[0].title(), *roles))
    await browser.get("/language/en")
    return browser


async def october(way: Way) -> None:
    """Seven contacts by Telegram and two by Viber in October; it is November now."""
    now = way.helpline.now
    way.helpline.now = now - timedelta(days=40)
    for channel in ("telegram",) * 7 + ("viber",) * 2:
        contact_id = await way.opens(channel=channel)
        way.takes(contact_id, after=1)
        way.replies(contact_id, after=2)
    way.helpline.now = now


async def lines(browser: Browser, path: str = f"/figures.csv{OCTOBER}") -> list[dict[str, str]]:
    answer = await browser.get(path)
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_who_reads_contacts_sees_every_number(way: Way) -> None:
    """
    Figures: a supervisor sees small groups on screen, marked as not for outside, and every
    plot has its table.
    """
    await october(way)
    lead = await seat(way.helpline, "supervisor")

    page = (await lead.get(f"/figures{OCTOBER}")).text

    assert "Not for outside" in page
    assert re.search(r'<th scope="row">Viber</th><td class="n">2</td>', page)
    plots = page.count('<svg class="plot"')
    assert plots == page.count('role="img"') > 5
    assert page.count("<caption>") >= page.count("<h2>") - 9


@pytest.mark.parametrize("role", ["analyst", "administrator"])
async def test_who_does_not_read_contacts_sees_no_small_group(way: Way, role: str) -> None:
    """
    S26: an analyst and an administrator see whole months in full fives; a group of two is in
    no table, no plot and no file, nor does it follow from the rest.
    """
    await october(way)
    browser = await seat(way.helpline, role)

    page = (await browser.get("/figures?first=2026-10-05&last=2026-11-19&by=day")).text

    assert 'value="2026-10-01"' in page
    assert 'value="2026-10-31"' in page
    assert "Viber" not in page
    assert '<td class="n">5</td>' in page
    for exact in ("2", "7", "9"):
        assert f'<td class="n">{exact}</td>' not in page
        assert f">{exact}</text>" not in page
    file = await lines(browser)
    assert {line["group"] for line in file if line["split"] == "channel"} <= {"telegram"}


async def test_every_file_hides_small_groups(way: Way) -> None:
    """
    Figures: what a supervisor downloads is what an analyst gets, and taking it is recorded.
    """
    await october(way)
    lead, analyst = await seat(way.helpline, "supervisor"), await seat(way.helpline, "analyst")

    file = await lines(lead)

    assert file == await lines(analyst)
    total = {line["measure"]: line["value"] for line in file if line["split"] == "total"}
    assert (total["contacts"], total["reopened"], total["share"]) == ("5", "", "")
    assert total["reply_median"] == "3"
    assert [what for _, what in deeds(way.helpline)].count("figures.exported") == 2


async def test_empty_months_say_so(helpline: Helpline) -> None:
    """
    Figures: days without a contact, and months with too few, say so instead of showing zeros.
    """
    lead, analyst = await seat(helpline, "supervisor"), await seat(helpline, "analyst")

    assert "No contact in these days." in (await lead.get("/figures")).text
    assert "Fewer than five contacts in these months." in (await analyst.get("/figures")).text
    assert await lines(analyst) == []


async def test_days_that_cannot_be_are_refused(helpline: Helpline) -> None:
    """
    Figures: dates that are none, or more than a year, are refused as a page that says it.
    """
    lead = await seat(helpline, "supervisor")

    for days in ("?first=x", "?first=2024-01-01", "?first=2026-11-19&last=2026-11-01"):
        answer = await lead.get(f"/figures{days}")
        assert answer.status_code == 422
        assert "a year at most" in answer.text


@pytest.mark.parametrize("language", ["sq", "en"])
async def test_numbers_are_written_as_the_language_does(way: Way, language: str) -> None:
    """
    Figures: months, per cent and decimals stand as Albanian and English have them.
    """
    await october(way)
    lead = await seat(way.helpline, "supervisor")
    await lead.get(f"/language/{language}")

    page = (await lead.get(f"/figures{OCTOBER}&by=month")).text

    assert {"sq": "tetor 2026", "en": "October 2026"}[language] in page


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    """
    S9: a cell that a spreadsheet would work out stands behind an apostrophe.
    """
    assert inert(cell) == f"'{cell}"
    assert inert("5") == "5"
