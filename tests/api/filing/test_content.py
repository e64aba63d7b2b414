"""What leaves: the right fields in the right order, and never who the reporter is."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fakes.filing import SENDER, Desk
from fakes.hotlines import Iwf, Post
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy.orm import Session

from api.crypto import Vault
from api.evidence import exhibits
from api.filing import iwf, letters, ncmec, service
from api.filing.documents import blocks
from api.filing.recipients import shipped
from api.filing.refusals import AgainstReporter, HeldForPolice, InvalidFiling, NotForRecipient
from api.filing.texts import texts
from api.filing.values import Facts, Target
from api.reports.service import view
from api.reports.values import KINDS

AT = datetime(2026, 11, 20, 13, 20, tzinfo=UTC)
PAGE = Target("1", "https://example.com/a", "hxxps://example[.]com/a", "url", "example.com")
FACTS = Facts(
    number="R-1001",
    reference="R-1001/1",
    kind="csam_address",
    reporter="child_in_picture",
    language="sq",
    band="11-13",
    received_at=AT,
    made_at=AT,
    summary="Llogaria kërkon para.",
    targets=(PAGE,),
    sender=SENDER,
)


def xml(facts: Facts) -> etree._Element:
    return etree.fromstring(ncmec.write(facts).files[0].body)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_written_for_all_who_take_it(kind: str) -> None:
    """
    Letters and documents know every kind; NCMEC those with an incident type.
    """
    facts = replace(FACTS, kind=kind)
    for one in shipped().recipients.values():
        if one.way == "letter":
            letters.write(facts, one)
        if one.way == "document":
            assert list(blocks(facts, one, texts("sq"), hold=True))
    if kind in ncmec.INCIDENTS:
        assert xml(facts).findtext("incidentSummary/incidentType") == ncmec.INCIDENTS[kind]
    else:
        with pytest.raises(NotForRecipient):
            ncmec.write(facts)


@given(
    st.builds(
        replace,
        st.just(FACTS),
        kind=st.sampled_from(sorted(ncmec.INCIDENTS)),
        reporter=st.sampled_from(["child", "parent", "public", "child_in_picture"]),
        band=st.sampled_from(["", "8-10", "14-17", "adult"]),
        summary=st.text(max_size=3000),
        suspect=st.text(max_size=400),
        where=st.text(max_size=400),
        app=st.sampled_from(["", "instagram", "Loja ime"]),
        place=st.sampled_from(["", "game", "app", "offline", "web_page"]),
        now=st.sampled_from(["yes", "no", ""]),
        when=st.sampled_from(["", "today", "week", "unsure", "dje në darkë"]),
        deadline=st.sampled_from(["", "today", "deri të hënën"]),
        targets=st.sampled_from([(), (PAGE,), (PAGE, replace(PAGE, kind="email", exact="a@b.c"))]),
    )
)
def test_ncmec_takes_whatever_people_typed(facts: Facts) -> None:
    """
    S10: any words, control signs too, give a document that their fields and order allow.
    """
    ncmec.check(xml(facts))


def test_only_abuse_that_is_happening_now_is_escalated() -> None:
    """
    NCMEC's high priority is asked for with a reason, within its length, and for nothing else.
    """
    place = "incidentSummary/escalateToHighPriority"
    urgent = xml(replace(FACTS, now="yes", summary="a" * 3000)).findtext(place)
    assert urgent is not None
    assert len(urgent) <= 3000
    for said in ("no", "unsure", ""):
        assert xml(replace(FACTS, now=said, safe="no")).find(place) is None


def test_a_wrong_order_never_leaves() -> None:
    """
    What their list of fields would refuse is found before it is sent.
    """
    root = xml(FACTS)
    root.append(root.find("incidentSummary"))
    with pytest.raises(InvalidFiling):
        ncmec.check(root)


@pytest.mark.parametrize(
    "change",
    [
        {"targets": ()},
        {"targets": (PAGE, PAGE)},
        {"targets": (replace(PAGE, kind="phone", exact="+355690000000"),)},
        {"kind": "grooming"},
    ],
)
def test_iwf_gets_one_web_page_with_abuse_material(change: dict[str, object]) -> None:
    """
    Without one, with two, or with another matter nothing is written for IWF.
    """
    with pytest.raises(NotForRecipient):
        iwf.write(replace(FACTS, **change), live=True, channel=51, country=None)


def test_iwf_refuses_what_is_longer_than_its_field() -> None:
    """
    Nothing is cut silently: a summary or an address that is too long is said to staff.
    """
    for change in ({"summary": "a" * 500}, {"targets": (replace(PAGE, exact="http://a" * 200),)}):
        with pytest.raises(InvalidFiling):
            iwf.write(replace(FACTS, **change), live=True, channel=51, country=None)  # type: ignore[arg-type]


def test_a_test_installation_marks_what_it_files() -> None:
    """
    IWF is told which reports are tests.
    """
    for live, mark in ((True, "L"), (False, "T")):
        made = iwf.write(FACTS, live=live, channel=51, country=None)
        assert json.loads(made.files[0].body)["Live_Report"] == mark


def test_letters_hold_no_link_and_the_exact_addresses_beside_them() -> None:
    """
    S10: no mail program finds an address in the text; the file holds it word for word.
    """
    for one in shipped().recipients.values():
        if one.way == "letter":
            text, addresses = letters.write(FACTS, one).files
            assert not re.search(rb"https?://|example\.com/a", text.body)
            assert addresses.body == b"https://example.com/a\n"


async def test_nothing_tells_who_the_reporter_is(desk: Desk) -> None:
    """
    Of the reporter's own words nothing leaves, to nobody; and typed answers carry no link.
    """
    report_id = await desk.report(
        words="Unë jam Iliri nga klasa 7B", suspect="http://evil.example/me", now="yes"
    )
    for one in ("iwf", "ncmec", "isigurt", "police", "aksk", "platform:instagram"):
        [filing, *_] = desk.makes(report_id, one)
        with desk.helpline.database.read() as session:
            parcel = service.parcel(session, desk.helpline.vault, filing)
        for part in parcel.files:
            assert b"Iliri" not in part.body
            assert b"http://evil" not in part.body


async def test_suggestions_name_their_reasons(desk: Desk) -> None:
    """
    Abuse now on Instagram goes to police, IWF, ISIGURT, NCMEC and Instagram, each with why.
    """
    report_id = await desk.report(now="yes")
    found = desk.helpline.does(service.suggested, desk.office, report_id)
    assert {one.recipient.id: one.rules for one in found} == {
        "police": ("danger",),
        "iwf": ("page",),
        "isigurt": ("national",),
        "ncmec": ("american",),
        "platform:instagram": ("there",),
    }


async def test_what_was_filed_moves_report_addresses_and_evidence(desk: Desk, iwf: Iwf) -> None:
    """
    Filed: the report is filed and acknowledged, the clock of the notice runs, and what left
    and what was answered are exhibits.
    """
    report_id = await desk.report()
    filing = desk.files(report_id, "iwf")
    desk.turn()
    desk.does(service.settle, filing, result="removed", words="Removed on Monday.")

    [address] = desk.addresses(report_id)
    assert (address.state, address.notices) == ("removed", 1)
    with desk.helpline.database.read() as session:
        kinds = [one.kind for one in exhibits.exhibits_of(session, report_id=report_id)]
    assert [kind for kind in kinds if kind != "report"] == ["answer", "filing", "answer"]
    assert desk.view(filing).state == "answered"


async def test_telling_the_police_holds_the_removal(desk: Desk, post: Post) -> None:
    """
    After the police were told nobody is asked for removal, not even by what was on its way.
    """
    report_id = await desk.report()
    waits = desk.files(report_id, "iwf")
    desk.does(service.retract, waits)
    desk.files(report_id, "police")
    desk.turn()

    [address] = desk.addresses(report_id)
    assert (address.state, address.held) == ("police_told", True)
    with pytest.raises(HeldForPolice):
        desk.makes(report_id, "isigurt")
    assert len(post.letters) == 1
    told = desk.helpline.does(told_of, report_id)
    assert told == [("submitted", ""), ("police", "police")]  # by the filing, for the page is held


def told_of(session: Session, vault: Vault, report_id: str, *, now: datetime) -> object:
    return [(one.state, one.to) for one in view(session, vault, report_id).updates]


async def test_without_a_line_everything_leaves_by_hand(desk: Desk) -> None:
    """
    No credentials is no fault: the same content waits as files, and staff say when it is sent.
    """
    desk.office = replace(desk.office, lines={})
    report_id = await desk.report()
    for one in ("iwf", "ncmec", "isigurt", "police", "aksk"):
        [filing] = desk.makes(report_id, one, hold=False)
        assert desk.does(service.send, filing) == "ready"
        desk.does(service.sent_by_hand, filing, reference=f"X-{one}")
        assert desk.view(filing).state == "acknowledged"
    desk.turn()


async def test_against_the_reporter_only_with_a_reason(desk: Desk) -> None:
    """
    Who said that it shall not be passed on is heard: without a reason nothing is written.
    """
    report_id = await desk.report(pass_on="no")
    with pytest.raises(AgainstReporter):
        desk.makes(report_id, "police")
    assert desk.makes(report_id, "police", why="Fëmija është në rrezik.")
