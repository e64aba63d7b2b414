from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from fakes.casework import open_work
from fakes.desk import Browser, deeds
from fakes.helpline import ELIRA, GENTI, Helpline
from sqlalchemy import text

from api.contacts.noticing import notices
from api.contacts.values import StaffRef
from api.shifts import handover
from api.shifts.refusals import HandoverConfirmed

HOSTILE = (
    '<script>alert(1)</script> =1+1 \u202eabc\u202c https://evil.example "fund" a' + "\u0301" * 500
)


def given(helpline: Helpline, words: str = "Qetë.") -> str:
    """A hand-over of Elira, with nothing open."""
    with helpline.database.write() as session:
        return handover.give(
            session, helpline.vault, staff=ELIRA, words=words, left=[], now=helpline.now
        )


def newest(helpline: Helpline) -> str:
    """The id of the newest hand-over."""
    with helpline.database.write() as session:
        found = handover.newest(session, helpline.vault, staff_id=9, hidden=set(), now=helpline.now)
    return found[0].handover_id


async def test_hand_over_names_what_is_open(
    helpline: Helpline, elira: Browser, genti: Browser
) -> None:
    """
    Urgent contacts, forms to finish, offers and notices stand in it as they were then, and
    stay in it when they are done.
    """
    urgent, ended, plain = [
        await helpline.opens(**change)
        for change in ({}, {}, {"severity": "concern", "reason": "duty_of_care"})
    ]
    await elira.post(f"/contacts/{ended}/claim")
    await elira.post(f"/contacts/{ended}/end")
    await elira.post("/shift/handover", {"words": "Flisni me K-1001."})
    await genti.post(f"/contacts/{urgent}/claim")
    await genti.post(f"/contacts/{urgent}/end")

    page = (await genti.get("/shift/handover")).text
    before = page.split('id="left"')[0]

    assert "Flisni me K-1001." in before
    for contact_id in (urgent, ended):
        assert f'href="/helpline/contacts/{contact_id}"' in before
    assert plain not in page


async def test_hand_over_names_what_was_promised(helpline: Helpline) -> None:
    """
    A promise to a child that falls due within a day goes to the next shift, in its words.
    """
    work = await open_work(helpline)
    elira = await work.back("elira")
    promise = {"kind": "promise", "words": "Të shkruaj nesër.", "state": "open"}
    await work.adds(elira, **promise, due="2026-11-21T09:00")

    left = (await elira.get("/shift/handover")).text.split('id="left"')[1]

    assert "Të shkruaj nesër." in left
    assert f'href="/helpline{work.path()}"' in left


async def test_another_person_confirms_and_only_one(
    helpline: Helpline, elira: Browser, genti: Browser, lindita: Browser
) -> None:
    """
    The writer cannot confirm; the next shift does, with name and time; a second is told so.
    """
    await elira.post("/shift/handover", {"words": "Qetë."})
    path = f"/shift/handover/{newest(helpline)}/confirm"

    assert (await elira.post(path)).status_code == 403
    assert (await genti.post(path)).status_code == 303
    assert (await lindita.post(path)).status_code == 409
    assert "Genti" in (await lindita.get("/shift/handover")).text
    assert [what for _, what in deeds(helpline)].count("handover.confirmed") == 1


def test_two_who_confirm_at_once(either: Helpline) -> None:
    """
    Of two people who press at the same moment, one takes over and the other hears of it.
    """
    handover_id = given(either)

    def confirm(staff: StaffRef) -> bool:
        try:
            with either.database.write() as session:
                handover.confirm(session, either.vault, handover_id, staff=staff, now=either.now)
        except HandoverConfirmed:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(confirm, (GENTI, StaffRef(3, "Lindita"))))

    assert sorted(done) == [False, True]


async def test_unconfirmed_for_half_an_hour_is_noticed_once(helpline: Helpline) -> None:
    """
    What nobody confirmed in time goes to the supervisors, once; what was confirmed does not.
    """
    given(helpline)
    confirmed = given(helpline)
    with helpline.database.write() as session:
        handover.confirm(session, helpline.vault, confirmed, staff=GENTI, now=helpline.now)
    helpline.tick(minutes=29)
    assert told(helpline) == 0
    helpline.tick(minutes=1)
    helpline.tick(minutes=60)

    assert told(helpline) == 1


def told(helpline: Helpline) -> int:
    """How many hand-overs supervisors were told of."""
    with helpline.database.read() as session:
        found = notices(session, helpline.vault)
    return sum(one.kind == "handover_unconfirmed" for one in found)


async def test_draft_is_kept_until_it_is_given(
    helpline: Helpline, elira: Browser, genti: Browser
) -> None:
    """
    Typed words stand in the field again, for their writer alone, until they are handed over.
    """
    saved = await elira.post("/shift/handover/draft", {"words": "Gjysma e"})

    assert saved.status_code == 204
    assert "Gjysma e</textarea>" in (await elira.get("/shift/handover")).text
    assert "Gjysma e" not in (await genti.get("/shift/handover")).text
    await elira.post("/shift/handover", {"words": "Gjysma e natës ishte e qetë."})
    assert "Gjysma e</textarea>" not in (await elira.get("/shift/handover")).text


async def test_words_are_inert_and_kept(elira: Browser, genti: Browser) -> None:
    """
    Markup, formulas, links and marks that turn the text stay text.
    """
    assert (await elira.post("/shift/handover", {"words": HOSTILE})).status_code == 303

    page = (await genti.get("/shift/handover")).text

    assert "<script>alert" not in page
    assert 'href="https://evil' not in page
    assert "&lt;script&gt;" in page
    assert "\u202eabc" in page


@pytest.mark.parametrize("words", ["", "   ", "a" * 8001])
async def test_empty_or_endless_words_are_refused(
    helpline: Helpline, elira: Browser, words: str
) -> None:
    """
    A hand-over says something, and not a book.
    """
    assert (await elira.post("/shift/handover", {"words": words})).status_code == 422
    assert "handover.written" not in [what for _, what in deeds(helpline)]


async def test_hand_over_is_sealed(helpline: Helpline, elira: Browser) -> None:
    """
    Words, names and what was open are not readable in the database.
    """
    contact_id = await helpline.opens()
    await elira.post("/shift/handover", {"words": "Flisni me tezen."})

    with helpline.database.read() as session:
        rows = session.execute(text("SELECT * FROM handovers")).all()

    for word in (b"tezen", b"Elira", contact_id.encode()):
        assert word not in repr(rows).encode()


async def test_who_is_named_does_not_see_what_is_hidden(helpline: Helpline) -> None:
    """
    S31: a contact or case in which the reader is named is not in the hand-over for them.
    """
    work = await open_work(helpline)
    path = f"/helpline/cases/{work.case_id}"
    contact = f"/helpline/contacts/{work.contact_id}"
    writer = await work.seat("mira")
    reader = await work.seat("genti")
    await writer.post("/shift/handover", {"words": "Qetë."})
    assert contact in (await reader.get("/shift/handover")).text
    assert (await work.names(await work.seat("arta", "supervisor"), "genti")).status_code == 303

    reader = await work.back("genti")
    page = (await reader.get("/shift/handover")).text

    assert contact not in page
    assert path not in page
    assert contact not in (await reader.get("/shift")).text
