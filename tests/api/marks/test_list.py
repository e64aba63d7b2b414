"""The page of all marks, and who sees what of them."""

from __future__ import annotations

import re

import pytest
from fakes.helpline import message
from fakes.marking import Case, exported


def table(page: str, title: str) -> dict[str, tuple[int, int]]:
    """The counts under a title, by name."""
    part = page.split(f"<h2>{title}</h2>")[1].split("</table>")[0]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", part)
    found = {}
    for name, cells in rows:
        alarms, misses = re.findall(r">(\d+)<", cells)
        found[re.sub("<.*?>", "", name)] = (int(alarms), int(misses))
    return found


async def test_marks_are_counted_by_rule_and_by_kind_of_harm(case: Case) -> None:
    """
    U9: the page tells which rules cry wolf, and of which harm the triage hears too little.
    """
    lead = await case.seat("lindita", "supervisor")
    for severity in ("none", "concern"):
        other = await case.helpline.opens(
            messages=[message("haha", evidence=[{"rule": "sq.keep-secret", "words": "haha"}])],
            category="self_harm",
        )
        fields = {"severity": severity, "category": "other_distress"}
        await lead.post(f"/contacts/{other}/marks", fields)
    await case.marks_quiet(lead)

    page = (await lead.get("/triage")).text

    assert table(page, "Sipas rregullit") == {"sq.keep-secret": (2, 0), "asnjë rregull": (0, 1)}
    of_harm = table(page, "Sipas llojit të dëmit")
    assert sorted(of_harm.values()) == [(0, 1), (2, 0)]


async def test_an_administrator_sees_no_contact_and_no_words(case: Case) -> None:
    """
    S26: list and export of who may not read contacts lack contact, colleague and words.
    """
    elira, lead = await case.seat("elira"), await case.seat("lindita", "supervisor")
    ana = await case.seat("ana", "administrator")
    mark_id = await case.marks_quiet(elira)
    await elira.post(f"/marks/{mark_id}/propose", {"text": "fjalët e lejuara"})
    await lead.post(f"/marks/{mark_id}/release", {"text": "fjalët e lejuara"})

    page = (await ana.get("/triage")).text

    for hidden in ("K-1001", case.contact_id, mark_id, "Elira", "lejuara", "Kontakti", "/marks/"):
        assert hidden not in page, hidden
    assert "Ka treguar" in page
    assert "text" not in (await exported(ana))[0]
    assert (await exported(lead))[0]["text"] == "fjalët e lejuara"
    assert "K-1001" in (await lead.get("/triage")).text


async def test_a_counsellor_has_no_list(case: Case) -> None:
    """
    S24: what all marks say together is for those who keep the lists, and no menu leads there.
    """
    elira = await case.seat("elira")

    assert (await elira.get("/triage")).status_code == 403
    assert (await elira.post("/triage/export")).status_code == 403
    assert 'href="/helpline/triage"' not in (await elira.get(case.path())).text


@pytest.mark.parametrize(
    ("language", "empty"),
    [("sq", "Ende nuk është korrigjuar asgjë."), ("en", "Nothing is marked yet.")],
)
async def test_nothing_marked_is_said_so(case: Case, language: str, empty: str) -> None:
    """
    Before the first mark the page says where marks are made, and the file is empty.
    """
    lead = await case.seat("lindita", "supervisor")
    await lead.get(f"/language/{language}")

    assert empty in (await lead.get("/triage")).text
    assert await exported(lead) == []
