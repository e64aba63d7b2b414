"""A case from its opening to its re-opening: states, contacts, team, dates."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from fakes.casework import PROMISE, Work, open_work
from fakes.desk import deeds
from fakes.helpline import Helpline

from api.audit.service import check
from api.cases import service
from api.cases.sections import SECTIONS
from api.cases.tables import Case
from api.cases.values import MOVES, STATUSES
from api.cases.words import WORDS
from api.contacts.noticing import notices

CLOSE = {"to": "closed", "words": "Fëmija është në siguri."}


def told(work: Work) -> list[tuple[str, str]]:
    """
    The open notices of the supervisors: kind and number.
    """
    with work.helpline.database.read() as session:
        found = notices(session, work.helpline.vault)
    return sorted((one.kind, one.detail) for one in found if one.kind.endswith("_due"))


async def test_a_case_is_opened_from_a_contact(either: Helpline) -> None:
    """
    A case has a number of its year, its first contact, and is led by whoever opened it.
    """
    work = await open_work(either)
    elira = await work.back("elira")

    page = (await elira.get(work.path())).text
    listed = (await elira.get("/cases?mine=yes")).text

    assert "R-2026-0001" in page
    assert "K-1001" in page
    assert "R-2026-0001" in listed
    assert "Elira" in listed
    assert ("case.opened") in [what for _, what in deeds(either)]


async def test_numbers_begin_anew_each_year_in_albania(work: Work) -> None:
    """
    The year is Albania's: half an hour before midnight UTC on 31 December it is the next one.
    """
    elira = await work.back("elira")
    await work.begins(elira)
    work.helpline.now = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    elira = await work.back("elira")
    await work.begins(elira)

    page = (await elira.get("/cases")).text

    numbers = re.findall(r">(R-\d{4}-\d{4})<", page)
    assert sorted(numbers) == ["R-2026-0001", "R-2026-0002", "R-2027-0001"]


async def test_a_contact_may_belong_to_several_cases(work: Work) -> None:
    """
    One talk can tell of two matters; linking twice links once, and a wrong link is undone.
    """
    elira, lead = await work.back("elira"), await work.seat("lindita", "supervisor")
    second = await work.begins(elira, work.contact_id)
    for number in ("K-1001", " k-1001 ", "1001"):
        assert (
            await elira.post(f"/cases/{second}/contacts", {"number": number})
        ).status_code == 303

    with work.helpline.database.read() as session:
        found = service.cases_of_contact(session, work.contact_id, work.people["elira"].id)
    assert [one.number for one in found] == ["R-2026-0002", "R-2026-0001"]

    undo = f"/cases/{second}/contacts/{work.contact_id}/undo"
    assert (await elira.post(undo)).status_code == 403
    assert (await lead.post(undo)).status_code == 303
    assert (await lead.post(undo)).status_code == 404
    made = [what for _, what in deeds(work.helpline) if what.startswith("case.")]
    assert made.count("case.linked") == 2
    assert made.count("case.unlinked") == 1


@pytest.mark.parametrize("number", ["K-9999", "=1+1", "", "K-", "9" * 40, "\u202e1001"])
async def test_an_unknown_number_links_nothing(work: Work, number: str) -> None:
    """
    What is no number of a contact is answered as unknown, whatever it looks like.
    """
    elira = await work.back("elira")

    answer = await elira.post(work.path("/contacts"), {"number": number})

    assert answer.status_code == 404


async def test_other_contacts_of_the_child_are_offered(work: Work) -> None:
    """
    The same child's other contacts stand ready for linking; another child's do not.
    """
    await work.helpline.opens()
    await work.helpline.opens(conversation="f" * 32)
    elira = await work.back("elira")

    page = (await elira.get(work.path())).text

    offered = page.split('id="contacts"')[1].split('id="identity"')[0]
    assert "K-1002" in offered
    assert "K-1003" not in offered


@pytest.mark.parametrize("start", STATUSES)
async def test_only_the_moves_of_the_table_are_made(work: Work, start: str) -> None:
    """
    Every state x every other: what the rules do not have is refused and changes nothing.
    """
    elira = await work.back("elira")
    for to in STATUSES:
        with work.helpline.database.write() as session:
            session.get_one(Case, work.case_id).status = start
        answer = await elira.post(work.path("/move"), {"to": to, "words": "sepse"})
        with work.helpline.database.read() as session:
            now = session.get_one(Case, work.case_id).status
        allowed = to in MOVES[start]
        assert answer.status_code == (303 if allowed else 409), (start, to)
        assert now == (to if allowed else start)


async def test_closing_needs_a_reason_and_no_open_promise(work: Work) -> None:
    """
    Nothing that a child was promised ends in silence: it is kept, or said why not.
    """
    elira = await work.back("elira")
    promise = await work.adds(elira, **PROMISE)

    assert (await elira.post(work.path("/move"), {"to": "closed"})).status_code == 422
    assert (await elira.post(work.path("/move"), CLOSE)).status_code == 409
    unkept = PROMISE | {"state": "not_kept"}
    assert (await work.writes(elira, promise, 1, **unkept)).status_code == 422
    unkept["reason"] = "Platforma nuk u përgjigj; ia thamë."
    assert (await work.writes(elira, promise, 1, **unkept)).status_code == 303
    assert (await elira.post(work.path("/move"), CLOSE)).status_code == 303


async def test_only_a_supervisor_reopens_and_nothing_is_written_before(work: Work) -> None:
    """
    A closed case takes no part, contact, team or date until a supervisor has re-opened it.
    """
    elira, lead = await work.back("elira"), await work.seat("lindita", "supervisor")
    await elira.post(work.path("/move"), CLOSE)

    assert (await work.writes(elira, kind="note", text="x")).status_code == 409
    assert (await elira.post(work.path("/contacts"), {"number": "1001"})).status_code == 409
    assert (await elira.post(work.path("/follow-up"), {"on": "2026-12-01"})).status_code == 409
    assert (
        await elira.post(work.path("/identity"), {"kind": "name", "text": "x"})
    ).status_code == 409
    assert (await elira.post(work.path("/reopen"), {"words": "x"})).status_code == 403
    assert (await lead.post(work.path("/reopen"), {"words": "Shkroi sërish."})).status_code == 303
    assert (await work.writes(elira, kind="note", text="x")).status_code == 303
    assert (await lead.post(work.path("/reopen"), {"words": "x"})).status_code == 409


async def test_promises_and_follow_ups_are_told_once_each(either: Helpline) -> None:
    """
    What is due is in the list of the shift until it is done, and told to supervisors once.
    """
    work = await open_work(either)
    elira = await work.back("elira")
    promise = await work.adds(elira, **PROMISE, due="2026-11-20T18:00")
    await elira.post(work.path("/follow-up"), {"on": "2026-11-21", "words": "Pyet tezen"})
    staff, vault = work.people["elira"].id, either.vault

    def due(until: datetime) -> tuple[list[str], list[str]]:
        with either.database.read() as session:
            promises = service.promises_due(session, vault, staff, until)
            follow_ups = service.follow_ups_due(session, vault, staff, until)
        return [one.words for one in promises], [one.words for one in follow_ups]

    def tell() -> int:
        with either.database.write() as session:
            return service.tell_due(session, vault, now=either.now)

    assert due(either.now) == ([], [])
    assert due(either.now + timedelta(days=1)) == ([PROMISE["words"]], ["Pyet tezen"])
    assert tell() == 0
    either.later(hours=2, minutes=30)  # 18:00 in Albania is 17:00 UTC
    assert (tell(), tell()) == (1, 0)
    either.later(hours=6)  # the 21st begins there at 23:00 UTC
    assert (tell(), tell()) == (1, 0)
    assert told(work) == [("follow_up_due", "R-2026-0001"), ("promise_due", "R-2026-0001")]

    elira = await work.back("elira")
    await work.writes(elira, promise, 1, **PROMISE | {"state": "kept"}, due="2026-11-20T18:00")
    assert due(either.now)[0] == []


async def test_overdue_promises_stand_out(work: Work) -> None:
    """
    On the case and in the list an open promise past its date is called overdue.
    """
    elira = await work.back("elira")
    await work.adds(elira, **PROMISE, due="2026-11-20T15:45")
    await elira.get("/language/en")
    assert "overdue" not in (await elira.get(work.path())).text
    work.helpline.later(minutes=15)
    elira = await work.back("elira")
    await elira.get("/language/en")

    assert "overdue" in (await elira.get(work.path())).text
    assert "overdue" in (await elira.get("/cases?due=yes")).text


@pytest.mark.parametrize("on", ["2026-11-19", "gjithmonë", "0000-00-00", "99999-01-01"])
async def test_a_follow_up_lies_ahead(work: Work, on: str) -> None:
    """
    A day that is over, or none at all, is refused and said so.
    """
    elira = await work.back("elira")

    assert (await elira.post(work.path("/follow-up"), {"on": on})).status_code == 422


async def test_the_list_shows_what_was_asked_for(work: Work) -> None:
    """
    Mine, by state, with something due; closed cases only when asked for; the count agrees.
    """
    elira, genti = await work.back("elira"), await work.seat("genti")
    await genti.get("/language/en")
    await work.begins(genti)
    await elira.post(work.path("/move"), CLOSE)

    def numbers(page: str) -> list[str]:
        return sorted(re.findall(r">(R-\d{4}-\d{4})<", page))

    for query, wanted in {
        "": ["R-2026-0002"],
        "?status=all": ["R-2026-0001", "R-2026-0002"],
        "?status=closed": ["R-2026-0001"],
        "?status=all&mine=yes": ["R-2026-0002"],
        "?due=yes": [],
        "?status='; --&page=-3": ["R-2026-0002"],
        "?page=2": [],
    }.items():
        page = (await genti.get(f"/cases{query}")).text
        assert numbers(page) == wanted, query
    assert "2 cases" in (await genti.get("/cases?status=all")).text


async def test_the_team_is_a_supervisors_to_set(work: Work) -> None:
    """
    Lead and team are people who work on cases; an analyst or nobody is refused.
    """
    lead, analyst = await work.seat("lindita", "supervisor"), await work.seat("ana", "analyst")
    del analyst
    await work.seat("genti")
    ids = {login: str(person.id) for login, person in work.people.items()}
    fields = {"lead": ids["genti"], "team": [ids["elira"], ids["genti"]]}

    assert (await lead.post(work.path("/team"), fields)).status_code == 303
    page = (await lead.get(work.path())).text
    assert re.findall(r"<bdi>(\w+)</bdi>", page.split("</header>")[1])[:2] == ["Genti", "Elira"]
    for other in (ids["ana"], "99"):
        assert (await lead.post(work.path("/team"), {"lead": other})).status_code == 422


async def test_the_hold_is_a_supervisors_and_has_a_reason(work: Work) -> None:
    """
    A legal hold begins and ends with words, once each, and stands on the case.
    """
    elira, lead = await work.back("elira"), await work.seat("lindita", "supervisor")

    assert (await elira.post(work.path("/hold"), {"on": "yes", "words": "x"})).status_code == 403
    assert (await lead.post(work.path("/hold"), {"on": "yes"})).status_code == 422
    for _ in range(2):
        answer = await lead.post(work.path("/hold"), {"on": "yes", "words": "Hetim"})
        assert answer.status_code == 303
    await lead.get("/language/en")
    assert "Legal hold" in (await lead.get("/cases")).text
    made = [what for _, what in deeds(work.helpline) if what.startswith("case.hold")]
    assert made == ["case.hold"]


async def test_each_read_and_deed_is_in_the_trail(work: Work) -> None:
    """
    S44: reading a case, and every change, with who; a page kept open is one reading.
    """
    elira, genti = await work.back("elira"), await work.seat("genti")
    await work.adds(elira, kind="note", text="x")
    for _ in range(2):
        await genti.get(work.path())
    await genti.get("/cases")

    who = f"staff:{work.people['genti'].id}"
    assert [what for by, what in deeds(work.helpline) if by == who] == ["case.read"]
    assert "case.part_added" in [what for _, what in deeds(work.helpline)]
    with work.helpline.database.read() as session:
        assert check(session, work.helpline.vault) is None


def test_every_state_and_kind_has_a_word() -> None:
    """
    Nothing on the page of a case is a bare key.
    """
    assert set(WORDS["case_status"]) == set(STATUSES)
    assert set(WORDS["case_part"]) == set(WORDS["case_hint"]) == set(SECTIONS)
    for kind, section in SECTIONS.items():
        assert set(WORDS[f"case.{kind}"]) == {field.name for field in section.fields}
        for field in section.fields:
            if field.options and field.options != ("yes", "no", "unsure"):
                assert set(WORDS[f"case.{kind}.{field.name}"]) == set(field.options)
