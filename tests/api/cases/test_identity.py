"""What a child told of who it is: kept, locked, and read only by two people's will."""

from __future__ import annotations

import pytest
from fakes.casework import Work, open_work
from fakes.desk import deeds
from fakes.helpline import Helpline
from sqlalchemy import select, update

from api.audit.service import check
from api.cases import queries, records
from api.cases.tables import CaseIdentity
from api.contacts.noticing import notices
from api.crypto import SealBroken

NAME = "Emri Mbiemri"
TOLD = {"kind": "name", "text": NAME}


async def opened(work: Work, minutes: int = 60) -> None:
    """
    The identity is open for Elira, by Lindita's decision.
    """
    elira, lead = await work.back("elira"), await work.seat("lindita", "supervisor")
    await elira.post(work.path("/identity"), TOLD)
    unlock = await work.asks(elira, minutes)
    assert (await work.decides(lead, unlock)).status_code == 303


async def test_what_is_written_is_not_read_back(work: Work) -> None:
    """
    S26, S30: on every page of the case the field is absent, for counsellor and supervisor.
    """
    elira, lead = await work.back("elira"), await work.seat("lindita", "supervisor")
    assert (await elira.post(work.path("/identity"), TOLD)).status_code == 303

    for browser in (elira, lead):
        for path in ("", "/parts/new?kind=note"):
            assert NAME not in (await browser.get(work.path(path))).text
        answer = await browser.get(work.path("/identity"))
        assert answer.status_code == 403
        assert NAME not in answer.text


async def test_supervisors_hear_that_somebody_asks(work: Work) -> None:
    """
    A wish is not left to chance: it is a notice, with the case's number and no reason.
    """
    elira = await work.back("elira")
    await elira.post(work.path("/identity"), TOLD)
    await work.asks(elira)

    with work.helpline.database.read() as session:
        [notice] = notices(session, work.helpline.vault)
    assert (notice.kind, notice.detail) == ("unlock_asked", "R-2026-0001")
    assert notice.staff_id == work.people["elira"].id


@pytest.mark.parametrize("grant", ["yes", "no"])
async def test_whoever_decides_has_settled_the_notice(work: Work, grant: str) -> None:
    """
    A wish that is decided waits for nobody; another one still does.
    """
    elira, lead = await work.back("elira"), await work.seat("lindita", "supervisor")
    await elira.post(work.path("/identity"), TOLD)
    first = await work.asks(elira)
    work.helpline.later(minutes=1)
    second = await work.asks(elira)
    assert (await work.decides(lead, first, grant)).status_code == 303

    with work.helpline.database.read() as session:
        [notice] = notices(session, work.helpline.vault)
    assert notice.notice_id == second
    assert ("staff:2", "notice.settled") in deeds(work.helpline)


async def test_two_people_open_it_for_one(either: Helpline) -> None:
    """
    S30: the asker cannot approve, a counsellor cannot; then the asker reads, and nobody else.
    """
    work = await open_work(either)
    lead, other = await work.seat("lindita", "supervisor"), await work.seat("arta", "supervisor")
    elira = await work.back("elira")
    await elira.post(work.path("/identity"), TOLD)
    unlock = await work.asks(lead)

    assert (await work.decides(lead, unlock)).status_code == 403
    assert (await work.decides(elira, unlock)).status_code == 403
    assert (await lead.get(work.path("/identity"))).status_code == 403
    assert (await work.decides(other, unlock)).status_code == 303

    assert NAME in (await lead.get(work.path("/identity"))).text
    for browser in (elira, other):
        assert (await browser.get(work.path("/identity"))).status_code == 403
    assert (await work.decides(other, unlock)).status_code == 409


async def test_it_locks_itself_at_the_end(work: Work) -> None:
    """
    S30: a minute before the end it opens, at the end it does not; nobody has to close it.
    """
    await opened(work, minutes=15)
    work.helpline.later(minutes=14, seconds=59)
    elira = await work.back("elira")
    assert NAME in (await elira.get(work.path("/identity"))).text
    work.helpline.later(seconds=1)
    elira = await work.back("elira")

    assert (await elira.get(work.path("/identity"))).status_code == 403
    assert NAME not in (await elira.get(work.path())).text


async def test_the_reader_may_lock_it_before(work: Work) -> None:
    """
    Whoever has read enough locks it at once; another's page cannot.
    """
    await opened(work)
    genti, elira = await work.seat("genti"), await work.back("elira")
    await genti.post(work.path("/identity/lock"))
    assert (await elira.get(work.path("/identity"))).status_code == 200

    await elira.post(work.path("/identity/lock"))

    assert (await elira.get(work.path("/identity"))).status_code == 403


