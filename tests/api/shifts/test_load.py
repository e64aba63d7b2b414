from __future__ import annotations

from datetime import timedelta

from fakes.desk import Browser, Colleague, deeds, hire, seated
from fakes.helpline import Helpline

from api.contacts.noticing import notices
from api.duty import service as duty
from api.shifts import load
from api.shifts.values import Load, Nudge

CONCERN = {"severity": "concern", "reason": "duty_of_care"}


def carried(helpline: Helpline, person: Colleague) -> Load:
    """What the person has carried."""
    with helpline.database.read() as session:
        return load.load(session, person.id, now=helpline.now)


def nudged(helpline: Helpline, person: Colleague) -> Nudge | None:
    """What the head of the desk says."""
    with helpline.database.read() as session:
        return load.nudge(session, person.id, now=helpline.now)


async def begins(helpline: Helpline) -> tuple[Colleague, Browser]:
    """A counsellor who comes on duty."""
    person = hire(helpline)
    elira = await seated(helpline, person)
    await elira.post("/duty", {"on": "yes"})
    return person, elira


async def carries(helpline: Helpline, elira: Browser, **change: object) -> str:
    """One contact from claim to the end of the talk."""
    contact_id = await helpline.opens(**change)
    await elira.post(f"/contacts/{contact_id}/claim")
    await elira.post(f"/contacts/{contact_id}/end")
    return contact_id


def passes(helpline: Helpline, person: Colleague, **by: float) -> None:
    """Time passes while the person's page is open."""
    ends = helpline.now + timedelta(**by)
    while helpline.now < ends:
        helpline.tick(minutes=5)
        with helpline.database.write() as session:
            duty.heard(session, staff_id=person.id, now=helpline.now)


async def test_hard_contacts_are_counted_today_and_in_seven_days(either: Helpline) -> None:
    """
    Emergencies, disclosures and what one called hard count, each once; the rest does not.
    """
    person, elira = await begins(either)
    await carries(either, elira)
    either.later(days=3)
    elira = await seated(either, person)
    await carries(either, elira, severity="emergency", reason="emergency")
    plain = await carries(either, elira, **CONCERN)
    assert (carried(either, person).today, carried(either, person).week) == (1, 2)

    await elira.post(f"/contacts/{plain}/hard", {"hard": "yes"})
    assert (carried(either, person).today, carried(either, person).week) == (2, 3)
    await elira.post(f"/contacts/{plain}/hard", {"hard": "no"})
    either.later(days=5)

    assert (carried(either, person).today, carried(either, person).week) == (0, 1)


async def test_contact_given_away_was_carried_all_the_same(helpline: Helpline) -> None:
    """
    What somebody put back or handed over still counts as theirs; a second claim is no second.
    """
    person, elira = await begins(helpline)
    contact_id = await helpline.opens()
    for _ in range(2):
        await elira.post(f"/contacts/{contact_id}/claim")
        await elira.post(f"/contacts/{contact_id}/return")

    assert carried(helpline, person).today == 1


async def test_three_hard_talks_in_a_row_ask_for_a_break(helpline: Helpline) -> None:
    """
    Three hard talks in a row bring the nudge to the desk; an easy one between or a break ends it.
    """
    person, elira = await begins(helpline)
    for _ in range(2):
        await carries(helpline, elira)
    assert nudged(helpline, person) is None
    await carries(helpline, elira)

    assert nudged(helpline, person) == Nudge("hard", 0, 3)
    assert 'action="/helpline/break"' in (await elira.get("/shift")).text
    await elira.post("/break", {"on": "yes"})
    helpline.later(minutes=15)
    elira = await seated(helpline, person)
    await elira.post("/break", {"on": "no"})
    assert nudged(helpline, person) is None
    await carries(helpline, elira)
    await carries(helpline, elira, **CONCERN)
    await carries(helpline, elira)
    await carries(helpline, elira)
    assert nudged(helpline, person) is None


async def test_three_hours_ask_for_a_break_and_five_tell_the_supervisor(
    helpline: Helpline,
) -> None:
    """
    After three hours the person is nudged, after five the supervisors are told, once.
    """
    person, _ = await begins(helpline)
    passes(helpline, person, hours=2, minutes=55)
    assert nudged(helpline, person) is None
    passes(helpline, person, minutes=5)
    assert nudged(helpline, person) == Nudge("long", 3, 0)
    passes(helpline, person, hours=3)

    with helpline.database.read() as session:
        told = [one for one in notices(session, helpline.vault) if one.kind == "no_break"]
    assert [one.staff_id for one in told] == [person.id]
    assert told[0].at - helpline.now == timedelta(hours=-1)


async def test_short_absence_is_no_break(helpline: Helpline) -> None:
    """
    Off and on again within ten minutes does not count as a rest; ten minutes do.
    """
    person, elira = await begins(helpline)
    for away, since in ((9, timedelta(hours=3, minutes=9)), (10, timedelta())):
        passes(helpline, person, hours=3 if away == 9 else 0)
        elira = await seated(helpline, person)
        await elira.post("/duty", {"on": "no"})
        helpline.later(minutes=away)
        await elira.post("/duty", {"on": "yes"})
        worked = carried(helpline, person).since
        assert worked is not None
        assert helpline.now - worked == since


async def test_break_is_off_duty_and_shown_as_break(helpline: Helpline) -> None:
    """
    Who rests is not counted as there, is seen to rest, and comes back with one press.
    """
    person, elira = await begins(helpline)
    await elira.post("/break", {"on": "yes"})

    assert (await helpline.http.get("/v1/duty")).json()["on_duty"] == 0
    assert nudged(helpline, person) == Nudge("break", 0, 0, on_break=True)
    page = (await elira.get("/shift")).text
    assert "Elira" in page.split('id="team"')[1].split("</section>")[0]
    await elira.post("/break", {"on": "no"})
    assert (await helpline.http.get("/v1/duty")).json()["on_duty"] == 1
    mine = [what for who, what in deeds(helpline) if who == f"staff:{person.id}"]
    assert [what for what in mine if what.startswith(("duty", "break"))] == [
        "duty.began",
        "duty.ended",
        "break.began",
        "break.ended",
        "duty.began",
    ]


async def test_break_that_nobody_ends_is_over_after_two_hours(helpline: Helpline) -> None:
    """
    Who went home from a break is not shown as resting for ever.
    """
    person, elira = await begins(helpline)
    await elira.post("/break", {"on": "yes"})
    helpline.tick(hours=2)

    assert nudged(helpline, person) is None


async def test_load_of_others_is_for_supervisors_alone(helpline: Helpline) -> None:
    """
    How much somebody carried is seen by that person and by supervisors, not by colleagues.
    """
    _, elira = await begins(helpline)
    for _ in range(3):
        await carries(helpline, elira)
    genti = await seated(helpline, hire(helpline, "genti", "Genti"))
    lead = await seated(helpline, hire(helpline, "lindita", "Lindita", "supervisor"))

    def load_of(page: str) -> str:
        return page.split('id="team"')[1].split("Elira")[1].split("</tr>")[0]

    assert "3, 3" in load_of((await lead.get("/shift")).text)
    assert "3, 3" in load_of((await elira.get("/shift")).text)
    assert "3, 3" not in load_of((await genti.get("/shift")).text)
