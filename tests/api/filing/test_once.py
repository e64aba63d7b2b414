"""Exactly one filing at the other side, whatever fails between us."""

from __future__ import annotations

import itertools
import threading
from contextlib import suppress

import pytest
from fakes.filing import Desk
from fakes.hotlines import AFTER, BEFORE, Iwf, Ncmec, Post

from api.contacts.noticing import notices
from api.filing import outbox, service
from api.filing.refusals import FiledAlready, InvalidFiling, NotInState

FAULTS = (*BEFORE, *AFTER)


def kinds_of_notices(desk: Desk) -> list[str]:
    with desk.helpline.database.read() as session:
        return [one.kind for one in notices(session, desk.helpline.vault)]


def opened(desk: Desk) -> None:
    """Do one call: of NCMEC's steps the first."""
    job = desk.errand._claim()
    assert job is not None
    desk.errand._call(job)


@pytest.mark.parametrize("first", FAULTS)
async def test_ncmec_has_it_once_whatever_fails_at_either_step(
    desk: Desk, ncmec: Ncmec, first: str
) -> None:
    """
    Opening and finishing each fail in every way, before and after they were done: NCMEC has
    one finished report for each filing, and we have its number.
    """
    for second in ("", *FAULTS):
        ncmec.filed.clear()
        filing = desk.files(await desk.report(addresses=[]), "ncmec")
        ncmec.faults = [first, *([second] if second else [])]

        desk.turn(times=4)

        assert desk.view(filing).state == "acknowledged", second
        assert [desk.view(filing).reference] == list(ncmec.filed), second


@pytest.mark.parametrize("fault", AFTER)
async def test_a_lost_yes_of_the_finish_is_asked_for_again(
    desk: Desk, ncmec: Ncmec, fault: str
) -> None:
    """
    Opened, finished, and the answer lost: the same report is finished again, no second opened.
    """
    filing = desk.files(await desk.report(), "ncmec")
    opened(desk)
    ncmec.faults = [fault]

    desk.turn(times=3)

    assert ncmec.calls.count("submit") == 1
    assert list(ncmec.filed) == [desk.view(filing).reference]


async def test_what_ncmec_deleted_meanwhile_is_opened_anew(desk: Desk, ncmec: Ncmec) -> None:
    """
    Between opening and finishing our service stood still for a day: one report all the same.
    """
    filing = desk.files(await desk.report(), "ncmec")
    opened(desk)
    ncmec.a_day_passes()
    desk.helpline.later(days=1)

    desk.turn(times=3)

    assert list(ncmec.filed) == [desk.view(filing).reference]


@pytest.mark.parametrize("fault", BEFORE)
async def test_iwf_is_called_again_only_when_it_surely_has_nothing(
    desk: Desk, iwf: Iwf, fault: str
) -> None:
    """
    Nobody there, 429 and 503 are tried again by themselves; where it may have been taken, a
    person finds out first.
    """
    filing = desk.files(await desk.report(), "iwf")
    iwf.faults = [fault]
    desk.turn(times=3)

    if fault in ("away", "429", "503"):
        assert desk.view(filing).state == "acknowledged"
    else:
        assert (desk.view(filing).state, len(iwf.calls)) == ("unsure", 1)
        assert "filing_unsure" in kinds_of_notices(desk)
        desk.does(service.retry, filing)
        desk.turn()
    assert len(iwf.filed) == 1
    assert desk.view(filing).reference == "IWF-1"


@pytest.mark.parametrize("fault", AFTER)
async def test_iwf_is_never_called_again_when_it_may_have_it(
    desk: Desk, iwf: Iwf, fault: str
) -> None:
    """
    IWF took it and the answer was lost: nothing is sent again by itself, and a person who
    found out says that it is there.
    """
    filing = desk.files(await desk.report(), "iwf")
    iwf.faults = [fault]
    desk.turn(times=5)
    assert desk.view(filing).state == "unsure"

    desk.does(service.sent_by_hand, filing, reference="IWF-1")

    assert (len(iwf.filed), len(iwf.calls)) == (1, 1)
    assert desk.view(filing).state == "acknowledged"


