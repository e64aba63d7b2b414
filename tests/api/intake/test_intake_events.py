from __future__ import annotations

import asyncio

from fakes.helpline import CONVERSATION, ELIRA, Helpline

from api.contacts import service
from api.duty.service import set_on_duty
from api.live import Bell


def claim(helpline, contact_id, staff=ELIRA):
    with helpline.database.write() as session:
        service.claim(session, helpline.vault, contact_id, staff=staff, now=helpline.now)


def reply(helpline, contact_id, text, key):
    with helpline.database.write() as session:
        return service.reply(
            session, helpline.vault, contact_id, staff=ELIRA, text=text, key=key, now=helpline.now
        )


async def test_feed_tells_what_happened_in_order(either):
    """
    Claim, words and closing come out in the order of their numbers, without a gap.
    """
    contact_id = await either.opens()
    claim(either, contact_id)
    reply(either, contact_id, "Po të dëgjoj.", "r-1")
    with either.database.write() as session:
        service.close(
            session,
            either.vault,
            contact_id,
            staff=ELIRA,
            outcome="advice",
            note="Foli me tezen.",
            now=either.now,
        )
    events = await either.events()

    assert [event["seq"] for event in events] == [1, 2, 3]
    assert [event["type"] for event in events] == [
        "contact.claimed",
        "message.sent",
        "contact.closed",
    ]
    assert {event["conversation"] for event in events} == {CONVERSATION}
    assert {event["contact_id"] for event in events} == {contact_id}
    assert events[1]["text"] == "Po të dëgjoj."
    assert events[1]["at"] == "2026-11-20T14:30:00.000Z"
    assert (events[2]["outcome"], events[2]["name"]) == ("advice", "Elira")
    assert "teze" not in str(events)  # notes for staff never leave
    assert [event["seq"] for event in await either.events(after=2)] == [3]


async def test_feed_goes_on_where_it_stopped(helpline):
    """
    At most a hundred events come at once; ``next`` leads on, and stays at the end.
    """
    contact_id = await helpline.opens()
    claim(helpline, contact_id)
    for n in range(120):
        reply(helpline, contact_id, f"fjala {n}", f"r-{n}")
    first = (await helpline.http.get("/v1/events?after=0")).json()
    second = (await helpline.http.get(f"/v1/events?after={first['next']}")).json()
    third = (await helpline.http.get(f"/v1/events?after={second['next']}")).json()
    beyond = (await helpline.http.get("/v1/events?after=900")).json()

    assert (len(first["events"]), first["next"]) == (100, 100)
    assert (len(second["events"]), second["next"]) == (21, 121)
    assert third == {"events": [], "next": 121, "typing": []}
    assert beyond == {"events": [], "next": 121, "typing": []}


async def test_waiting_reader_hears_at_once(either):
    """
    A reader that waits is answered by what happens while it waits.
    """
    contact_id = await either.opens()
    waiting = asyncio.create_task(either.http.get("/v1/events?after=0&wait=25"))
    await either.bell.somebody_waits.wait()
    await asyncio.to_thread(claim, either, contact_id)
    answer = await waiting

    assert [event["type"] for event in answer.json()["events"]] == ["contact.claimed"]


async def test_waiting_reader_hears_another_process(tmp_path):
    """
    What another process stores over the same database reaches a reader that waits here.
    """
    here, there = Helpline(tmp_path), Helpline(tmp_path)
    contact_id = await there.opens()
    waiting = asyncio.create_task(here.http.get("/v1/events?after=0&wait=25"))
    await here.bell.somebody_waits.wait()
    await asyncio.to_thread(claim, there, contact_id)

    assert len((await waiting).json()["events"]) == 1
    await here.close()
    await there.close()


async def test_reader_leaves_when_the_service_stops(helpline):
    """
    A stopping service keeps no reader waiting.
    """
    waiting = asyncio.create_task(helpline.http.get("/v1/events?after=0&wait=25"))
    await helpline.bell.somebody_waits.wait()
    helpline.bell.close()

    assert (await waiting).json() == {"events": [], "next": 0, "typing": []}


async def test_stroke_between_look_and_wait_is_heard():
    """
    A bell that rang after the look ends the wait at once.
    """
    bell = Bell()
    seen = bell.strokes
    bell.ring()

    assert await bell.wait(1000, since=seen)
    assert not await bell.wait(0, since=bell.strokes)


async def test_duty_is_told_and_can_be_asked(helpline):
    """
    Who comes on duty is an event, and the same is answered when asked.
    """
    with helpline.database.write() as session:
        set_on_duty(session, helpline.vault, staff=ELIRA, on=True, now=helpline.now)
    events = await helpline.events()
    asked = (await helpline.http.get("/v1/duty")).json()

    unplanned = {"opens_at": None, "message": None}
    assert events[0]["duty"] == asked == {"on_duty": 1, "usual_minutes": None, **unplanned}
    assert "contact_id" not in events[0]


async def test_receipts_show_what_became_of_words(helpline):
    """
    A message is queued, then what the channel told; an older report undoes nothing.
    """
    contact_id = await helpline.opens()
    claim(helpline, contact_id)
    seq = reply(helpline, contact_id, "Jam këtu.", "r-1")

    def status():
        with helpline.database.write() as session:
            return (
                service.read(
                    session, helpline.vault, contact_id, staff_id=ELIRA.id, now=helpline.now
                )
                .messages[-1]
                .status
            )

    seen = [status()]
    for told in ("sent", "delivered", "sent"):
        answer = await helpline.post(
            f"/v1/events/{seq}/receipt", b'{"status": "%s"}' % told.encode()
        )
        assert answer.status_code == 204
        seen.append(status())

    assert seen == ["queued", "sent", "delivered", "delivered"]
