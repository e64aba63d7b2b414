from __future__ import annotations

import asyncio

from fakes.helpline import CONVERSATION, ELIRA, GENTI

from api.contacts import service
from api.contacts.values import Looking


def see(helpline, contact_id, staff, typing=False):
    helpline.does(service.seen, staff=staff, contact_id=contact_id, typing=typing)


def looking(helpline):
    return helpline.does(service.queue)[0].looking


async def news(helpline, **query):
    answer = await helpline.http.get("/v1/events", params={"after": 1, **query})
    return answer.json()


async def held(helpline):
    contact_id = await helpline.opens()
    helpline.does(service.claim, contact_id, staff=ELIRA)
    return contact_id


async def test_colleagues_see_who_looks_and_who_types(either):
    """
    Everybody who has a contact open is seen; typing shows of its holder alone, and passes.
    """
    contact_id = await held(either)
    see(either, contact_id, ELIRA, typing=True)
    see(either, contact_id, GENTI, typing=True)
    assert looking(either) == (Looking(ELIRA, True), Looking(GENTI, False))
    either.tick(seconds=5)
    see(either, contact_id, GENTI)
    assert looking(either) == (Looking(ELIRA, False), Looking(GENTI, False))
    either.tick(seconds=40)
    assert looking(either) == (Looking(GENTI, False),)
    see(either, "", GENTI)

    assert looking(either) == ()


async def test_typing_is_told_to_the_bot_and_ends_its_wait(either):
    """
    A bot that waits hears at once in which conversation its counsellor types.
    """
    contact_id = await held(either)
    waiting = asyncio.create_task(news(either, wait=25))
    await either.bell.somebody_waits.wait()
    either.later(seconds=1)
    await asyncio.to_thread(see, either, contact_id, ELIRA, typing=True)
    told = await waiting

    assert told == {"events": [], "next": 1, "typing": [CONVERSATION]}
    assert (await news(either))["typing"] == [CONVERSATION]
    either.tick(seconds=5)
    assert (await news(either))["typing"] == []


async def test_typing_calls_the_bot_back_at_most_every_three_seconds(helpline):
    """
    However often a page says so, the same typing ends no second wait within three seconds.
    """
    contact_id = await held(helpline)
    helpline.later(seconds=1)
    see(helpline, contact_id, ELIRA, typing=True)
    newest = []
    for _ in range(4):
        helpline.later(seconds=1)
        see(helpline, contact_id, ELIRA, typing=True)
        newest.append(helpline.does(service.typing_now).newest)

    assert [at - newest[0] for at in newest] == [0, 0, 3000, 3000]


async def test_nobody_types_who_does_not_hold(helpline):
    """
    A colleague's keys, a lost contact and sent words show the child no typing.
    """
    contact_id = await held(helpline)
    see(helpline, contact_id, GENTI, typing=True)
    assert (await news(helpline))["typing"] == []
    see(helpline, contact_id, ELIRA, typing=True)
    helpline.does(service.put_back, contact_id, staff=ELIRA)
    assert (await news(helpline))["typing"] == []
    helpline.does(service.claim, contact_id, staff=ELIRA)
    helpline.later(seconds=3)
    see(helpline, contact_id, ELIRA, typing=True)
    helpline.does(service.reply, contact_id, staff=ELIRA, text="Po.", key="r-1")

    assert (await news(helpline))["typing"] == []


async def test_any_open_page_keeps_every_claim(helpline):
    """
    Somebody who reads one contact is still there for the other one.
    """
    for _ in range(2):
        await helpline.opens()
        helpline.does(service.next_contact, staff=ELIRA)
    helpline.later(seconds=100)
    with helpline.database.write() as session:
        service.renew_all(session, staff_id=ELIRA.id, now=helpline.now)
    helpline.tick(seconds=119)

    assert await helpline.types() == ["contact.claimed"] * 2
