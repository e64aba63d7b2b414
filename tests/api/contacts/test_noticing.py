from __future__ import annotations

import pytest
from fakes.helpline import ELIRA, GENTI, message

from api.contacts import service
from api.contacts.refusals import NoticeUnknown

EMERGENCY = {"severity": "emergency", "reason": "emergency"}
ASKED = {"severity": "none", "category": "none", "reason": "asked"}
CONCERN = {"severity": "concern", "reason": "duty_of_care"}


def kinds(helpline):
    with helpline.database.read() as session:
        return [notice.kind for notice in service.notices(session, helpline.vault)]


def claim(helpline, contact_id, staff=ELIRA):
    helpline.does(service.claim, contact_id, staff=staff)


def keep(helpline, **by):
    """Time passes while the holder's page is open."""
    with helpline.database.write() as session:
        service.renew_all(session, staff_id=ELIRA.id, now=helpline.now)
    helpline.tick(**by)


async def wrote(helpline, contact_id, text="ku je"):
    """The child writes now."""
    sent = message(text, at=helpline.now.isoformat())
    await helpline.post(f"/v1/contacts/{contact_id}/messages", helpline.seal({"messages": [sent]}))


def answer(helpline, contact_id, key):
    helpline.does(service.reply, contact_id, staff=ELIRA, text="Jam këtu.", key=key)


async def test_supervisor_hears_of_a_lost_holder(either):
    """
    Whose page falls silent loses the contact, and a supervisor is told who and which.
    """
    contact_id = await either.opens()
    claim(either, contact_id)
    either.tick(seconds=120)
    either.tick(seconds=1)

    with either.database.read() as session:
        [notice] = service.notices(session, either.vault)
    assert (notice.kind, notice.number, notice.detail) == ("lease_lost", "K-1001", "Elira")
    assert (notice.staff_id, notice.contact_id) == (ELIRA.id, contact_id)


@pytest.mark.parametrize(("opening", "told"), [(EMERGENCY, ["urgent_left"]), (CONCERN, [])])
async def test_nobody_leaves_an_urgent_contact_unnoticed(helpline, opening, told):
    """
    Whoever signs out with an urgent contact in hand: it waits again, and a supervisor knows.
    """
    contact_id = await helpline.opens(**opening)
    claim(helpline, contact_id)
    helpline.does(service.leaving, staff_id=ELIRA.id)
    helpline.does(service.release, staff_id=ELIRA.id)

    assert kinds(helpline) == told
    assert helpline.does(service.queue)[0].state == "waiting"


@pytest.mark.parametrize(
    ("opening", "minutes"), [(EMERGENCY, 2), ({}, 5), (ASKED, 5), (CONCERN, 30)]
)
async def test_words_without_an_answer_are_noticed_once(helpline, opening, minutes):
    """
    A held contact's words that nobody answers are noticed at their minute, once per silence,
    and an answer settles it.
    """
    contact_id = await helpline.opens(**opening)
    claim(helpline, contact_id)
    answer(helpline, contact_id, "r-1")
    for round, key in ((1, "r-2"), (2, "r-3")):
        keep(helpline, seconds=1)
        await wrote(helpline, contact_id)
        for _ in range(minutes):
            assert kinds(helpline) == [], round
            keep(helpline, minutes=1)
            await wrote(helpline, contact_id, "?")
        assert kinds(helpline) == ["unanswered"]
        keep(helpline, minutes=1)
        assert kinds(helpline) == ["unanswered"]
        answer(helpline, contact_id, key)
        assert kinds(helpline) == []


async def test_settled_silence_is_not_noticed_again(helpline):
    """
    What a supervisor has seen to is not brought up again until there is a new silence.
    """
    contact_id = await helpline.opens(**EMERGENCY, messages=[message("ndihmë")])
    claim(helpline, contact_id)
    keep(helpline, minutes=1)
    keep(helpline, minutes=1)
    with helpline.database.read() as session:
        [notice] = service.notices(session, helpline.vault)
    helpline.does(service.settle_notice, notice.notice_id, staff=GENTI)
    keep(helpline, minutes=1)
    assert kinds(helpline) == []
    helpline.does(service.take_over, contact_id, staff=GENTI)
    with helpline.database.write() as session:
        service.renew_all(session, staff_id=GENTI.id, now=helpline.now)
    helpline.tick(seconds=119)
    assert kinds(helpline) == []
    with helpline.database.write() as session:
        service.renew_all(session, staff_id=GENTI.id, now=helpline.now)
    helpline.tick(seconds=1)

    assert kinds(helpline) == ["unanswered"]
    with pytest.raises(NoticeUnknown):
        helpline.does(service.settle_notice, "none such", staff=GENTI)


async def test_who_left_waits_for_no_answer(helpline):
    """
    To a child who left with the exit word silence is safe: nobody is urged to write.
    """
    contact_id = await helpline.opens(**EMERGENCY, messages=[message("ai erdhi")])
    claim(helpline, contact_id)
    await helpline.says(contact_id, left="exit_word")
    for _ in range(3):
        keep(helpline, minutes=1)

    assert kinds(helpline) == []


async def test_words_that_did_not_arrive_are_noticed(helpline):
    """
    A reply that the channel could not bring is a notice, until it arrives after all.
    """
    contact_id = await helpline.opens()
    claim(helpline, contact_id)
    seq = helpline.does(service.reply, contact_id, staff=ELIRA, text="Po.", key="r-1")
    seen = []
    for status in (b"failed", b"failed", b"delivered"):
        await helpline.post(f"/v1/events/{seq}/receipt", b'{"status": "%s"}' % status)
        seen.append(kinds(helpline))

    assert seen == [["undelivered"], ["undelivered"], []]
