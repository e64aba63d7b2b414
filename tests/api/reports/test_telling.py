"""What a reporter hears, and when: news in the chat, and a word within seven days."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from fakes.helpline import ELIRA

from api.contacts.tables import Notice
from api.reports import service

CHAT = "fedcba9876543210" * 2


async def news(desk):
    """
    The events of news, as the bot fetches them.
    """
    found = await desk.helpline.events()
    return [event for event in found if event["type"] == "report.news"]


def notices(desk):
    """
    The kinds of all notices, settled or not.
    """
    with desk.helpline.database.read() as session:
        return [kind for (kind,) in session.query(Notice.kind).order_by(Notice.at)]


async def test_news_goes_to_the_chat_that_wanted_it(desk):
    """
    Each change is one event with what is new since the last; without the wish there is none.
    """
    wanted = desk.comes(wants_news=True, conversation=CHAT)
    silent = desk.comes(wants_news=False, conversation=uuid.uuid4().hex)
    no_chat = desk.comes(wants_news=True)
    for report_id in (wanted, silent, no_chat):
        desk.takes(report_id)
    later = desk.helpline.now + timedelta(hours=24)
    desk.helpline.does(service.tell, wanted, "notice", to="platform", next=later)

    found = await news(desk)
    assert {event["report_id"] for event in found} == {wanted}
    assert [[one["state"] for one in event["updates"]] for event in found] == [
        ["assessing"],
        ["notice"],
    ]
    assert found[1]["conversation"] == CHAT
    assert found[1]["updates"][0] == {
        "at": "2026-11-20T14:30:00.000Z",
        "state": "notice",
        "to": "platform",
        "next": "2026-11-21T14:30:00.000Z",
    }


async def test_what_happens_to_several_addresses_at_once_is_said_once(desk):
    """
    The same word in the same moment is one word; later, or of somebody else, it is another.
    """
    report_id = desk.comes(wants_news=True, conversation=CHAT)
    for to in ("platform", "platform", "isigurt"):
        desk.helpline.does(service.tell, report_id, "notice", to=to)
    desk.helpline.later(minutes=1)
    desk.helpline.does(service.tell, report_id, "notice", to="platform")

    said = [(one["state"], one["to"]) for event in await news(desk) for one in event["updates"]]
    assert said == [("notice", "platform"), ("notice", "isigurt"), ("notice", "platform")]


async def test_a_wish_that_comes_later_hears_what_comes_later(desk):
    """
    Who asks for news with the receipt has read what was until then.
    """
    report_id = desk.comes(conversation=CHAT)
    desk.takes(report_id)
    desk.adds(report_id, wants_news=True)
    desk.helpline.does(service.tell, report_id, "filed", to="iwf")

    found = await news(desk)
    assert [[one["state"] for one in event["updates"]] for event in found] == [["filed"]]
    assert desk.told(report_id)["wants_news"] is True


def test_seven_days_without_a_word_and_somebody_says_so(desk):
    """
    “Still working on it” is said after seven days, once, and only where somebody worked.
    """
    worked, forgotten = desk.comes(), desk.comes()
    desk.takes(worked)
    desk.helpline.later(hours=1)
    desk.judges(worked)
    desk.helpline.tick(days=6, hours=1)
    reminded = notices(desk)
    desk.helpline.tick(days=1)
    desk.helpline.tick(minutes=1)

    assert reminded.count("report_quiet") == 2
    assert desk.states(worked) == ["submitted", "assessing", "working"]
    assert desk.states(forgotten) == ["submitted"]
    assert notices(desk).count("report_forgotten") == 1


def test_a_closed_report_owes_no_word(desk):
    """
    Whoever read that it is closed waits for nothing.
    """
    report_id = desk.comes()
    desk.takes(report_id)
    desk.judges(report_id)
    desk.helpline.does(service.close, report_id, outcome="advised", staff=ELIRA)
    desk.helpline.tick(days=8)

    assert desk.states(report_id)[-1] == "closed"
    assert notices(desk) == []


async def test_additions_are_kept_once_and_raise_the_rank(either_desk):
    """
    What was forgotten comes by the receipt, once for its id; grave words make it urgent, and
    want somebody who is there now.
    """
    helpline = either_desk.helpline
    report_id = str(uuid.uuid4())
    plain = {"report_id": report_id, "received_at": "2026-11-20T14:20:00Z", "language": "sq"}
    told = {**plain, "kind": "csam_address", "reporter": "public"}
    answer = await helpline.post("/v1/reports", helpline.seal(told))
    path = f"/v1/reports/{answer.json()['receipt']}/additions"
    either_desk.takes(report_id)
    said = {"addition_id": str(uuid.uuid4()), "at": "2026-11-20T14:25:00Z"}
    grave = {
        **said,
        "words": "do me vrase",
        "severity": "emergency",
        "addresses": ["example.org/b"],
    }
    first = await helpline.post(path, helpline.seal(grave))
    again = await helpline.post(path, helpline.seal(grave))
    missed = await helpline.post(path.replace("/reports/", "/reports/0"), helpline.seal(said))
    row, view = either_desk.row(report_id), either_desk.view(report_id)

    assert (first.status_code, first.json()) == (201, {"accepted": True})
    assert (again.status_code, again.json()) == (200, {"accepted": False})
    assert missed.status_code == 404
    assert (row.rank, row.holder_id) == (4, None)
    assert [one.words for one in view.additions] == ["do me vrase"]


@pytest.mark.parametrize(
    "typed",
    [
        "data:image/png;base64," + "iVBORw0KGgo" * 60,
        "https://emri:fjalekalimi@example.com/a?utm_source=x",
        "http://xn--shqipri-s1a.example/faqe",
        "/sdcard/DCIM/foto.jpg",
        "e pashë në example.com/a dhe në example.org/b",
        "pa adresë fare",
        "x" * 1000,
    ],
)
async def test_odd_addresses_are_taken_and_no_material_kept(desk, typed):
    """
    S6: a report is never refused for what was typed as an address, and a picture that hides in
    one is not kept anywhere.
    """
    report_id = desk.comes(addresses=[typed[:1000]], words=typed)
    view = desk.view(report_id)

    assert "iVBORw0KGgoiVBORw0KGgo" not in str(view)
    assert view.line.number == "R-1001"


async def test_more_than_fits_is_refused_whole(helpline):
    """
    Five thousand characters are no address: the bot cuts them, and the contract says so.
    """
    told = {"report_id": str(uuid.uuid4()), "received_at": "2026-11-20T14:20:00Z"}
    told |= {"language": "sq", "kind": "csam_address", "reporter": "public"}
    sealed = helpline.seal({**told, "addresses": ["x" * 5000]})

    assert (await helpline.post("/v1/reports", sealed)).status_code == 422
