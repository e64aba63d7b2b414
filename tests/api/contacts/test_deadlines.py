from __future__ import annotations

import pytest
from fakes.helpline import ELIRA

from api.contacts import service
from api.contacts.deadlines import DEADLINES


def climbed(events):
    return [(e["step"], e["minutes"]) for e in events if e["type"] == "contact.climbed"]


@pytest.mark.parametrize(
    ("severity", "reason", "steps"),
    [
        ("emergency", "emergency", [("all_on_duty", 1), ("supervisor", 3), ("outside", 10)]),
        ("disclosure", "disclosure", [("all_on_duty", 1), ("supervisor", 3), ("outside", 10)]),
        ("none", "asked", [("all_on_duty", 2), ("supervisor", 5), ("outside", 10)]),
        ("concern", "duty_of_care", [("all_on_duty", 30), ("supervisor", 60)]),
        ("concern", "protecting", [("all_on_duty", 30), ("supervisor", 60)]),
    ],
)
async def test_unanswered_contact_climbs_step_by_step(either, severity, reason, steps):
    """
    Each step comes at its minute, once, is told to the bot, and is seen in the queue.
    """
    await either.opens(severity=severity, reason=reason)
    seen = []
    for _ in range(65):
        either.tick(seconds=59)
        either.tick(seconds=1)
        seen = climbed(await either.events())
        if len(seen) == len(steps):
            break
    either.tick(minutes=30)

    assert climbed(await either.events()) == steps
    with either.database.read() as session:
        item = service.queue(session, either.vault, now=either.now)[0]
    assert item.steps == tuple(step for step, _ in steps)


async def test_step_waits_for_its_minute(helpline):
    """
    A second before the deadline nothing has climbed.
    """
    await helpline.opens()
    helpline.tick(seconds=59)
    assert await helpline.types() == []
    helpline.tick(seconds=1)
    assert await helpline.types() == ["contact.climbed"]


async def test_clock_that_slept_takes_every_step(helpline):
    """
    After a pause of the clock each missed step is taken, in order.
    """
    await helpline.opens()
    helpline.tick(minutes=11)

    steps = climbed(await helpline.events())
    assert steps == [("all_on_duty", 11), ("supervisor", 11), ("outside", 11)]


async def test_claim_stops_the_climb_and_return_begins_it_anew(helpline):
    """
    Nobody is called for a claimed contact; one that came back has its deadlines again.
    """
    contact_id = await helpline.opens()
    helpline.tick(minutes=2)
    with helpline.database.write() as session:
        service.claim(session, helpline.vault, contact_id, staff=ELIRA, now=helpline.now)
    helpline.tick(seconds=100)
    helpline.tick(seconds=20)
    helpline.tick(minutes=2)

    assert await helpline.types() == [
        "contact.climbed",
        "contact.claimed",
        "contact.returned",
        "contact.climbed",
    ]


async def test_graver_words_bring_the_deadline_forward(helpline):
    """
    A concern that becomes an emergency climbs as an emergency.
    """
    contact_id = await helpline.opens(severity="concern", reason="duty_of_care")
    helpline.tick(minutes=3)
    assert await helpline.types() == []
    await helpline.says(contact_id, "ka thike", severity="emergency", category="danger_now")
    helpline.tick(seconds=1)

    assert climbed(await helpline.events()) == [("all_on_duty", 3), ("supervisor", 3)]


def test_no_rank_waits_in_silence():
    """
    Every rank of the queue has deadlines.
    """
    assert set(DEADLINES) == set(range(5))
    assert all(DEADLINES.values())
