"""The parts of a case: kept with every version, inert, and never lost while typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.casework import INCIDENT, NOTE, Work
from fakes.desk import deeds
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from api.cases.parts import get
from api.cases.refusals import InvalidPart
from api.cases.sections import SECTIONS, checked
from api.cases.tables import CasePart, CaseVersion
from api.crypto import SealBroken

REFERRAL = {"kind": "referral", "to": "police_cyber", "state": "prepared", "consent": "yes"}
HOSTILE = "=cmd() <script>alert(1)</script>\u202eabc\u2066 javascript:x https://example.com"


def at_rest(folder: Path) -> bytes:
    """
    Every byte of a folder: the database, and what lies beside it.
    """
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_a_change_keeps_the_version_before(work: Work) -> None:
    """
    Who wrote what and when stays readable: nothing is overwritten, nothing is deleted.
    """
    elira, genti = await work.back("elira"), await work.seat("genti")
    part = await work.adds(elira, **INCIDENT)
    work.helpline.later(minutes=3)
    changed = INCIDENT | {"what": "Kërkesë parash; nuk është paguar."}
    assert (await work.writes(genti, part, 1, **changed)).status_code == 303

    page = (await genti.get(work.path(f"/parts/{part}"))).text

    versions = page.split('id="h-versions"')[1]
    assert INCIDENT["what"] in versions
    assert "Kërkesë parash; nuk" in versions
    assert versions.index("Genti") < versions.index("Elira")
    assert INCIDENT["what"] not in (await genti.get(work.path())).text


async def test_two_who_change_at_once_lose_nothing(work: Work) -> None:
    """
    The slower one gets their words back beside the newer version, and may then save.
    """
    elira, genti = await work.back("elira"), await work.seat("genti")
    part = await work.adds(elira, **NOTE)
    await work.writes(elira, part, 1, kind="note", text="Nga Elira")

    answer = await work.writes(genti, part, 1, kind="note", text="Nga Genti")

    assert answer.status_code == 409
    assert "Nga Genti</textarea>" in answer.text
    assert "Nga Elira" in answer.text
    assert 'name="version" value="2"' in answer.text
    assert (await work.writes(genti, part, 2, kind="note", text="Nga Genti")).status_code == 303


async def test_a_form_sent_twice_writes_once(work: Work) -> None:
    """
    The same new part again, or a part saved without a change, is no further version.
    """
    elira = await work.back("elira")
    part = await work.adds(elira, **NOTE)

    assert (await work.writes(elira, part, 0, **NOTE)).status_code == 303
    assert (await work.writes(elira, part, 1, **NOTE)).status_code == 303
    assert [what for _, what in deeds(work.helpline)].count("case.part_added") == 1
    assert "case.part_changed" not in [what for _, what in deeds(work.helpline)]


async def test_risk_has_one_history(work: Work) -> None:
    """
    A case has one assessment, whose versions tell how it rose and fell.
    """
    elira = await work.back("elira")
    high = {"kind": "risk", "level": "high", "reasons": "Kërcënim me afat"}
    part = await work.adds(elira, **high)
    await work.writes(elira, part, 1, **high | {"level": "medium", "reasons": "Te tezja"})

    again = await elira.get(work.path("/parts/new?kind=risk"))
    second = await work.writes(elira, **high)

    assert again.headers["location"].endswith(part)
    assert second.status_code == 409
    assert "Kërcënim me afat</textarea>" in second.text
    page = (await elira.get(work.path())).text.split('id="risk"')[1].split("</section>")[0]
    assert "Te tezja" in page
    assert "2" in page


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"to": "nobody"}, "to"),
        ({"consent": ""}, "consent"),
        ({"to": "other"}, "to_words"),
        ({"state": "sent"}, "sent"),
        ({"state": "sent", "sent": "2026-11-20T10:00", "consent": "no"}, "consent"),
        ({"consent": "overridden"}, "override_reason"),
        ({"state": "answered", "sent": "2026-11-20T10:00"}, "outcome"),
        ({"sent": "2026-11-20"}, ""),
        ({"sent": "2026-11-20T10:00+01:00"}, "sent"),
        ({"sent": "0001-01-01T00:00"}, "sent"),
        ({"outcome_on": "nesër"}, "outcome_on"),
        ({"words": "x" * 6001}, "words"),
    ],
    ids=str,
)
async def test_a_referral_says_what_it_must(work: Work, fields: dict[str, str], fault: str) -> None:
    """
    Nothing goes to an outside body against the child's word, unless a reason stands there;
    what is refused comes back as it was typed, with the field that wants mending.
    """
    elira = await work.back("elira")

    answer = await work.writes(elira, **REFERRAL | fields, reference="PSH-7741")

    assert answer.status_code == (422 if fault else 303)
    if fault:
        assert f'id="e-{fault}"' in answer.text
        assert 'value="PSH-7741"' in answer.text


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"kind": "document", "title": "Pamje", "kept": "policia", "sha256": "A" * 64}, "sha256"),
        ({"kind": "document", "title": "Pamje"}, "kept"),
        ({"kind": "incident", "what": "x", "from": "2026-11-14", "to": "2026-11-13"}, "to"),
        ({"kind": "next"}, "when"),
        ({"kind": "note", "text": " \r\n "}, "text"),
    ],
    ids=str,
)
async def test_a_part_without_sense_is_not_kept(
    work: Work, fields: dict[str, str], fault: str
) -> None:
    """
    A hash that is none, a time that runs backwards, an empty part: said, and not stored.
    """
    elira = await work.back("elira")

    answer = await work.writes(elira, **fields)

    assert answer.status_code == 422
    assert f'id="e-{fault}"' in answer.text


@pytest.mark.parametrize(
    ("part_id", "version", "kind", "status"),
    [
        ("not-an-id", 0, "note", 404),
        ("", 7, "note", 404),
        ("", 0, "weapon", 404),
        ("", -1, "note", 404),
    ],
)
async def test_what_no_form_sends_is_refused(
    work: Work, part_id: str, version: int, kind: str, status: int
) -> None:
    """
    Made-up ids, versions and kinds write nothing and break nothing.
    """
    elira = await work.back("elira")

    answer = await work.writes(elira, part_id, version, kind=kind, text="x")

    assert answer.status_code == status


async def test_a_part_belongs_to_its_case(work: Work) -> None:
    """
    By another case's address a part is neither read nor changed.
    """
    elira = await work.back("elira")
    part = await work.adds(elira, **NOTE)
    work.case_id = await work.begins(elira)

    assert (await elira.get(work.path(f"/parts/{part}"))).status_code == 404
    assert (await work.writes(elira, part, 1, **NOTE | {"text": "y"})).status_code == 404


@pytest.mark.parametrize("text", [HOSTILE, "a" + "\u0301" * 6000 + "b", "\x00\u2028\u200b x"])
async def test_words_stay_inert(work: Work, text: str) -> None:
    """
    Markup, formulas, bidirectional marks and heaps of accents are text, and never a link.
    """
    elira = await work.back("elira")
    await work.adds(elira, kind="note", text=text[:6000])
    names = {"kind": "perpetrator", "person": "unknown", "screen_names": HOSTILE}
    await work.adds(elira, **names)

    page = (await elira.get(work.path())).text

    assert "<script>alert" not in page
    assert "\x00" not in page
    assert 'href="https://example.com' not in page
    assert '<p class="words" dir="auto">' in page


async def test_nothing_of_a_case_is_readable_at_rest(work: Work, tmp_path: Path) -> None:
    """
    S32: no word, name, account or reason of a case stands in clear in the database.
    """
    elira, lead = await work.back("elira"), await work.seat("lindita", "supervisor")
    await work.adds(elira, **INCIDENT)
    await work.adds(elira, kind="perpetrator", person="adult", screen_names="@dritare_sh")
    await elira.post(work.path("/identity"), {"kind": "address", "text": "Rruga e Vogël 5"})
    await lead.post(work.path("/hold"), {"on": "yes", "words": "Hetim i hapur"})
    await work.asks(elira)
    await elira.post(work.path("/follow-up"), {"on": "2026-12-01", "words": "Pyet tezen"})

    stored = at_rest(tmp_path)

    clear = (
        "Shantazh",
        "dritare",
        "Rruga e",
        "Hetim",
        "Referim",
        "tezen",
        "Elira",
        "incident what",
    )
    for text in clear:
        assert text.encode() not in stored, text


async def test_words_moved_to_another_row_do_not_open(work: Work) -> None:
    """
    S34: a part's sealed words, put into another part's row, cannot be read there.
    """
    elira = await work.back("elira")
    parts = [await work.adds(elira, kind="note", text=text) for text in ("një", "dy")]
    with work.helpline.database.write() as session:
        taken = session.get_one(CaseVersion, (parts[0], 1)).fields
        session.execute(
            update(CaseVersion).where(CaseVersion.part_id == parts[1]).values(fields=taken)
        )

    with work.helpline.database.read() as session, pytest.raises(SealBroken):
        get(session, work.helpline.vault, work.case_id, parts[1])


async def test_states_and_dates_stand_in_clear_and_words_do_not(work: Work) -> None:
    """
    What a list needs is stored as numbers and states; everything else is in sealed versions.
    """
    elira = await work.back("elira")
    await work.adds(elira, **REFERRAL | {"state": "sent", "sent": "2026-11-20T10:00"})

    with work.helpline.database.read() as session:
        [part] = session.execute(select(CasePart)).scalars()
    assert (part.state, part.due_at) == ("sent", None)


@given(st.sampled_from(sorted(SECTIONS)), st.dictionaries(st.text(max_size=12), st.text()))
def test_any_form_is_kept_whole_or_refused(kind: str, form: dict[str, str]) -> None:
    """
    Whatever a form holds, it is refused with its faults or kept with every field, as JSON.
    """
    names = [field.name for field in SECTIONS[kind].fields]
    mixed = {**form, **dict(zip(names, form.values(), strict=False))}
    faults, found = {}, {}
    try:
        found = checked(kind, mixed)
    except InvalidPart as refusal:
        faults = refusal.faults
    assert set(faults) <= set(names)
    assert faults or list(json.loads(json.dumps(found))) == names
