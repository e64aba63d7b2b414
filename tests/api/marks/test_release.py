"""Words leave only as two people have left them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.desk import Browser, deeds
from fakes.helpline import Helpline
from fakes.marking import LOUD, TOLD, Case, exported, links_to_words, open_case

from api.audit.service import check
from api.marks.masking import masked

EDITED = "X nga … me tha mos i trego askujt"
HOSTILE = '=1+1 </textarea><script>alert(1)</script>\u202eabc\u202c\u2028"}\n{"id":"x"}'


async def proposed(case: Case, browser: Browser, text: str = EDITED) -> str:
    """
    A mark whose edited words wait for a supervisor.
    """
    mark_id = await case.marks_quiet(browser)
    answer = await browser.post(f"/marks/{mark_id}/propose", {"text": text})
    assert answer.status_code == 303
    return mark_id


def at_rest(folder: Path) -> bytes:
    """
    Every byte of a folder: the database, and what lies beside it.
    """
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_one_proposes_and_another_releases(either: Helpline) -> None:
    """
    U9, S24: until a supervisor who did not propose it releases a text, no export has it.
    """
    case = await open_case(either)
    lead, other = await case.seat("lindita", "supervisor"), await case.seat("ana", "supervisor")
    elira = await case.seat("elira")
    mark_id = await proposed(case, lead)

    for browser in (elira, lead):
        answer = await browser.post(f"/marks/{mark_id}/release", {"text": EDITED})
        assert answer.status_code == 403
    assert "text" not in (await exported(lead))[0]
    assert (await other.post(f"/marks/{mark_id}/release", {"text": EDITED})).status_code == 303
    assert (await exported(lead))[0]["text"] == EDITED


async def test_the_box_begins_without_what_a_machine_can_find(case: Case) -> None:
    """
    The text to edit is the child's, with gaps; a name is left to the person who edits.
    """
    elira = await case.seat("elira")
    mark_id = await case.marks_quiet(elira)

    page = (await elira.get(f"/marks/{mark_id}")).text

    assert "Arti nga Vlora me tha mos i trego askujt, nr …" in page
    assert "4567" not in page
    assert "contact.read" in [what for _, what in deeds(case.helpline)]


async def test_of_a_contact_only_what_raised_it_is_offered(case: Case) -> None:
    """
    For a false alarm the box holds the words in which something was seen, and no others.
    """
    elira = await case.seat("elira")
    await elira.post(case.path("/marks"), {"severity": "none"})
    [mark_id] = links_to_words((await elira.get(case.path("?mark=contact"))).text)

    page = (await elira.get(f"/marks/{mark_id}")).text

    assert LOUD["text"] in page
    assert "Vlora" not in page


async def test_words_are_taken_back_before_and_after_an_export(case: Case) -> None:
    """
    U9: taken back, a text is in no later export and not in the database; the mark stays.
    """
    elira, lead = await case.seat("elira"), await case.seat("lindita", "supervisor")
    mark_id = await proposed(case, elira)
    await lead.post(f"/marks/{mark_id}/release", {"text": EDITED})
    assert (await exported(lead))[0]["text"] == EDITED
    assert "20.11.2026" in (await lead.get(f"/marks/{mark_id}")).text

    await elira.post(f"/marks/{mark_id}/take-back")

    [line] = await exported(lead)
    assert "text" not in line
    assert EDITED not in (await lead.get(f"/marks/{mark_id}")).text
    assert (await elira.post(f"/marks/{mark_id}/take-back")).status_code == 409
    assert (await lead.post(f"/marks/{mark_id}/release", {"text": "x"})).status_code == 409


async def test_released_words_cannot_be_swapped(case: Case) -> None:
    """
    What was released stays as it was read, until it is taken back; no empty text is taken.
    """
    elira, lead = await case.seat("elira"), await case.seat("lindita", "supervisor")
    mark_id = await proposed(case, elira)
    for text in (" \r\n", "x" * 4001):
        answer = await lead.post(f"/marks/{mark_id}/release", {"text": text})
        assert answer.status_code == 422
    await lead.post(f"/marks/{mark_id}/release", {"text": EDITED})

    answer = await elira.post(f"/marks/{mark_id}/propose", {"text": "tjetër"})

    assert answer.status_code == 409
    assert (await exported(lead))[0]["text"] == EDITED


async def test_a_new_mark_begins_without_words(case: Case) -> None:
    """
    What was released for one reading is not released for another.
    """
    elira, lead = await case.seat("elira"), await case.seat("lindita", "supervisor")
    mark_id = await proposed(case, elira)
    await lead.post(f"/marks/{mark_id}/release", {"text": EDITED})

    await case.marks_quiet(elira, severity="emergency")

    [line] = await exported(lead)
    assert "text" not in line
    assert line["id"] != mark_id
    assert (await elira.get(f"/marks/{mark_id}")).status_code == 404


async def test_every_deed_on_words_is_recorded(case: Case) -> None:
    """
    S44: mark, proposal, release, taking back and each export, with who, in an unbroken chain.
    """
    elira, lead = await case.seat("elira"), await case.seat("lindita", "supervisor")
    mark_id = await proposed(case, elira)
    await lead.post(f"/marks/{mark_id}/release", {"text": EDITED})
    await exported(lead)
    await lead.post(f"/marks/{mark_id}/take-back")

    found = [(who, what) for who, what in deeds(case.helpline) if what.startswith("mark")]
    first, second = found[0][0], found[-1][0]
    assert first != second
    assert found == [
        (first, "mark.made"),
        (first, "mark.proposed"),
        (second, "mark.released"),
        (second, "marks.exported"),
        (second, "mark.taken_back"),
    ]
    with case.helpline.database.read() as session:
        assert check(session, case.helpline.vault) is None


async def test_nothing_of_a_mark_is_readable_at_rest(case: Case, tmp_path: Path) -> None:
    """
    S32: neither the words, before and after editing, nor what staff said of them stand in clear.
    """
    elira, lead = await case.seat("elira"), await case.seat("lindita", "supervisor")
    mark_id = await proposed(case, elira)
    await lead.post(f"/marks/{mark_id}/release", {"text": EDITED})
    await exported(lead)

    stored = at_rest(tmp_path)

    for text in (TOLD, EDITED, "mos i trego", "069 123", "Elira", "grooming", "sq.keep-secret"):
        assert text.encode() not in stored, text


async def test_words_stay_inert_on_their_way_out(case: Case) -> None:
    """
    S9: markup, bidi marks, line ends and quotes in a released text stay within their line.
    """
    elira, lead = await case.seat("elira"), await case.seat("lindita", "supervisor")
    mark_id = await proposed(case, elira, HOSTILE)
    page = (await lead.get(f"/marks/{mark_id}")).text
    await lead.post(f"/marks/{mark_id}/release", {"text": HOSTILE})

    answer = await lead.post("/triage/export")

    assert "&lt;script&gt;alert" in page
    assert "<script>alert" not in page
    assert answer.text.isascii()
    assert answer.text.count("\n") == 1
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert (await exported(lead))[0]["text"] == HOSTILE


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("thirrme 069 12 34 567 sonte", "thirrme … sonte"),
        ("+355691234567", "…"),
        ("lindur me 12.05.2013", "lindur me …"),
        ("jam 13 vjec, klasa 7-2", "jam 13 vjec, klasa 7-2"),
        ("shkruaji @arti.b99 ose arti_09", "shkruaji … ose …"),
        ("posta arti.b+1@example.com.", "posta …"),
        ("hyn te https://example.com/x?y=1 tani", "hyn te … tani"),
        ("hyn te www.example.com/a dhe example.com/b", "hyn te … dhe …"),
        ("ne discord.gg/abc", "ne …"),
        ("0\u200b6\u200b9\u200b1\u200b2\u200b3\u200b4", "…"),
        ("s'di. po ti? ca te bej", "s'di. po ti? ca te bej"),
    ],
)
def test_what_tells_who_it_is_becomes_a_gap(text: str, left: str) -> None:
    """
    Telephones, dates of birth, accounts, links and addresses go; an age and a class stay.
    """
    assert masked(text) == left
