from __future__ import annotations

import pytest
from fakes.desk import Browser, Colleague, deeds, hire, seated
from fakes.helpline import Helpline, message

from api.contacts import noticing, queries
from api.contacts.values import NoticeView
from api.shifts import leaving
from api.staff import service as staff

WAYS = {
    "duty": ("/duty", {"on": "no"}),
    "break": ("/break", {"on": "yes"}),
    "sign-out": ("/sign-out", {}),
}


def notices(helpline: Helpline, kind: str) -> list[NoticeView]:
    """What supervisors have to settle, of one kind."""
    with helpline.database.read() as session:
        found = noticing.notices(session, helpline.vault)
    return [one for one in found if one.kind == kind]


def holder(helpline: Helpline, contact_id: str) -> int | None:
    """Who has the contact."""
    with helpline.database.read() as session:
        return queries.get(session, contact_id).holder_id


async def on_duty(helpline: Helpline) -> int:
    """How many are on duty, as the bot hears it."""
    return int((await helpline.http.get("/v1/duty")).json()["on_duty"])


async def holding(helpline: Helpline, **change: object) -> tuple[Colleague, Browser, str]:
    """A counsellor on duty with one contact in hand."""
    contact_id = await helpline.opens(**change)
    person = hire(helpline)
    elira = await seated(helpline, person)
    await elira.post("/duty", {"on": "yes"})
    await elira.post(f"/contacts/{contact_id}/claim")
    return person, elira, contact_id


@pytest.mark.parametrize("way", WAYS)
async def test_nobody_leaves_with_an_urgent_contact_unasked(helpline: Helpline, way: str) -> None:
    """
    Off duty, break and sign-out lead to a page that offers a colleague, the queue, or staying.
    """
    person, elira, contact_id = await holding(helpline)
    genti = await seated(helpline, hire(helpline, "genti", "Genti"))
    await genti.post("/duty", {"on": "yes"})
    path, fields = WAYS[way]

    answer = await elira.post(path, fields)
    assert answer.headers["location"] == f"/helpline/leaving?then={way}"
    page = (await elira.get(f"/leaving?then={way}")).text

    assert "K-1001" in page
    assert f'action="/helpline/contacts/{contact_id}/offer"' in page
    assert "Genti" in page
    assert f'action="/helpline/contacts/{contact_id}/return"' in page
    assert holder(helpline, contact_id) == person.id
    assert await on_duty(helpline) == 2
    assert notices(helpline, "urgent_left") == []


@pytest.mark.parametrize("way", WAYS)
async def test_what_is_put_back_waits_and_is_noticed(either: Helpline, way: str) -> None:
    """
    Who puts back and goes is gone; the contact waits anew and the supervisor is told who left it.
    """
    person, elira, contact_id = await holding(either)
    path, fields = WAYS[way]

    answer = await elira.post(path, {**fields, "put_back": "yes"})

    assert answer.status_code == 303
    assert "leaving" not in answer.headers["location"]
    assert holder(either, contact_id) is None
    assert await on_duty(either) == 0
    [told] = notices(either, "urgent_left")
    assert (told.contact_id, told.staff_id) == (contact_id, person.id)


async def test_words_that_wait_hold_one_back_too(helpline: Helpline) -> None:
    """
    A concern may be left once it is answered, and not while the child's words wait.
    """
    quiet = {"severity": "concern", "reason": "duty_of_care", "messages": [message("hej")]}
    _, elira, contact_id = await holding(helpline, **quiet)

    asked = await elira.post("/duty", {"on": "no"})
    await elira.post(f"/contacts/{contact_id}/reply", {"text": "Të dëgjoj.", "key": "k1"})
    free = await elira.post("/duty", {"on": "no"})

    assert asked.headers["location"].startswith("/helpline/leaving")
    assert free.headers["location"] == "/helpline"
    assert await on_duty(helpline) == 0
    assert notices(helpline, "urgent_left") == []


async def test_contact_may_be_handed_to_a_colleague_first(helpline: Helpline) -> None:
    """
    Once the colleague has taken the contact, nothing holds one back.
    """
    _, elira, contact_id = await holding(helpline)
    mate = hire(helpline, "genti", "Genti")
    genti = await seated(helpline, mate)
    await genti.post("/duty", {"on": "yes"})

    await elira.post(f"/contacts/{contact_id}/offer", {"to": str(mate.id), "note": ""})
    assert "Genti" in (await elira.get("/leaving")).text
    assert "leaving" in (await elira.post("/duty", {"on": "no"})).headers["location"]
    await genti.post(f"/contacts/{contact_id}/accept")

    assert (await elira.post("/duty", {"on": "no"})).headers["location"] == "/helpline"
    assert holder(helpline, contact_id) == mate.id


async def test_disabled_account_leaves_nothing_behind(helpline: Helpline) -> None:
    """
    A forced end puts the contact back and tells the supervisors.
    """
    person, _, contact_id = await holding(helpline)

    with helpline.database.write() as session:
        staff.disable(session, helpline.vault, person.id, now=helpline.now)

    assert holder(helpline, contact_id) is None
    assert [one.contact_id for one in notices(helpline, "urgent_left")] == [contact_id]
    assert await on_duty(helpline) == 0


async def test_silent_console_leaves_nothing_behind(helpline: Helpline) -> None:
    """
    Whose console falls silent is off duty, and what was held is back, with a notice.
    """
    person, _, contact_id = await holding(helpline)
    helpline.later(minutes=10)
    with helpline.database.write() as session:
        assert leaving.leave_silent(session, helpline.vault, now=helpline.now) == [person.id]

    assert holder(helpline, contact_id) is None
    assert [one.contact_id for one in notices(helpline, "urgent_left")] == [contact_id]
    assert "duty.fell_silent" in [what for _, what in deeds(helpline)]


async def test_closed_browser_is_found_by_the_clock(helpline: Helpline) -> None:
    """
    A session that ends by itself: within minutes the contact waits, the supervisor knows,
    and the bot hears that nobody is there.
    """
    _, _, contact_id = await holding(helpline)

    for _ in range(11):
        helpline.tick(minutes=1)

    assert holder(helpline, contact_id) is None
    assert [one.contact_id for one in notices(helpline, "lease_lost")] == [contact_id]
    assert await on_duty(helpline) == 0


async def test_way_back_stays_within_the_console(elira: Browser) -> None:
    """
    The switch leads back to the page of the press, and nowhere else.
    """
    for back, leads in {
        "/helpline/shift": "/helpline/shift",
        "//evil.example": "/helpline",
        "/helpline/../x": "/helpline",
        "/helpline/\\evil": "/helpline",
    }.items():
        answer = await elira.post("/duty", {"on": "yes", "back": back})
        assert answer.headers["location"] == leads
