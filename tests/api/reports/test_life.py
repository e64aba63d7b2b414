"""The life of a report at the helpline: taken, judged, told, closed, taken up again."""

from __future__ import annotations

import pytest
from fakes.desk import hire
from fakes.helpline import DRITA, ELIRA, GENTI

from api.cases import service as cases
from api.cases.queries import hidden_contacts, hidden_reports
from api.contacts import noticing
from api.contacts.values import StaffRef
from api.reports import linking, service
from api.reports.refusals import DuplicateUnknown, InvalidAssessment, ReportHeld, WrongReportMove
from api.reports.values import MOVES, STATES

CHAT = "fedcba9876543210" * 2


def colleague(helpline) -> StaffRef:
    """
    Somebody with an account, who can be named in a case.
    """
    hire(helpline, "elira")
    person = hire(helpline, "genti", "Genti")
    return StaffRef(person.id, person.name)


@pytest.mark.parametrize(
    ("told", "rank"),
    [
        ({"now": "yes"}, 4),
        ({"safe": "no"}, 4),
        ({"severity": "emergency"}, 4),
        ({"reporter": "child_in_picture"}, 3),
        ({"in_picture": "yes"}, 3),
        ({"kind": "live_streamed_abuse"}, 3),
        ({"kind": "sexual_extortion", "deadline": "today"}, 3),
        ({"kind": "sexual_extortion", "deadline": "deri të premten"}, 3),
        ({"kind": "sexual_extortion", "deadline": "none"}, 2),
        ({"kind": "other", "severity": "disclosure"}, 3),
        ({"kind": "csam_address"}, 2),
        ({"kind": "violence_or_hate"}, 1),
    ],
)
def test_what_was_answered_gives_the_rank(desk, told, rank):
    """
    Abuse that happens now stands above a child in the picture, and that above an address.
    """
    assert desk.row(desk.comes(**told)).rank == rank


def test_a_report_goes_from_received_to_closed(either_desk):
    """
    Taken, judged, filed, acknowledged, answered and closed, and its reporter can read each step
    that says something.
    """
    desk = either_desk
    report_id = desk.comes()
    desk.takes(report_id)
    desk.judges(report_id)
    for state in ("filed", "acknowledged", "outcome"):
        assert desk.helpline.does(service.advance, report_id, state, who="clock")
    desk.helpline.does(service.close, report_id, outcome="removed", staff=ELIRA)

    deeds = [(one.what, one.detail) for one in desk.view(report_id).deeds]
    assert desk.row(report_id).state == "closed"
    assert ("report.assessed", {"name": "Elira", "verdict": "in_remit"}) in deeds
    assert ("report.closed", {"name": "Elira", "outcome": "removed"}) in deeds
    assert desk.states(report_id) == ["submitted", "assessing", "closed"]
    assert desk.told(report_id)["open"] is False


def test_what_others_answer_never_leads_backwards(desk):
    """
    A late acknowledgement changes neither a report whose outcome is known nor a closed one.
    """
    report_id = desk.comes()
    desk.takes(report_id)
    desk.judges(report_id)
    desk.helpline.does(service.advance, report_id, "outcome", who="clock")
    late = desk.helpline.does(service.advance, report_id, "filed", who="clock")
    desk.helpline.does(service.close, report_id, outcome="removed", staff=ELIRA)
    later = desk.helpline.does(service.advance, report_id, "acknowledged", who="clock")

    assert (late, later, desk.row(report_id).state) == (False, False, "closed")


def test_every_state_leads_on():
    """
    No state is a dead end: from each one another follows, and all can be reached.
    """
    assert set(MOVES) == set(STATES)
    assert all(MOVES.values())
    assert set(STATES) <= {"submitted", *(to for way in MOVES.values() for to in way)}


def test_only_the_holder_judges_and_closes(desk):
    """
    Two people do not judge one report: whoever wants to takes it over first.
    """
    report_id = desk.comes()
    desk.takes(report_id, ELIRA)
    with pytest.raises(ReportHeld):
        desk.judges(report_id, GENTI)
    desk.takes(report_id, GENTI)
    desk.judges(report_id, GENTI)
    with pytest.raises(ReportHeld):
        desk.helpline.does(service.close, report_id, outcome="removed", staff=ELIRA)

    assert desk.states(report_id) == ["submitted", "assessing"]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"verdict": "maybe"}, InvalidAssessment),
        ({"verdict": "out_of_remit"}, InvalidAssessment),
        ({"rank": 5}, InvalidAssessment),
        ({"kind": "bullying"}, InvalidAssessment),
        ({"danger": ""}, InvalidAssessment),
        ({"verdict": "duplicate", "duplicate": "R-99"}, DuplicateUnknown),
        ({"verdict": "duplicate", "duplicate": "R-1001"}, DuplicateUnknown),
    ],
)
def test_an_assessment_wants_its_choices(desk, change, refusal):
    """
    What is missing or unknown is refused, and nothing of it is kept.
    """
    report_id = desk.comes()
    desk.takes(report_id)
    with pytest.raises(refusal):
        desk.judges(report_id, **change)

    assert desk.view(report_id).assessment is None


