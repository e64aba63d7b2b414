"""Urgent reports ring, call out and climb until somebody takes them; none is forgotten."""

from __future__ import annotations

import random

from fakes.desk import hire, seated
from fakes.helpline import CONVERSATION, ELIRA, GENTI

from api.alerts import service as alerts
from api.alerts.addresses import Addresses
from api.alerts.tables import Alert
from api.console import alarms
from api.reports import service
from api.reports.queries import steps_of
from api.reports.tables import Report
from api.reports.values import CLOSED
from api.staff.sessions import Person

URGENT = {"kind": "live_streamed_abuse", "now": "yes"}


def person(helpline, staff, *roles: str) -> Person:
    """
    Somebody at the console.
    """
    now = helpline.now
    return Person(staff.id, staff.name, frozenset(roles), "s", now, now, "r")


def steps(desk, report_id):
    """
    The steps of the present wait.
    """
    with desk.helpline.database.read() as session:
        report = session.get_one(Report, report_id)
        return steps_of(session, [report]).get(report_id, ())


def ringing(desk, staff):
    """
    The tags that ring for a counsellor.
    """
    with desk.helpline.database.read() as session:
        return alarms.of(session, person(desk.helpline, staff, "counsellor")).ringing


def test_an_urgent_report_climbs_until_it_is_taken(either_desk):
    """
    After one minute all on duty, after three the supervisor, after ten outside: each once, and
    whoever takes it ends it.
    """
    desk = either_desk
    report_id = desk.comes(**URGENT)
    calm = desk.comes()
    seen = []
    for minutes in (1, 2, 7, 60):
        desk.helpline.tick(minutes=minutes)
        seen.append(steps(desk, report_id))
    rang = ringing(desk, ELIRA)
    desk.takes(report_id)

    everything = ("all_on_duty", "supervisor", "outside")
    assert [len(one) for one in seen] == [1, 2, 3, 3]
    assert set(seen[-1]) == set(everything)
    assert steps(desk, calm) == ()
    assert [rank for rank, _ in rang] == [4]
    assert ringing(desk, ELIRA) == ()


def test_the_team_is_called_at_once_and_no_more_when_somebody_came(desk):
    """
    The calls outside the console are made for a report as for a contact, each once per wait.
    """
    helpline, report_id = desk.helpline, desk.comes(**URGENT)
    addresses = Addresses({"team": {"f": "json://example.com"}, "supervisor": {}, "outside": {}})
    with helpline.database.write() as session:
        made = [alerts.call_out(session, addresses, now=helpline.now) for _ in range(2)]
    desk.takes(report_id)
    with helpline.database.write() as session:
        due = alerts.due(session, now=helpline.now)
        states = [state for (state,) in session.query(Alert.state)]

    assert (made, list(due), states) == ([1, 0], [], ["moot"])


def test_every_urgent_report_is_held_or_climbs(desk):
    """
    Whatever happens to reports, in any order: an urgent one that is open has a holder, or its
    steps are those that its wait has reached.
    """
    luck = random.Random(7)
    helpline, known = desk.helpline, []
    for _ in range(120):
        deed = luck.choice(("comes", "takes", "back", "adds", "judges", "close", "time"))
        if deed == "comes" or not known:
            known.append(desk.comes(now=luck.choice(("yes", "no"))))
        elif deed == "time":
            helpline.tick(minutes=luck.choice((1, 2, 5, 20)))
        else:
            _one_deed(desk, deed, luck.choice(known), luck.choice((ELIRA, GENTI)), luck)
        _holds(desk, known)


def _one_deed(desk, deed, report_id, staff, luck):
    row = desk.row(report_id)
    if deed == "adds":
        desk.adds(report_id, words="më shkroi", severity=luck.choice(("none", "emergency")))
    elif deed == "takes" and row.state != CLOSED:
        desk.takes(report_id, staff)
    elif deed == "back" and row.holder_id == staff.id and row.state != CLOSED:
        desk.helpline.does(service.put_back, report_id, staff=staff)
    elif deed == "judges" and row.holder_id == staff.id and row.state == "assessing":
        desk.judges(report_id, staff, rank=luck.choice((2, 4)))
    elif deed == "close" and row.holder_id == staff.id and row.state == "in_remit":
        desk.helpline.does(service.close, report_id, outcome="advised", staff=staff)


def _holds(desk, known):
    desk.helpline.app.state.ticker.tick()
    for report_id in known:
        row = desk.row(report_id)
        if row.rank < 3 or row.state == CLOSED or row.holder_id is not None:
            continue
        waited = (desk.helpline.now.timestamp() * 1000 - row.waiting_since) / 60_000
        reached = [
            step
            for step, after in (("all_on_duty", 1), ("supervisor", 3), ("outside", 10))
            if waited >= after
        ]
        assert set(steps(desk, report_id)) == set(reached), report_id


async def test_the_desk_shows_urgent_reports_above_the_queue(desk):
    """
    An urgent report that nobody has stands above the contacts; both pages lead to each other.
    """
    helpline = desk.helpline
    contact_id = await helpline.opens(severity="emergency")
    report_id = desk.comes(**URGENT, conversation=CONVERSATION)
    browser = await seated(helpline, hire(helpline))
    queue = (await browser.get("")).text
    contact = (await browser.get(f"/contacts/{contact_id}")).text
    report = (await browser.get(f"/reports/{report_id}")).text

    assert queue.index(f"/helpline/reports/{report_id}") < queue.index(f"q-{contact_id}")
    assert f"/helpline/reports/{report_id}" in contact.partition('id="form"')[2]
    assert f"/helpline/contacts/{contact_id}" in report


async def test_no_address_of_a_report_is_a_link(desk):
    """
    S6: nothing that was reported can be pressed, and nothing of it is loaded.
    """
    helpline = desk.helpline
    words = 'shih <a href="https://example.org/x">këtu</a> https://example.org/y'
    report_id = desk.comes(addresses=["https://example.org/konto"], words=words, where=words)
    desk.adds(report_id, words=words, addresses=["https://example.org/z"])
    browser = await seated(helpline, hire(helpline))
    pages = [(await browser.get(path)).text for path in (f"/reports/{report_id}", "/reports")]

    assert not any('href="https://example.org' in page for page in pages)
    assert not any('src="https://example.org' in page for page in pages)
    assert "&lt;a href=" in pages[0]
