from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fakes.desk import Browser, deeds, hire, seated
from fakes.helpline import START, Helpline, message

from api.alerts.addresses import WHOM, Addresses
from api.contacts.noticing import notices, notify
from api.shifts.values import Watch
from api.shifts.watch import watch

WORDS = "askush nuk e di"


def seen(helpline: Helpline, *hidden: str) -> Watch:
    """What the page counts now."""
    with helpline.database.read() as session:
        return watch(session, helpline.vault, hidden=set(hidden), now=helpline.now)


def part(page: str, name: str) -> str:
    """One live part of the page."""
    return page.split(f'id="{name}"')[1].split("</section>")[0]


async def answered(helpline: Helpline, browser: Browser, *, after: float, **change: object) -> str:
    """A contact that somebody answers after so many minutes."""
    contact_id = await helpline.opens(**change)
    helpline.later(minutes=after)
    await browser.post(f"/contacts/{contact_id}/claim")
    await browser.post(f"/contacts/{contact_id}/reply", {"text": "Të besoj.", "key": "k"})
    return contact_id


async def test_numbers_are_those_of_the_tables(either: Helpline) -> None:
    """
    Waiting, talks, forms, waits within the goal and failures: as stored, also a week later.
    """
    elira = await seated(either, hire(either))
    quick = await answered(either, elira, after=2)
    await answered(either, elira, after=8)
    await elira.post(f"/contacts/{quick}/end")
    await either.opens()
    either.later(minutes=6)
    await either.opens(severity="emergency", reason="emergency")
    await either.opens(severity="none", category="none", reason="asked")

    now = seen(either)

    assert (now.urgent_alone, now.waiting, now.talking, now.forms) == (2, 3, 1, 1)
    assert (now.total, now.total_before) == (5, 0)
    assert now.median == timedelta(minutes=5)
    disclosure = next(one for one in now.waits if one.urgency == 3)
    assert (disclosure.within, disclosure.counted) == (1, 3)  # one late, one still waits too long
    assert disclosure.longest == timedelta(minutes=8)
    assert disclosure.hours == {15: 5.0}
    assert {hour: dict(ranks) for hour, ranks in now.per_hour.items()} == {15: {3: 3, 4: 1, 2: 1}}
    either.later(days=7)
    later = seen(either)
    assert (later.total, later.total_before) == (0, 5)
    assert next(one for one in later.waits if one.urgency == 3).before == {15: 5.0}


async def test_day_begins_at_midnight_in_albania(helpline: Helpline) -> None:
    """
    R8: a contact at half past eleven at night by UTC is one of tomorrow.
    """
    helpline.now = START.replace(hour=22, minute=30)
    await helpline.opens()
    assert seen(helpline).total == 1
    helpline.now = START.replace(hour=23, minute=30)
    assert seen(helpline).total == 0
    await helpline.opens()
    assert seen(helpline).total == 1


async def test_ladder_says_what_comes_next_and_when(helpline: Helpline) -> None:
    """
    Each urgent contact without a person shows the steps taken and those to come.
    """
    await helpline.opens(severity="emergency", reason="emergency")
    helpline.tick(minutes=1)

    [ladder] = seen(helpline).ladders

    assert [(rung.step, rung.taken) for rung in ladder.rungs] == [
        ("all_on_duty", True),
        ("supervisor", False),
        ("outside", False),
    ]
    assert ladder.rungs[1].at == START + timedelta(minutes=3)


async def test_deadlines_at_risk_are_those_that_come(helpline: Helpline) -> None:
    """
    A child that waits for words in a talk is at risk as one in the queue; an answered one is not.
    """
    elira = await seated(helpline, hire(helpline))
    talk = await answered(helpline, elira, after=1, messages=[message("hej")])
    assert seen(helpline).risks == ()
    await helpline.says(talk, WORDS)
    await helpline.opens(severity="concern", reason="duty_of_care")
    assert [one.contact_id for one in seen(helpline).risks] == [talk]

    helpline.later(minutes=21)

    assert len(seen(helpline).risks) == 2


async def test_failed_answers_show_by_channel(helpline: Helpline) -> None:
    """
    What a channel told of our answers is counted under it, today's only.
    """
    elira = await seated(helpline, hire(helpline))
    await answered(helpline, elira, after=1)
    seq = (await helpline.events())[-1]["seq"]
    await helpline.post(f"/v1/events/{seq}/receipt", b'{"status": "failed"}')

    [line] = seen(helpline).lines

    assert (line.channel, line.contacts, line.sent, line.failed) == ("telegram", 1, 1, 1)
    helpline.later(days=1)
    assert seen(helpline).lines == ()


