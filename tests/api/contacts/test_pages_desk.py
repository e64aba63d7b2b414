from __future__ import annotations

import re

import pytest
from fakes.desk import Browser, deeds, hire, seated
from fakes.helpline import Helpline, message

HOSTILE = (
    '<script>alert(1)</script><img src=x onerror="alert(1)"> \u202eabc\u202c \u200b'
    " [x](https://evil.example) https://evil.example/x =1+1 " + "a" + "\u0301" * 200
)


def rows(page: str) -> list[str]:
    """The numbers in the queue, from the top."""
    return re.findall(r"<b>(K-\d+) ", page)


async def two(helpline: Helpline) -> tuple[Browser, Browser]:
    elira = await seated(helpline, hire(helpline))
    genti = await seated(helpline, hire(helpline, "genti", "Genti"))
    return elira, genti


async def test_queue_shows_the_most_urgent_first(helpline: Helpline) -> None:
    """
    Emergency, disclosure, asked, concern: in this order, and the longer wait first.
    """
    await helpline.opens(severity="concern", reason="duty_of_care")
    await helpline.opens(severity="none", category="none", reason="asked")
    await helpline.opens()
    helpline.later(seconds=5)
    await helpline.opens()
    await helpline.opens(severity="emergency", reason="emergency")
    elira = await seated(helpline, hire(helpline))

    page = (await elira.get("")).text

    assert rows(page) == ["K-1005", "K-1003", "K-1004", "K-1002", "K-1001"]
    assert "5 presin" in page
    assert "0:05" in page


async def test_child_and_counsellor_talk(either: Helpline) -> None:
    """
    Claim, reply, answer, note, end: each step shows on the page, on both databases.
    """
    contact_id = await either.opens(messages=[message("dikush me kercenon")])
    elira = await seated(either, hire(either))
    path = f"/contacts/{contact_id}"
    assert "Merr kontaktin" in (await elira.get(path)).text

    await elira.post(f"{path}/claim")
    await elira.post(f"{path}/reply", {"text": "Të besoj.", "key": "k1"})
    await either.says(contact_id, "faleminderit")
    page = (await elira.get(path)).text
    assert "Të besoj." in page
    assert "rrugës" in page
    assert "faleminderit" in page
    await elira.post(f"{path}/note", {"text": "Flet me tezen."})
    await elira.post(f"{path}/end")

    page = (await elira.get(path)).text
    assert "Flet me tezen." in page
    assert 'id="w"' not in page
    assert [e["type"] for e in await either.events()] == [
        "contact.claimed",
        "message.sent",
        "contact.closed",
    ]


async def test_new_words_are_marked_where_they_are_not_read(helpline: Helpline) -> None:
    """
    Of what a counsellor holds, only a contact that is not open on the screen has new words.
    """
    first, second = [await helpline.opens(messages=[message("hej")]) for _ in range(2)]
    elira = await seated(helpline, hire(helpline))
    for contact_id in (first, second):
        await elira.post(f"/contacts/{contact_id}/claim")

    page = (await elira.get(f"/contacts/{first}")).text

    marked = re.findall(r'id="q-([\w-]+)"(?:(?!</a>).)*fjalë të reja', page, re.DOTALL)
    assert marked == [second]
    assert (await elira.get("")).text.count("fjalë të reja") == 2


async def test_claimed_contact_leaves_the_others_queue(helpline: Helpline) -> None:
    """
    What one counsellor takes is gone from the other's queue; a second claim is refused.
    """
    contact_id = await helpline.opens()
    elira, genti = await two(helpline)
    await elira.post("/next")

    assert rows((await genti.get("")).text) == []
    assert rows((await elira.get("")).text) == ["K-1001"]
    assert (await genti.post(f"/contacts/{contact_id}/claim")).status_code == 409
    assert "Këtë kontakt e ka Elira" in (await genti.get(f"/contacts/{contact_id}")).text


async def test_open_page_keeps_the_lease(helpline: Helpline) -> None:
    """
    The heartbeat of the open page holds the contact; without it the contact goes back.
    """
    contact_id = await helpline.opens()
    elira = await seated(helpline, hire(helpline))
    await elira.post("/next")
    for _ in range(4):
        helpline.tick(seconds=100)
        assert (await elira.post("/here", {"contact": contact_id})).status_code == 204
    assert (await helpline.types())[-1] == "contact.claimed"

    helpline.tick(seconds=121)

    assert "contact.returned" in await helpline.types()
    assert (await elira.post("/here", {"contact": contact_id})).status_code == 204
    assert (await helpline.types())[-1] == "contact.returned"  # looking is not holding


async def test_form_sent_twice_sends_once(helpline: Helpline) -> None:
    """
    A double press of "send" reaches the child as one message.
    """
    contact_id = await helpline.opens()
    elira = await seated(helpline, hire(helpline))
    await elira.post("/next")
    page = await elira.get(f"/contacts/{contact_id}")
    key = page.text.split('id="key" value="')[1].split('"')[0]

    for _ in range(2):
        await elira.post(f"/contacts/{contact_id}/reply", {"text": "Të besoj.", "key": key})

    assert (await helpline.types()).count("message.sent") == 1


async def test_hostile_words_are_inert(helpline: Helpline) -> None:
    """
    S9, S10: markup, bidi marks, links and formulas are shown as text in a box of their own.
    """
    seen = {"rule": "X-1", "words": '<b onclick="x">'}
    words = message(HOSTILE, evidence=[seen])
    contact_id = await helpline.opens(messages=[words])
    elira = await seated(helpline, hire(helpline))

    page = (await elira.get(f"/contacts/{contact_id}")).text

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b onclick" not in page
    assert 'href="https://evil' not in page
    assert '<span class="words" dir="auto">&lt;script&gt;' in page
    assert "\u202eabc" in page  # kept as it was written, within the isolated box


