"""Filing at the console, from the report to the outcome."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default

from fakes.desk import hire, seated
from fakes.filing import Desk

from api.filing.tables import Filing


async def test_a_counsellor_files_and_follows_a_report(desk: Desk) -> None:
    """
    Written, looked at, sent by hand with a mail program, acknowledged, outcome known: each
    step on its page; the report's page shows where it stands.
    """
    helpline = desk.helpline
    browser = await seated(helpline, hire(helpline))
    report_id = await desk.report(addresses=["https://example.com/faqe"])
    page = await browser.get(f"/reports/{report_id}")
    assert "iSIGURT.al" in page.text

    form = await browser.get(f"/reports/{report_id}/filings/new?to=isigurt")
    [address] = re.findall(r'name="address" value="([^"]+)"', form.text)
    fields = {"to": "isigurt", "summary": "Faqe me materiale.", "address": address, "key": "k"}
    made = await browser.post(f"/reports/{report_id}/filings", fields)
    here = made.headers["location"].removeprefix("/helpline")

    shown = await browser.get(here)
    assert "Faqe me materiale." in shown.text
    assert "hxxps://example[.]com/faqe" in shown.text
    assert (await browser.post(f"{here}/send")).status_code == 303
    letter = message_from_bytes((await browser.get(f"{here}/file")).content, policy=default)
    assert [part.get_filename() for part in letter.iter_attachments()] == ["adresat.txt"]
    assert (await browser.post(f"{here}/by-hand", {"reference": "I-77"})).status_code == 303
    said = {"reference": "I-77", "result": "removed", "words": "U hoq."}
    assert (await browser.post(f"{here}/settle", said)).status_code == 303

    page = await browser.get(f"/reports/{report_id}")
    assert "I-77" in page.text
    with helpline.database.read() as session:
        assert session.query(Filing).one().state == "answered"


async def test_what_was_filed_before_comes_back_with_a_question(desk: Desk) -> None:
    """
    The same address filed a second time: the form comes back as it was typed, and asks.
    """
    browser = await seated(desk.helpline, hire(desk.helpline))
    ids = []
    for _ in range(2):
        report_id = await desk.report()
        [one] = desk.addresses(report_id)
        fields = {"to": "isigurt", "summary": "Fjalët <b>e mia</b>.", "address": one.address_id}
        answer = await browser.post(f"/reports/{report_id}/filings", fields)
        ids.append(report_id)
        if answer.status_code == 303:
            here = answer.headers["location"].removeprefix("/helpline")
            await browser.post(f"{here}/send")

    assert answer.status_code == 409
    assert "Fjalët &lt;b&gt;e mia&lt;/b&gt;." in answer.text
    again = await browser.post(f"/reports/{ids[1]}/filings", {**fields, "again": "yes"})
    assert again.status_code == 303


async def test_the_document_for_the_police_is_signed(desk: Desk) -> None:
    """
    By the console's own office: a PDF with a signature, which leaves as it was shown.
    """
    browser = await seated(desk.helpline, hire(desk.helpline))
    report_id = await desk.report(kind="sexual_extortion", now="yes")
    fields = {"to": "police", "summary": "Kërkon para deri sot.", "hold": "yes"}
    made = await browser.post(f"/reports/{report_id}/filings", fields)
    here = made.headers["location"].removeprefix("/helpline")
    [name] = re.findall(r"name=([^\"&]+\.pdf)", (await browser.get(here)).text)
    document = await browser.get(f"{here}/file?name={name}")

    assert document.content.startswith(b"%PDF-")
    assert b"/ETSI.CAdES.detached" in document.content
    assert document.headers["content-disposition"].startswith("attachment")


async def test_an_answer_that_is_refused_keeps_its_words(desk: Desk) -> None:
    """
    Written down for a filing that has not left: it says why not, and nothing typed is lost.
    """
    browser = await seated(desk.helpline, hire(desk.helpline))
    report_id = await desk.report()
    fields = {"to": "isigurt", "summary": "Fjalët."}
    made = await browser.post(f"/reports/{report_id}/filings", fields)
    here = made.headers["location"].removeprefix("/helpline")
    said = {"reference": "I-78", "result": "removed", "words": "Thanë se <i>u hoq</i>."}
    answer = await browser.post(f"{here}/settle", said)

    assert answer.status_code == 409
    assert "Thanë se &lt;i&gt;u hoq&lt;/i&gt;." in answer.text
    assert 'value="I-78"' in answer.text