async def test_hidden_contact_is_in_no_number(helpline: Helpline) -> None:
    """
    S29, S31: what a person must not see is in no list and no count of theirs.
    """
    hidden = await helpline.opens()
    helpline.later(minutes=6)

    assert seen(helpline).waiting == 1
    assert seen(helpline, hidden) == Watch(
        **{
            **{name: 0 for name in ("urgent_alone", "waiting", "talking", "forms", "undelivered")},
            **{"urgent_since": None, "waiting_since": None, "median": None, "per_hour": {}},
            **{"total": 0, "total_before": 0, "ladders": (), "risks": (), "lines": ()},
            "waits": seen(helpline, hidden).waits,
        }
    )
    assert all(one.counted == 0 for one in seen(helpline, hidden).waits)


async def test_page_holds_no_words_of_a_child(helpline: Helpline) -> None:
    """
    The page of the shift shows numbers, names and times; what is written with a child is not on it.
    """
    genti = await seated(helpline, hire(helpline, "genti", "Genti"))
    await genti.post("/duty", {"on": "yes"})
    await answered(helpline, genti, after=1, messages=[message(WORDS)])
    await genti.get("/shift")

    for role in ("counsellor", "supervisor"):
        other = await seated(helpline, hire(helpline, role, role.title(), role))
        page = (await other.get("/shift")).text
        assert WORDS not in page
        assert "Të besoj" not in page
        assert "Genti" in part(page, "team")
        assert "K-1001" in part(page, "team")


async def test_counsellor_sees_no_decisions_of_supervisors(
    helpline: Helpline, elira: Browser, lindita: Browser
) -> None:
    """
    Notices, risks, take-over and the call to all are the supervisor's.
    """
    contact_id = await helpline.opens()
    genti = await seated(helpline, hire(helpline, "genti", "Genti"))
    await genti.post("/duty", {"on": "yes"})
    await genti.post(f"/contacts/{contact_id}/claim")
    with helpline.database.write() as session:
        kind, about = "called", {"contact_id": contact_id, "detail": "<b>Eja</b>"}
        notify(session, helpline.vault, kind=kind, now=helpline.now, **about)

    mine, lead = (await elira.get("/shift")).text, (await lindita.get("/shift")).text

    for one in ('id="decide"', 'id="risks"', "take-over", "/shift/call"):
        assert one not in mine
        assert one in lead
    assert "&lt;b&gt;Eja" in lead
    assert f'href="/helpline/contacts/{contact_id}"' not in part(mine, "team")


async def test_page_says_whom_no_alert_reaches(helpline: Helpline, lindita: Browser) -> None:
    """
    Without an address a step of the ladder calls nobody outside, and the page does not hide it.
    """
    assert 'id="uncalled"' in (await lindita.get("/shift")).text
    helpline.app.state.alerts = Addresses({whom: {"a": "a@"} for whom in WHOM})
    assert 'id="uncalled"' not in (await lindita.get("/shift")).text


async def test_supervisor_settles_and_calls(helpline: Helpline, lindita: Browser) -> None:
    """
    A notice is gone once settled, and a call to all is recorded; each has its doer.
    """
    with helpline.database.write() as session:
        notice_id = notify(session, helpline.vault, kind="no_break", staff_id=1, now=helpline.now)

    assert (await lindita.post(f"/shift/notices/{notice_id}/settle")).status_code == 303
    assert (await lindita.post("/shift/call")).status_code == 303

    with helpline.database.read() as session:
        assert notices(session, helpline.vault) == []
    assert {"notice.settled", "alert.called_all"} <= {what for _, what in deeds(helpline)}


async def test_every_plot_has_its_table(helpline: Helpline, elira: Browser) -> None:
    """
    Who cannot see a plot reads the same numbers in a table; both say how many came at three.
    """
    await answered(helpline, elira, after=2)
    page = (await elira.get("/shift")).text

    assert page.count('class="plot"') == 6
    assert page.count("<title>") == 7  # the page's own as well
    table = part(page, "perhourtable")
    row = table.split('<th scope="row">15</th>')[1].split("</tr>")[0]
    assert re.findall(r">(\d+)<", row) == ["0", "1", "0", "0", "0"]
    assert "1 nga 1" in part(page, "waits") or "1 of 1" in part(page, "waits")


@pytest.mark.parametrize("language", ["sq", "en"])
async def test_empty_shift_says_so(helpline: Helpline, elira: Browser, language: str) -> None:
    """
    Without contacts and people the page stands, in both languages.
    """
    await elira.get(f"/language/{language}")

    for path in ("/shift", "/shift/handover", "/leaving"):
        answer = await elira.get(path)
        assert answer.status_code == 200
        assert f'<html lang="{language}"' in answer.text
