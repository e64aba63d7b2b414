from __future__ import annotations

import re

import pytest
from fakes.desk import Browser, deeds, hire, seated
from fakes.helpline import Helpline, message

from api.contacts import service
from api.contacts.values import StaffRef


async def three(helpline: Helpline) -> tuple[Browser, Browser, Browser]:
    """Elira and Genti, on duty, and Drita, who supervises."""
    people = [
        hire(helpline),
        hire(helpline, "genti", "Genti"),
        hire(helpline, "drita", "Drita", "supervisor"),
    ]
    browsers = [await seated(helpline, person) for person in people]
    for browser in browsers[:2]:
        await browser.post("/duty", {"on": "yes"})
    elira, genti, drita = browsers
    return elira, genti, drita


def state(helpline: Helpline, contact_id: str) -> tuple[str, str]:
    view = helpline.does(service.read, contact_id, staff_id=1)
    return view.item.state, view.item.holder.name if view.item.holder else ""


async def test_contact_goes_through_three_pairs_of_hands(either: Helpline) -> None:
    """
    Offer, accept, take-over, end, re-open: each by a form of the page, each seen by the service.
    """
    contact_id = await either.opens(messages=[message("ndihmë")])
    elira, genti, drita = await three(either)
    path = f"/contacts/{contact_id}"
    seen = []
    for browser, deed, fields in (
        (elira, "claim", {}),
        (elira, "draft", {"text": "Të besoj", "key": "k1"}),
        (elira, "offer", {"to": "2", "note": "Më mbaron ndërrimi."}),
        (genti, "accept", {}),
        (genti, "call", {"words": "Nuk di si t'ia them."}),
        (drita, "take-over", {}),
        (drita, "note", {"text": "E mora unë."}),
        (drita, "end", {}),
        (drita, "reopen", {}),
    ):
        answer = await browser.post(f"{path}/{deed}", fields)
        assert answer.status_code in (303, 204), (deed, answer.text)
        seen.append((deed, *state(either, contact_id)))

    assert seen == [
        ("claim", "claimed", "Elira"),
        ("draft", "claimed", "Elira"),
        ("offer", "claimed", "Elira"),
        ("accept", "claimed", "Genti"),
        ("call", "claimed", "Genti"),
        ("take-over", "claimed", "Drita"),
        ("note", "claimed", "Drita"),
        ("end", "ended", "Drita"),
        ("reopen", "waiting", ""),
    ]
    page = (await drita.get(path)).text
    for words in ("Të besoj", "Më mbaron ndërrimi.", "E mora unë."):
        assert words in page


async def test_only_holder_writes(helpline: Helpline) -> None:
    """
    Reply, draft, offer, end and return of a colleague's contact are refused, whoever asks.
    """
    contact_id = await helpline.opens()
    elira, genti, drita = await three(helpline)
    await elira.post("/next")
    before = await helpline.types()
    for browser in (genti, drita):
        for deed in ("reply", "draft", "offer", "withdraw", "end", "return", "accept"):
            fields = {"text": "Po.", "key": "k1", "to": "2"}
            answer = await browser.post(f"/contacts/{contact_id}/{deed}", fields)
            assert answer.status_code in (403, 409), deed

    assert await helpline.types() == before
    assert helpline.does(service.read, contact_id, staff_id=1).draft is None
    assert ("staff:2", "refused") in deeds(helpline)


async def test_page_says_why_words_were_not_sent(helpline: Helpline) -> None:
    """
    A reply to a talk that is over, closed or a colleague's is refused by its own name.
    """
    contact_id = await helpline.opens()
    elira, _, drita = await three(helpline)
    reply = f"/contacts/{contact_id}/reply"
    await elira.post("/next")
    said = []
    for deed in ("take-over", "end"):
        await drita.post(f"/contacts/{contact_id}/{deed}")
        answer = await elira.post(reply, {"text": "Po.", "key": "k1"})
        said.append((answer.status_code, re.sub(r"<[^>]+>", "", answer.text)))
    helpline.does(service.close, contact_id, staff=StaffRef(3, "Drita"), outcome="advice")
    answer = await elira.post(reply, {"text": "Po.", "key": "k1"})
    said.append((answer.status_code, answer.text))

    assert [status for status, _ in said] == [403, 409, 409]
    assert len({words for _, words in said}) == 3
    assert "message.sent" not in await helpline.types()


