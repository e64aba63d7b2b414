"""What somebody tries who wants more than the page gives: numbers, names, calls, lists."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from fakes.casework import open_work
from fakes.desk import deeds, hire, seated
from fakes.helpline import DRITA, ELIRA, GENTI, Helpline, message
from fakes.system import OtherSystem

from api.cases.queries import hidden_contacts
from api.console import alarms
from api.contacts import service as contacts
from api.contacts.values import StaffRef
from api.duty import service as duty
from api.errands import Errands
from api.errors import Refusal
from api.figures import periods, reading
from api.figures.values import Period
from api.staff import sessions
from api.systems import service as systems
from api.systems.errand import WebhookErrand
from api.systems.refusals import BadWebhook

TOO_LARGE = str(2**70)


async def test_no_number_is_too_large_to_be_refused(either: Helpline) -> None:
    """
    A number that no column holds is refused as unreadable, by pages and by the API.
    """
    person = hire(either, "elira", "Elira", "counsellor", "supervisor", "administrator")
    browser, system = await seated(either, person), OtherSystem(either, "Dosjet", "supervisor")
    contact_id = await either.opens()
    await browser.post(f"/contacts/{contact_id}/claim")
    case_id = (await browser.post("/cases")).headers["location"].rpartition("/")[2]
    answers = [
        await browser.post(f"/contacts/{contact_id}/offer", {"to": TOO_LARGE}),
        await browser.post(f"/cases/{case_id}/team", {"lead": TOO_LARGE}),
        await browser.post(f"/cases/{case_id}/named", {"who": TOO_LARGE, "reason": "x"}),
        await browser.post(f"/cases/{case_id}/unlocks", {"minutes": TOO_LARGE, "reason": "x"}),
        await browser.post(f"/staff/{TOO_LARGE}/disable"),
        await browser.post(f"/systems/{TOO_LARGE}/disable"),
        await browser.get(f"/closed?number={TOO_LARGE}"),
        await browser.get(f"/closed?person={TOO_LARGE}"),
        await browser.post("/shift/rota", {"who": TOO_LARGE, "day": "2026-11-25", "hours": "1-2"}),
        await system.post(f"/contacts/{contact_id}/note", text="x", name="Elira\nadmin: x"),
        await system.post(f"/cases/{case_id}/team", lead=2**70),
        await system.post(f"/cases/{case_id}/named", staff_id=2**70, reason="x"),
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert (await browser.get(f"/cases?page={TOO_LARGE}")).status_code == 200
    assert (await browser.get(f"/closed?page={TOO_LARGE}")).status_code == 200


async def test_no_notice_of_a_hidden_contact_rings_or_is_settled(helpline: Helpline) -> None:
    """
    S29, S31: a notice about a hidden contact is in no count of a named supervisor, rings for
    them in no way, and is to be settled like one that never was.
    """
    work = await open_work(helpline)
    lead, arta = await work.seat("lindita", "supervisor"), await work.seat("arta", "supervisor")
    told = helpline.does(contacts.notify, kind="called", contact_id=work.contact_id)
    await work.names(lead, "arta")

    rung = [_rung(helpline, work.people[login].id) for login in ("lindita", "arta")]
    assert rung == [1, 0]
    answers = [await arta.post(f"/shift/notices/{one}/settle") for one in (told, uuid.uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert (await lead.post(f"/shift/notices/{told}/settle")).status_code == 303


def _rung(helpline: Helpline, staff_id: int) -> int:
    """
    How many notices this person is told of.
    """
    with helpline.database.write() as session:
        token = sessions.start(session, staff_id=staff_id, stage="full", now=helpline.now)
    with helpline.database.read() as session:
        hash, now = sessions.hash_of(token), helpline.now
        person = sessions.person_of(session, helpline.vault, hash, trial=False, now=now)
        assert person is not None
        return alarms.of(session, person).notices


async def test_figures_do_not_count_what_is_hidden(helpline: Helpline) -> None:
    """
    S29: to a supervisor who is named, the figures are those of a helpline without that child.
    """
    work = await open_work(helpline)
    await helpline.opens(conversation="f" * 32)
    lead, arta = await work.seat("lindita", "supervisor"), await work.seat("arta", "supervisor")
    await work.names(lead, "arta")

    pages = {name: (await one.get("/figures")).text for name, one in (("l", lead), ("a", arta))}
    with helpline.database.read() as session:
        hidden = hidden_contacts(session, work.people["arta"].id)
        day = periods.day_of(helpline.now)
        counts = [
            len(reading.read(session, helpline.vault, Period(day, day, "day"), **more).rows)
            for more in ({"now": helpline.now}, {"now": helpline.now, "hidden": hidden})
        ]
    assert counts == [2, 1]
    assert pages["l"] != pages["a"]


async def test_reading_a_form_over_the_api_is_on_record(helpline: Helpline) -> None:
    """
    S44: a system that reads the form of a contact has read the contact.
    """
    system, contact_id = OtherSystem(helpline), await helpline.opens()
    await system.post(f"/contacts/{contact_id}/claim")

    assert (await system.get(f"/contacts/{contact_id}/form")).status_code == 200

    assert (f"staff:-{system.id}", "contact.read") in deeds(helpline)


@pytest.mark.parametrize(
    ("path", "what"),
    [("/figures.csv", "figures.exported"), ("/learning.csv", "learning.exported")],
)
async def test_every_file_that_is_taken_is_on_record(
    helpline: Helpline, path: str, what: str
) -> None:
    """
    S44: who took which file of figures stands in the trail.
    """
    person = hire(helpline, "luan", "Luan", "analyst")
    assert (await (await seated(helpline, person)).get(path)).status_code == 200
    assert (f"staff:{person.id}", what) in deeds(helpline)


class Endless(httpx.SyncByteStream):
    """
    An answer whose body never ends.
    """

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(1000):
            yield b"x"
        raise AssertionError("somebody reads it all")


async def test_a_webhook_reads_no_answer_and_stops_no_other(helpline: Helpline) -> None:
    """
    Of what a webhook answers only the status counts, however long it is; an address that
    cannot be called is refused when it is set.
    """
    taken: list[str] = []

    def answers(request: httpx.Request) -> httpx.Response:
        taken.append(request.url.host)
        return httpx.Response(200, stream=Endless())

    system_id, _ = helpline.does(systems.add, name="Dosjet", roles=["counsellor"], by=0)
    with helpline.database.write() as session:
        systems.let_in(session, system_id, by=1)
    helpline.does(systems.set_webhook, system_id, url="https://cases.example.com/h")
    contact_id = await helpline.opens(messages=[message("x")])
    helpline.does(contacts.claim, contact_id, staff=ELIRA)
    transport = httpx.MockTransport(answers)
    errand = WebhookErrand(
        helpline.database, helpline.vault, lambda: helpline.now, transport=transport
    )
    errand.turn()
    assert set(taken) == {"cases.example.com"}
    for url in ("https://☃.example/h", "https://x..example.com/", "https:///h"):
        with pytest.raises(BadWebhook):
            helpline.does(systems.set_webhook, system_id, url=url)


async def test_a_failing_errand_logs_no_text_of_its_fault(
    helpline: Helpline, caplog: pytest.LogCaptureFixture
) -> None:
    """
    S45: the log names kind and place of a fault, never its words: they may hold an address.
    """

    class Broken:
        name = "webhooks"

        def has_work(self) -> bool:
            errands.stop(wait=0)
            raise ValueError("https://cases.example.com/h?key=secret")

        def turn(self) -> None: ...

    errands = Errands(helpline.database, lambda: helpline.now, [Broken()])
    errands._run(Broken())

    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("deed", ["claim", "take_over", "accept"])
async def test_of_two_at_once_one_has_it(either: Helpline, deed: str) -> None:
    """
    S28: a contact changes hands once, whoever else tries in the same moment.
    """
    contact_id = await either.opens()
    people = [GENTI, DRITA, StaffRef(4, "Arben")]
    if deed != "claim":
        either.does(contacts.claim, contact_id, staff=ELIRA)
    if deed == "accept":
        either.does(duty.set_on_duty, staff=GENTI, on=True)
        either.does(contacts.offer, contact_id, staff=ELIRA, to_id=GENTI.id)
        people = [GENTI, GENTI, GENTI]

    def tries(who: StaffRef) -> bool:
        try:
            either.does(getattr(contacts, deed), contact_id, staff=who)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        done = sum(pool.map(tries, people))
    wanted = 3 if deed == "take_over" else 1  # each takes it from the one before, on record
    assert done == wanted
    names = {"claim": "contact.claimed", "take_over": "contact.taken_over"}
    recorded = [what for _, what in deeds(either) if what == names.get(deed, "contact.accepted")]
    assert len(recorded) == wanted
