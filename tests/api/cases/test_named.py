"""Staff who are named in a case see neither it nor its child's contacts, anywhere."""

from __future__ import annotations

import pytest
from fakes.casework import NOTE, PROMISE, Work, case_id_of, open_work
from fakes.desk import deeds
from fakes.helpline import Helpline

from api.cases import service
from api.cases.queries import hidden_cases, hidden_contacts
from api.contacts.tables import Contact

GONE = "/cases/00000000-0000-4000-8000-000000000000"


async def named(work: Work, login: str = "elira") -> None:
    """
    Lindita says that a colleague is named in the case.
    """
    lead = await work.seat("lindita", "supervisor")
    assert (await work.names(lead, login)).status_code == 303


def same(one: str, other: str) -> bool:
    """
    Whether two pages say the same, their tokens and addresses aside.
    """
    return one.split("<main")[1].split("</main>")[0] == other.split("<main")[1].split("</main>")[0]


async def test_the_case_is_as_if_it_were_not(either: Helpline) -> None:
    """
    S29, S31: reading, writing, asking and deciding answer as for a case that never was.
    """
    work = await open_work(either)
    elira = await work.back("elira")
    part = await work.adds(elira, **NOTE)
    await named(work)
    elira = await work.back("elira")

    for path in ("", f"/parts/{part}", "/parts/new?kind=note"):
        answer, unknown = await elira.get(work.path(path)), await elira.get(GONE + path)
        assert answer.status_code == unknown.status_code == 404
        assert same(answer.text, unknown.text)
    for path, fields in {
        f"/parts/{part}": {**NOTE, "version": "1"},
        "/move": {"to": "monitoring"},
        "/contacts": {"number": "1001"},
        "/follow-up": {"on": "2026-12-01"},
        "/identity": {"kind": "name", "text": "x"},
        "/unlocks": {"reason": "x", "minutes": "60"},
    }.items():
        answer, unknown = (
            await elira.post(work.path(path), fields),
            await elira.post(GONE + path, fields),
        )
        assert answer.status_code == unknown.status_code == 404, path
    assert ("refused") in [what for _, what in deeds(either)]


async def test_lists_counts_and_dates_leave_it_out(work: Work) -> None:
    """
    S29, S31: neither list nor count nor what is due shows a case to who is named in it.
    """
    elira = await work.back("elira")
    await work.adds(elira, **PROMISE, due="2026-11-20T15:31")
    await elira.post(work.path("/follow-up"), {"on": "2026-11-20", "words": "x"})
    await named(work)
    elira = await work.back("elira")
    await elira.get("/language/en")

    page = (await elira.get("/cases?status=all")).text

    assert "R-2026-0001" not in page
    assert "0 cases" in page
    work.helpline.later(hours=5)
    vault, staff = work.helpline.vault, work.people["elira"].id
    with work.helpline.database.read() as session:
        assert service.promises_due(session, vault, staff, work.helpline.now) == []
        assert service.follow_ups_due(session, vault, staff, work.helpline.now) == []
        assert service.cases_of_contact(session, work.contact_id, staff) == []
        others = work.people["lindita"].id
        assert len(service.promises_due(session, vault, others, work.helpline.now)) == 1


async def test_its_contacts_are_as_if_they_were_not(work: Work) -> None:
    """
    S29, S31: the case's contacts and every other of the same child, new ones too, are unknown.
    """
    later = await work.helpline.opens()
    other = await work.helpline.opens(conversation="f" * 32)
    await named(work)
    after = await work.helpline.opens()
    elira = await work.back("elira")

    with work.helpline.database.read() as session:
        hidden = hidden_contacts(session, work.people["elira"].id)
        assert hidden == {work.contact_id, later, after}
        assert hidden_contacts(session, work.people["lindita"].id) == set()
    unknown = await elira.get("/contacts/none")
    for contact_id in hidden:
        answer = await elira.get(f"/contacts/{contact_id}")
        assert answer.status_code == unknown.status_code == 404
        assert same(answer.text, unknown.text)
        assert (await elira.post(f"/contacts/{contact_id}/claim")).status_code == 404
    assert (await elira.get(f"/contacts/{other}")).status_code == 200


async def test_a_hidden_contact_opens_no_case_and_joins_none(work: Work) -> None:
    """
    S29: linking or opening with a hidden contact is answered as for a number nobody has.
    """
    await named(work)
    elira = await work.back("elira")
    own = await work.begins(elira)

    for fields in ({"number": "K-1001"}, {"number": "K-4040"}, {"contact_id": work.contact_id}):
        assert (await elira.post(f"/cases/{own}/contacts", fields)).status_code == 404
    answer = await elira.post("/cases", {"contact_id": work.contact_id})
    assert answer.status_code == 404
    assert (await elira.get("/cases")).text.count("R-2026-") == 1  # nothing half-made