async def test_draft_is_there_after_the_line_was_lost(helpline: Helpline) -> None:
    """
    What was typed stands in the reply field of the next page, whoever opens it as the holder.
    """
    contact_id = await helpline.opens()
    elira, _, _ = await three(helpline)
    await elira.post("/next")
    await elira.post(f"/contacts/{contact_id}/draft", {"text": "Nuk je vetëm. <b>", "key": "k1"})
    page = (await elira.get(f"/contacts/{contact_id}")).text

    field = re.search(r'<textarea id="w"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert field is not None
    assert field[1].removeprefix("\n") == "Nuk je vetëm. &lt;b&gt;"


async def test_sender_is_blocked_and_let_in_again(helpline: Helpline) -> None:
    """
    A supervisor blocks for hours with a reason and can end it; a counsellor cannot.
    """
    contact_id = await helpline.opens(severity="none", category="none", reason="asked")
    elira, _, drita = await three(helpline)
    path = f"/contacts/{contact_id}"
    block = {"hours": "24", "reason": "Fyen pa pushim."}
    assert (await elira.post(f"{path}/block", block)).status_code == 403
    for wrong in ({"hours": "0"}, {"hours": "721"}, {"reason": " "}):
        assert (await drita.post(f"{path}/block", {**block, **wrong})).status_code == 422
    await drita.post(f"{path}/block", block)
    blocked = state(helpline, contact_id)[0]
    assert "Fyen pa pushim." in (await drita.get(path)).text
    await drita.post(f"{path}/unblock")

    assert (blocked, state(helpline, contact_id)[0]) == ("blocked", "waiting")


async def test_page_offers_what_can_be_done(helpline: Helpline) -> None:
    """
    Each person's page of one contact has the forms of that person's deeds and no others.
    """
    contact_id = await helpline.opens()
    elira, genti, drita = await three(helpline)

    async def forms(browser: Browser) -> set[str]:
        page = (await browser.get(f"/contacts/{contact_id}")).text
        found = re.findall(rf'action="/helpline/contacts/{contact_id}/([\w-]+)"', page)
        return set(found) - {"form", "mark", "hard", "ready"}

    waiting = [await forms(browser) for browser in (genti, drita)]
    await elira.post(f"/contacts/{contact_id}/claim")
    held = [await forms(browser) for browser in (elira, genti, drita)]
    await elira.post(f"/contacts/{contact_id}/offer", {"to": "2"})
    offered = [await forms(browser) for browser in (elira, genti)]

    everybody = {"note", "call"}
    lead = {"block", *everybody}
    assert waiting == [{"claim", *everybody}, {"claim", *lead}]
    assert held == [
        {"reply", "return", "offer", "end", *everybody},
        everybody,
        {"take-over", *lead},
    ]
    assert offered == [{"reply", "return", "withdraw", "end", *everybody}, {"accept", *everybody}]


@pytest.mark.parametrize(
    "back", ["https://evil.example/helpline", "//evil.example", "/helpline/leaving"]
)
async def test_return_leads_nowhere_else(helpline: Helpline, back: str) -> None:
    """
    Where a form wants to go back to is a page of the console, or the desk.
    """
    contact_id = await helpline.opens()
    elira, _, _ = await three(helpline)
    await elira.post("/next")
    answer = await elira.post(f"/contacts/{contact_id}/return", {"back": back})

    assert answer.headers["location"] in ("/helpline", "/helpline/leaving")
