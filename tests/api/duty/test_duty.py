from __future__ import annotations

from fakes.helpline import ELIRA, GENTI

from api.contacts import service as contacts
from api.duty import service


def set_on_duty(helpline, staff, *, on=True):
    with helpline.database.write() as session:
        service.set_on_duty(session, helpline.vault, staff=staff, on=on, now=helpline.now)


def names(helpline):
    with helpline.database.read() as session:
        found = service.on_duty(session, helpline.vault, now=helpline.now)
        assert service.duty(session, now=helpline.now).on_duty == len(found)
    return [staff.name for staff in found]


async def counted(helpline):
    return [event["duty"]["on_duty"] for event in await helpline.events()]


async def test_duty_begins_and_ends_once(either):
    """
    Telling it twice is one change; each change is told with the new count.
    """
    for staff in (ELIRA, ELIRA, GENTI):
        set_on_duty(either, staff)
        either.later(seconds=1)
    assert names(either) == ["Elira", "Genti"]
    for _ in range(2):
        set_on_duty(either, ELIRA, on=False)

    assert names(either) == ["Genti"]
    assert await counted(either) == [1, 2, 1]


async def test_silent_console_is_not_on_duty(helpline):
    """
    Ten minutes without a sign end somebody's duty, and the bot is told; a heartbeat keeps it.
    """
    set_on_duty(helpline, ELIRA)
    set_on_duty(helpline, GENTI)
    for _ in range(3):
        helpline.tick(minutes=4)
        with helpline.database.write() as session:
            service.heard(session, staff_id=GENTI.id, now=helpline.now)

    assert names(helpline) == ["Genti"]
    assert await counted(helpline) == [1, 2, 1]


async def test_usual_wait_is_known_after_five_answers(helpline):
    """
    The median wait of answered contacts is told in minutes, and not guessed from few.
    """
    told = []
    for minutes in (1, 2, 3, 20, 40):
        contact_id = await helpline.opens()
        helpline.later(minutes=minutes)
        with helpline.database.write() as session:
            at = {"staff": ELIRA, "now": helpline.now}
            contacts.claim(session, helpline.vault, contact_id, **at)
            contacts.reply(session, helpline.vault, contact_id, text="Po.", key="r", **at)
        told.append((await helpline.http.get("/v1/duty")).json()["usual_minutes"])

    assert told == [None, None, None, None, 3]
