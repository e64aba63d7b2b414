from __future__ import annotations

import pytest
from fakes.cells import Cells
from fakes.desk import Browser, deeds, hire, seated
from fakes.helpline import DRITA, GENTI, Helpline
from fakes.stamping import StampService

from api.audit.service import record
from api.cases import service as cases
from api.contacts.noticing import notices
from api.contacts.values import StaffRef
from api.evidence import exhibits
from api.evidence.wholeness import TrailErrand

WORDS = "më kërcënon <b>me një foto</b>"


@pytest.fixture
async def ana(helpline: Helpline) -> Browser:
    """A supervisor who is also a counsellor."""
    return await seated(helpline, hire(helpline, "ana", "Ana", "counsellor", "supervisor"))


async def kept(helpline: Helpline, **change) -> str:
    """An exhibit of a case."""
    contact_id = await helpline.opens()
    case_id = helpline.does(cases.open_case, staff=GENTI, contact_id=contact_id)
    of = {"case_id": case_id, "kind": "transcript", "body": {"text": WORDS}, "who": "bot"}
    made: str = helpline.does(exhibits.keep, **of, **change)
    return made


async def test_exhibit_is_shown_only_for_a_reason(helpline, ana):
    """
    S51: its page tells who had it in hand and nothing of what it says; its words are shown
    once, inert, to who says why, and that stands in its custody.
    """
    exhibit_id = await kept(helpline)

    page = await ana.get(f"/exhibits/{exhibit_id}")
    refused = await ana.post(f"/exhibits/{exhibit_id}/look", {"why": "  "})
    shown = await ana.post(f"/exhibits/{exhibit_id}/look", {"why": "Gjykata e kërkoi."})

    assert (page.status_code, refused.status_code, shown.status_code) == (200, 422, 200)
    assert "kërcënon" not in page.text + refused.text
    assert "më kërcënon &lt;b&gt;me një foto&lt;/b&gt;" in shown.text
    with helpline.database.read() as session:
        entries = exhibits.custody_of(session, helpline.vault, exhibit_id)
    assert [(one.deed, one.name, one.why) for one in entries] == [
        ("kept", "", ""),
        ("looked", "Ana", "Gjykata e kërkoi."),
    ]
    done = [what for _, what in deeds(helpline)]
    assert [what for what in done if what in ("exhibit.read", "exhibit.looked")] == [
        "exhibit.read",
        "exhibit.looked",
    ]


async def test_changed_exhibit_is_refused_and_told(helpline, ana, unguarded):
    """
    S51: bytes that are not those that were kept are not shown; custody, trail and supervisors
    have it.
    """
    exhibit_id, other = await kept(helpline), await kept(helpline, why="tjetër")
    statement = "UPDATE exhibits SET body = (SELECT body FROM exhibits WHERE id = '{}')"
    unguarded("exhibits", f"{statement.format(other)} WHERE id = '{exhibit_id}'")

    answer = await ana.post(f"/exhibits/{exhibit_id}/look", {"why": "Gjykata e kërkoi."})

    assert answer.status_code == 409
    assert "kërcënon" not in answer.text
    with helpline.database.read() as session:
        entries = exhibits.custody_of(session, helpline.vault, exhibit_id)
        told = [(one.kind, one.detail) for one in notices(session, helpline.vault)]
    assert [one.deed for one in entries] == ["kept", "broken"]
    assert ("exhibit_broken", "E-1001") in told
    assert "exhibit.broken" in [what for _, what in deeds(helpline)]


async def test_what_is_no_text_stays_closed(helpline, ana):
    """
    A document is not shown on the page, and nothing can be taken out of it but in a bundle.
    """
    exhibit_id = await kept(helpline, media="application/pdf")

    shown = await ana.post(f"/exhibits/{exhibit_id}/look", {"why": "Gjykata e kërkoi."})

    assert shown.status_code == 200
    assert "kërcënon" not in shown.text