async def test_each_read_is_recorded_and_shown(work: Work) -> None:
    """
    S44: who asked why, who opened, and every single read stand in the trail and on the case.
    """
    await opened(work)
    elira = await work.back("elira")
    for _ in range(2):
        await elira.get(work.path("/identity"))
    await elira.get("/language/en")

    page = (await elira.get(work.path())).text.split('id="h-unlocks"')[1].split("</section>")[0]

    assert "Referim te policia" in page
    assert "Opened by Lindita" in page
    assert page.split("Read:")[1].count('<span class="num">') == 2
    made = [what for _, what in deeds(work.helpline) if what.startswith("identity.")]
    wanted = ["identity.written", "identity.asked", "identity.opened", *["identity.read"] * 2]
    assert made == wanted
    with work.helpline.database.read() as session:
        assert check(session, work.helpline.vault) is None


async def test_a_refusal_says_why_and_opens_nothing(work: Work) -> None:
    """
    S30: refused stays refused, with words; what nobody decided on lapses after a day.
    """
    elira, lead = await work.back("elira"), await work.seat("lindita", "supervisor")
    await elira.post(work.path("/identity"), TOLD)
    first, second = await work.asks(elira), await work.asks(elira)
    silent = {"grant": "no", "words": ""}
    deed = work.path(f"/unlocks/{first}/decide")
    assert (await lead.post(deed, silent)).status_code == 422
    assert (await work.decides(lead, first, grant="no")).status_code == 303
    assert (await work.decides(lead, first)).status_code == 409
    assert "Jo sot." in (await elira.get(work.path())).text
    assert (await elira.get(work.path("/identity"))).status_code == 403

    work.helpline.later(hours=24)
    lead = await work.back("lindita")
    assert (await work.decides(lead, second)).status_code == 409


async def test_opening_and_reading_want_a_fresh_factor(work: Work) -> None:
    """
    S20: long after the sign-in both lead to the second factor first, and nothing is opened.
    """
    elira, lead = await work.back("elira"), await work.seat("lindita", "supervisor")
    await elira.post(work.path("/identity"), TOLD)
    unlock = await work.asks(elira)
    work.helpline.later(minutes=10)

    assert (await work.decides(lead, unlock)).status_code == 403
    fresh = await work.back("lindita")
    assert (await work.decides(fresh, unlock)).status_code == 303
    answer = await elira.get(work.path("/identity"))
    assert answer.status_code == 303
    assert "/helpline/confirm" in answer.headers["location"]


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": "", "minutes": "60"},
        {"reason": "x", "minutes": "14"},
        {"reason": "x", "minutes": "1441"},
        {"reason": "x", "minutes": "përgjithmonë"},
        {"reason": "x" * 2001, "minutes": "60"},
    ],
    ids=lambda fields: f"{len(fields['reason'])}-{fields['minutes']}",
)
async def test_a_wish_has_a_reason_and_an_end(work: Work, fields: dict[str, str]) -> None:
    """
    S30: without a reason, or for other than 15 minutes to 24 hours, nothing is asked.
    """
    elira = await work.back("elira")

    assert (await elira.post(work.path("/unlocks"), fields)).status_code == 422


async def test_an_unlock_is_of_its_case_alone(work: Work) -> None:
    """
    Opened in one case, another case's identity stays locked; its wish is unknown there.
    """
    await opened(work)
    elira, lead = await work.back("elira"), await work.back("lindita")
    unlock = await work.asks(elira)
    work.case_id = await work.begins(elira)
    await elira.post(work.path("/identity"), TOLD)

    assert (await elira.get(work.path("/identity"))).status_code == 403
    assert (await work.decides(lead, unlock)).status_code == 404


async def test_an_identity_moved_to_another_row_does_not_open(work: Work) -> None:
    """
    S34: sealed words put into another case's row cannot be read there.
    """
    elira = await work.back("elira")
    first = work.case_id
    await elira.post(work.path("/identity"), TOLD)
    work.case_id = await work.begins(elira)
    await elira.post(work.path("/identity"), TOLD | {"text": "tjetër"})
    with work.helpline.database.write() as session:
        taken = session.execute(
            select(CaseIdentity.text).where(CaseIdentity.case_id == first)
        ).scalar_one()
        session.execute(
            update(CaseIdentity).where(CaseIdentity.case_id == work.case_id).values(text=taken)
        )

    with work.helpline.database.read() as session:
        [row] = queries.identities_of(session, work.case_id)
    with pytest.raises(SealBroken):
        records.identity_of(work.helpline.vault, row)