@pytest.mark.parametrize(
    ("fault", "state", "letters"),
    [
        ("", "filed", 1),
        ("rcpt 451", "filed", 1),
        ("data 451", "filed", 1),
        ("rcpt 550", "refused", 0),
        ("data 554", "refused", 0),
        ("cut", "unsure", 0),
        ("cut after", "unsure", 1),
    ],
)
async def test_a_letter_arrives_once_or_a_person_is_asked(
    desk: Desk, post: Post, fault: str, state: str, letters: int
) -> None:
    """
    A refusal is shown, a "later" is tried again, and a line that broke with the text is not.
    """
    filing = desk.files(await desk.report(), "isigurt")
    post.faults = [fault]

    desk.turn(times=3)

    assert (desk.view(filing).state, len(post.letters)) == (state, letters)


async def test_a_process_killed_while_it_calls_iwf_leaves_a_question(desk: Desk, iwf: Iwf) -> None:
    """
    Killed between the call and the storing of its answer: the next process does not call.
    """
    filing = desk.files(await desk.report(), "iwf")
    job = desk.errand._claim()
    assert job is not None
    line = desk.office.line("iwf")
    assert line is not None
    line.call(job)  # and the process is gone

    desk.turn()
    assert desk.view(filing).state == "waiting"
    desk.claim_lapses()
    desk.turn()

    assert (desk.view(filing).state, len(iwf.filed)) == ("unsure", 1)


async def test_a_process_killed_while_it_calls_ncmec_is_followed_by_another(
    desk: Desk, ncmec: Ncmec
) -> None:
    """
    Killed after opening: another process opens its own and finishes that one alone. The
    first, should it come back, finishes nothing.
    """
    filing = desk.files(await desk.report(), "ncmec")
    first, line = desk.errand, desk.office.line("ncmec")
    job = first._claim()
    assert job is not None
    assert line is not None
    answer = line.call(job)
    desk.claim_lapses()
    desk.turn()

    with desk.helpline.database.write() as session:
        vault, now = desk.helpline.vault, desk.helpline.now
        again = outbox.store(session, vault, desk.office, job, answer, now=now)

    assert not again
    assert list(ncmec.filed) == [desk.view(filing).reference]