def test_who_is_sent_elsewhere_reads_to_whom(desk):
    """
    Out of remit is no dead end: the reporter reads which services it belongs to.
    """
    report_id = desk.comes(kind="other")
    desk.takes(report_id)
    desk.judges(report_id, verdict="out_of_remit", kind="other", services=("police", "helpline"))
    told = desk.told(report_id)
    desk.judges(report_id)

    assert (told["updates"][-1]["state"], told["signpost"]) == (
        "signposted",
        ["police", "helpline"],
    )
    assert desk.told(report_id)["signpost"] == []


def test_duplicates_hear_what_becomes_of_the_first(desk):
    """
    A report that repeats another is joined to the first of its kind, and its reporter hears
    what the other one hears.
    """
    first, second, third = desk.comes(), desk.comes(), desk.comes()
    for report_id, number in ((second, "R-1001"), (third, "r-1002")):
        desk.takes(report_id)
        desk.judges(report_id, verdict="duplicate", duplicate=number)
    desk.helpline.does(service.tell, first, "filed", to="iwf")

    assert desk.row(third).duplicate_of == first
    assert [desk.states(one)[-1] for one in (first, second, third)] == ["filed"] * 3
    assert len(desk.view(first).duplicates) == 2


def test_a_closed_report_is_taken_up_again_or_comes_back(desk):
    """
    Nothing is closed for ever: a supervisor re-opens it, and what the reporter adds puts it
    before staff again.
    """
    one, other = desk.comes(), desk.comes()
    for report_id in (one, other):
        desk.takes(report_id)
        desk.judges(report_id)
        desk.helpline.does(service.close, report_id, outcome="advised", staff=ELIRA)
    with pytest.raises(WrongReportMove):
        desk.takes(one)
    desk.helpline.does(service.reopen, one, words="U shfaq përsëri.", staff=DRITA)
    desk.adds(other, words="Prapë më shkroi.")

    assert (desk.row(one).state, desk.row(one).holder_id) == ("assessing", DRITA.id)
    assert (desk.row(other).state, desk.row(other).holder_id) == ("submitted", None)


def test_a_case_holds_several_reports_and_hides_them(desk):
    """
    S31: whoever is named in a case sees no report of it, none of the same chat, no contact of
    that chat; what they held waits again.
    """
    helpline, genti = desk.helpline, colleague(desk.helpline)
    one, same_chat, other = (
        desk.comes(conversation=CHAT),
        desk.comes(conversation=CHAT),
        desk.comes(),
    )
    desk.takes(same_chat, genti)
    case_id = helpline.does(linking.open_case, one, staff=ELIRA)
    helpline.does(linking.link_case, other, case_id, staff=ELIRA)
    helpline.does(cases.set_named, case_id, staff_id=genti.id, reason="Kushëri", staff=ELIRA)
    with helpline.database.read() as session:
        hidden = hidden_reports(session, genti.id)
        free = hidden_reports(session, ELIRA.id) | hidden_contacts(session, ELIRA.id)
        listed = service.reports_of_case(session, case_id)

    assert hidden == {one, same_chat, other}
    assert free == set()
    assert set(listed) == {one, other}
    assert desk.row(same_chat).holder_id is None


def test_staff_of_a_case_sees_what_the_report_said(desk):
    """
    Everything that was answered is there for staff, and only sealed in the table.
    """
    said = {
        **{"suspect": "konto.x.example", "app": "instagram", "deadline": "nesër në 8"},
        **{"demand": ["money", "silence"], "given": "no", "where": "një grup"},
    }
    report_id = desk.comes(kind="sexual_extortion", **said)
    told = desk.view(report_id).told
    row = desk.row(report_id)

    assert (told.suspect, told.app, told.deadline) == ("konto.x.example", "instagram", "nesër në 8")
    assert (told.demand, told.given, told.where) == (("money", "silence"), "no", "një grup")
    assert b"konto.x" not in (row.answers or b"") + row.whereabouts + row.words


def test_a_notice_of_a_hidden_report_is_hidden(desk):
    """
    S29: whoever is named hears nothing of the report, in no notice either.
    """
    helpline, report_id = desk.helpline, desk.comes()
    genti = colleague(helpline)
    helpline.does(noticing.notify, kind="report_quiet", report_id=report_id)
    case_id = helpline.does(linking.open_case, report_id, staff=ELIRA)
    helpline.does(cases.set_named, case_id, staff_id=genti.id, reason="Fqinj", staff=ELIRA)
    with helpline.database.read() as session:
        seen, hidden = (
            noticing.notices(session, helpline.vault, staff_id=who.id) for who in (ELIRA, genti)
        )

    assert ([one.number for one in seen], hidden) == (["R-1001"], [])


def test_a_hidden_report_is_no_first_of_a_duplicate(desk):
    """
    S29, S31: whoever is named cannot find out by its number that a report is there.
    """
    helpline, hidden, mine = desk.helpline, desk.comes(), desk.comes()
    genti = colleague(helpline)
    case_id = helpline.does(linking.open_case, hidden, staff=ELIRA)
    helpline.does(cases.set_named, case_id, staff_id=genti.id, reason="Fqinj", staff=ELIRA)
    desk.takes(mine, genti)
    with pytest.raises(DuplicateUnknown):
        desk.judges(mine, genti, verdict="duplicate", duplicate="R-1001")
    assert desk.row(mine).state == "assessing"
