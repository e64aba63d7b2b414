"""Staff follow addresses up on pages from which nobody can open one by mistake."""

from __future__ import annotations

import re

import pytest
from fakes.addresses import Reports
from fakes.desk import Browser, deeds, hire, seated
from fakes.helpline import Helpline

from api.addresses import listing, service
from api.cases import service as cases
from api.cases.queries import hidden_reports
from api.contacts.values import StaffRef
from api.reports import linking

BAD = "https://foto-grup.example/a/<script>alert(1)</script>?q=\u202egnp"


@pytest.fixture
async def ana(helpline: Helpline) -> Browser:
    """
    A counsellor who is a supervisor too.
    """
    return await seated(helpline, hire(helpline, "ana", "Ana", "counsellor", "supervisor"))


async def test_no_page_holds_a_link_to_an_address(
    helpline: Helpline, reports: Reports, ana: Browser
) -> None:
    """
    S9, S10: report, address and list show it defanged and inert; the copy lies in a field.
    """
    report_id = reports.made(BAD, "data:image/png;base64,QUJD", "grupi i klasës")
    [view] = reports.of(report_id)
    for path in (f"/addresses/{view.address_id}", "/addresses?show=all", f"/reports/{report_id}"):
        page = (await ana.get(path)).text
        links = re.findall(r'(?:href|src|action)="([^"]*)"', page)
        assert all(link.startswith(("/helpline", "?", "#")) for link in links)
        assert "hxxps://foto-grup[.]example" in page
        shown = re.sub(r'<input id="copy"[^>]*>', "", page)
        assert "https://foto-grup" not in shown
        assert "<script>alert" not in page
        assert "\u202e" not in page
        assert "QUJD" not in page


async def test_what_could_not_be_read_stands_in_the_report(reports: Reports, ana: Browser) -> None:
    """
    A group that has only a name is shown as it was typed, and an address is added by hand.
    """
    report_id = reports.made("grupi i klasës")
    assert "grupi i klasës" in (await ana.get(f"/reports/{report_id}")).text

    answer = await ana.post(f"/reports/{report_id}/addresses", {"typed": "t.me/+AbCdEf"})
    assert answer.status_code == 303
    assert reports.only(report_id).kind == "chat"
    none = await ana.post(f"/reports/{report_id}/addresses", {"typed": "asgjë"})
    assert none.status_code == 422


async def test_an_address_goes_its_way_by_presses(
    helpline: Helpline, reports: Reports, ana: Browser
) -> None:
    """
    Assessed, held, lifted, asked for and removed: each is a press, and each is on record.
    """
    report_id = reports.made("example.com/a")
    path = f"/addresses/{reports.only(report_id).address_id}"
    assert (await ana.get(path)).status_code == 200
    for deed, fields in (
        ("state", {"state": "police_told", "hold": "yes"}),
        ("lift", {"words": "Policia e ktheu."}),
        ("state", {"state": "notice_sent", "words": "Me postë"}),
        ("check", {"outcome": "removed", "how": "hotline"}),
        ("hosted", {"words": "Strehues, Holandë"}),
    ):
        answer = await ana.post(f"{path}/{deed}", fields)
        assert answer.status_code == 303, answer.text

    page = (await ana.get(path)).text
    assert reports.only(report_id).state == "removed"
    assert "Strehues, Holandë" in page
    assert "Policia e ktheu." in page
    done = [what for _, what in deeds(helpline) if what.startswith("address.")]
    assert done == [
        "address.read",
        "address.police_told",
        "address.lifted",
        "address.notice_sent",
        "address.removed",
        "address.hosted",
    ]


async def test_the_list_holds_what_is_due(
    helpline: Helpline, reports: Reports, ana: Browser
) -> None:
    """
    A check that is due stands on the list until somebody wrote down what was found.
    """
    view = reports.goes(reports.only(reports.made("example.com/a")), "notice_sent")
    assert view.number not in (await ana.get("/addresses")).text

    helpline.later(hours=25)
    ana = await seated(helpline, hire(helpline, "besa", "Besa", "counsellor"))
    assert view.number in (await ana.get("/addresses")).text
    await ana.post(f"/addresses/{view.address_id}/check", {"outcome": "there", "how": "platform"})
    assert view.number not in (await ana.get("/addresses")).text


async def test_who_is_named_sees_no_address_of_that_report(
    helpline: Helpline, reports: Reports, ana: Browser
) -> None:
    """
    S31: an address that only hidden reports name is hidden; one that others name too is not,
    and nothing says that a hidden report names it as well (S29).
    """
    mate = StaffRef(99, "Mira")
    mine = hire(helpline, "genti", "Genti", "counsellor")
    hidden, shared = reports.made("example.com/x @x.y"), reports.made("example.com/x")
    page, account = reports.of(hidden)
    case_id = helpline.does(linking.open_case, hidden, staff=mate)
    helpline.does(cases.set_named, case_id, staff_id=mine.id, reason="Kushëri", staff=mate)

    genti = await seated(helpline, mine)
    listed = (await genti.get("/addresses?show=all")).text
    assert (await genti.get(f"/addresses/{account.address_id}")).status_code == 404
    assert account.number not in listed
    assert page.number in listed
    one = (await genti.get(f"/addresses/{page.address_id}")).text
    assert f"/helpline/reports/{shared}" in one
    assert hidden not in one
    assert _counts(helpline, mine.id, page.address_id) == [1, 1]
    assert _counts(helpline, mate.id, page.address_id) == [2, 2]


def _counts(helpline: Helpline, staff_id: int, address_id: str) -> list[int]:
    """
    By how many reports an address is named, to somebody: in the list, and by itself.
    """
    with helpline.database.read() as session:
        found = listing.page(
            session, helpline.vault, staff_id=staff_id, now=helpline.now, show="all"
        )
        hidden = hidden_reports(session, staff_id)
    seen = helpline.does(service.look, address_id, staff_id=staff_id, hidden=hidden)
    return [
        *(one.reports for one in found.views if one.address_id == address_id),
        seen.view.reports,
    ]