async def test_a_case_that_shares_a_contact_is_hidden_too(work: Work) -> None:
    """
    S31: what is told of the same child in a second case is no way round.
    """
    lead = await work.seat("lindita", "supervisor")
    second = case_id_of(await lead.post("/cases", {"contact_id": work.contact_id}))
    await work.names(lead, "elira")

    with work.helpline.database.read() as session:
        found = hidden_cases(session, work.people["elira"].id)
    assert found == {work.case_id, second}


async def test_what_the_named_hold_waits_again(work: Work) -> None:
    """
    S31: a contact in the hands of somebody named goes back into the queue at once, whether
    the person is named first or the contact linked first; the lead passes on.
    """
    elira = await work.back("elira")
    await elira.post(f"/contacts/{work.contact_id}/claim")
    await named(work)
    lead = await work.back("lindita")

    with work.helpline.database.read() as session:
        contact = session.get_one(Contact, work.contact_id)
        assert (contact.state, contact.holder_id) == ("waiting", None)
    answer = await elira.post(f"/contacts/{work.contact_id}/reply", {"text": "x", "key": "k"})
    assert answer.status_code == 404
    page = (await lead.get(work.path())).text
    assert "Lindita" in page.split("</header>")[1]


async def test_a_mistake_can_be_undone_and_nobody_names_themselves(work: Work) -> None:
    """
    Only a supervisor names, never oneself; an undone flag gives the case back, both recorded.
    """
    elira, lead = await work.back("elira"), await work.seat("lindita", "supervisor")
    await work.seat("genti")
    assert (await work.names(elira, "genti")).status_code == 403
    assert (await work.names(lead, "lindita")).status_code == 422
    await work.names(lead, "elira")
    page = (await lead.get(work.path("/team"))).text
    conflict = page.split("/named/")[1].split("/undo")[0]

    undo = work.path(f"/named/{conflict}/undo")
    assert (await lead.post(undo)).status_code == 422
    assert (await lead.post(undo, {"words": "Tjetër njeri"})).status_code == 303
    assert (await elira.get(work.path())).status_code == 200
    made = [what for _, what in deeds(work.helpline)]
    assert ("case.named" in made, "case.cleared" in made) == (True, True)


async def test_who_is_named_cannot_join_the_team(work: Work) -> None:
    """
    The form of the team does not offer a named colleague, and a made-up form is refused.
    """
    await named(work)
    lead = await work.back("lindita")
    fields = {"lead": str(work.people["elira"].id)}

    assert (await lead.post(work.path("/team"), fields)).status_code == 422


@pytest.mark.parametrize("role", ["administrator", "analyst"])
async def test_no_case_is_for_who_keeps_accounts_or_figures(work: Work, role: str) -> None:
    """
    S24: an administrator and an analyst have no way to a case, and no menu leads there.
    """
    person = await work.seat("ana", role)

    for path in ("/cases", work.path(), work.path("/identity"), work.path("/team")):
        assert (await person.get(path)).status_code == 403
    assert 'href="/helpline/cases"' not in (await person.get("/account")).text


async def test_marks_on_its_contacts_are_gone_too(work: Work) -> None:
    """
    S29, S31: neither the list nor the counts nor the words of marks show a hidden contact.
    """
    lead, arta = await work.seat("lindita", "supervisor"), await work.seat("arta", "supervisor")
    fields = {"severity": "none", "category": "none"}
    await lead.post(f"/contacts/{work.contact_id}/marks", fields)
    page = (await arta.get("/triage")).text
    mark = page.split('href="/helpline/marks/')[1].split('"')[0]
    await work.names(lead, "arta")

    page = (await arta.get("/triage")).text

    assert "K-1001" not in page
    assert mark not in page
    answer, unknown = await arta.get(f"/marks/{mark}"), await arta.get("/marks/none")
    assert answer.status_code == unknown.status_code == 404
    assert same(answer.text, unknown.text)
    assert "K-1001" in (await lead.get("/triage")).text


async def test_the_queue_never_shows_nor_gives_it(work: Work) -> None:
    """
    S29, S31: the desk lists no hidden contact, and “next” passes it over.
    """
    await named(work)
    elira, lead = await work.back("elira"), await work.back("lindita")

    assert "K-1001" not in (await elira.get("")).text
    assert (await elira.post("/next")).headers["location"] == "/helpline"
    assert (await lead.post("/next")).headers["location"].endswith(work.contact_id)


async def test_the_desk_leads_to_the_case_and_opens_one(work: Work) -> None:
    """
    Beside a contact stand its cases that this person may see, and a button for a new one.
    """
    elira = await work.back("elira")

    page = (await elira.get(f"/contacts/{work.contact_id}")).text

    side = page.split('id="caseof"')[1].split("</section>")[0]
    assert f'href="/helpline/cases/{work.case_id}"' in side
    assert f'name="contact_id" value="{work.contact_id}"' in side