async def test_two_processes_share_the_work(desk: Desk, iwf: Iwf, ncmec: Ncmec) -> None:
    """
    Both turn at once, over and over: each filing is called for once.
    """
    for _ in range(4):
        desk.files(await desk.report(addresses=[]), "ncmec")
    desk.files(await desk.report(), "iwf")
    threads = [threading.Thread(target=desk.errand.turn) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert (len(ncmec.filed), len(iwf.filed)) == (4, 1)


async def test_a_repeated_press_makes_and_sends_one(desk: Desk, iwf: Iwf) -> None:
    """
    The same form sent twice, and "send" pressed twice: one filing, called for once.
    """
    report_id = await desk.report()
    made = [desk.makes(report_id, "iwf", key="k") for _ in range(2)]
    for _ in range(2):
        desk.does(service.send, made[0][0])
    desk.turn(times=2)
    desk.does(service.send, made[0][0])
    desk.turn()

    assert made[0] == made[1]
    assert len(iwf.calls) == 1


async def test_the_same_address_of_another_report_needs_a_yes(desk: Desk, iwf: Iwf) -> None:
    """
    Somebody else reported the same address: that it was filed already is said, and it is
    filed again only when somebody wants that.
    """
    desk.files(await desk.report(), "iwf")
    second = await desk.report()
    with pytest.raises(FiledAlready):
        desk.makes(second, "iwf")
    assert len(desk.makes(second, "iwf", again=True)) == 1


async def test_two_drafts_of_the_same_are_sent_once(desk: Desk, iwf: Iwf) -> None:
    """
    Two people wrote the same before either sent it: the second "send" is refused.
    """
    report_id = await desk.report()
    [one], [other] = (desk.makes(report_id, "iwf") for _ in range(2))
    desk.does(service.send, one)
    desk.turn()
    with pytest.raises(FiledAlready):
        desk.does(service.send, other)


@pytest.mark.parametrize("code", ["400", "401", "403", "422"])
@pytest.mark.parametrize("to", ["iwf", "ncmec"])
async def test_a_refusal_waits_for_a_person(
    desk: Desk, iwf: Iwf, ncmec: Ncmec, code: str, to: str
) -> None:
    """
    What was refused is not sent again by itself; the supervisors hear of it, and after the
    reason is gone one press sends it.
    """
    filing = desk.files(await desk.report(), to)
    iwf.faults, ncmec.faults = [code], [code]
    desk.turn(times=3)
    assert desk.view(filing).state == "refused"
    assert "filing_refused" in kinds_of_notices(desk)

    desk.does(service.retry, filing)
    desk.turn()
    assert desk.view(filing).state == "acknowledged"


async def test_a_wrong_order_is_refused_with_their_code(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    NCMEC says 4100 to a wrong order: the filing shows it and waits for a person.
    """
    filing = desk.files(await desk.report(), "ncmec")
    monkeypatch.setitem(Ncmec.ORDER, "report", ("reporter", "incidentSummary"))
    desk.turn()

    assert desk.view(filing).state == "refused"
    assert "4100" in desk.view(filing).why


async def test_it_is_given_up_after_three_days_and_said(desk: Desk, iwf: Iwf) -> None:
    """
    A service that is away for days: the supervisors hear of it early, and again when it is
    given up; nothing is lost, one press tries again.
    """
    filing = desk.files(await desk.report(), "iwf")
    iwf.faults = ["away"] * 200
    desk.turn(times=80)
    assert desk.view(filing).state == "failed"
    assert {"filing_failing", "filing_failed"} <= set(kinds_of_notices(desk))

    iwf.faults = []
    desk.does(service.retry, filing)
    desk.turn()
    assert len(iwf.filed) == 1


async def test_the_gravest_leaves_first(desk: Desk, iwf: Iwf) -> None:
    """
    Abuse that is happening now leaves before what waited longer.
    """
    desk.files(await desk.report(), "iwf")
    desk.helpline.later(minutes=1)
    desk.files(await desk.report(addresses=["https://example.org/x"], now="yes"), "iwf")
    desk.turn()

    assert iwf.filed[0]["Reported_URL"] == "https://example.org/x"


async def test_what_is_open_at_ncmec_is_taken_back_there(desk: Desk, ncmec: Ncmec) -> None:
    """
    Called back between the steps: nothing is filed; what is on its way or there is not.
    """
    filing = desk.files(await desk.report(), "ncmec")
    opened(desk)

    desk.does(service.retract, filing)
    desk.turn()

    assert (ncmec.filed, len(ncmec.retracted)) == ({}, 1)
    assert desk.view(filing).state == "retracted"
    with pytest.raises(NotInState):
        desk.does(service.retract, filing)


@pytest.mark.parametrize("fault", AFTER)
async def test_what_was_finished_cannot_be_taken_back(desk: Desk, ncmec: Ncmec, fault: str) -> None:
    """
    The finish was heard although its answer was lost: calling back shows that it is filed.
    """
    filing = desk.files(await desk.report(), "ncmec")
    opened(desk)
    ncmec.faults = [fault]
    desk.turn()
    desk.does(service.retract, filing)
    desk.turn()

    assert list(ncmec.filed) == [desk.view(filing).reference]


async def test_no_deed_is_done_in_a_wrong_state(desk: Desk) -> None:
    """
    Every deed on every state either does what it says or refuses; none breaks.
    """
    deeds = (service.send, service.retry, service.retract, service.sent_by_hand, service.settle)
    for first, second in itertools.product(deeds, deeds):
        [filing] = desk.makes(await desk.report(), "aksk", again=True)
        for deed in (first, second):
            with suppress(NotInState, InvalidFiling, FiledAlready):
                desk.does(deed, filing)
        assert desk.view(filing).state in ("draft", "ready", "filed")
