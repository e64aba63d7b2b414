"""The pages of reports: what leads on from them, and what was typed is never lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fakes.desk import Browser, hire, seated
from fakes.helpline import Helpline

from api.addresses import service as addresses
from api.contacts.values import StaffRef

WORDS = "Thotë se është 13 vjeç <b>dhe</b> ka frikë."
JUDGED = {
    **{"verdict": "duplicate", "kind": "grooming", "danger": "unsure", "rank": "3"},
    **{"services": "police", "duplicate": "R-99999", "words": WORDS},
}


@pytest.fixture
async def ana(helpline: Helpline) -> Browser:
    """
    A counsellor at the console.
    """
    return await seated(helpline, hire(helpline, "ana", "Ana", "counsellor"))


def chosen(page: str) -> set[str]:
    """
    The values that are chosen on a page.
    """
    return set(re.findall(r'value="([^"]+)"[^>]*? (?:checked|selected)', page))


async def test_a_refused_assessment_comes_back_as_it_was_typed(desk, ana):
    """
    With why on top, and not overwritten by the page's own looking; put right, it is saved.
    """
    report_id = desk.comes()
    await ana.post(f"/reports/{report_id}/take")
    answer = await ana.post(f"/reports/{report_id}/assess", JUDGED)

    assert answer.status_code == 422
    assert "Thotë se është 13 vjeç &lt;b&gt;dhe&lt;/b&gt; ka frikë." in answer.text
    assert {"duplicate", "grooming", "unsure", "3", "police"} <= chosen(answer.text)
    assert 'value="R-99999"' in answer.text
    assert 'class="fault" role="alert"' in answer.text
    assert "data-looks" not in answer.text
    right = {**JUDGED, "verdict": "in_remit"}
    assert (await ana.post(f"/reports/{report_id}/assess", right)).status_code == 303
    assert desk.view(report_id).assessment.fields.words == WORDS


async def test_nothing_chosen_keeps_the_words(desk, ana):
    """
    A form sent without its choices, as a browser may that knows nothing of required fields.
    """
    report_id = desk.comes()
    await ana.post(f"/reports/{report_id}/take")
    answer = await ana.post(f"/reports/{report_id}/assess", {"words": "ende po e lexoj"})

    assert answer.status_code == 422
    assert "ende po e lexoj" in answer.text


async def test_who_lost_the_report_meanwhile_loses_no_words(helpline, desk, ana):
    """
    A colleague took it over while the counsellor wrote: the words stand there, and are saved
    together with taking it over again.
    """
    report_id = desk.comes()
    await ana.post(f"/reports/{report_id}/take")
    besa = await seated(helpline, hire(helpline, "besa", "Besa", "counsellor"))
    await besa.post(f"/reports/{report_id}/take")
    judged = {**JUDGED, "verdict": "in_remit"}
    answer = await ana.post(f"/reports/{report_id}/assess", judged)

    assert answer.status_code == 409
    assert "ka frikë." in answer.text
    assert 'name="take_over"' in answer.text
    again = await ana.post(f"/reports/{report_id}/assess", {**judged, "take_over": "yes"})
    assert again.status_code == 303
    assert desk.view(report_id).line.holder.name == "Ana"


async def test_closing_and_linking_lose_nothing(helpline, desk, ana):
    """
    An outcome that was not chosen, a report that is with somebody else, a case that is none.
    """
    report_id = desk.comes()
    await ana.post(f"/reports/{report_id}/take")
    await ana.post(f"/reports/{report_id}/assess", {**JUDGED, "verdict": "in_remit"})
    unchosen = await ana.post(f"/reports/{report_id}/close", {"words": "U fol me nënën."})
    besa = await seated(helpline, hire(helpline, "besa", "Besa", "counsellor"))
    await besa.post(f"/reports/{report_id}/take")
    ended = {"outcome": "advised", "words": "U fol me nënën."}
    lost = await ana.post(f"/reports/{report_id}/close", ended)
    linked = await ana.post(f"/reports/{report_id}/cases", {"number": "R-2026-9"})

    assert (unchosen.status_code, lost.status_code, linked.status_code) == (422, 409, 404)
    assert "U fol me nënën." in unchosen.text
    assert "U fol me nënën." in lost.text
    assert "advised" in chosen(lost.text)
    assert 'value="R-2026-9"' in linked.text


async def test_an_app_is_called_by_its_name(desk, ana):
    """
    The app that was chosen by its name, the one that was typed as it was typed.
    """
    known, typed = desk.comes(place="app", app="facebook"), desk.comes(place="app", app="Zoo_Chat")

    assert "Facebook / Messenger" in (await ana.get(f"/reports/{known}")).text
    assert "Zoo_Chat" in (await ana.get(f"/reports/{typed}")).text


async def test_the_list_counts_what_is_to_be_done_and_leads_there(helpline, desk, ana):
    """
    One report that is new, one whose address must be looked at; filings that did not arrive
    and addresses are one press away.
    """
    desk.comes(addresses=["example.org/tjeter"])
    due = desk.comes()
    await ana.post(f"/reports/{due}/take")
    staff = StaffRef(1, "Ana")
    with helpline.database.read() as session:
        [address] = addresses.addresses_of(session, helpline.vault, due)
    helpline.does(addresses.set_state, address.address_id, "notice_sent", staff=staff)
    helpline.later(minutes=timedelta(hours=25) / timedelta(minutes=1))
    ana = await seated(helpline, hire(helpline, "drita", "Drita", "counsellor"))
    page = (await ana.get("/reports")).text

    counts = re.findall(r'show=(\w+)"[^>]*>[^<]*<b class="num">(\d+)</b>', page)
    assert dict(counts) == {"new": "1", "due": "1"}
    assert 'href="/helpline/filings"' in page
    assert 'href="/helpline/addresses"' in page