async def test_offered_picture_is_a_line_and_no_more(helpline: Helpline) -> None:
    """
    S5: staff see that a picture was offered; there is nothing to open.
    """
    contact_id = await helpline.opens(messages=[message("", kind="media_offered")])
    elira = await seated(helpline, hire(helpline))

    page = (await elira.get(f"/contacts/{contact_id}")).text

    assert "U dërgua një foto ose një skedar. Nuk u shkarkua." in page


@pytest.mark.parametrize(
    ("left", "shown"),
    [("exit_word", "Doli me fjalën e daljes"), ("chat_lost", "Biseda u ndërpre")],
)
async def test_leaving_is_seen(helpline: Helpline, left: str, shown: str) -> None:
    """
    C2: a child that left with the exit word is seen to have left so.
    """
    contact_id = await helpline.opens()
    await helpline.says(contact_id, left=left, left_at="2026-11-20T14:31:00Z")
    elira = await seated(helpline, hire(helpline))

    assert shown in (await elira.get("")).text
    assert shown in (await elira.get(f"/contacts/{contact_id}")).text


async def test_escalation_is_seen(helpline: Helpline) -> None:
    """
    A contact that nobody took shows its last step in the queue and every step in the thread.
    """
    contact_id = await helpline.opens(severity="emergency", reason="emergency")
    elira = await seated(helpline, hire(helpline))
    helpline.tick(minutes=3)

    assert "u thirr mbikëqyrësi" in (await elira.get("")).text
    assert "u thirrën të gjithë" in (await elira.get(f"/contacts/{contact_id}")).text


async def test_limits_and_evidence_are_shown(helpline: Helpline) -> None:
    """
    C1: the page says which text on the limits the child was told and when, or that none was.
    """
    seen = {"rule": "K-12", "words": "me kercenon"}
    told = await helpline.opens(messages=[message("dikush më kërcënon", evidence=[seen])])
    untold = await helpline.opens(limits=None)
    elira = await seated(helpline, hire(helpline))

    page = (await elira.get(f"/contacts/{told}")).text

    assert "Teksti 3, shqip, 20.11.2026, 15:20" in page
    assert "<mark>më kërcënon</mark>" in page
    assert "K-12" in page
    assert "Ende nuk janë thënë" in (await elira.get(f"/contacts/{untold}")).text


async def test_receipt_is_shown_as_told(helpline: Helpline) -> None:
    """
    A counsellor's message is "sent" when the channel says so, and never "seen" before.
    """
    contact_id = await helpline.opens()
    elira = await seated(helpline, hire(helpline))
    await elira.post("/next")
    await elira.post(f"/contacts/{contact_id}/reply", {"text": "Të besoj.", "key": "k1"})
    seq = (await helpline.events())[-1]["seq"]
    for status, word in (("sent", "u dërgua"), ("delivered", "mbërriti")):
        await helpline.post(f"/v1/events/{seq}/receipt", b'{"status": "%s"}' % status.encode())
        page = (await elira.get(f"/contacts/{contact_id}")).text
        assert word in page
        assert "u pa" not in page


async def test_duty_is_switched_and_seen(helpline: Helpline) -> None:
    """
    The switch in the bar begins and ends duty; colleagues see who is there.
    """
    elira, genti = await two(helpline)
    assert "askush në detyrë" in (await elira.get("")).text

    await genti.post("/duty", {"on": "yes"})

    assert "bashkë me: Genti" in (await elira.get("")).text
    assert "askush tjetër" in (await genti.get("")).text
    await genti.post("/duty", {"on": "no"})
    assert "askush në detyrë" in (await elira.get("")).text


async def test_reports_are_read_and_inert(helpline: Helpline) -> None:
    """
    S10, S44: a supervisor reads a report without a link in it; the read is recorded.
    """
    report = {
        "report_id": "5d0b5e0c-6f0e-4c55-9a4e-3c1f6f9d7a11",
        "received_at": "2026-11-20T14:29:00Z",
        "language": "sq",
        "kind": "csam_address",
        "reporter": "public",
        "addresses": ["https://bad.example/x"],
        "where": "",
        "words": "<b>e pashë</b>",
        "conversation": None,
    }
    assert (await helpline.post("/v1/reports", helpline.seal(report))).status_code == 201
    lead = await seated(helpline, hire(helpline, "lindita", "Lindita", "supervisor"))

    assert "R-1001" in (await lead.get("/reports")).text
    page = (await lead.get(f"/reports/{report['report_id']}")).text

    assert 'href="https://bad' not in page
    assert "&lt;b&gt;e pashë" in page
    assert "report.read" in [what for _, what in deeds(helpline)]


async def test_every_deed_is_recorded(helpline: Helpline) -> None:
    """
    S44: duty, read, claim, reply, return, note and end stand in the audit trail with their doer.
    """
    contact_id = await helpline.opens()
    person = hire(helpline)
    elira = await seated(helpline, person)
    path = f"/contacts/{contact_id}"
    await elira.post("/duty", {"on": "yes"})
    await elira.get(path)
    await elira.post(f"{path}/claim")
    await elira.post(f"{path}/reply", {"text": "Të besoj.", "key": "k1"})
    await elira.post(f"{path}/return")
    await elira.post(f"{path}/claim")
    await elira.post(f"{path}/note", {"text": "Flet me tezen."})
    await elira.post(f"{path}/end")

    mine = [what for who, what in deeds(helpline) if who == f"staff:{person.id}"]
    assert mine == [
        "duty.began",
        "contact.read",
        "contact.claimed",
        "contact.replied",
        "contact.returned",
        "contact.claimed",
        "contact.noted",
        "contact.ended",
    ]
