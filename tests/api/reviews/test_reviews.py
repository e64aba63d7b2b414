"""Closed contacts: found by what they are, and reviewed for the sake of the work."""

from __future__ import annotations

import re

import pytest
from fakes.desk import Browser, Colleague, deeds, hire, seated
from fakes.finished import Way
from fakes.helpline import Helpline
from sqlalchemy import select

from api.cases import service as cases
from api.contacts.tables import Contact
from api.contacts.values import StaffRef
from api.reviews import listing
from api.reviews.tables import Review
from api.reviews.values import QUESTIONS

FULL = {**dict.fromkeys(QUESTIONS, "yes"), "tone": "partly", "words": "Mirë e dëgjuat."}


def employed(helpline: Helpline, name: str, *roles: str) -> Colleague:
    return hire(helpline, name.lower(), name, *roles)


async def seat(helpline: Helpline, person: Colleague) -> Browser:
    browser = await seated(helpline, person)
    await browser.get("/language/en")
    return browser


def of(way: Way, person: Colleague) -> Way:
    """The same helpline, and this person at work."""
    return Way(way.helpline, StaffRef(person.id, person.name))


def name_in_case(way: Way, contact_id: str, person: Colleague) -> None:
    """Somebody else opens a case of the contact, in which this person is named."""
    line, staff = way.helpline, way.staff
    with line.database.write() as session:
        case_id = cases.open_case(
            session, line.vault, staff=staff, now=line.now, contact_id=contact_id
        )
        cases.set_named(
            session,
            line.vault,
            case_id,
            staff_id=person.id,
            reason="është e afërmja",
            staff=staff,
            now=line.now,
        )


async def found(browser: Browser, search: str = "") -> list[str]:
    """The numbers that the list shows."""
    answer = await browser.get(f"/closed{search}")
    assert answer.status_code == 200, answer.text
    return re.findall(r'<th scope="row"><a [^>]+>(K-\d+)</a>', answer.text)


async def test_closed_contacts_are_found_by_what_they_are(way: Way) -> None:
    """
    Closed contacts are found by number, days, person, type, category, channel and outcome.
    """
    elira, genti = employed(way.helpline, "Elira"), employed(way.helpline, "Genti")
    await of(way, elira).whole(categories=["mental.suicide"])
    await of(way, genti).whole(outcome="referred_police")
    await way.opens()
    lead = await seat(way.helpline, employed(way.helpline, "Lindita", "supervisor"))

    assert await found(lead) == ["K-1002", "K-1001"]
    for search, numbers in {
        **{"number=k-1001": ["K-1001"], "number=1003": [], "number=77": []},
        **{f"person={genti.id}": ["K-1002"], "category=mental": ["K-1001"]},
        **{"outcome=referred_police": ["K-1002"], "channel=telegram": ["K-1002", "K-1001"]},
        **{"channel=viber": [], "call_type=child_self": ["K-1002", "K-1001"]},
        **{"first=2026-11-20&last=2026-11-20": ["K-1002", "K-1001"], "last=2026-11-19": []},
        **{"review=done": [], "number=K-1002&page=99": ["K-1002"]},
    }.items():
        assert await found(lead, f"?{search}") == numbers, search


@pytest.mark.parametrize(
    "search", ["number=x", "person=x", "outcome=x", "review=x", "first=x", "first=2020-01-01"]
)
async def test_what_cannot_be_looked_for_is_refused(helpline: Helpline, search: str) -> None:
    """
    A search that makes no sense is answered with a page that says so.
    """
    lead = await seat(helpline, employed(helpline, "Lindita", "supervisor"))

    answer = await lead.get(f"/closed?{search}")

    assert answer.status_code == 422
    assert "cannot be looked for" in answer.text