async def test_trail_is_searched_by_item_person_and_deed(helpline, ana):
    """
    The trail shows the newest rows first, in pages, and finds those of an item, a person and
    a deed.
    """
    for n in range(60):
        helpline.does(record, who="bot", what=f"test.row{n % 2}", about=f"item-{n % 3}")
    first = await ana.get("/trail?what=test.&about=item-1")
    second = await ana.get("/trail?who=bot&what=test.")

    assert "item-1" in first.text
    assert "item-2" not in first.text
    assert "before=" in second.text
    assert (await ana.get("/trail?before=9999999999999999999999")).status_code == 422
    assert "trail.read" in [what for _, what in deeds(helpline)]


async def test_who_may_not_read_contacts_sees_no_details(helpline, ana):
    """
    S26: an administrator reads who did what, when and about which id, and no detail.
    """
    dora = await seated(helpline, hire(helpline, "dora", "Dora", "administrator"))
    helpline.does(
        record, who="bot", what="test.row", about="c-7", detail={"why": "fjalë e fshehtë"}
    )

    for_dora, for_ana = await dora.get("/trail?about=c-7"), await ana.get("/trail?about=c-7")

    assert "fjalë e fshehtë" in for_ana.text
    assert "fjalë e fshehtë" not in for_dora.text
    assert "test.row" in for_dora.text


async def test_who_is_named_sees_no_row_of_it(helpline, ana):
    """
    S29, S31: rows about a case that names the person, its contact and its exhibits are left
    out for that person, and details with them.
    """
    erion = hire(helpline, "erion", "Erion", "supervisor")
    browser = await seated(helpline, erion)
    cells = Cells(helpline, StaffRef(erion.id, "Erion"), DRITA, DRITA, DRITA)
    exhibit_id = await cells._exhibit("hidden")
    with helpline.database.read() as session:
        case_id = exhibits.view(session, exhibit_id).case_id

    for item in (exhibit_id, case_id):
        row = f'href="/helpline/trail?about={item}"'
        assert row not in (await browser.get(f"/trail?about={item}")).text
        assert row in (await ana.get(f"/trail?about={item}")).text


async def test_check_is_asked_for_and_shown(helpline, ana):
    """
    S47: a check that somebody asks for runs beside the page, and the page tells what it found.
    """
    assert (await ana.post("/trail/check")).status_code == 303
    asked = await ana.get("/trail")
    errand = TrailErrand(
        helpline.database, helpline.vault, lambda: helpline.now, helpline.app.state.stamping
    )
    assert errand.has_work()
    errand.turn()

    assert 'role="status"' in asked.text
    assert "tag ok" in (await ana.get("/trail")).text
    assert not errand.has_work()
    helpline.later(hours=25)
    assert errand.has_work()


async def test_trail_that_does_not_hold_is_told(helpline, ana, unguarded):
    """
    S47: what a check finds stands on the page and is a notice for the supervisors.
    """
    await kept(helpline)
    unguarded("custody", "UPDATE custody SET deed = 'handed' WHERE seq = 1")
    errand = TrailErrand(
        helpline.database, helpline.vault, lambda: helpline.now, helpline.app.state.stamping
    )
    errand.turn()

    with helpline.database.read() as session:
        assert [one.kind for one in notices(session, helpline.vault)] == ["trail_broken"]
    page = await ana.get("/trail")
    assert "tag ok" not in page.text
    assert 'role="alert"' in page.text


async def test_head_can_be_kept_elsewhere(helpline, ana, tmp_path):
    """
    S49: the head comes as a file; the page says what is missing where nothing is set up.
    """
    page = await ana.get("/trail")
    file = await ana.get("/trail/head")

    assert "SIGURT_STAMP_URL" in page.text
    assert "SIGURT_ANCHOR" in page.text
    assert file.headers["content-disposition"].startswith("attachment")
    assert set(file.json()) == {"seq", "hash", "at"}
    service = StampService(tmp_path / "tsa")
    set_up = helpline.app.state.stamping
    helpline.app.state.stamping = type(set_up)(
        set_up.folder, "https://x.example", service.certificates
    )
    assert "SIGURT_STAMP_URL" not in (await ana.get("/trail")).text