async def test_a_long_list_has_pages(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Closed contacts come in pages that keep the search, the newest first.
    """
    monkeypatch.setattr(listing, "PAGE", 2)
    elira = employed(way.helpline, "Elira")
    for _ in range(3):
        await of(way, elira).whole()
    lead = await seat(way.helpline, employed(way.helpline, "Lindita", "supervisor"))

    assert await found(lead, "?outcome=advice") == ["K-1003", "K-1002"]
    page = (await lead.get("/closed?outcome=advice")).text
    [older] = re.findall(r'rel="next" href="/helpline(/closed\?[^"]+)"', page)
    assert await found(lead, older.removeprefix("/closed").replace("&amp;", "&")) == ["K-1001"]


async def test_the_counsellor_reads_the_review_and_nobody_else(way: Way) -> None:
    """
    A review is read by the person who had the contact and by supervisors; another counsellor
    who may read the contact sees nothing of it. Writing and reading are recorded.
    """
    elira, genti = employed(way.helpline, "Elira"), employed(way.helpline, "Genti")
    boss = employed(way.helpline, "Lindita", "supervisor")
    lead = await seat(way.helpline, boss)
    contact_id = await of(way, elira).whole()

    page = (await lead.get(f"/contacts/{contact_id}")).text
    assert page.count('type="radio" name="believed"') == 4
    assert (await lead.post(f"/closed/{contact_id}/review", FULL)).status_code == 303

    own = (await (await seat(way.helpline, elira)).get(f"/contacts/{contact_id}")).text
    other = (await (await seat(way.helpline, genti)).get(f"/contacts/{contact_id}")).text
    assert "Mirë e dëgjuat." in own
    assert "The tone was warm and clear" in own
    assert 'name="believed"' not in own
    assert "Mirë e dëgjuat." not in other
    assert "The tone was warm" not in other
    done = deeds(way.helpline)
    assert (f"staff:{boss.id}", "review.written") in done
    assert (f"staff:{elira.id}", "review.read") in done
    assert (f"staff:{genti.id}", "review.read") not in done
    assert await found(lead, "?review=done") == ["K-1001"]


async def test_nobody_reviews_a_contact_of_their_own(way: Way) -> None:
    """
    Whoever had a contact or wrote in it does not review it, neither by page nor by request.
    """
    boss, second = (employed(way.helpline, name, "supervisor") for name in ("Lindita", "Arta"))
    contact_id = await of(way, boss).whole()
    lead = await seat(way.helpline, boss)

    assert 'name="believed"' not in (await lead.get(f"/contacts/{contact_id}")).text
    refused = await lead.post(f"/closed/{contact_id}/review", FULL)
    assert refused.status_code == 403
    other = await seat(way.helpline, second)
    assert (await other.post(f"/closed/{contact_id}/review", FULL)).status_code == 303


@pytest.mark.parametrize(
    "change", [{"tone": ""}, {"tone": "maybe"}, {"words": "a" * 4001}, {"safety": "=1+1"}]
)
async def test_a_review_answers_every_question(way: Way, change: dict[str, str]) -> None:
    """
    A review that leaves a question open, or answers with something else, is not kept.
    """
    contact_id = await of(way, employed(way.helpline, "Elira")).whole()
    lead = await seat(way.helpline, employed(way.helpline, "Lindita", "supervisor"))

    answer = await lead.post(f"/closed/{contact_id}/review", {**FULL, **change})

    assert answer.status_code == 422
    with way.helpline.database.read() as session:
        assert session.execute(select(Review)).first() is None


async def test_a_talk_that_runs_is_not_reviewed(way: Way) -> None:
    """
    Only what is closed is reviewed; a changed review stands in place of the first.
    """
    way = of(way, employed(way.helpline, "Elira"))
    contact_id = await way.opens()
    lead = await seat(way.helpline, employed(way.helpline, "Lindita", "supervisor"))
    assert (await lead.post(f"/closed/{contact_id}/review", FULL)).status_code == 409

    contact_id = await way.whole()
    for words in ("herët", "<b>më vonë</b> \u202e"):
        await lead.post(f"/closed/{contact_id}/review", {**FULL, "words": words})
    page = (await lead.get(f"/contacts/{contact_id}")).text
    assert "herët" not in page
    assert "&lt;b&gt;më vonë&lt;/b&gt;" in page
    with way.helpline.database.read() as session:
        [row] = session.execute(select(Review)).scalars()
        assert "vonë".encode() not in row.words


async def test_every_emergency_is_suggested_and_some_of_the_rest(way: Way) -> None:
    """
    The sample: all emergencies, and about a tenth of the others, the same at every look; it
    follows from nothing that staff can see.
    """
    vault = way.helpline.vault
    many = [Contact(id=f"contact-{number}", urgency=2) for number in range(2000)]
    drawn = [listing.is_suggested(vault, contact) for contact in many]

    assert 140 < sum(drawn) < 260
    assert drawn == [listing.is_suggested(vault, contact) for contact in many]
    assert listing.is_suggested(vault, Contact(id="x", urgency=4))


async def test_a_named_supervisor_finds_no_trace_of_the_contact(way: Way) -> None:
    """
    S29, S31: a supervisor who is named in a contact's case neither finds nor counts it, and
    gets the answer of a contact that is not there when reviewing it.
    """
    elira = employed(way.helpline, "Elira")
    boss = employed(way.helpline, "Lindita", "supervisor")
    way = of(way, elira)
    contact_id = await way.whole()
    lead = await seat(way.helpline, boss)
    assert await found(lead) == ["K-1001"]
    name_in_case(way, contact_id, boss)

    assert await found(lead) == []
    assert await found(lead, "?number=1001") == []
    assert "0 contacts" in (await lead.get("/closed")).text
    hidden = await lead.post(f"/closed/{contact_id}/review", FULL)
    absent = await lead.post("/closed/nowhere/review", FULL)
    assert hidden.status_code == absent.status_code == 404


async def test_the_list_is_recorded_and_opens_again(way: Way) -> None:
    """
    Looking at the list is recorded, and what is closed can be opened again from it.
    """
    contact_id = await of(way, employed(way.helpline, "Elira")).whole()
    way.helpline.later(hours=1)
    boss = employed(way.helpline, "Lindita", "supervisor")
    lead = await seat(way.helpline, boss)
    page = (await lead.get("/closed")).text

    assert f'action="/helpline/contacts/{contact_id}/reopen"' in page
    assert (f"staff:{boss.id}", "closed.listed") in deeds(way.helpline)
    assert (await lead.post(f"/contacts/{contact_id}/reopen")).status_code == 303
    assert await found(lead) == []
